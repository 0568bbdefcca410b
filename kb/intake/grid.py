"""A grid: one table of a file as it was found, with its headings told from what stands above them."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """What reading mended or could not: a sentence, and where. Row and column count from 1; None: not of one."""

    text: str
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Grid:
    """`headings` are unique and not empty; each row has as many cells, as text, stripped; blank rows are left out.

    A cell of a spreadsheet is written as it is meant: a date as YYYY-MM-DD, a number with the digits that it needs and
    no thousands separators, yes or no for a logical value, and what a formula had given when the file was saved.
    """

    file: str
    """Its name as sent, without folders."""
    sheet: str
    """Name of the sheet; empty where the file has one table."""
    heading_row: int
    """The row that holds the headings, from 1; 0 where the file has none and they are made (`Column A`)."""
    headings: tuple[str, ...]
    positions: tuple[int, ...]
    """The column of the file, from 1, in which each heading stands: empty columns are left out."""
    rows: Sequence[tuple[int, tuple[str, ...]]]
    """Number of the row in the file, from 1, and its cells."""
    notes: tuple[Note, ...] = field(default=())
