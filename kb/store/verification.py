"""Whether a data folder is whole: releases against the primary store against the snapshots, downloads, and the state.

A replica has neither store nor state nor files as received, and with an engine elsewhere there is neither store nor
snapshot: there what is current says itself which releases it holds, and what else there is is compared.

What the store should hold is made again from the releases, in a folder of its own, and compared graph by graph: two
stores with the same content are read in the same order, so that no content is held in memory.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from kb.config import Settings
from kb.errors import NotFound, ReleaseDamaged, StoreMissing, StoreUnwritable
from kb.store import catalogue, releases, serving
from kb.store.backup.copying import files_in
from kb.store.checksums import damaged, digest, read_checksums
from kb.store.database import Database
from kb.store.distributions.index import CHECKSUMS, folder_of
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.lock import still
from kb.store.losses import lost
from kb.store.primary import in_parts
from kb.store.reconcile import UNSNAPSHOTTED, OnStep
from kb.store.releases import Release
from kb.store.replica.read_only import replica_of
from kb.store.replica.staging import PUBLIC
from kb.store.snapshots import current_id, ids, record_of
from kb.store.state import Applied, State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions
from kb.store.withdrawal.plan import PENDING

_NAMED = 5
"""Releases that are named where one command mends them all."""

REBUILD = "whatworks rebuild"
_COPY = "copy it from a backup (docs/backup.md)"
_STATE = "whatworks restore BACKUP --state, then whatworks rebuild"

Graph = NamedNode | DefaultGraph


@dataclass(frozen=True)
class Fault:
    """Something that is not as it should be."""

    where: str
    what: str
    mend: str
    """The command that mends it, or what to do."""


def verify(folder: DataFolder, settings: Settings, on_step: OnStep = lambda step: None) -> list[Fault]:
    """All that is wrong; while it looks, publications wait. Raises StoreBusy while something is published, WrongLayout.

    Nothing is changed.
    """
    with ExitStack() as held:
        try:
            held.enter_context(still(folder))
        except StoreUnwritable:  # then nobody writes
            on_step("the data folder cannot be written, so it is read without its lock")
        found = list(_faults(folder, settings, on_step))
        if (copy := replica_of(folder)) is not None:
            found = [replace(fault, mend=_brought(fault, folder, copy.source)) for fault in found]
        return found


def _brought(fault: Fault, folder: DataFolder, source: str) -> str:
    """What mends a fault of a replica, which keeps the files that it has already, whatever is in them."""
    again = f"whatworks replicate {source}"
    names = fault.where.split("/")
    of_snapshot = names[0] == "snapshots"
    known = of_snapshot or names[0] == "releases"
    # Of a snapshot that is here it brings only what lies in its folder itself, as the folder of the downloads.
    if not known or fault.mend == _COPY or not Path(folder.root, *(names[:3] if of_snapshot else names)).exists():
        return again
    return f"delete {'/'.join(names[:2] if of_snapshot else names)}, then {again}"


def _faults(folder: DataFolder, settings: Settings, on_step: OnStep) -> Iterator[Fault]:
    on_step("the state")
    broken = [Fault("state.sqlite", fault, _STATE) for fault in Database(folder).faults()]
    yield from broken
    on_step("the files of the releases")
    latest, wrong = _releases(folder)
    wrong += [
        Fault(f"releases/{each.dataset}", f"release {each.number} was accepted, and is not there", _COPY)
        for each in lost(folder, stated=not broken)
    ]
    yield from wrong
    if not broken:
        yield from _unfinished(folder, settings, latest)
    if settings.store:
        return
    copy = replica_of(folder) is not None
    if latest and not wrong and (folder.store.exists() or folder.snapshots.exists()):
        with tempfile.TemporaryDirectory(prefix=f"{HALF_MADE}verify-", dir=_place(folder)) as place:
            on_step("making what the store should hold")
            expected = Store(Path(place) / "expected")
            _fill(expected, folder, latest)
            if not copy:
                on_step("comparing the primary store")
                changed = not broken and State(folder).mark(UNSNAPSHOTTED) == "1"
                yield from _primary(folder, expected, as_snapshot=not changed)
            on_step("comparing the current snapshot")
            yield from _current(folder, expected, latest)
            del expected
    seen: dict[tuple[int, int], str] = {}
    for id in ids(folder):
        on_step(f"the files of snapshot {id}")
        yield from _snapshot(folder, id, seen)


def _releases(folder: DataFolder) -> tuple[list[Release], list[Fault]]:
    """The latest release of each dataset, and what is wrong with the files of any."""
    latest, wrong = [], []
    copy = replica_of(folder) is not None
    for publisher, dataset in releases.datasets(folder):
        release = None
        for number in releases.numbers(folder, publisher, dataset):
            place = releases.path_of(folder, publisher, dataset, number)
            where = place.relative_to(folder.root).as_posix()
            mend = f"copy {where} from a backup (docs/backup.md), then {REBUILD}"
            try:
                release = releases.read(folder, publisher, dataset, number)
            except (ReleaseDamaged, NotFound, OSError) as error:
                wrong.append(Fault(where, str(error), mend))
                continue
            for name, said in release.files.items():
                if copy and name not in PUBLIC:
                    continue
                if (fault := _unlike(place / name, str(said["sha256"]))) is not None:
                    wrong.append(Fault(f"{where}/{name}", fault, mend))
        if release is not None:
            latest.append(release)
    return latest, wrong


def _unfinished(folder: DataFolder, settings: Settings, latest: Sequence[Release]) -> Iterator[Fault]:
    """What a writer that died has left, which the next one finishes; and what of the submissions is lost."""
    state = State(folder)
    if (folder.withdrawals / PENDING).exists():
        yield Fault("withdrawals", "one was begun and not finished", REBUILD)
    try:
        applied = serving.applied(folder, settings) if latest else {}
    except (StoreMissing, NotFound) as error:
        yield Fault("engine" if settings.store else "current", str(error), "see `whatworks doctor`")
        latest = []
    lacks = []
    for release in latest:
        has = applied.get((release.publisher, release.dataset))
        later = has is not None and has.release > release.number  # one that is lost
        if not later and has != Applied(release.number, complete=True):
            lacks.append(f"{release.name} release {release.number}")
    if lacks:
        it = "it" if len(lacks) == 1 else "them"
        more = f" and {len(lacks) - _NAMED} more" if len(lacks) > _NAMED else ""
        yield Fault("store", f"lacks {', '.join(lacks[:_NAMED])}{more}, or has {it} in part", REBUILD)
    if not settings.store and state.mark(UNSNAPSHOTTED) == "1":
        yield Fault("current", "the store was changed after the current snapshot was made", REBUILD)
    submissions = Submissions(folder)
    for id in sorted(submissions.ids()):
        if not SubmissionFolder(folder, id).path.is_dir():
            found = submissions.submission(id)
            if found.state not in ("published", "failed"):
                yield Fault(f"submissions/{id[:8]}…", f"its files are lost ({found.name})", "have it sent again")


def _fill(expected: Store, folder: DataFolder, latest: Sequence[Release]) -> None:
    """What the store holds when it holds the latest releases: named graphs, their catalogue, and the merge."""
    for release in latest:
        history = releases.history(folder, release.publisher, release.dataset)
        for graph, lines in (
            (release.graph, releases.accepted(folder, release)),
            (catalogue.GRAPH, catalogue.describe(history)),
        ):
            for name in (NamedNode(graph), DefaultGraph()):
                for part in in_parts(lines):
                    expected.bulk_load(input=part, format=RdfFormat.N_TRIPLES, to_graph=name, lenient=True)


def _primary(folder: DataFolder, expected: Store, *, as_snapshot: bool) -> Iterator[Fault]:
    """The primary store; files that it shares with the current snapshot are known by that one's checksums.

    Not `as_snapshot`: it was changed since, and one that is made again gives the same names again.
    """
    if not folder.store.exists():
        said = "is not there, as after a restore; the next publication makes it again from the releases, or at once"
        yield Fault("store", said, REBUILD)
        return
    id = current_id(folder)
    known: dict[str, str] = {}
    with suppress(OSError, ValueError):  # it is said with the files of the snapshot
        known = read_checksums(folder.snapshots / id) if id is not None and as_snapshot else {}
    for path in sorted(folder.store.glob("*.sst")):
        if path.name in known and digest(path) != known[path.name]:
            yield Fault(f"store/{path.name}", "is not as it was written", REBUILD)
            return
    yield from _compared("store", folder.store, expected)


def _current(folder: DataFolder, expected: Store, latest: Sequence[Release]) -> Iterator[Fault]:
    id = current_id(folder)
    if id is None or id not in ids(folder):
        yield Fault("current", "leads to no snapshot", REBUILD)
        return
    where, path = f"snapshots/{id}", folder.snapshots / id
    if any(damaged(path)):
        return  # it is said with the files of each
    try:
        record = record_of(path)
    except (OSError, ValueError, TypeError) as error:
        yield Fault(where, f"snapshot.json cannot be read ({error})", REBUILD)
        return
    if record.datasets != {release.name: release.number for release in latest}:
        yield Fault("current", f"{id} is not of the latest releases", REBUILD)
        return
    yield from _compared(where, path / "store", expected)


def _compared(where: str, path: Path, expected: Store) -> Iterator[Fault]:
    try:
        store = Store.read_only(str(path))
        names = {graph.value for each in (store, expected) for graph in each.named_graphs()}
        for name in sorted(names):
            if _read(store, NamedNode(name)) != _read(expected, NamedNode(name)):
                yield Fault(where, f"graph <{name}> is not what its latest release says", REBUILD)
        if _read(store, DefaultGraph()) != _read(expected, DefaultGraph()):
            yield Fault(where, "the default graph is not the merge of the named graphs", REBUILD)
    except (OSError, RuntimeError, ValueError) as error:
        yield Fault(where, f"cannot be read ({error})", REBUILD)


def _read(store: Store, graph: Graph) -> bytes:
    """The checksum of a graph in the order in which a store has it, which is that of the content alone."""

    class Digest:
        found = hashlib.sha256()

        def write(self, chunk: bytes) -> int:
            self.found.update(chunk)
            return len(chunk)

        def flush(self) -> None:
            """What serialisers call at their end."""

    sink = Digest()
    sink.found = hashlib.sha256()
    store.dump(cast(IO[bytes], sink), RdfFormat.N_TRIPLES, from_graph=graph)
    return sink.found.digest()


def _snapshot(folder: DataFolder, id: str, seen: dict[tuple[int, int], str]) -> Iterator[Fault]:
    """The store and the downloads of one snapshot. `seen`: device and inode → SHA-256, of files with many names."""
    path, current = folder.snapshots / id, current_id(folder)
    pinned = "copy it from a backup (docs/backup.md); if there is none, whatworks snapshots unpin it and delete it"
    mend = REBUILD if id == current else pinned
    for what in damaged(path):
        yield Fault(f"snapshots/{id}", what, mend)
    downloads = folder_of(folder, id)
    if not downloads.is_dir():
        if id == current:
            yield Fault(f"snapshots/{id}/{downloads.name}", "its downloads are not made yet", REBUILD)
        return
    try:
        lines = (downloads / CHECKSUMS).read_text(encoding="ascii").splitlines()
        listed = [(sum, name) for sum, name in (line.split("  ", 1) for line in lines)]
        if not listed:
            raise ValueError("it is empty")
    except (OSError, ValueError) as error:
        yield Fault(f"snapshots/{id}/distributions/{CHECKSUMS}", f"cannot be read ({error})", mend)
        return
    for sum, name in listed:
        if (fault := _unlike(downloads / name, sum, seen)) is not None:
            yield Fault(f"snapshots/{id}/distributions/{name}", fault, mend)


def _unlike(path: Path, sha256: str, seen: dict[tuple[int, int], str] | None = None) -> str | None:
    """Why a file has not this checksum; None where it has."""
    try:
        found = path.stat()
        key = (found.st_dev, found.st_ino)
        sum = seen.get(key) if seen is not None else None
        if sum is None:
            sum = digest(path)
            if seen is not None:
                seen[key] = sum
    except OSError as error:
        return str(error.strerror)
    return None if sum == sha256 else "has not its checksum"


def _place(folder: DataFolder) -> Path | None:
    """Where the expected content is written: beside the data, for it may be large, if that can be and there is room."""
    try:
        with tempfile.TemporaryFile(dir=folder.root):
            pass
        needs = sum(path.stat().st_size for path in files_in(folder.current / "store"))
        places = (folder.root, Path(tempfile.gettempdir()))
        # While it is filled a store is compacted, and has what it holds twice.
        return next((place for place in places if shutil.disk_usage(place).free > 2 * needs), folder.root)
    except OSError:
        return None
