"""Folders that a server has for the processes it starts, and that go with it however it ends.

A process that is killed deletes nothing: neither the links by which it opens an index nor the parts of a workbook that
it reads. So what has a name lies in a folder of the server's (kb.scratch), which outlives them and takes all away.

A folder is held by a lock on it (flock(2)), which ends with the server, whatever process ids a container has; what no
lock is on was left by one that was killed, and the next server takes it away. systemd-tmpfiles(8) spares what is held.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from kb.config import SCRATCH

PREFIX = "whatworks-scratch-"

_TRIES, _PAUSE = 20, 0.1
"""How often a folder is taken away in which a process that ends still writes, and the seconds between."""


@contextmanager
def held(prefix: str, places: Sequence[Path], variable: str) -> Iterator[Path | None]:
    """A new folder in the first of some places where one can be made; it goes at the end.

    The environment variable names it in the processes that are started meanwhile, not in this one. None where no
    folder can be made.
    """
    for place in places:
        for left in place.glob(f"{prefix}*"):
            _remove_left(left)
    made = _made(prefix, places)
    if made is None:
        yield None
        return
    folder, lock = made
    os.putenv(variable, str(folder))
    try:
        yield folder
    finally:
        os.unsetenv(variable)
        for _ in range(_TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(_PAUSE)
        os.close(lock)


def scratch() -> AbstractContextManager[Path | None]:
    """Where what is temporary and has a name lies, of the processes that are started meanwhile."""
    return held(PREFIX, [Path(tempfile.gettempdir())], SCRATCH)


def _made(prefix: str, places: Sequence[Path]) -> tuple[Path, int] | None:
    for place in places:
        with suppress(OSError):
            # Under another name until it is locked, or a server that starts at this moment would take it for left.
            draft = Path(tempfile.mkdtemp(prefix=f".{prefix}", dir=place))
            lock = os.open(draft, os.O_RDONLY)
            with suppress(OSError):  # some file systems have no locks on folders: then none is taken for left either
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return draft.rename(place / draft.name.removeprefix(".")), lock
    return None


def _remove_left(folder: Path) -> None:
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(lock).st_uid != os.getuid():
                return
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # or its server runs
            shutil.rmtree(folder)
        finally:
            os.close(lock)
