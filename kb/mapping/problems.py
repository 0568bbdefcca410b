"""The problems of a sheet, kept small: a sheet of 200,000 rows may have one for each cell."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from kb.intake.grid import Grid
from kb.mapping.places import Level, Place, Problem
from kb.mapping.values.said import Remark
from kb.protocols.columns import Column


@dataclass(frozen=True)
class Question:
    """What a person has to decide once for all cells that say the same.

    `column` is a column id, `written` what the cells say, `choices` what may be meant, as written in a cell; `rows`
    how many say it, `row` the first of them. The answer goes into Mapping.values; where there are `dates`, it is one of
    these words and goes into Mapping.dates.
    """

    column: str
    heading: str
    written: str
    sentence: str
    choices: tuple[str, ...]
    rows: int
    row: int
    dates: tuple[str, ...] = ()


class Problems(Sequence[Problem]):
    """Problems in the order in which they were found; each is made when it is asked for."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._kinds: list[tuple[Column | None, int, Level, Remark]] = []
        self._known: dict[tuple[int, int, int], int] = {}
        self._which = array("L")
        self._rows = array("L")
        self._sheet: dict[int, str] = {}

    def add(self, row: int, position: int, column: Column | None, level: Level, remark: Remark) -> None:
        """`row` is a position in grid.rows, `position` one in a row, or −1 where no cell of the row holds the field."""
        self._add(row, position, column, level, remark)

    def of_sheet(self, column: Column, written: str, level: Level, remark: Remark) -> None:
        """A problem of what the mapping says of every row."""
        self._sheet[id(remark)] = written
        self._add(0, _SHEET, column, level, remark)

    def _add(self, row: int, position: int, column: Column | None, level: Level, remark: Remark) -> None:
        key = (id(remark), position, id(column))
        kind = self._known.get(key)
        if kind is None:
            kind = self._known[key] = len(self._kinds)
            self._kinds.append((column, position, level, remark))
        self._which.append(kind)
        self._rows.append(row)

    def __len__(self) -> int:
        return len(self._which)

    @overload
    def __getitem__(self, at: int) -> Problem: ...
    @overload
    def __getitem__(self, at: slice) -> list[Problem]: ...
    def __getitem__(self, at: int | slice) -> Problem | list[Problem]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        column, position, level, remark = self._kinds[self._which[at]]
        place = self._place(position, self._rows[at], column, remark)
        return Problem(place, level, remark.sentence, "; ".join(remark.choices))

    def questions(self) -> Iterator[Question]:
        """What has to be decided, each once, those that concern most rows first."""
        counted: dict[int, int] = {}
        first: dict[int, int] = {}
        for kind, row in zip(self._which, self._rows, strict=True):
            counted[kind] = counted.get(kind, 0) + 1
            first.setdefault(kind, row)
        asked = [kind for kind in counted if self._kinds[kind][3].kind == "ask"]
        for kind in sorted(asked, key=lambda each: (-counted[each], each)):
            column, position, _, remark = self._kinds[kind]
            place = self._place(position, first[kind], column, remark)
            id = column.id if column else ""
            yield Question(
                id, place.heading, place.written, remark.sentence, remark.choices, counted[kind], place.row or 0,
                dates=remark.dates,
            )


    def _place(self, position: int, row: int, column: Column | None, remark: Remark) -> Place:
        heading = column.heading if column else ""
        if position == _SHEET:
            return Place(self._grid.file, self._grid.sheet, None, None, heading, self._sheet[id(remark)])
        return place_of(self._grid, row, position, heading)


_SHEET = -2
"""In place of a position: what is said of the whole sheet."""


def place_of(grid: Grid, row: int, position: int, heading: str) -> Place:
    """The place of a cell, by positions; with −1 its row, under the heading that the template has for the field."""
    number, cells = grid.rows[row]
    if position < 0:
        return Place(grid.file, grid.sheet, number, None, heading, "")
    return Place(grid.file, grid.sheet, number, grid.positions[position], grid.headings[position], cells[position])
