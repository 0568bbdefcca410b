"""What areas have becomes records of a protocol: which column is which field, what values mean, which record is which.

Reads grids (kb.intake) and the columns of protocols (kb.protocols); gives triples, and for each result of their check
the cell that it comes from.
"""
