"""Checksums of a snapshot's store, by which damage is found without reading its content.

An engine that meets a damaged block says so in an error, or reads on without an end; so the files are compared with
their checksums before a store is relied on that lay on a disk.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

FILE = "store.sha256"
"""In the folder of a snapshot, as `sha256sum --check` reads it."""

_UNREAD = ("LOG", "LOCK")
"""Starts of the names of files that no reader reads; some are written by whoever opens a store to write."""


def write_checksums(snapshot: Path) -> None:
    """Writes the checksums of the store in the folder of a snapshot in the making."""
    sums = "".join(f"{digest(path)}  store/{path.name}\n" for path in _files(snapshot / "store"))
    (snapshot / FILE).write_text(sums, encoding="utf-8")


def read_checksums(snapshot: Path) -> dict[str, str]:
    """Name in the store → SHA-256; nothing for a snapshot from before there were any. Raises OSError, ValueError."""
    try:
        lines = (snapshot / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    rows = [line.split("  store/", 1) for line in lines]
    return {name: sum for sum, name in rows}


def damaged(snapshot: Path) -> Iterator[str]:
    """What is wrong with the files of a snapshot's store, a sentence for each."""
    try:
        expected = read_checksums(snapshot)
    except (OSError, ValueError) as error:
        yield f"{FILE} cannot be read ({error})"
        return
    if not expected and (snapshot / FILE).exists():
        yield f"{FILE} is empty"
    for name, sum in expected.items():
        try:
            if digest(snapshot / "store" / name) != sum:
                yield f"store/{name} is not as it was written"
        except OSError as error:
            yield f"store/{name}: {error.strerror}"


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(store: Path) -> list[Path]:
    return sorted(path for path in store.iterdir() if path.is_file() and not path.name.startswith(_UNREAD))
