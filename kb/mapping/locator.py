"""Which cells of a sheet a result of the check is about."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kb.intake.grid import Grid
from kb.mapping.places import Place, Spot, Thing
from kb.mapping.plan import Plan, Planned, is_point
from kb.protocols.background import local_name
from kb.protocols.columns import Column
from kb.protocols.report import Result


class _Wanted(NamedTuple):
    """What results of one shape are about, of things of one kind."""

    cells: tuple[tuple[Planned, int], ...]
    """Positions of the cells in a row, with what is read from them."""
    heading: str
    """Of the template, where the sheet has no such cells."""


class SheetLocator:
    """The Locator (kb.mapping.places) of one sheet: thing → rows, predicate → columns.

    Results are asked about by the hundred thousand, those of one thing after each other: the columns of a shape are
    looked for once, and thing and row of the question before are kept.
    """

    def __init__(self, grid: Grid, plan: Plan, rows: Mapping[str, tuple[int, ...]]) -> None:
        """`rows` gives for each record the positions of its rows in the grid."""
        self._grid = grid
        self._plan = plan
        self._rows = rows
        self._known: dict[tuple[str, str | None, str | None], _Wanted] = {}
        self._focus = ""
        self._thing: str | None = None
        self._places: tuple[int, ...] = ()
        self._last_row: tuple[int, tuple[int, tuple[str, ...]]] = (-1, (0, ()))

    def places(self, result: Result) -> Iterator[Place]:
        """The cells of the value, else of the field, else the row under the heading that the template has.

        Nothing for a thing that this sheet does not hold.
        """
        grid = self._grid
        rows = self.rows(result.focus)
        wanted = self._asked(result, self._thing) if rows else _Wanted((), "")
        for row in rows:
            number, cells = self._row(row)
            if not wanted.cells:
                yield Place(grid.file, grid.sheet, number, None, wanted.heading, "")
            for at in _positions(cells, wanted.cells, result.value):
                yield Place(grid.file, grid.sheet, number, grid.positions[at], grid.headings[at], cells[at])

    def spot(self, focus: str) -> Spot | None:
        """The one row of a thing; the number of its sheet is 0."""
        rows = self.rows(focus)
        return Spot(*self._row(rows[0]), (0, self._thing)) if len(rows) == 1 else None

    def columns(self, result: Result, thing: Thing) -> tuple[int, ...]:
        """Positions of the cells that a result of a thing is about."""
        return tuple(position for _, position in self._asked(result, thing[1]).cells)

    def rows(self, focus: str) -> tuple[int, ...]:
        """Where in the grid the record stands to which a thing belongs; empty for one that this sheet does not hold."""
        if self._focus != focus:
            record, self._thing = self._record(focus)
            self._focus, self._places = focus, self._rows.get(record, ())
        return self._places

    def _row(self, place: int) -> tuple[int, tuple[str, ...]]:
        if self._last_row[0] != place:
            self._last_row = place, self._grid.rows[place]
        return self._last_row[1]

    def _asked(self, result: Result, thing: str | None) -> _Wanted:
        key = result.shape, result.path, thing
        return self._known.get(key) or self._known.setdefault(key, self._wanted(result, thing))

    def _wanted(self, result: Result, thing: str | None) -> _Wanted:
        columns = self._columns(result, thing)
        planned = [each for each in self._plan.planned if each.column in columns]
        positions = tuple((each, position) for each in planned for position in each.cells)
        return _Wanted(positions, columns[0].heading if columns else "")

    def _record(self, focus: str) -> tuple[str, str | None]:
        """The record that a focus belongs to, and the Column.thing of what it is within it."""
        if focus in self._rows:
            return focus, None
        for thing in self._plan.things:
            record = thing.record(focus, self._plan.kind)
            if record in self._rows:
                return record or "", thing.name
        return "", None

    def _columns(self, result: Result, thing: str | None) -> list[Column]:
        """The columns of the record type that hold what the result is about, those of its shape first."""
        all_ = self._plan.about.columns
        of_thing = [each for each in all_ if thing is None or each.thing == thing or thing in each.holds_for]
        shaped = [each for each in of_thing if each.field.shape == result.shape or result.shape in each.meets]
        if shaped:
            return shaped
        if thing is not None:
            return [each for each in of_thing if each.path == result.path] or of_thing
        named = [each for each in all_ if each.thing and each.thing == local_name(result.shape)]
        own = [each for each in all_ if not each.leading and each.path == result.path]
        return named or own or [each for each in all_ if each.leading == result.path and result.path]


def _positions(
    cells: tuple[str, ...], wanted: tuple[tuple[Planned, int], ...], value: str | None
) -> list[int]:
    """Of the filled cells those whose value is that of the result; without such, all filled ones, then all."""
    filled = [(each, position) for each, position in wanted if cells[position]]
    if value is not None:
        told = [position for each, position in filled if _says(each, cells[position], value)]
        if told:
            return told
    return [position for _, position in filled or wanted]


def _says(planned: Planned, cell: str, value: str) -> bool:
    return not is_point(planned.column) and any(value in (term, term[1:-1]) for term in planned.read(cell).terms)
