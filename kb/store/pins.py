"""The pinned snapshots as readers see them: known at no more than the cost of three stats."""

import json
import os
from pathlib import Path

from kb.errors import StoreUnwritable
from kb.store.folder import DataFolder
from kb.store.state import State

Written = tuple[int, int]


class Pins:
    """The pins of a data folder, read again once its state has been written."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder, self._state = folder, State(folder)
        # What is written goes to the second file first (SQLite, Write-Ahead Logging §2).
        self._files = (folder.state, folder.state.with_name(f"{folder.state.name}-wal"), folder.pinned)
        self._read: tuple[tuple[Written | None, ...], frozenset[str]] | None = None

    def now(self) -> frozenset[str]:
        """The ids of the pinned snapshots; none where the state cannot be read, since nothing then says that any is."""
        written = tuple(map(_written, self._files))
        if self._read is None or self._read[0] != written:
            try:
                self._read = written, frozenset(self._pinned())
            except StoreUnwritable:
                return frozenset()
        return self._read[1]

    def _pinned(self) -> set[str]:
        """As the state has it, or, in a replica, the list that came with the snapshots."""
        if self._folder.state.exists() or not self._folder.pinned.exists():
            return self._state.pins()
        try:
            return set(json.loads(self._folder.pinned.read_bytes()))
        except (OSError, ValueError):
            return set()


def _written(file: Path) -> Written | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
