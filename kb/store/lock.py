"""One writer at a time: a lock on a file, which the system lifts when its holder ends, however it ends."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from kb.errors import StoreBusy
from kb.store.durability import make_folder
from kb.store.folder import DataFolder


@contextmanager
def writing(folder: DataFolder) -> Iterator[None]:
    """Holds the lock of the data folder; raises StoreBusy at once when another process or thread holds it."""
    make_folder(folder.root)
    with open(folder.lock, "a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(
                f"{folder.root}: {_holder(folder)} is publishing; try again when it has finished"
            ) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "since": _now()}).encode())
        file.flush()
        yield


def _holder(folder: DataFolder) -> str:
    try:
        holder = json.loads(folder.lock.read_bytes())
    except ValueError:  # taken a moment ago: the new holder has not written its name yet
        return "another process"
    return f"process {holder['pid']} (since {holder['since']})"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
