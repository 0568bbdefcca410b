"""Getting a data folder back from a generation: copied, checked and opened, before anything of it has its name."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput, NotFound, StoreBusy
from kb.store.backup.check import faults
from kb.store.backup.manifest import CHECKSUMS, MANIFEST, read_manifest
from kb.store.backup.target import generation, owner
from kb.store.backup.withdrawn import withdrawn
from kb.store.checksums import digest
from kb.store.clock import now
from kb.store.database import Database
from kb.store.durability import HALF_MADE, PRIVATE_FILE, PRIVATE_FOLDER, move, sync, sync_tree
from kb.store.folder import DataFolder
from kb.store.folder_id import give_id, read_id
from kb.store.layout import LAYOUT
from kb.store.lock import locked
from kb.store.privacy import make_private

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
    data folder holds anything or the generation is damaged, StoreBusy while it is served with publishers or written,
    StoreUnwritable. Until it returns nothing is published there.
    """
    found = generation(source, name)
    manifest = read_manifest(found)
    if manifest.layout > LAYOUT:
        raise BadInput(f"{found}: has layout {manifest.layout}, and this program knows {LAYOUT}; install a newer one")
    with _alone(folder):
        if not replace:
            _refuse_what_is_there(folder)
        _refuse_what_was_withdrawn(source, folder, found)
        draft = folder.root / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        on_step(f"copying {len(manifest.files):,} files of {found.name}")
        draft.mkdir(mode=PRIVATE_FOLDER)
        shutil.copytree(found, draft, symlinks=True, dirs_exist_ok=True)
        on_step("checking every file")
        wrong = list(faults(draft))
        if wrong:
            shutil.rmtree(draft)
            raise BadInput(f"{found}: {wrong[0]}; nothing was restored: take another generation by --generation")
        for each in (MANIFEST, CHECKSUMS):
            (draft / each).unlink()
        # A generation from before there were ids: without this its folder of backups would be another's.
        if read_id(DataFolder(draft)) is None and (id := owner(found.parent)) is not None:
            give_id(DataFolder(draft), id)
        make_private(DataFolder(draft))
        sync_tree(draft)
        # Who is signed in, or asks for a short link, takes no lock: they may have written during the copy.
        there = _entries(folder)
        aside = _move_aside(folder, there) if there and replace else None
        on_step("taking its place")
        _take_place(draft, folder, aside)
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
    if not copy.exists() or folder.state.name not in manifest.files:
        raise NotFound(f"{found}: holds no {folder.state.name}; take another generation by --generation")
    with _alone(folder):
        on_step("checking the copy")
        draft = folder.root / f"{HALF_MADE}{folder.state.name}"
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))
        shutil.copyfile(copy, draft)
        wrong = Database(DataFolder(found)).faults()
        if digest(draft) != manifest.files[folder.state.name].sha256:
            wrong.append("has not the checksum that it had")
        if wrong:
            draft.unlink()
            raise BadInput(f"{copy}: {wrong[0]}; nothing was restored: take another generation by --generation")
        sync(draft)
        there = [path for path in _entries(folder) if path.name.startswith(folder.state.name)]
        aside = _move_aside(folder, there) if there else None
        move(draft, folder.state)
    return Restored(found, manifest.when, 1, manifest.current, aside)


@contextmanager
def _alone(folder: DataFolder) -> Iterator[None]:
    """Keeps publications, and what works through the queue, from the data folder; raises StoreBusy, StoreUnwritable."""
    with locked(folder), folder.queue_lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(f"{folder.root}: a server works there; stop it, then run the command again") from None
        yield


def _refuse_what_is_there(folder: DataFolder) -> None:
    if there := _entries(folder):
        raise BadInput(
            f"{folder.root}: holds something already ({there[0].name}); with --replace it is moved aside, not deleted"
        )


def _refuse_what_was_withdrawn(source: Path, folder: DataFolder, found: Path) -> None:
    """Raises BadInput for a generation from before a withdrawal that the data folder or the latest generation knows."""
    known: set[tuple[int, str]] = set()
    with suppress(BadInput):  # what is there may be what is damaged
        known |= withdrawn(folder)
    with suppress(BadInput, NotFound):
        known |= withdrawn(DataFolder(generation(source)))
    if known and known - withdrawn(DataFolder(found)):
        raise BadInput(
            f"{found}: is from before a withdrawal, so that what was withdrawn would come back; "
            "run `whatworks backup` first, which cleans older generations, or take a later one by --generation"
        )


def _entries(folder: DataFolder) -> list[Path]:
    """What a data folder holds, but for what a restoration that died has left, and the locks."""
    if not folder.root.is_dir():
        return []
    passing = {_DRAFT, folder.lock.name, folder.queue_lock.name}
    return sorted(path for path in folder.root.iterdir() if path.name not in passing)


def _move_aside(folder: DataFolder, there: list[Path]) -> Path:
    """Moves entries into a folder beside the data folder; within it where that is a mount, or its parent another's."""
    root = folder.root.resolve()
    name = f"{root.name}-before-{now().replace(':', '').replace('-', '')}"
    within = os.path.ismount(root) or not os.access(root.parent, os.W_OK | os.X_OK, effective_ids=True)
    place = root if within else root.parent
    names = (name, *(f"{name}-{number}" for number in range(2, 100)))  # of the same second
    aside = next(place / each for each in names if not (place / each).exists())
    aside.mkdir(mode=PRIVATE_FOLDER)
    for path in there:
        path.rename(aside / path.name)
    return aside


def _take_place(draft: Path, folder: DataFolder, aside: Path | None) -> None:
    """Gives each part its name: the version and the state first, what is served last. Nothing is overwritten."""
    if there := [path for path in _entries(folder) if aside is None or path.name != aside.name]:
        raise _written_meanwhile(there[0])
    order = [folder.version.name, folder.state.name]
    parts = {path.name: path for path in draft.iterdir()}
    last = [folder.current.name] if folder.current.name in parts else []
    for name in [*(each for each in order if each in parts), *sorted(parts.keys() - {*order, *last}), *last]:
        target = folder.root / name
        if os.path.lexists(target):
            raise _written_meanwhile(target)
        move(parts[name], target)
    draft.rmdir()


def _written_meanwhile(path: Path) -> StoreBusy:
    return StoreBusy(
        f"{path}: was written meanwhile, so a server works there; stop it, then run the command again with --replace"
    )
