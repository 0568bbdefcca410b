"""Where the knowledge is read from: the data folder, or the engine that the settings name."""

import pyoxigraph

from kb.config import Settings
from kb.errors import StoreMissing
from kb.store import snapshots as in_folder
from kb.store import versions
from kb.store.engine import engine
from kb.store.engine_snapshots import EngineSnapshots, open_version
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.snapshots import SnapshotEntry, Snapshots
from kb.store.state import State


def snapshots(settings: Settings) -> Snapshots:
    """The snapshots that are served; nothing is opened or asked before one is."""
    return EngineSnapshots(settings) if settings.store else Snapshots(DataFolder(settings.data))


def open_store(location: str, settings: Settings) -> Store:
    """The store of a snapshot by its `location`, in any process; raises StoreMissing and NotFound."""
    if settings.store:
        return open_version(location, settings)
    try:
        return pyoxigraph.Store.read_only(location)
    except (OSError, RuntimeError) as error:
        raise StoreMissing(f"{location}: cannot be opened ({error}); run `whatworks rebuild`") from error


def current_id(settings: Settings) -> str | None:
    """The id of the snapshot that is served, None before the first; raises StoreMissing."""
    if not settings.store:
        return in_folder.current_id(DataFolder(settings.data))
    return next(reversed(versions.ids(engine(settings))), None)


def entries(settings: Settings) -> list[SnapshotEntry]:
    """All snapshots, the oldest first; raises StoreMissing."""
    folder = DataFolder(settings.data)
    if not settings.store:
        return in_folder.list_snapshots(folder)
    place = engine(settings)
    records = [versions.read(place, id).record for id in versions.ids(place)]
    pins = State(folder).pins()
    return [SnapshotEntry(r.id, r.issued, r.triples, r is records[-1], r.id in pins) for r in records]
