"""Whether the knowledge can be read: the current snapshot opens, and answers a query."""

from pathlib import Path

from pyoxigraph import QueryBoolean

from kb.errors import StoreMissing
from kb.store.readable import Store
from kb.store.snapshots import Snapshot, Snapshots

_QUERY = Path(__file__).with_name("holds-anything.rq")


def answering(snapshots: Snapshots) -> Snapshot:
    """The current snapshot, which has answered a query in this process; raises StoreMissing with the reason."""
    current = snapshots.current()
    if not answers(current.store):
        raise StoreMissing(f"{current.id}: this snapshot holds nothing; publish something, or run `whatworks rebuild`")
    return current


def answers(store: Store) -> bool:
    """Whether the store holds anything. Raises StoreMissing where it cannot be asked."""
    try:
        found = store.query(_QUERY.read_text(encoding="utf-8"))
        assert isinstance(found, QueryBoolean)
        return bool(found)
    except (RuntimeError, ValueError, OSError) as error:  # pyoxigraph raises the first for damaged files
        raise StoreMissing(f"the store does not answer ({error}); run `whatworks rebuild`") from error
