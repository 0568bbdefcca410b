"""Files of all kinds become grids, within limits of size, time and memory; the entry is kb.intake.spreadsheet.read.

A stranger's file is read by a child process that can be killed (process). There the kind of the file is told by its
content (kind); a reader of that kind yields the rows as they stand (delimited, workbook, objects; archive opens a zip);
laying_out tells headings from titles and writes the rows so that they take no more memory than their text (packed).
"""
