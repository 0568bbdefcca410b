"""What of a data folder is for its own user alone: hashes of tokens, readers' addresses, files as they were sent."""

from collections.abc import Iterator
from pathlib import Path

from kb.store.durability import PRIVATE_FILE, PRIVATE_FOLDER
from kb.store.folder import DataFolder


def make_private(folder: DataFolder) -> None:
    """Gives it the modes with which it was first made, which a copy may not have."""
    for path in _private(folder):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def _private(folder: DataFolder) -> Iterator[Path]:
    if folder.state.exists():
        yield folder.state
    if folder.submissions.is_dir():
        yield folder.submissions
    yield from (path for path in folder.releases.glob("*/*/*/received") if path.is_dir())
