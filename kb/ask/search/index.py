"""The search index of a snapshot, opened once and kept for those that were read last."""

from pathlib import Path

import tantivy

from kb.ask.memory import once
from kb.errors import SearchAbsent
from kb.store.search_index import schema
from kb.store.snapshots import Snapshot


def searcher_of(snapshot: Snapshot) -> tantivy.Searcher:
    """What the index of a snapshot is searched by. Raises SearchAbsent where none can be opened."""
    return once(snapshot.store, "search", "searcher", lambda: _open(snapshot))


def _open(snapshot: Snapshot) -> tantivy.Searcher:
    if not isinstance(snapshot.location, str):
        raise SearchAbsent(
            "the data of this site is kept by an engine elsewhere, and its pages are not indexed for search"
        )
    path = Path(snapshot.location).with_name(schema.FOLDER)
    if not schema.is_index(path):
        raise SearchAbsent(f"snapshot {snapshot.id} has not been indexed for search")
    try:
        return schema.searcher(path)
    except (OSError, ValueError) as error:
        raise SearchAbsent(f"the search index of snapshot {snapshot.id} cannot be opened ({error})") from error
