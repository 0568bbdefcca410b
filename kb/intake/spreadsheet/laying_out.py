"""A sheet as it was found becomes a grid: headings from titles, mended cells, rows of one width."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from kb.errors import BadInput
from kb.intake.spreadsheet import headings as heading_rows
from kb.intake.spreadsheet.found import Found, letters
from kb.intake.spreadsheet.limits import MOST_COLUMNS, Limits
from kb.intake.spreadsheet.mending import mended_row
from kb.intake.spreadsheet.noting import Kind, Noting
from kb.intake.spreadsheet.packed import Packing

_WIDE = 20
"""Cells of a row from which on it is remarkable that another fills a third of them."""

BLANK = Kind("blank rows are left out", kept=0, unit="rows")
SHORT = Kind("fewer cells than headings; the others are read as empty", kept=3, unit="rows")
LONG = Kind("more cells than headings", kept=10, unit="rows")
CONTINUES = Kind("may continue the row above, whose cells were merged: nothing is filled in", kept=3, unit="rows")
REPEATED = Kind("repeats the headings and is left out", kept=3, unit="rows")
TITLE = Kind("stands above the headings", kept=10, unit="rows")
NUMBERED = Kind("a heading that stands twice is numbered")
MADE = Kind("a column without heading got one")


class Budget:
    """What is left of the rows and cells that all sheets of an upload may have."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = limits.rows
        self._cells = limits.cells

    def spend(self, cells: int, file: str) -> None:
        """One more row; raises BadInput when there is too much."""
        self._rows -= 1
        self._cells -= cells
        if self._rows < 0:
            raise BadInput(f"{file}: has more than {self._limits.rows:,} rows: send it in parts")
        if self._cells < 0:
            raise BadInput(
                f"{file}: has more than {self._limits.cells:,} cells: leave out columns, or send it in parts"
            )


def lay_out(found: Found, file: str, budget: Budget, out: BinaryIO) -> dict[str, Any] | None:
    """Writes the rows to `out`; gives the fields of the Grid besides them, or None where the sheet is blank.

    Raises BadInput where the budget is spent and for more than MOST_COLUMNS columns.
    """
    noting = Noting()
    rows = _mended_rows(found, file, budget, noting)
    sample = list(islice(rows, heading_rows.SAMPLE))
    if not sample and found.headings is None:
        return None
    heading_row, headings, data = _headings(found, [(number, cells) for number, cells, _ in sample], noting)
    stated = max((width for number, _, width in sample if number == heading_row), default=len(headings))
    layout = _Layout(heading_row, headings, stated if found.ragged else 0, noting)
    packing = Packing(out)
    for number, cells, width in chain(sample[data:], rows):
        if layout.take(number, cells, width):
            packing.add(number, cells)
    named = layout.named(f"{file}, {found.sheet}" if found.sheet else file)
    positions = sorted(named)
    return {
        "file": file,
        "sheet": found.sheet,
        "heading_row": heading_row,
        "headings": [named[position] for position in positions],
        "positions": positions,
        "rows": packing.written([position - 1 for position in positions]),
        "notes": [[each.text, each.row, each.column] for each in (*found.notes, *noting.notes())],
    }


def _mended_rows(found: Found, file: str, budget: Budget, noting: Noting) -> Iterator[tuple[int, list[str], int]]:
    """Number and cells of those that are not blank, and how many cells the row had with the empty ones at its end."""
    blank = 0
    for number, cells in enumerate(found.rows, start=1):
        mended = mended_row(cells, number, noting)
        if not mended:
            blank += 1
            continue
        budget.spend(len(mended), file)
        yield number, mended, len(cells)
    for _ in range(blank):
        noting.add(BLANK, "")


def _headings(found: Found, sample: list[heading_rows.Numbered], noting: Noting) -> tuple[int, list[str], int]:
    """The row of the headings, they themselves (blank: they are to be made), and how many rows stand above the data."""
    if found.headings is not None:
        return 0, list(found.headings), 0
    start = heading_rows.start_of(sample, found.merged)
    for index in start.titles:
        number, cells = sample[index]
        said = " | ".join(filter(None, cells))
        noting.add(TITLE, f"stands above the headings and is left out: “{_short(said)}”", number)
    if start.headings is None:
        noting.add(MADE, "no row of headings: columns are called by their letters", sample[start.data][0])
        return 0, [""] * max(len(cells) for _, cells in sample), start.data
    number, cells = sample[start.headings]
    headings = heading_rows.spread(cells, number, found.merged)
    if start.groups is not None:
        group_row, over = sample[start.groups]
        headings = heading_rows.joined(over, headings, group_row, found.merged)
        noting.add(TITLE, "names groups of columns; joined to the headings below it", group_row)
    return number, [" ".join(each.split()) for each in headings], start.data


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 100 else f"{text[:99]}…"


class _Layout:
    """The columns of a grid, of which those that stay empty and have no heading are left out."""

    def __init__(self, heading_row: int, headings: list[str], stated: int, noting: Noting) -> None:
        """`stated` is the number of cells in the row of headings, where rows say how many they have; else 0."""
        self._row = heading_row
        self._headings = headings
        self._stated = stated
        self._noting = noting
        self._empty = list(range(len(headings)))
        self._fullest = 0
        self._first = [0, 0]

    def take(self, number: int, cells: list[str], width: int) -> bool:
        """Whether the row is one of data; `width` is the number of its cells, empty ones at its end among them."""
        if self._row and cells == self._headings[: len(cells)] and len(cells) > 1:
            self._noting.add(REPEATED, "repeats the headings and is left out", number)
            return False
        if len(cells) > len(self._headings):
            self._empty += range(len(self._headings), len(cells))
            self._headings += [""] * (len(cells) - len(self._headings))
        if self._row and self._stated:
            if len(cells) > self._stated:
                more = f"{len(cells)} cells under {self._stated} headings"
                self._noting.add(LONG, f"{more}: perhaps a text with a divider in it lacks quotation marks", number)
            elif width < self._stated:
                less = f"{width} {'cell' if width == 1 else 'cells'} under {self._stated} headings"
                self._noting.add(SHORT, f"{less}: the others are read as empty", number)
            self._look_for_merged(number, cells)
        if self._empty:
            self._empty = [column for column in self._empty if column >= len(cells) or not cells[column]]
        return True

    def _look_for_merged(self, number: int, cells: list[str]) -> None:
        """A text file can't say what was merged; what it leaves empty is told, never filled in."""
        filled = sum(map(bool, cells))
        first, rows = self._first
        if self._fullest >= _WIDE and filled * 3 <= self._fullest:
            self._noting.add(CONTINUES, "fills few of its cells: if those above it were merged, fill them in", number)
        elif rows and not cells[0] and first >= 0.8 * rows and filled > 1:
            self._noting.add(CONTINUES, "its first cell is empty: if the one above it was merged, fill it in", number)
        self._fullest = max(self._fullest, filled)
        self._first = [first + bool(cells[0]), rows + 1]

    def named(self, place: str) -> dict[int, str]:
        """Position → heading, unique and not empty."""
        empty = set(self._empty)
        found: dict[int, str] = {}
        taken: set[str] = {each for each in self._headings if each}
        seen: set[str] = set()
        for column, heading in enumerate(self._headings):
            position = column + 1
            if not heading and column in empty:
                continue
            name = heading or f"Column {letters(position)}"
            if name in seen or (not heading and name in taken):
                name = _numbered(name, taken | seen)
                said = f"“{heading}” heads another column too: this is “{name}”"
                self._noting.add(NUMBERED, said, self._row or None, position)
            elif not heading and self._row:
                self._noting.add(MADE, f"a column without heading is called “{name}”", self._row, position)
            seen.add(name)
            found[position] = name
        if len(found) > MOST_COLUMNS:
            raise BadInput(f"{place}: has {len(found):,} columns, and {MOST_COLUMNS:,} are taken: leave some out")
        return found


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
