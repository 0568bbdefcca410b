"""The full-text index of a snapshot: `data/snapshots/{id}/search/`, a tantivy index of everything that has a page.

It is made before readers are switched to the snapshot, from the index of the snapshot before where little has changed,
and never changes afterwards; `kb.ask.search` reads it. What an entry holds is said by `entries`, which of them a
publication touches by `affected`.
"""
