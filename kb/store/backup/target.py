"""The folder of backups: its generations by age, those of one data folder, one backup at a time."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kb.errors import BadInput, NotFound, StoreBusy, StoreUnwritable
from kb.store.durability import HALF_MADE, make_folder, remove_half_made, sync

MARK = "whatworks-backup"
"""The file that makes a folder one of backups; in it the id of their data folder, but for programs of before."""
_OF_THE_DISK = "lost+found"
"""A folder that a fresh file system has already (mke2fs(8)); it holds nothing of anybody."""
_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


def generations(target: Path) -> list[Path]:
    """Every complete generation, the oldest first; raises NotFound where the folder is none of backups."""
    if not (target / MARK).is_file():
        raise NotFound(f"{target}: no folder of backups; name the one that `whatworks backup` was given")
    return sorted((each for each in target.iterdir() if _NAME.fullmatch(each.name)), key=_age)


def generation(source: Path, name: str | None = None) -> Path:
    """The latest generation, or the one of that name; `source` may be a generation itself. Raises NotFound."""
    if name is None and _NAME.fullmatch(source.name) and (source.parent / MARK).is_file():
        return source
    found = generations(source)
    if not found:
        raise NotFound(f"{source}: holds no generation yet")
    if name is None:
        return found[-1]
    for each in found:
        if each.name == name:
            return each
    raise NotFound(f"{source}: no generation {name}; there are {', '.join(each.name for each in found)}")


@contextmanager
def opened(target: Path, id: str) -> Iterator[bool]:
    """Makes the folder where there is none, and keeps every other backup from it; `id`: of the data folder.

    Gives whether a folder that was of nobody in particular is that data folder's from now on. Raises BadInput where it
    holds something else, or the backups of another data folder; StoreBusy, StoreUnwritable.
    """
    try:
        make_folder(target)
        fresh = not (target / MARK).is_file()
        if fresh:
            if any(each.name != _OF_THE_DISK for each in target.iterdir()):
                raise BadInput(f"{target}: holds something else; name an empty folder, or one that is not there yet")
            target.chmod(0o700)  # it gets drafts, and hashes of tokens
        with (target / MARK).open("a+b") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy(f"{target}: another backup is being made there; wait for it to end") from None
            adopted = _claim(target, mark, id)
            remove_half_made(target)
            yield adopted and not fresh
    except OSError as error:
        raise StoreUnwritable(
            f"{error.filename or target}: {error.strerror or error}; earlier generations are kept: put that right and "
            "run the command again"
        ) from error


def owner(target: Path) -> str | None:
    """The id of the data folder whose backups are there; None where none is said, or it is no folder of backups."""
    try:
        return (target / MARK).read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None


def new_name(target: Path, when: str) -> str:
    """A name after all that there are: the moment, and a number where there is one of this second or of a later one.

    A clock that was set back would else make the newest generation the first that is removed.
    """
    name = when.replace("-", "").replace(":", "")
    moment, number = max((_age(each) for each in generations(target)), default=("", 0))
    return f"{moment}-{number + 1}" if moment >= name else name


def remove(path: Path) -> None:
    """Deletes a generation; from the first step on it is none."""
    doomed = path.with_name(HALF_MADE + path.name)
    path.rename(doomed)
    sync(path.parent)
    shutil.rmtree(doomed)


def _claim(target: Path, mark: BinaryIO, id: str) -> bool:
    """Writes the id into a mark that has none, and says whether it did; raises BadInput where it has another."""
    mark.seek(0)
    found = mark.read().strip()
    if found and found != id.encode():
        raise BadInput(
            f"{target}: has the backups of another data folder, which this one's would remove; name another folder, "
            f"or, where that one is no more and its backups may go, empty the file {MARK} there"
        )
    if not found:
        mark.write(f"{id}\n".encode())
        mark.flush()
        os.fsync(mark.fileno())
    return not found


def _age(path: Path) -> tuple[str, int]:
    when, _, number = path.name.partition("-")
    return when, int(number or 1)
