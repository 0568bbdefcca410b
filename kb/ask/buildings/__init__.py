"""What is asked of the tables of buildings: which fit what is wanted, in which order, which could be shared or are one.

Nothing here reads all assets from the store: the tables were made at publication (kb.store.buildings).
"""

from functools import lru_cache

from kb.store.buildings.tables import Tables, read
from kb.store.folder import DataFolder


def tables(folder: DataFolder, id: str) -> Tables:
    """The tables of a snapshot, kept open for the last few; raises NotFound where it has none, and asks again."""
    return _opened(folder, id)


@lru_cache(maxsize=4)
def _opened(folder: DataFolder, id: str) -> Tables:
    return read(folder, id)
