"""The versions on an engine, for readers: what the snapshots of a data folder are."""

import time

from kb.config import Settings
from kb.errors import NotFound, StoreMissing
from kb.store import versions
from kb.store.credentials import Credentials
from kb.store.engine import Engine, engine
from kb.store.engine_store import EngineStore
from kb.store.folder import DataFolder
from kb.store.readable import EngineLocation, Store
from kb.store.snapshots import Snapshot, Snapshots
from kb.store.tombstones import Tombstones, read

REMEMBERED = 1.0
"""Seconds for which a process goes on with the versions that there were when it asked last."""


class EngineSnapshots(Snapshots):
    """As Snapshots; a switch is followed within REMEMBERED, and what one request reads is of one version."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(DataFolder(settings.data))
        self._engine = engine(settings)
        self._asked: tuple[float, list[str]] | None = None

    def holds(self, id: str) -> bool:
        """Whether there is a version with this id; asked of the engine again after REMEMBERED."""
        return id in self._ids()

    def tombstones(self) -> Tombstones:
        """What was withdrawn, as the data folder says: none where this machine has none."""
        return read(self._folder)

    def _open_or_stand_in(self, id: str) -> Snapshot:
        """No other stands in: an engine that fails for a moment has damaged nothing."""
        try:
            return self._open(id)
        except StoreMissing:  # retired since it was named
            now = self._named()
            if now == id:
                raise
            return self._open(now)

    def _ids(self) -> list[str]:
        now = time.monotonic()
        asked = self._asked
        if asked is None or now - asked[0] >= REMEMBERED:
            asked = self._asked = (now, versions.ids(self._engine))
        return asked[1]

    def _named(self) -> str:
        found = self._ids()
        if not found:
            self._asked = None
            raise StoreMissing(f"{self._engine.endpoint}: holds no snapshot; publish something there first")
        return found[-1]

    def _open(self, id: str) -> Snapshot:
        try:
            version = versions.read(self._engine, id)
        except NotFound as error:
            self._asked = None
            raise StoreMissing(f"{self._engine.endpoint}: {error}") from error
        return Snapshot(version.record, EngineStore(self._engine, version), location(self._engine, id))


def location(engine: Engine, id: str) -> EngineLocation:
    """Where a version is, for another process."""
    who = engine.credentials
    return EngineLocation(engine.endpoint, id, who.user, who.password, who.scheme)


def open_version(location: EngineLocation) -> Store:
    """The version at a location; raises StoreMissing, also for a version that was retired."""
    engine = Engine(location.endpoint, "", "", Credentials(location.user, location.password, location.scheme))
    try:
        return EngineStore(engine, versions.read(engine, location.version))
    except NotFound as error:
        raise StoreMissing(f"{location.endpoint}: {error}") from error
