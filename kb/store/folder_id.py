"""The id of a data folder, in the file `id`: by it a folder of backups knows whose generations it keeps.

It is made once, and goes with the folder: into its backups, and back from them.
"""

import fcntl
import secrets

from kb.errors import StoreUnwritable
from kb.store.durability import replace_file, sync
from kb.store.folder import DataFolder


def read_id(folder: DataFolder) -> str | None:
    """The id; None where none was made yet."""
    try:
        return folder.id.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def id_of(folder: DataFolder) -> str:
    """The id, which is made where there is none yet; raises StoreUnwritable."""
    try:
        if known := read_id(folder):
            return known
        with folder.id.open("a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # of two processes that find none, one makes it
            if known := read_id(folder):
                return known
            made = secrets.token_hex(16)
            file.write(f"{made}\n")
            file.flush()
            sync(folder.id)
            sync(folder.root)
        return made
    except (OSError, ValueError) as error:
        raise StoreUnwritable(f"{folder.id}: cannot be read or made ({error}); see who may write there") from error


def give_id(folder: DataFolder, id: str) -> None:
    """Gives the folder an id that it had before, durably."""
    replace_file(folder.id, f"{id}\n")
