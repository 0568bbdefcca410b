"""Snapshots: complete, unchanging copies of the primary store, one of which is current; all reading is from them."""

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from kb.errors import NotFound, StoreMissing
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.readable import Location, Store
from kb.store.state import State


@dataclass(frozen=True)
class SnapshotRecord:
    """What is known of a snapshot (snapshot.json)."""

    id: str
    """Serial number and random part, `000012-9f3a61c0`: ids sort by age and never come twice."""
    issued: str
    parent: str | None
    """The snapshot that was current before."""
    datasets: dict[str, int]
    """`publisher/dataset` → release number."""
    triples: int
    """Over all datasets, a triple counted once for each dataset that states it."""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot open for reading."""

    record: SnapshotRecord
    store: Store
    """Read only; its default graph is the merge of its named graphs."""
    location: Location
    """What `kb.store.serving.open_store` opens it by in another process."""

    @property
    def id(self) -> str:
        """The id of the snapshot."""
        return self.record.id

    @property
    def issued(self) -> str:
        """When it was made, UTC."""
        return self.record.issued


@dataclass(frozen=True)
class SnapshotEntry:
    """A line of the list of snapshots."""

    id: str
    issued: str
    triples: int
    current: bool
    pinned: bool


class Snapshots:
    """The snapshots of a data folder, for readers: `current` follows each switch at once, and takes no lock."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._opened: Snapshot | None = None
        self._opening = threading.Lock()

    def current(self) -> Snapshot:
        """The snapshot that is served now; raises StoreMissing when there is none or it cannot be opened.

        The store is opened once per process and snapshot; afterwards a call costs one readlink.
        """
        id = self._named()
        opened = self._opened
        if opened is not None and opened.id == id:
            return opened
        with self._opening:
            if self._opened is None or self._opened.id != id:
                self._opened = self._open_current(id)
            return self._opened

    def at(self, id: str) -> Snapshot:
        """The snapshot with this id; raises NotFound when there is none, or no longer."""
        opened = self._opened
        if opened is not None and opened.id == id:
            return opened
        if id not in self._ids():
            raise NotFound(f"{id}: no such snapshot; see `whatworks snapshots`")
        return self._open(id)

    def _ids(self) -> list[str]:
        return ids(self._folder)

    def _named(self) -> str:
        id = current_id(self._folder)
        if id is None:
            raise StoreMissing(f"{self._folder.root}: holds no snapshot; publish something there first")
        return id

    def _open_current(self, id: str) -> Snapshot:
        try:
            return self._open(id)
        except StoreMissing:  # retired between the readlink and here: then `current` has moved on
            now = self._named()
            if now == id:
                raise
            return self._open(now)

    def _open(self, id: str) -> Snapshot:
        path = self._folder.snapshots / id
        try:
            location = str(path / "store")
            return Snapshot(_record(path), pyoxigraph.Store.read_only(location), location)
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            raise StoreMissing(f"{path}: cannot be opened ({error}); run `whatworks rebuild`") from error


def pin(folder: DataFolder, id: str) -> None:
    """Keeps a snapshot for good; raises NotFound, and StoreBusy while something is published."""
    with writing(folder):
        if id not in ids(folder):
            raise NotFound(f"{id}: no such snapshot; see `whatworks snapshots`")
        State(folder).pin(id)


def unpin(folder: DataFolder, id: str) -> None:
    """Leaves a snapshot to retention again."""
    State(folder).unpin(id)


def list_snapshots(folder: DataFolder) -> list[SnapshotEntry]:
    """All snapshots, the oldest first."""
    current, pins = current_id(folder), State(folder).pins()
    records = [_record(folder.snapshots / id) for id in ids(folder)]
    return [SnapshotEntry(r.id, r.issued, r.triples, r.id == current, r.id in pins) for r in records]


def ids(folder: DataFolder) -> list[str]:
    """The ids of all complete snapshots, the oldest first."""
    if not folder.snapshots.is_dir():
        return []
    return sorted(path.name for path in folder.snapshots.iterdir() if not path.name.startswith(HALF_MADE))


def current_id(folder: DataFolder) -> str | None:
    """The id of the current snapshot, None before the first; raises StoreMissing where `current` is no link."""
    try:
        return os.path.basename(os.readlink(folder.current))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreMissing(f"{folder.current}: cannot be read ({error.strerror}); name a data folder") from error


def _record(path: Path) -> SnapshotRecord:
    return SnapshotRecord(**json.loads((path / "snapshot.json").read_bytes()))
