"""Finding pages by words: the index of a snapshot (`kb.store.search_index`) read, typed words understood.

Whether a result is good news, and how sure it is, has no part in its place: only words and the kind of thing have.
"""
