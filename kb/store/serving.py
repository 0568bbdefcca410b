"""Where the knowledge is read from: the data folder, or the engine that the settings name.

What an engine needs is imported where there is one: its client alone takes as long to start as all else in a worker.
"""

from functools import lru_cache

import pyoxigraph

from kb.config import Settings
from kb.errors import BadInput, NotFound, StoreMissing
from kb.store import checkpoint
from kb.store import snapshots as in_folder
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.readable import EngineLocation, Location, Store
from kb.store.replica.read_only import replica_of
from kb.store.snapshots import SnapshotEntry, Snapshots, record_of
from kb.store.state import Applied, State


def snapshots(settings: Settings, *, checked: bool = False) -> Snapshots:
    """The snapshots that are served; nothing is opened or asked before one is.

    `checked`: damage is looked for, as kb.store.snapshots.Snapshots says.
    """
    if not settings.store:
        return Snapshots(DataFolder(settings.data), checked=checked)
    from kb.store.engine_snapshots import EngineSnapshots

    return EngineSnapshots(settings)


@lru_cache(maxsize=2)
def open_store(location: Location) -> Store:
    """The store of a snapshot by its location; a process keeps the last two open. Raises StoreMissing."""
    if isinstance(location, EngineLocation):
        from kb.store.engine_snapshots import open_version

        return open_version(location)
    try:
        return pyoxigraph.Store.read_only(location)
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreMissing(f"{location}: cannot be opened ({error}); ask again") from error


def current_id(folder: DataFolder, settings: Settings) -> str | None:
    """The id of the snapshot that is served of the folder or the engine, None before the first; raises StoreMissing."""
    if not settings.store:
        return in_folder.current_id(folder)
    from kb.store import versions
    from kb.store.engine import engine

    return next(reversed(versions.ids(engine(settings))), None)


def applied(folder: DataFolder, settings: Settings) -> dict[tuple[str, str], Applied]:
    """(publisher, dataset) → what is stored of it: of an own store the state says it, else what is read says it itself.

    Raises StoreMissing where an engine does not answer, or the current snapshot of a replica cannot be read.
    """
    if not settings.store and replica_of(folder) is None:
        return State(folder).applied()
    id = current_id(folder, settings)
    if id is None:
        return {}
    if settings.store:
        from kb.store import versions
        from kb.store.engine import engine

        record = versions.read(engine(settings), id).record
    else:
        try:
            record = record_of(folder.snapshots / id)
        except (OSError, ValueError, TypeError) as error:
            raise StoreMissing(f"{folder.snapshots / id}: cannot be read ({error})") from error
    names = ((name.partition("/"), number) for name, number in record.datasets.items())
    return {(publisher, dataset): Applied(number, complete=True) for (publisher, _, dataset), number in names}


def entries(settings: Settings) -> list[SnapshotEntry]:
    """All snapshots, the oldest first; raises StoreMissing."""
    folder = DataFolder(settings.data)
    if not settings.store:
        return in_folder.list_snapshots(folder)
    from kb.store import versions
    from kb.store.engine import engine

    place = engine(settings)
    records = [versions.read(place, id).record for id in versions.ids(place)]
    pins = State(folder).pins()
    return [
        SnapshotEntry(r.id, r.issued, r.triples, r.datasets, r is records[-1], r.id in pins, r.parent) for r in records
    ]


def pin(settings: Settings, id: str) -> None:
    """Keeps a snapshot until it is withdrawn; raises NotFound, StoreMissing, and StoreBusy during a publication."""
    folder = DataFolder(settings.data)
    if not settings.store:
        return in_folder.pin(folder, id)
    with writing(folder):
        if id not in (entry.id for entry in entries(settings)):
            raise NotFound(f"{id}: no such snapshot; see `whatworks snapshots`")
        State(folder).pin(id)


def retire(settings: Settings) -> list[str]:
    """Retires at once what the next publication would, and answers the ids: on a full disk it makes room for that.

    Nothing is written before. Raises BadInput where an engine has the snapshots, StoreBusy, StoreUnwritable, ReadsOnly.
    """
    if settings.store:
        raise BadInput(f"{settings.store}: keeps the snapshots itself; each publication retires those of before")
    folder = DataFolder(settings.data)
    with writing(folder):
        return checkpoint.retire(folder, settings.keep_snapshots)
