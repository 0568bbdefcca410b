"""Folders that a server has for the processes it starts, and that go with it however it ends.

A process that is killed deletes nothing: neither the links by which it opens an index nor the parts of a workbook that
it reads. So all that is temporary lies in a folder of the server's, which outlives them and takes all away.

A folder is held by a lock on it (flock(2)), which ends with the server, whatever process ids a container has; what no
lock is on was left by one that was killed, and the next server takes it away. systemd-tmpfiles(8) spares what is held.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY = "whatworks-temporary-"

_VARIABLE = "TMPDIR"
"""Where temporary files go, of the processes that are started (tempfile.gettempdir)."""


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
    before = os.environ.get(variable)
    os.putenv(variable, str(folder))
    try:
        yield folder
    finally:
        if before is None:
            os.unsetenv(variable)
        else:
            os.putenv(variable, before)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def temporary() -> Iterator[Path | None]:
    """Where the temporary files of the processes that are started meanwhile go."""
    with held(TEMPORARY, [Path(tempfile.gettempdir())], _VARIABLE) as folder:
        yield folder


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
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # or its server runs
            shutil.rmtree(folder)
        finally:
            os.close(lock)
