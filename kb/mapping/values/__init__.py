"""What a cell says becomes RDF terms, or a remark that says why not and what to write instead.

A module for each kind of value; kb.mapping.values.reader chooses among them by what the shapes and the vocabulary say.
"""
