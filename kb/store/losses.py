"""Releases that a data folder once had, as its state, its current snapshot and their own numbers say, and lacks."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.snapshots import current_id, record_of
from kb.store.state import State


@dataclass(frozen=True)
class Lost:
    """A release that was accepted and is not in the archive."""

    dataset: str
    """`publisher/dataset`."""
    number: int

    @property
    def said(self) -> str:
        """In words."""
        return f"releases/{self.dataset}: release {self.number} was accepted, and is not there"


def lost(folder: DataFolder, *, stated: bool = True) -> Iterator[Lost]:
    """By dataset and number; `stated`: the state can be read, which knows what the store had."""
    once: dict[str, int] = {}
    if stated:
        once = {"/".join(key): applied.release for key, applied in State(folder).applied().items()}
    # Where a snapshot cannot be read, its own check says so.
    with suppress(OSError, ValueError, TypeError, AttributeError):
        if (id := current_id(folder)) is not None:
            for name, number in record_of(folder.snapshots / id).datasets.items():
                once[name] = max(number, once.get(name, 0))
    for name in sorted(once.keys() | {"/".join(key) for key in releases.datasets(folder)}):
        publisher, _, dataset = name.partition("/")
        there = releases.numbers(folder, publisher, dataset)
        last = max([once.get(name, 0), *there])
        yield from (Lost(name, number) for number in range(1, last + 1) if number not in there)
