"""What a check found, cell by cell, in three voices: the officer's, the manager's and the machine's.

`found.py` joins a Report with the places of its results and with what mapping and reading said; `stored.py` keeps the
outcome as one file, from which every voice can be served without the sheets.
"""
