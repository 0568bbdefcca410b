"""A table of a page, drawn by macros/page-table.html and written as CSV: the same rows."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.formula import safe_cell


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: words, the thing whose page they lead to, and below them what must be known of them."""

    text: str
    iri: str = ""
    href: str = ""
    """An address on this site that they lead to instead."""
    note: str = ""
    missing: bool = False
    """Whether the words say that there is nothing, and whose it would be to publish it."""


@dataclass(frozen=True)
class Line:
    """A row: its heading cell, and the others."""

    head: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class PageTable:
    """Rows under their headings, that of the heading cells first; `numbers` are the places of columns of figures."""

    caption: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    numbers: frozenset[int] = frozenset()


def as_csv(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """The rows as CSV (RFC 4180), safe to open in a spreadsheet; a cell of None is empty."""
    return csv_lines([headings, *rows])


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Some rows of a CSV that is sent part by part."""
    output = io.StringIO()
    csv.writer(output).writerows(map(_safe, row) for row in rows)
    return output.getvalue()


def _safe(cell: object) -> str:
    return safe_cell("" if cell is None else str(cell))
