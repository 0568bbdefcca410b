"""Where the worker processes of a server keep their counts (web.operations.metrics), so that each can add up all.

Each process writes a set of files that it maps into memory. In memory is where they lie too, if there is a place: on a
disk that is full, writing to a page that has no room there yet ends a process by SIGBUS (mmap(2)), and each one that
replaces it. So every file has its room before it is mapped.

A process has a number, not its id, in the names of its files, and whoever replaces it takes over both: counts go on
where they were, and there are no more files than processes at a time. A number is taken by a lock (flock(2)), which
ends with the process however that ends.
"""

import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from kb.operations.space import free, kind_of_disk
from web.operations.held_folders import held

PREFIX = "whatworks-metrics-"

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for the folder, in the processes that are started."""

KINDS = ("counter", "histogram")
"""Types of metrics, each with a file of its own in every process."""

ROOM = 1 << 20
"""Bytes of a file; all pages with all statuses and bounds take less."""

_IN_MEMORY = (Path("/dev/shm"), Path("/tmp"))
_LEAST = 8 * len(KINDS) * ROOM  # a container has 64 MB in /dev/shm

_log = logging.getLogger(__name__)


@contextmanager
def share() -> Iterator[Path | None]:
    """A folder for the counts of the processes that are started meanwhile; it goes with the server.

    None where no folder can be made: then each counts for itself.
    """
    with held(PREFIX, places(), _VARIABLE) as folder:
        if folder is None:
            _log.warning("no folder for counts can be made; /metrics has those of one worker only")
        yield folder


def places() -> list[Path]:
    """Where such a folder can be, the best first: those in memory with room, then where temporary files go."""
    in_memory = [each for each in _IN_MEMORY if each.is_dir() and kind_of_disk(each) == "tmpfs" and free(each) > _LEAST]
    return list(dict.fromkeys([*in_memory, Path(tempfile.gettempdir())]))


def take_number(folder: Path) -> tuple[int, int]:
    """The lowest number that no running process has, with the lock on it: a descriptor that stays open as long as
    this process. Its files have all their room. Raises OSError where there is none.
    """
    for number in count():
        held = os.open(folder / f"{number}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            continue
        try:
            for kind in KINDS:
                _reserve(folder / f"{kind}_{number}.db")
        except OSError:
            os.close(held)
            raise
        return number, held
    raise AssertionError  # count() has no end


def _reserve(path: Path) -> None:
    if path.exists():
        return
    draft = path.with_suffix(".draft")  # what ends in .db is read by others
    try:
        with open(draft, "wb") as file:
            file.write(bytes(ROOM))
            file.flush()
            os.fsync(file.fileno())  # some file systems find out only here that they are full
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    draft.rename(path)
