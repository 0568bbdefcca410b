"""One writer at a time: a lock on a file, which the system lifts when its holder ends, however it ends."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from kb.errors import StoreBusy, StoreUnwritable
from kb.store.clock import now
from kb.store.durability import make_folder
from kb.store.folder import DataFolder
from kb.store.layout import begin_layout, check_layout
from kb.store.replica.read_only import check_is_no_replica


@contextmanager
def writing(folder: DataFolder) -> Iterator[None]:
    """Holds the lock of the data folder, for who publishes; as `locked`.

    Raises WrongLayout besides, and ReadsOnly for a replica.
    """
    with locked(folder):
        begin_layout(folder)
        check_is_no_replica(folder)
        yield


@contextmanager
def still(folder: DataFolder) -> Iterator[None]:
    """Holds the lock of the data folder, a replica too, for who reads what nobody may change meanwhile; as `locked`.

    Raises WrongLayout besides.
    """
    with locked(folder):
        check_layout(folder)
        yield


@contextmanager
def locked(folder: DataFolder) -> Iterator[None]:
    """Holds the lock of a data folder of any version, and says what the system refuses its holder.

    Raises StoreBusy at once when another process or thread holds the lock, and StoreUnwritable where a file can't be
    written, now or within the block: what is half written then, the next writer clears away or completes.
    """
    try:
        make_folder(folder.root)
        with open(folder.lock, "a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusy(
                    f"{folder.root}: {_holder(folder)} is publishing; try again when it has finished"
                ) from None
            file.truncate(0)
            file.write(json.dumps({"pid": os.getpid(), "since": now()}).encode())
            file.flush()
            yield
    except OSError as error:
        raise StoreUnwritable(
            f"{error.filename or folder.root}: {error.strerror or error}; what was accepted before is kept: "
            "put that right and run the command again"
        ) from error


def _holder(folder: DataFolder) -> str:
    try:
        holder = json.loads(folder.lock.read_bytes())
    except ValueError:  # taken a moment ago: the new holder has not written its name yet
        return "another process"
    return f"process {holder['pid']} (since {holder['since']})"
