"""How often much-used things are linked to, counted once at publication: `data/snapshots/{id}/link-counts.json`.

The page of a code that 100,000 buildings have tells so; to count them took a reader 0.1 s, for each page of its uses.
"""
