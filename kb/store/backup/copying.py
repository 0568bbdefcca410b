"""Copying files into a generation: what the one before has is linked to, not copied."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from kb.store.backup.manifest import FileRecord, Manifest
from kb.store.checksums import digest
from kb.store.durability import HALF_MADE, link

_PIECE = 1 << 20


class Copying:
    """A generation in the making, beside the one before it, if there is one."""

    def __init__(self, draft: Path, before: Path | None, known: Manifest | None) -> None:
        self._draft = draft
        self._before = before
        self._known = dict(known.files) if known is not None else {}
        self._places = {each.sha256: before / path for path, each in self._known.items()} if before else {}
        self.files: dict[str, FileRecord] = {}
        self.copied: set[str] = set()
        """The paths whose content was written, not linked to."""

    def copy(self, source: Path, path: str, *, changes: bool = False) -> None:
        """Takes one file in; `changes`: it may have another content though size and time are as they were.

        Raises OSError, and takes nothing in then.
        """
        found = source.stat()
        known = self._known.get(path)
        target = self._draft / path
        target.parent.mkdir(parents=True, exist_ok=True)
        same = known is not None and (known.bytes, known.modified) == (found.st_size, found.st_mtime_ns)
        if known is not None and self._before is not None and same and not changes:
            earlier = self._before / path
            if earlier.is_file() and earlier.stat().st_size == known.bytes:
                link(earlier, target)
                self.files[path] = known
                self._places.setdefault(known.sha256, target)
                return
        record = _copied(source, target)
        self._keep(record, target, path)

    def take(self, path: str) -> None:
        """Takes in a file that was written to the draft already."""
        self._keep(_record(self._draft / path), self._draft / path, path)

    def _keep(self, record: FileRecord, target: Path, path: str) -> None:
        """Gives a file the place of one with the same content, where there is one, in this generation or before."""
        other = self._places.setdefault(record.sha256, target)
        if other != target and other.exists() and other.stat().st_size == record.bytes:
            target.unlink()
            link(other, target)
        else:
            self.copied.add(path)
        self.files[path] = record


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below that is not half made, sorted; raises OSError where a folder is there and cannot be listed."""
    for place, folders, names in os.walk(folder, onerror=_raise_unless_gone):
        folders[:] = sorted(each for each in folders if not each.startswith(HALF_MADE))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith(HALF_MADE))


def _raise_unless_gone(error: OSError) -> None:
    """For os.walk, which otherwise passes over what it cannot list: half a copy would look whole."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _copied(source: Path, target: Path) -> FileRecord:
    found = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(_PIECE):
            found.update(piece)
            written.write(piece)
        at = os.fstat(read.fileno())
    # A restored file has the time of the first one, by which the next backup knows it.
    os.utime(target, ns=(at.st_mtime_ns, at.st_mtime_ns))
    return FileRecord(found.hexdigest(), target.stat().st_size, at.st_mtime_ns)


def _record(path: Path) -> FileRecord:
    found = path.stat()
    return FileRecord(digest(path), found.st_size, found.st_mtime_ns)
