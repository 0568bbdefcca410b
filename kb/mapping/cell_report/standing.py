"""In which one cell of a row something stands for a person: the locator gives all cells that it may be about."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import NamedTuple

from kb.intake.grid import Grid
from kb.mapping.cell_report.findings import NOWHERE, Cell
from kb.mapping.mapping import Mapping
from kb.mapping.values.said import says_nothing
from kb.protocols.background import background
from kb.protocols.catalogue import protocol
from kb.protocols.columns import Column, RecordColumns
from kb.protocols.report import Result
from kb.protocols.template_columns import OBLIGATIONS, template_columns
from kb.protocols.withholding import withheld


@dataclass(frozen=True)
class Source:
    """A sheet that was sent and how it was read; completeness is reckoned only where mapping and columns are given."""

    grid: Grid
    mapping: Mapping | None = None
    columns: RecordColumns | None = None


class Missing(NamedTuple):
    """Where a value that is missing would be written: a column of the protocol, and where it stands in the sheet."""

    column: Column
    position: int | None
    heading: str


@dataclass
class Standing:
    """Of one sheet: field → the column of the sheet that holds it."""

    source: Source
    positions: dict[str, int] = made(default_factory=dict)
    """Column id → where the first of its columns stands in the sheet."""
    columns: dict[int, Column] = made(default_factory=dict)
    """The other way round."""
    meeting: dict[str, set[str]] = made(default_factory=dict)
    """Property shape with a rule → ids of the template columns whose values fulfil it."""
    chosen: dict[tuple[str, str | None, str], Missing | None] = made(default_factory=dict)

    withheld: set[str] = made(default_factory=set)
    """Property shapes whose values the protocol keeps back, or makes coarser, for some records."""

    def __post_init__(self) -> None:
        grid, mapping, record = self.source.grid, self.source.mapping, self.source.columns
        if mapping is None or record is None:
            return
        known = {each.id: each for each in record.columns}
        for heading, position in zip(grid.headings, grid.positions, strict=True):
            if column := known.get(mapping.columns.get(heading, "")):
                self.positions.setdefault(column.id, position)
                self.columns[position] = column
        self.withheld = {shape for rule in withheld(mapping.protocol) for shape in (*rule.leaves_out, *rule.coarsens)}
        for each in template_columns(protocol(mapping.protocol).graph, background()):
            for shape in each.meets:
                self.meeting.setdefault(shape, set()).add(each.id)

    def cells(self, result: Result, name: str, cells: Sequence[Cell]) -> list[tuple[Cell, Column | None]]:
        """The cells of this sheet at which a person is told of a result, and the column of the protocol they hold.

        What is asked for stands in the column in which it would be written, once a row; a fault in a point once, not
        in each of its parts. `name` is that of the field.
        """
        missing = self._asked(result, name) if result.value is None else None
        if missing is not None:
            column, position, heading = missing
            sheet, written = cells[0].sheet, {each.row: "" for each in cells}
            written |= {each.row: each.written for each in reversed(cells) if each.column == position}
            return [(Cell(sheet, row, position, heading, text), column) for row, text in written.items()]
        held = [(cell, self.columns.get(cell.column or NOWHERE)) for cell in cells]
        if all(each and each.part for _, each in held):
            first = dict.fromkeys(cell.row for cell, _ in held)
            held = [next(each for each in held if each[0].row == row) for row in first]
        return held

    def kept_back(self, column: Column, written: str) -> bool:
        """Whether what a cell says is missed only because the protocol keeps it from the public for some records."""
        shapes = {column.field.shape, column.outer.shape if column.outer else ""}
        return bool(written) and bool(shapes & self.withheld) and not says_nothing(written)

    def field(self, column: Column) -> str:
        """What the field of a column is called: for part of a point that of the whole."""
        every = self.source.columns.columns if column.part and self.source.columns else ()
        whole = (each for each in every if not each.part and column.id == f"{each.id}-{column.part}")
        return next(whole, column).heading

    def _asked(self, result: Result, name: str) -> Missing | None:
        key = (result.shape, result.path, name)
        if key not in self.chosen:
            found = self._candidates(*key)
            found.sort(key=lambda each: (each.id not in self.positions, OBLIGATIONS.index(each.obligation)))
            self.chosen[key] = self._missing(found[0]) if found else None
        return self.chosen[key]

    def _missing(self, column: Column) -> Missing:
        position, grid = self.positions.get(column.id), self.source.grid
        heading = column.heading if position is None else grid.headings[grid.positions.index(position)]
        return Missing(column, position, heading)

    def _candidates(self, shape: str, path: str | None, name: str) -> list[Column]:
        """The columns in which a value would be written, by the surest tie that there is."""
        every = [each for each in self.source.columns.columns if each.part in ("", "x")] if self.source.columns else []
        ties = (
            [each for each in every if each.id in self.meeting.get(shape, ())],
            [each for each in every if each.field.shape == shape and not each.fixed],
            [each for each in every if each.heading == name],
            [each for each in every if each.path == path and not each.leading],
            [each for each in every if each.leading == path],
        )
        return next((each for each in ties if each), [])
