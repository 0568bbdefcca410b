"""Which cells of a sheet a result of the check is about."""

from collections.abc import Iterator, Mapping

from kb.intake.grid import Grid
from kb.mapping.places import Place
from kb.mapping.plan import Plan, Planned, is_point
from kb.mapping.problems import place_of
from kb.protocols.background import local_name
from kb.protocols.columns import Column
from kb.protocols.report import Result


class SheetLocator:
    """The Locator (kb.mapping.places) of one sheet: thing → rows, predicate → columns."""

    def __init__(self, grid: Grid, plan: Plan, rows: Mapping[str, tuple[int, ...]]) -> None:
        """`rows` gives for each record the positions of its rows in the grid."""
        self._grid = grid
        self._plan = plan
        self._rows = rows

    def places(self, result: Result) -> Iterator[Place]:
        """The cells of the value, else of the field, else the row under the heading that the template has.

        Nothing for a thing that this sheet does not hold.
        """
        record, thing = self._record(result.focus)
        rows = self._rows.get(record, ())
        if not rows:
            return
        columns = self._columns(result, thing)
        planned = [each for each in self._plan.planned if each.column in columns]
        for row in rows:
            cells = list(self._cells(row, planned, result.value))
            if cells:
                yield from (place_of(self._grid, row, position, "") for position in cells)
            else:
                yield place_of(self._grid, row, -1, _heading(columns))

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

    def _cells(self, row: int, planned: list[Planned], value: str | None) -> Iterator[int]:
        """Filled cells whose value is that of the result; without such, all filled ones, then all."""
        _, cells = self._grid.rows[row]
        positions = [(each, position) for each in planned for position in each.cells]
        filled = [(each, position) for each, position in positions if cells[position]]
        if value is not None:
            told = [position for each, position in filled if _says(each, cells[position], value)]
            if told:
                yield from told
                return
        yield from (position for _, position in filled or positions)


def _says(planned: Planned, cell: str, value: str) -> bool:
    return not is_point(planned.column) and any(value in (term, term[1:-1]) for term in planned.read(cell).terms)


def _heading(columns: list[Column]) -> str:
    return columns[0].heading if columns else ""
