"""Making a replica, and bringing it up to what it is a copy of: readers see the old snapshot or the new one."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pyoxigraph import Store

from kb.errors import BadInput, StoreMissing
from kb.store.checkpoint import remove, switch
from kb.store.checksums import damaged
from kb.store.clock import now
from kb.store.distributions.build import is_built
from kb.store.durability import HALF_MADE, make_folder, move, replace_file, sync_tree
from kb.store.folder import DataFolder
from kb.store.layout import LAYOUT, check_layout, read_layout, write_layout
from kb.store.lock import locked
from kb.store.replica.read_only import ReplicaRecord, replica_of
from kb.store.replica.staging import stage
from kb.store.snapshots import current_id, ids

OnStep = Callable[[str], None]

WAIT = 60.0
"""Seconds to wait for downloads that are being made there."""

_TRIES = 3
_ANSWERS = "ASK { ?s ?p ?o }"


@dataclass(frozen=True)
class Replicated:
    """What was done: the snapshot that is current, those that are new here, and those that went."""

    current: str
    brought: tuple[str, ...]
    removed: tuple[str, ...]
    has_downloads: bool
    """Whether the current snapshot has its downloads, which are made after it is shown."""


def replicate(
    source: str, folder: DataFolder, on_step: OnStep = lambda step: None, *, wait: float = WAIT
) -> Replicated:
    """Makes `folder` a replica of `source`, or brings it up; a server on it follows at once.

    Downloads that are being made there are waited for so many seconds; later they come when it is run again. What was
    withdrawn or retired there goes here, after the switch. Raises BadInput where the folder holds data of its own,
    NotFound, StoreMissing where what came cannot be opened (then nothing here has changed), StoreBusy,
    StoreUnwritable, WrongLayout.
    """
    if replica_of(folder) is None and read_layout(folder) is not None:
        raise BadInput(f"{folder.root}: holds data of its own; name an empty folder by --data")
    check_layout(folder)
    with locked(folder):
        draft = DataFolder(folder.root / f"{HALF_MADE}replica")
        for _ in range(_TRIES):
            shutil.rmtree(draft.root, ignore_errors=True)
            for path in (draft.root, draft.snapshots, draft.releases):
                path.mkdir()
            on_step(f"bringing what is new from {source}")
            stage(source, folder, draft, wait, on_step)
            check_layout(draft)
            current = current_id(draft)
            assert current is not None  # stage() has seen to it
            wrong = _wrong(draft.snapshots / current)
            if wrong is None:
                break
            on_step(f"once more: {wrong}")
        else:
            shutil.rmtree(draft.root)
            raise StoreMissing(f"{source}: snapshot {current}: {wrong}; nothing was changed here")
        done = _show(source, folder, draft, current, on_step)
        shutil.rmtree(draft.root)
    return done


def _show(source: str, folder: DataFolder, draft: DataFolder, current: str, on_step: OnStep) -> Replicated:
    # The records first, so that whoever finds a folder that is half made knows whose it is.
    record = ReplicaRecord(source, now(), current)
    replace_file(folder.replica, json.dumps(asdict(record)) + "\n")
    write_layout(folder, LAYOUT)
    make_folder(folder.snapshots)
    brought = []
    for id in ids(draft):
        staged, target = draft.snapshots / id, folder.snapshots / id
        if target.exists():
            _add_what_was_derived(staged, target)
        elif _wrong(staged) is None:
            sync_tree(staged)
            move(staged, target)
            brought.append(id)
    on_step(f"switching to {current}")
    switch(folder, current)
    if draft.pinned.exists():
        replace_file(folder.pinned, draft.pinned.read_text(encoding="utf-8"))
    _swap(draft.releases, folder.releases)
    shutil.rmtree(folder.changes, ignore_errors=True)  # made again from the releases
    removed = [id for id in ids(folder) if not (draft.snapshots / id).exists() and id not in brought]
    for id in removed:
        on_step(f"removing {id}, which is not there any more")
        remove(folder, id)
    return Replicated(current, tuple(brought), tuple(removed), is_built(folder, current))


def _add_what_was_derived(staged: Path, target: Path) -> None:
    """Downloads are made after a snapshot is shown, so they may come later."""
    for path in staged.iterdir():
        if not (target / path.name).exists():
            if path.is_dir():
                sync_tree(path)
            move(path, target / path.name)


def _swap(staged: Path, target: Path) -> None:
    """Puts the releases in their place; between two renames, for a moment, a reader finds none."""
    old = target.with_name(f"{HALF_MADE}{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    sync_tree(staged)
    if target.exists():
        target.rename(old)
    move(staged, target)
    shutil.rmtree(old, ignore_errors=True)


def _wrong(snapshot: Path) -> str | None:
    """Why a snapshot that came cannot be shown; None where it can."""
    if not (snapshot / "snapshot.json").exists():
        return "it was retired while it was copied"
    if (found := next(damaged(snapshot), None)) is not None:
        return found
    try:
        Store.read_only(str(snapshot / "store")).query(_ANSWERS)
    except (OSError, RuntimeError, ValueError) as error:
        return str(error)
    return None
