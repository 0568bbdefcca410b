"""Getting a data folder back from a generation: copied, checked and opened, before anything of it has its name."""

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput, NotFound, StoreBusy, StoreUnwritable
from kb.store.backup.check import faults
from kb.store.backup.manifest import CHECKSUMS, MANIFEST, read_manifest
from kb.store.backup.target import generation
from kb.store.clock import now
from kb.store.database import Database
from kb.store.durability import HALF_MADE, make_folder, move, sync_tree
from kb.store.folder import DataFolder
from kb.store.layout import LAYOUT
from kb.store.lock import locked

OnStep = Callable[[str], None]

_DRAFT = f"{HALF_MADE}restored"


@dataclass(frozen=True)
class Restored:
    """What was restored: the generation, of when it is, what it holds, and where that went which was there."""

    generation: Path
    when: str
    files: int
    current: str | None
    aside: Path | None


def restore(
    source: Path,
    folder: DataFolder,
    *,
    name: str | None = None,
    replace: bool = False,
    on_step: OnStep = lambda step: None,
) -> Restored:
    """Restores the latest generation in a folder of backups, or the one of that name.

    `replace`: what is in the data folder is moved aside first, into one beside it. Raises NotFound, BadInput where the
    data folder holds anything or the generation is damaged, StoreBusy while it is served with publishers or written.
    """
    found = generation(source, name)
    manifest = read_manifest(found)
    if manifest.layout > LAYOUT:
        raise BadInput(f"{found}: has layout {manifest.layout}, and this program knows {LAYOUT}; install a newer one")
    there = _entries(folder)
    if there and not replace:
        raise BadInput(
            f"{folder.root}: holds something already ({there[0].name}); with --replace it is moved aside, not deleted"
        )
    try:
        make_folder(folder.root)
        _refuse_while_served(folder)
        draft = folder.root / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        on_step(f"copying {len(manifest.files):,} files of {found.name}")
        shutil.copytree(found, draft, symlinks=True)
        on_step("checking every file")
        wrong = list(faults(draft))
        if wrong:
            shutil.rmtree(draft)
            raise BadInput(f"{found}: {wrong[0]}; nothing was restored: take another generation by --generation")
        for each in (MANIFEST, CHECKSUMS):
            (draft / each).unlink()
        sync_tree(draft)
        aside = _move_aside(folder, there) if there else None
        on_step("taking its place")
        # The version first, what is served last.
        for path in sorted(draft.iterdir(), key=lambda path: (path.name == "current", path.name != "version")):
            move(path, folder.root / path.name)
        draft.rmdir()
    except OSError as error:
        raise StoreUnwritable(
            f"{error.filename or folder.root}: {error.strerror or error}; put that right and run the command again"
        ) from error
    return Restored(found, manifest.when, len(manifest.files), manifest.current, aside)


def restore_state(
    source: Path, folder: DataFolder, *, name: str | None = None, on_step: OnStep = lambda step: None
) -> Restored:
    """Restores state.sqlite alone, of a data folder whose other files are sound; the damaged one is moved aside.

    What was published since is found again by the next writer. Raises as `restore` does.
    """
    found = generation(source, name)
    manifest = read_manifest(found)
    copy = found / folder.state.name
    if not copy.exists():
        raise NotFound(f"{found}: holds no {folder.state.name}; take another generation by --generation")
    _refuse_while_served(folder)
    with locked(folder):
        on_step("checking the copy")
        wrong = Database(DataFolder(found)).faults()
        if wrong:
            raise BadInput(f"{copy}: {wrong[0]}; nothing was restored: take another generation by --generation")
        draft = folder.root / f"{HALF_MADE}{folder.state.name}"
        shutil.copyfile(copy, draft)
        there = [path for path in _entries(folder) if path.name.startswith(folder.state.name)]
        aside = _move_aside(folder, there) if there else None
        move(draft, folder.state)
    return Restored(found, manifest.when, 1, manifest.current, aside)


def _entries(folder: DataFolder) -> list[Path]:
    """What a data folder holds, but for what a restoration that died has left, and the locks."""
    if not folder.root.is_dir():
        return []
    passing = {_DRAFT, folder.lock.name, folder.queue_lock.name}
    return sorted(path for path in folder.root.iterdir() if path.name not in passing)


def _move_aside(folder: DataFolder, there: list[Path]) -> Path:
    """Moves entries into a folder beside the data folder, or within it where it is a mount."""
    name = f"{folder.root.resolve().name}-before-{now().replace(':', '').replace('-', '')}"
    within = os.path.ismount(folder.root)
    aside = (folder.root.resolve() if within else folder.root.resolve().parent) / name
    aside.mkdir()
    for path in there:
        path.rename(aside / path.name)
    return aside


def _refuse_while_served(folder: DataFolder) -> None:
    if not folder.queue_lock.exists():
        return
    with folder.queue_lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(f"{folder.root}: a server works there; stop it, then run the command again") from None
