"""The access log without the paths that name what was withdrawn; what was read, and how often, stays counted.

Servers append to these files meanwhile, so a line is written over in place and keeps its length.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from kb.store.folder import DataFolder
from kb.store.tombstones import Tombstone, hashed

WITHHELD = "-"
"""The path of a visit of which none may be kept."""


def withhold_paths(folder: DataFolder, tombstone: Tombstone, marks: Iterable[str], bases: Iterable[str]) -> None:
    """Takes from the log every path with one of the texts, or of a thing that the tombstone has by its address."""
    known, roots = frozenset(each.casefold() for each in marks), tuple(bases)
    for path in sorted(folder.usage.glob("*.jsonl")):
        with suppress(FileNotFoundError):  # its month is over, and a server removed it
            _rewrite(path, frozenset(tombstone.names), known, roots)


def _rewrite(path: Path, names: Collection[str], marks: Collection[str], bases: Iterable[str]) -> None:
    with path.open("r+b") as file:
        at = 0
        for line in iter(file.readline, b""):
            if line.endswith(b"\n") and (said := _read(line)) is not None:
                shown = str(said["path"])
                folded = unquote(shown).casefold()
                if any(mark in folded for mark in marks) or any(hashed(iri) in names for iri in _iris(shown, bases)):
                    written = json.dumps(said | {"path": WITHHELD}, ensure_ascii=False, separators=(",", ":")).encode()
                    if len(written) >= len(line):  # not written by this program
                        written = b""
                    file.seek(at)
                    # Spaces after an object are no part of it (RFC 8259 §2).
                    file.write(written.ljust(len(line) - 1) + b"\n")
            at += len(line)
            file.seek(at)
        file.flush()
        os.fsync(file.fileno())


def _read(line: bytes) -> dict[str, object] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) and len(str(said.get("path", ""))) > len(WITHHELD) else None


def _iris(path: str, bases: Iterable[str]) -> Iterator[str]:
    """What a path may be of: `/doc/asset/1/history` of the thing `asset/1`, and `/doc/asset/1.ttl` too."""
    for shown in {path, unquote(path)}:
        parts = shown.strip("/").split("/")[1:]
        for end in range(1, len(parts) + 1):
            local = "/".join(parts[:end])
            for base in bases:
                yield f"{base}/id/{local}"
                yield f"{base}/id/{local.rpartition('.')[0]}"
