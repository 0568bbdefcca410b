"""What a reader finds in a file: sheets of rows as they stand, and what it has to say about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.intake.grid import Note


@dataclass(frozen=True)
class Merged:
    """A range of cells shown as one; rows and columns count from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Found:
    """One sheet. Its n-th row is the n-th of the file, blank ones too, unless `headings` were found apart from them."""

    sheet: str
    rows: Iterable[Sequence[str]]
    headings: tuple[str, ...] | None = None
    merged: Sequence[Merged] = ()
    notes: list[Note] = field(default_factory=list)
    """Grows while the rows are read."""
    ragged: bool = False
    """Whether rows have as many cells as they say, as those of a text file do."""


def letters(column: int) -> str:
    """What a spreadsheet calls a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
