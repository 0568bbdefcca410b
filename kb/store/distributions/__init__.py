"""What can be downloaded of a snapshot: dumps in RDF, a table for each class, the findings, the code book.

They lie within the snapshot, so that a copied one is complete. The writer builds them once, after the switch; what is
as in the snapshot before is a hard link to the file there (docs/architecture.md, "Downloads").
"""
