"""By what a template or a marked workbook that comes back is known: its protocol, and what in it is no record.

Works on grids as they are read from any file format, so that a sheet saved as CSV is known too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.intake.grid import Grid, Note
from kb.protocols.templates.kept_rows import KeptCells, KeptRows

ABOUT = "About"
"""The sheet that explains, and says for which protocol the workbook is."""

CONSTANTS = "Said once"
"""The sheet of what every row says whose cell is empty."""

SAID_ONCE = ("Sheet", "Column", "Value")
"""Its headings."""

LISTS = "Lists"
"""The sheet with the codes of the drop-downs."""

TO_PUT_RIGHT = "To put right"
"""The sheet with which a marked workbook begins (kb.mapping.cell_report.workbook): what is to be put right."""

WHAT_TO_PUT_RIGHT = "What to put right"
"""The column that it has after those of a sheet."""

ASKED, GUIDANCE, EXAMPLE = "[Asked]", "[Guidance]", "[Example]"
"""First words of the first cell of a row that explains."""

PROTOCOL, VERSION = "Protocol", "Version"
"""What stands on the sheet About before the id and the version."""

_MARK = re.compile(r"\s*\[(asked|guidance|example)\]", re.IGNORECASE)
_ENDS = 5
_IDENTITY = re.compile(r"dp-\d+")


@dataclass(frozen=True)
class Identity:
    """The template that a file was made from."""

    protocol: str
    """`dp-01`."""
    version: str


def is_guidance_row(cells: Iterable[str]) -> bool:
    """Whether a row of a template explains its columns, or is the example: it is never imported.

    One marked cell is enough, wherever its column was moved to.
    """
    return any(_MARK.match(cell) for cell in cells)


def is_guidance_sheet(grid: Grid) -> bool:
    """Whether a sheet holds no records: of a template the explanation, the lists and what is said once; of a marked
    workbook the list of what is to be put right."""
    return grid.sheet in (ABOUT, CONSTANTS, LISTS, TO_PUT_RIGHT)


def identity(grids: Sequence[Grid]) -> Identity | None:
    """The template that the sheets come from, by their sheet About; None where they come from none."""
    for grid in grids:
        if grid.sheet == ABOUT:
            said = {row[0]: row[1] for row in _rows(grid) if len(row) > 1}
            if _IDENTITY.fullmatch(said.get(PROTOCOL, "")):
                return Identity(said[PROTOCOL], said.get(VERSION, ""))
    return None


def without_guidance(grid: Grid) -> Grid:
    """The sheet without the rows of a template that explain its columns, of which a note is left.

    They are looked for where they stand, or were sorted to: among the first or the last rows.
    """
    ends = (*grid.rows[:_ENDS], *grid.rows[-_ENDS:])
    if not any(is_guidance_row(cells) for _, cells in ends):
        return grid
    left_out = [place for place, (_, cells) in enumerate(grid.rows) if is_guidance_row(cells)]
    note = Note(f"{len(left_out)} rows explain the template and were not read", grid.rows[left_out[0]][0])
    return replace(grid, rows=KeptRows(grid.rows, frozenset(left_out)), notes=(*grid.notes, note))


def without_marks(grid: Grid) -> Grid:
    """The sheet of a marked workbook without the column that was added to it, and rows that this alone fills."""
    if WHAT_TO_PUT_RIGHT not in grid.headings:
        return grid
    kept = [place for place, heading in enumerate(grid.headings) if heading != WHAT_TO_PUT_RIGHT]
    rows = KeptCells(grid.rows, kept)
    blank = frozenset(place for place, (_, cells) in enumerate(rows) if not any(cells))
    return replace(
        grid,
        headings=tuple(grid.headings[each] for each in kept),
        positions=tuple(grid.positions[each] for each in kept),
        rows=KeptRows(rows, blank) if blank else rows,
    )


def constants(grids: Sequence[Grid]) -> dict[str, dict[str, str]]:
    """Name of a sheet → heading → what its rows say whose cell is empty, from the sheet Said once."""
    found: dict[str, dict[str, str]] = {}
    for grid in grids:
        if grid.sheet == CONSTANTS:
            for row in _rows(grid):
                sheet, heading, value = (*row, "", "", "")[:3]
                if sheet and heading and value and not is_guidance_row(row) and row[:3] != SAID_ONCE:
                    found.setdefault(sheet, {})[heading] = value
    return found


def _rows(grid: Grid) -> list[tuple[str, ...]]:
    return [grid.headings, *(cells for _, cells in grid.rows)]
