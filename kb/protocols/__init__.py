"""What a graph must satisfy, all of it read from the SHACL files in `shapes/`.

The same shapes are listed (catalogue), explained field by field (fields), run over a submission (check) and reported
in words (report); nothing about a field is written a second time in Python.
"""
