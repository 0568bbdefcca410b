"""Files become a graph: what an area submits is read, refused with its place if malformed, and its blank nodes named.

Nothing here knows what the graph means: a submission leaves this room as sorted N-Triples lines, the form in which
it is checked, compared with the release before it and archived.
"""
