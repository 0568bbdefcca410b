"""Previews: how everything would look with a submission published, as a snapshot of its own, private to its publisher.

    data/submissions/{id}/preview/{snapshot}-draft-{random}/store   snapshot.json

It is the current snapshot (hard links to its files) with what the submission changes applied to it. It is made by the
process that works through the queue, when it is first asked for, and again once another snapshot is current; it goes
with the submission's folder. Only the newest few are kept, since each holds on to the files of its snapshot.
"""

import json
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyoxigraph

from kb.config import Settings
from kb.errors import Gone, StoreMissing
from kb.store import catalogue, releases
from kb.store.clock import now
from kb.store.difference import Difference, difference
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.partitions import count_partitions
from kb.store.primary import Primary
from kb.store.releases import Release
from kb.store.snapshots import Snapshot, SnapshotRecord, current_id
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission

OPEN = 2
"""Previews that a process has open at once."""

PREVIEW = "preview"


class Previews:
    """The previews of a data folder, for readers."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._opened: OrderedDict[str, Snapshot] = OrderedDict()
        self._opening = threading.Lock()

    def of(self, submission: str) -> Snapshot | None:
        """That of a submission, as the current snapshot would be with it; None where it has to be made first."""
        path = _made(self._folder, submission)
        if path is None:
            return None
        with self._opening:
            found = self._opened.pop(path.name, None)
            if found is None:
                try:
                    record = SnapshotRecord(**json.loads((path / "snapshot.json").read_bytes()))
                    location = str(path / "store")
                    found = Snapshot(record, pyoxigraph.Store.read_only(location), location)
                except (OSError, RuntimeError, ValueError):  # removed since it was looked for
                    return None
            self._opened[path.name] = found
            while len(self._opened) > OPEN:
                self._opened.popitem(last=False)
            return found


def make(folder: DataFolder, submission: Submission, settings: Settings) -> None:
    """Makes the preview of a submission that was checked, if the current snapshot has none; for the one writer."""
    if _made(folder, submission.id) is not None:
        return
    place = SubmissionFolder(folder, submission.id)
    parent = place.path / PREVIEW
    shutil.rmtree(parent, ignore_errors=True)
    _make_room(folder, settings.previews - 1)
    current = current_id(folder)
    draft = parent / (HALF_MADE + "store")
    try:
        parent.mkdir()
    except FileNotFoundError:
        raise Gone("the files of this submission were deleted") from None
    draft.mkdir()
    before = _record(folder, current)
    if current is not None:
        source = str(folder.snapshots / current / "store")
        pyoxigraph.Store.read_only(source).backup(str(draft / "store"))
    lines = place.lines()
    published = [
        release
        for release in releases.history(folder, submission.publisher, submission.dataset)
        if release.number <= before.datasets.get(submission.name, 0)
    ]
    change = difference(releases.accepted(folder, published[-1]) if published else [], lines)
    planned = _planned(folder, submission, published, lines, change)
    with Primary(DataFolder(draft)) as store:
        store.apply(planned.graph, change)
        history = [*published, planned]
        known = store.about(catalogue.GRAPH, catalogue.subjects(history))
        store.apply(catalogue.GRAPH, difference(known, catalogue.describe(history)))
        store.flush()
    id = f"{current or 'none'}-draft-{secrets.token_hex(4)}"
    triples = before.triples + len(lines) - (published[-1].triples if published else 0)
    record = SnapshotRecord(id, now(), current, before.datasets | {submission.name: planned.number}, triples)
    if current_id(folder) != current:  # something was published, or withdrawn, meanwhile
        shutil.rmtree(draft)
        return
    (draft / "snapshot.json").write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    draft.rename(parent / id)


def remove_previews(folder: DataFolder) -> None:
    """Removes every preview: what is withdrawn may be in any."""
    for parent in folder.submissions.glob(f"*/{PREVIEW}"):
        shutil.rmtree(parent, ignore_errors=True)


def remove_stale(folder: DataFolder) -> None:
    """Removes those of snapshots that are not current any more, which hold on to their files."""
    current = current_id(folder)
    for path in folder.submissions.glob(f"*/{PREVIEW}/*"):
        if not _is_of(path, current):
            shutil.rmtree(path.parent, ignore_errors=True)


def _made(folder: DataFolder, submission: str) -> Path | None:
    current = current_id(folder)
    found = (SubmissionFolder(folder, submission).path / PREVIEW).glob("*")
    return next((path for path in found if _is_of(path, current)), None)


def _is_of(path: Path, current: str | None) -> bool:
    return path.name.startswith(f"{current or 'none'}-draft-")


def _make_room(folder: DataFolder, most: int) -> None:
    """Leaves the `most` newest."""
    remove_stale(folder)
    made = sorted(folder.submissions.glob(f"*/{PREVIEW}/*"), key=lambda path: path.stat().st_mtime)
    for path in made[: max(0, len(made) - most)]:
        shutil.rmtree(path.parent, ignore_errors=True)


def _record(folder: DataFolder, current: str | None) -> SnapshotRecord:
    if current is None:
        return SnapshotRecord("none", now(), None, {}, 0)
    try:
        return SnapshotRecord(**json.loads((folder.snapshots / current / "snapshot.json").read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise StoreMissing(f"{folder.snapshots / current}: cannot be read ({error})") from error


def _planned(
    folder: DataFolder, submission: Submission, published: list[Release], lines: Sequence[bytes], change: Difference
) -> Release:
    """The release that it would be."""
    publisher = State(folder).publisher(submission.publisher)
    unchecked = State(folder).is_unchecked(submission.publisher, submission.dataset)
    planned = Release(
        publisher=publisher.id,
        base=publisher.base,
        dataset=submission.dataset,
        number=published[-1].number + 1 if published else 1,
        kind="publication",
        issued=now(),
        triples=len(lines),
        added=len(change.added),
        removed=len(change.removed),
        checked_by="nobody" if unchecked else "protocols",
        warnings=submission.counts.get("warnings", 0),
    )
    return replace(planned, **asdict(count_partitions(lines)))
