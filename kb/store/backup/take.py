"""Making a backup, while the site serves and publishes; and what becomes of the older ones.

The state is copied first: a release that is accepted later is found by the next writer, as after a writer that died. A
withdrawal in between makes the copy begin again, so that none is half before and half after one.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput, NotFound, StoreBusy
from kb.store.backup.check import faults
from kb.store.backup.copying import Copying, files_in
from kb.store.backup.manifest import Manifest, read_manifest, write_manifest
from kb.store.backup.target import generations, new_name, opened, remove
from kb.store.backup.withdrawn import withdrawn
from kb.store.clock import now
from kb.store.database import Database
from kb.store.durability import HALF_MADE, move, sync_tree
from kb.store.folder import DataFolder
from kb.store.folder_id import id_of
from kb.store.layout import check_layout, read_layout
from kb.store.previews import PREVIEW
from kb.store.privacy import make_private
from kb.store.snapshots import current_id, ids
from kb.store.state import State
from kb.store.withdrawal.plan import PENDING

KEEP = 7
"""Generations that are kept, if nothing else is said."""

_TRIES = 5

OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Backup:
    """A generation that was made; `faults`: what is wrong with it, and then no older one was removed."""

    path: Path
    files: int
    copied: int
    """Files that were written; all others are those of the generation before."""
    bytes: int
    """Of the files that were written."""
    faults: tuple[str, ...]
    removed: tuple[str, ...]
    """Older generations that were removed, since there were more than are kept."""
    withdrawn: tuple[str, ...]
    """Older generations that hold something withdrawn since: removed, or, where there are faults, still there."""
    damaged: str | None = None
    """The generation before, where its files or its manifest were damaged, so that all was copied anew."""
    adopted: str | None = None
    """A sentence where the folder of backups, of a program of before, did not say whose it is, and does now."""


class _Unsettled(Exception):
    """The data folder was changed in a way that a copy may not be half before and half after."""


def backup(
    folder: DataFolder, target: Path, *, keep: int = KEEP, quick: bool = False, on_step: OnStep = lambda step: None
) -> Backup:
    """Makes a generation, checks it (`quick`: only the files that were written), and removes what is kept no longer.

    Raises NotFound where there is no data, BadInput, WrongLayout for a folder newer than the program, StoreBusy,
    StoreUnwritable.
    """
    check_layout(folder, older=True)
    if read_layout(folder) is None:
        raise NotFound(f"{folder.root}: holds no data yet; there is nothing to back up")
    _refuse_within(folder, target)
    with opened(target, id_of(folder)) as adopted:
        earlier = generations(target)
        name = new_name(target, now())
        draft = target / (HALF_MADE + name)
        last = earlier[-1] if earlier else None
        known = _known(last)
        copying, manifest = _settled(folder, draft, last, known, on_step)
        on_step("checking what was written" if quick else "checking every file")
        found = _checked(draft, copying, manifest, quick)
        damaged = last is not None and (known is None or bool(found))
        if found and known is not None:
            on_step("copying all of it anew: files of the generation before are damaged")
            shutil.rmtree(draft)
            copying, manifest = _settled(folder, draft, None, None, on_step)
            found = _checked(draft, copying, manifest, quick)
        move(draft, target / name)
        done = withdrawn(DataFolder(target / name))
        held = [each for each in earlier if not _lacks_what_was_withdrawn(each, done)]
        old = [each for each in earlier if each not in held][: max(0, len(earlier) - len(held) + 1 - keep)]
        if not found:
            for each in (*held, *old):
                on_step(f"removing {each.name}")
                remove(each)
    written = sum(manifest.files[each].bytes for each in copying.copied)
    removed = tuple(each.name for each in old) if not found else ()
    return Backup(
        target / name,
        len(manifest.files),
        len(copying.copied),
        written,
        found,
        removed,
        tuple(each.name for each in held),
        damaged=last.name if damaged and last is not None and not found else None,
        adopted=f"{target}: is from now on for the backups of {folder.root} alone" if adopted else None,
    )


def _checked(draft: Path, copying: Copying, manifest: Manifest, quick: bool) -> tuple[str, ...]:
    """What is wrong with a generation once it is all on the disk."""
    write_manifest(draft, manifest)
    sync_tree(draft)
    return tuple(faults(draft, copying.copied if quick else None))


def _known(before: Path | None) -> Manifest | None:
    """What is known of the generation before; None where there is none, or its manifest is damaged."""
    try:
        return read_manifest(before) if before is not None else None
    except BadInput:
        return None


def _settled(
    folder: DataFolder, draft: Path, before: Path | None, known: Manifest | None, on_step: OnStep
) -> tuple[Copying, Manifest]:
    """A copy during which nothing was withdrawn; raises StoreBusy where there is none."""
    for _ in range(_TRIES):
        if (folder.withdrawals / PENDING).exists():
            raise StoreBusy(
                f"{folder.root}: a withdrawal is under way, or was interrupted; when `whatworks withdraw` has finished "
                "it, run the backup again"
            )
        try:
            return _copy(folder, draft, before, known, on_step)
        except _Unsettled:
            on_step("beginning again, since something was withdrawn or retired meanwhile")
            shutil.rmtree(draft)
    raise StoreBusy(f"{folder.root}: it changed too often while it was copied; run the backup again")


def _copy(
    folder: DataFolder, draft: Path, before: Path | None, known: Manifest | None, on_step: OnStep
) -> tuple[Copying, Manifest]:
    draft.mkdir(mode=0o700)
    copying, when, done = Copying(draft, before, known), now(), withdrawn(folder)
    on_step("copying the state")
    pins: set[str] = set()
    if folder.state.exists():
        Database(folder).copy(draft / folder.state.name)
        copying.take(folder.state.name)
        pins = State(DataFolder(draft)).pins()
    for path in (folder.version, folder.id, folder.pinned, folder.replica):
        if path.exists():
            copying.copy(path, path.name, changes=True)
    _tree(folder, folder.withdrawals, copying, changes=True)
    _tree(folder, folder.submissions, copying, changes=True)
    current = current_id(folder)
    wanted = [id for id in ids(folder) if id in pins or id == current]
    for id in wanted:
        on_step(f"copying snapshot {id}")
        _tree(folder, folder.snapshots / id, copying)
    gone = set(wanted) - set(ids(folder))
    # After the state and the snapshots: every release that one of these names has been accepted by now.
    on_step("copying releases")
    _tree(folder, folder.releases, copying)
    make_private(DataFolder(draft))
    if current is not None:
        (draft / folder.current.name).symlink_to(Path(folder.snapshots.name, current))
    if gone or withdrawn(folder) != done or (folder.withdrawals / PENDING).exists():
        raise _Unsettled
    layout = read_layout(folder)
    assert layout is not None  # there is data
    numbers = tuple(sorted(number for number, _ in done))
    return copying, Manifest(when, layout, current, tuple(wanted), numbers, copying.files)


def _tree(folder: DataFolder, part: Path, copying: Copying, *, changes: bool = False) -> None:
    """All files of a part of the data folder. Raises _Unsettled where one goes that may only go with a withdrawal."""
    for path in files_in(part):
        inner = path.relative_to(folder.root)
        if part == folder.submissions and PREVIEW in inner.parts[2:3]:
            continue
        try:
            copying.copy(path, inner.as_posix(), changes=changes)
        except FileNotFoundError:
            if part != folder.submissions:  # one of these was discarded
                raise _Unsettled from None


def _lacks_what_was_withdrawn(generation: Path, done: frozenset[tuple[int, str]]) -> bool:
    """Whether a generation was made after all that has been withdrawn; one that cannot be read counts as before."""
    try:
        return done <= withdrawn(DataFolder(generation))
    except BadInput:
        return not done


def _refuse_within(folder: DataFolder, target: Path) -> None:
    data, place = folder.root.resolve(), target.resolve()
    if place == data or data in place.parents or place in data.parents:
        raise BadInput(f"{target}: lies within the data folder, or around it; name a folder elsewhere, on another disk")
