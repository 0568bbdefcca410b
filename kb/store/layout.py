"""The version of the data folder: how it is laid out on the disk, in the file `version`.

A program reads and writes its own version only. A newer folder is refused; an older one is brought up by
`whatworks migrate`, a module of kb.store.migrations for each step.
"""

from contextlib import suppress

from kb.errors import WrongLayout
from kb.store.durability import make_folder, replace_file
from kb.store.folder import DataFolder

LAYOUT = 1
"""Raised when a program of before could no longer read or write a data folder; then a migration leads to it."""


def read_layout(folder: DataFolder) -> int | None:
    """The version of a data folder: 0 from before there were any, None where there is no data yet.

    Raises WrongLayout where the file says no number.
    """
    try:
        text = _written(folder)
        if text is None:
            there = any(path.is_symlink() or path.exists() for path in folder.data)
            text = _written(folder)  # by another process meanwhile: it writes this first
        if text is None:
            return 0 if there else None
    except (OSError, ValueError) as error:
        raise WrongLayout(f"{folder.version}: cannot be read ({error}); restore it from a backup") from error
    if not text.isdecimal():
        raise WrongLayout(f"{folder.version}: says {text[:20]!r}, no number; restore it from a backup")
    return int(text)


def check_layout(folder: DataFolder, *, older: bool = False) -> None:
    """Raises WrongLayout for a data folder that another version of the program has written.

    `older`: one of before is fine, as for a backup of it.
    """
    found = read_layout(folder)
    if found is None or found == LAYOUT or (older and found < LAYOUT):
        return
    if found > LAYOUT:
        raise WrongLayout(
            f"{folder.root}: has layout {found}, and this program knows {LAYOUT}; install the release that wrote it"
        )
    raise WrongLayout(
        f"{folder.root}: has layout {found}, and this program needs {LAYOUT}; run `whatworks migrate --backup FOLDER`"
    )


def begin_layout(folder: DataFolder) -> None:
    """Makes the folder, and says its version where it holds nothing yet; raises WrongLayout as `check_layout` does."""
    make_folder(folder.root)
    if read_layout(folder) is None:
        write_layout(folder, LAYOUT)
    check_layout(folder)


def write_layout(folder: DataFolder, number: int) -> None:
    """Says which version the folder has, durably and at once."""
    with suppress(FileNotFoundError):  # another process writes the same at the same time, and was first
        replace_file(folder.version, f"{number}\n")


def _written(folder: DataFolder) -> str | None:
    try:
        return folder.version.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
