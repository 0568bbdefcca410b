"""What people fill in, made from the columns of a protocol alone: a workbook, CSV with its metadata, an entry form.

A changed shape changes all of them.
"""
