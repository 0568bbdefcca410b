"""What was done and what came of it, for everybody who plans it: cost, effect, evidence, places, gaps.

`taxonomy` says which interventions there are, `evidence` reads once for each snapshot what is known of all of them, and
`rules` holds the rules by which a few words are made of many statements.
"""

ROOM = __name__
"""Where the queries of this room stand."""
