"""Bringing a data folder up to the layout of this program: one module for each step, in order.

The way back is the backup that is made before: a folder is never brought down.
"""

from collections.abc import Callable

from kb.errors import NotFound
from kb.store.folder import DataFolder
from kb.store.layout import LAYOUT, check_layout, read_layout, write_layout
from kb.store.lock import locked
from kb.store.migrations import to_1

Migration = Callable[[DataFolder], None]

STEPS: dict[int, tuple[str, Migration]] = {1: (to_1.WHAT, to_1.migrate)}
"""Layout → what leads to it from the one before, in words, and what does it; done twice it changes nothing more."""


def steps_for(folder: DataFolder) -> list[tuple[int, str]]:
    """The steps that a data folder needs: layout and what is done; raises WrongLayout for a newer one."""
    check_layout(folder, older=True)
    found = read_layout(folder)
    return [] if found is None else [(n, STEPS[n][0]) for n in range(found + 1, LAYOUT + 1)]


def migrate(folder: DataFolder, on_step: Callable[[str], None] = lambda step: None) -> list[int]:
    """Brings the folder up, and answers the layouts that it came to; one that dies on the way goes on with the rest.

    Raises NotFound, WrongLayout, StoreBusy, StoreUnwritable.
    """
    done = []
    if read_layout(folder) is None:
        raise NotFound(f"{folder.root}: holds no data; there is nothing to migrate")
    with locked(folder):
        for number, what in steps_for(folder):
            on_step(f"layout {number}: {what}")
            STEPS[number][1](folder)
            write_layout(folder, number)
            done.append(number)
    return done
