"""Snapshots: complete, unchanging copies of the primary store, one of which is current; all reading is from them."""

import gc
import json
import logging
import os
import re
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

import pyoxigraph

from kb.errors import Gone, NotFound, SnapshotsBusy, StoreMissing, Withdrawn
from kb.store.checksums import damaged
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.pins import Pins
from kb.store.readable import Location, Store
from kb.store.state import State
from kb.store.tombstones import Tombstones, carried, read

OPEN = 4
"""Snapshots besides the current one that a process has open at once, for readers who name them."""

_LOOK_AGAIN = 30.0
"""Seconds for which a snapshot that was found damaged is not tried again."""

_log = logging.getLogger(__name__)

_ID = re.compile(r"([0-9]{6,})-[0-9a-f]{8}")


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


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A snapshot open for reading; its store is closed with the last reference to it."""

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
    def folder(self) -> Path | None:
        """Where what is derived from it lies; None for a version on an engine elsewhere."""
        return Path(self.location).parent if isinstance(self.location, str) else None

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
    datasets: dict[str, int]
    """`publisher/dataset` → release number."""
    current: bool
    pinned: bool
    parent: str | None = None
    """The snapshot that was current before."""


class Snapshots:
    """The snapshots of a data folder, for readers: `current` follows each switch at once, and takes no lock.

    Of the others up to OPEN are open at once, those that were named last; one that is not named any more is closed
    when its last reader has finished.

    Where the current one is damaged, the last good one stands in for it: that which was read before, or the newest
    that can be opened. `checked`: the files of what is opened first, from the disk, are compared with their checksums.
    """

    def __init__(self, folder: DataFolder, *, checked: bool = False) -> None:
        self._folder = folder
        self._link = str(folder.current)
        self._check = checked
        self._read_for: str | None = None
        self._damaged: dict[str, tuple[float, str]] = {}
        self._pins = Pins(folder)
        self._opened: Snapshot | None = None
        self._tombstones: tuple[str, Tombstones] | None = None
        self._opening = threading.Lock()
        self._named_last: OrderedDict[str, Snapshot] = OrderedDict()
        self._named_open: WeakValueDictionary[str, Snapshot] = WeakValueDictionary()

    def current(self) -> Snapshot:
        """The snapshot that is served now; raises StoreMissing when there is none or it cannot be opened.

        The store is opened once per process and snapshot; afterwards a call costs one readlink.
        """
        id = self._named()
        opened = self._opened
        if opened is not None and self._read_for == id and not self._due(id):
            return opened
        with self._opening:
            if self._opened is None or self._read_for != id or self._due(id):
                found = self._open_current(id)
                self._opened, self._read_for = found, id if id in self._damaged else found.id
            return self._opened

    def stands_in(self) -> tuple[str, str] | None:
        """Where another snapshot is read in the place of the current one: the id of the latter, and why."""
        id, opened = self._read_for, self._opened
        if id is None or opened is None or opened.id == id or id not in self._damaged:
            return None
        return id, self._damaged[id][1]

    def at(self, id: str) -> Snapshot:
        """The snapshot with this id; raises NotFound when there is none, Gone when it is kept no longer.

        Raises SnapshotsBusy while OPEN others are being read, and StoreMissing for one that cannot be opened.
        """
        if not self.holds(id):
            raise self._absent(id)
        opened = self._opened
        if opened is not None and opened.id == id:
            return opened
        if id == self._named():
            named = self.current()
            if named.id != id and id in self._damaged:
                raise StoreMissing(self._damaged[id][1])
            return named
        with self._opening:
            found = self._named_open.get(id)
            if found is None:
                self._make_room()
                found = self._named_open[id] = self._open(id)
            self._named_last[id] = found
            self._named_last.move_to_end(id)
            return found

    def holds(self, id: str) -> bool:
        """Whether there is a snapshot with this id, from which nothing was withdrawn; costs one stat."""
        there = _ID.fullmatch(id) is not None and (self._folder.snapshots / id).is_dir()
        return there and self.tombstones().of_snapshot(id) is None

    def tombstones(self) -> Tombstones:
        """What was withdrawn, as the current snapshot says; a replica knows it by that alone."""
        id = current_id(self._folder)
        if id is None:
            return Tombstones()
        known = self._tombstones
        if known is None or known[0] != id:
            try:
                known = self._tombstones = id, carried(self._folder.snapshots / id)
            except (OSError, ValueError, TypeError, KeyError):  # damaged; beside the snapshots they are too
                known = self._tombstones = id, read(self._folder)
        return known[1]

    def pins(self) -> frozenset[str]:
        """The ids of those that are pinned now, which changes without a publication; costs two stats."""
        return self._pins.now()

    def _absent(self, id: str) -> NotFound:
        if withdrawn := self.tombstones().of_snapshot(id):
            tombstone, now = withdrawn
            rest = f"what is left of it is the snapshot {now}" if self.holds(now) else "it is not kept any more"
            return Withdrawn(f"{id}: something that this snapshot held was {tombstone.said}; {rest}")
        number = _ID.fullmatch(id)
        kept = self._ids()
        if number and kept and int(number[1]) <= _serial(kept[-1]):
            return Gone(f"{id}: this snapshot is not kept any more; /snapshots lists those that are")
        return NotFound(f"{id}: no such snapshot; /snapshots lists those that there are")

    def _make_room(self) -> None:
        """Lets go of those that were named longest ago; one that is being read stays open until that has finished."""
        for id in list(self._named_last):
            if len(self._named_open) < OPEN:
                return
            del self._named_last[id]
        if len(self._named_open) >= OPEN:
            gc.collect()  # a request that failed may hold one in a cycle
        if len(self._named_open) >= OPEN:
            raise SnapshotsBusy(f"{OPEN} other snapshots are being read; try again in a moment", 1)

    def _ids(self) -> list[str]:
        return ids(self._folder)

    def _named(self) -> str:
        id = _target(self._link)
        if id is None:
            raise StoreMissing(f"{self._folder.root}: holds no snapshot; publish something there first")
        return id

    def _open_current(self, id: str) -> Snapshot:
        for named in [each for each in self._named_last if not self.holds(each)]:  # retired by the publication
            del self._named_last[named]
        return self._open_or_stand_in(id)

    def _open_or_stand_in(self, id: str) -> Snapshot:
        try:
            return self._open_checked(id)
        except StoreMissing as error:
            now = self._named()
            if now != id:  # it was retired between the readlink and here
                return self._open_checked(now)
            good = self._last_good(id)
            if good is None:
                raise
            _log.error("%s; snapshot %s is read in its place", error, good.id)
            return good

    def _last_good(self, damaged: str) -> Snapshot | None:
        """The snapshot that was read before, or the newest that can be opened; none that something was withdrawn of."""
        if self._opened is not None and self.tombstones().of_snapshot(self._opened.id) is None:
            return self._opened
        for id in reversed(ids(self._folder)):
            if id != damaged and self.holds(id):
                with suppress(StoreMissing):
                    return self._open_checked(id)
        return None

    def _open_checked(self, id: str) -> Snapshot:
        """As `_open`; until one was found good, damage is looked for, and what was found is remembered for a while."""
        known = id in self._damaged
        if known and not self._due(id):
            # A new error each time: one that is raised again keeps the frames of every request that it ended.
            raise StoreMissing(self._damaged[id][1])
        try:
            if (self._check or known) and (wrong := next(damaged(self._folder.snapshots / id), None)):
                raise StoreMissing(f"{self._folder.snapshots / id}: {wrong}; run `whatworks rebuild`")
            found = self._open(id)
        except StoreMissing as error:
            self._damaged[id] = time.monotonic(), str(error)
            raise
        self._check = False
        self._damaged.pop(id, None)
        return found

    def _due(self, id: str) -> bool:
        """Whether what was found damaged may be looked at again: it may have been mended, or lacked a file handle."""
        return id in self._damaged and time.monotonic() - self._damaged[id][0] >= _LOOK_AGAIN

    def _open(self, id: str) -> Snapshot:
        path = self._folder.snapshots / id
        try:
            location = str(path / "store")
            return Snapshot(record_of(path), pyoxigraph.Store.read_only(location), location)
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            raise StoreMissing(f"{path}: cannot be opened ({error}); run `whatworks rebuild`") from error


def pin(folder: DataFolder, id: str) -> None:
    """Keeps a snapshot until it is withdrawn; raises NotFound, and StoreBusy while something is published."""
    with writing(folder):
        if id not in ids(folder):
            raise NotFound(f"{id}: no such snapshot; see `whatworks snapshots`")
        State(folder).pin(id)


def unpin(folder: DataFolder, id: str) -> None:
    """Leaves a snapshot to retention again; raises NotFound for one that is not pinned."""
    state = State(folder)
    if id not in state.pins():
        raise NotFound(f"{id}: no such snapshot is pinned; see `whatworks snapshots`")
    state.unpin(id)


def list_snapshots(folder: DataFolder) -> list[SnapshotEntry]:
    """All snapshots, the oldest first."""
    current, pins = current_id(folder), Pins(folder).now()
    records = []
    for id in ids(folder):
        with suppress(FileNotFoundError):  # retired since they were listed
            records.append(record_of(folder.snapshots / id))
    return [
        SnapshotEntry(r.id, r.issued, r.triples, r.datasets, r.id == current, r.id in pins, r.parent) for r in records
    ]


def ids(folder: DataFolder) -> list[str]:
    """The ids of all complete snapshots, the oldest first."""
    if not folder.snapshots.is_dir():
        return []
    return sorted(path.name for path in folder.snapshots.iterdir() if not path.name.startswith(HALF_MADE))


def current_id(folder: DataFolder) -> str | None:
    """The id of the current snapshot, None before the first; raises StoreMissing where `current` is no link."""
    return _target(str(folder.current))


def _target(link: str) -> str | None:
    try:
        return os.readlink(link).rpartition(os.sep)[2]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreMissing(f"{link}: cannot be read ({error.strerror}); name a data folder") from error


def _serial(id: str) -> int:
    return int(id.partition("-")[0])


def record_of(path: Path) -> SnapshotRecord:
    """What is known of the snapshot in a folder; raises OSError, ValueError or TypeError where that cannot be read."""
    return SnapshotRecord(**json.loads((path / "snapshot.json").read_bytes()))
