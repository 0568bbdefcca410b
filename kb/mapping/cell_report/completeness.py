"""How much of what a protocol asks for and recommends the rows of a sheet hold."""

from array import array
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from kb.intake.grid import Grid
from kb.mapping.mapping import Mapping as ColumnMapping
from kb.protocols.columns import Column, RecordColumns

RULE = (
    "Of all values that the protocol says each row must or should have, the share that is given and that the check has "
    "nothing against. A value not asked for in a row, such as a UPRN where the reason for having none is given, "
    "or that was made from others, such as an identifier, counts as given. What may be given does not count."
)
"""How the one figure of completeness is reckoned, for the reader of it."""


@dataclass(frozen=True)
class Completeness:
    """Of one field in one sheet: of `rows` rows, `filled` have a value, and with `sound` nothing is wrong."""

    sheet: int
    field: str
    obligation: str
    rows: int
    filled: int
    sound: int

    @property
    def asked(self) -> bool:
        """Whether it counts for the one figure."""
        return self.obligation != "May"


def share(fields: Iterable[Completeness]) -> float | None:
    """The one figure, from 0 to 1, by RULE; None where nothing is asked for."""
    counted = [each for each in fields if each.asked]
    rows = sum(each.rows for each in counted)
    return sum(each.sound for each in counted) / rows if rows else None


def of_sheet(
    number: int,
    grid: Grid,
    mapping: ColumnMapping,
    columns: RecordColumns,
    faulty: Mapping[str, Set[int]],
) -> list[Completeness]:
    """Field by field, in the order of the protocol. `faulty` gives for a heading the rows with a must or should."""
    cells: dict[str, list[int]] = {}
    for place, heading in enumerate(grid.headings):
        if id := mapping.columns.get(heading):
            cells.setdefault(id, []).append(place)
    asked = [_Asked(each, mapping, columns, cells, faulty) for each in columns.columns if not each.part]
    held = [each for each in asked if each.places or each.pair]
    numbers = array("q")
    for row, values in grid.rows:
        numbers.append(row)
        for each in held:
            each.count(row, values)
    for each in asked:
        if not (each.places or each.pair):
            each.count_without(numbers)
    return [
        Completeness(number, each.column.heading, each.column.obligation, len(grid.rows), each.filled, each.sound)
        for each in asked
    ]


class _Asked:
    """Counts the rows of one column of the protocol.

    `told`: the check says so where a value that is asked for is missing. Of a thing within that is missing as a whole
    it speaks once, so that there an empty cell counts against the column though nothing is said of it.
    """

    def __init__(
        self,
        column: Column,
        mapping: ColumnMapping,
        columns: RecordColumns,
        cells: Mapping[str, list[int]],
        faulty: Mapping[str, Set[int]],
    ) -> None:
        self.column = column
        self.places = cells.get(column.id, [])
        self.pair = _pair(column, columns, cells)
        self.constant = column.id in mapping.constants
        same = [each.heading for each in columns.columns if _same(each, column)]
        self.wrong = frozenset().union(*(faulty.get(heading, frozenset()) for heading in same))
        counts = [each.min_count for each in (column.field, column.outer) if each]
        self.told = column.obligation != "May" and (column.outer is None or 0 in counts)
        self.filled = self.sound = 0

    def count(self, row: int, values: Sequence[str]) -> None:
        """One row more."""
        given = self.constant or any(values[place] for place in self.places)
        given = given or bool(self.pair) and all(values[place] for place in self.pair)
        self.filled += given
        self.sound += row not in self.wrong and (given or self.told)

    def count_without(self, rows: Sequence[int]) -> None:
        """All rows of a sheet that has no cell for it."""
        self.filled = len(rows) if self.constant else 0
        if self.constant or self.told:
            self.sound = len(rows) - sum(map(self.wrong.__contains__, rows)) if self.wrong else len(rows)


def _pair(column: Column, columns: RecordColumns, cells: Mapping[str, list[int]]) -> list[int]:
    """The places of longitude and latitude, where a point is written in two columns."""
    if not any(each.part and _same(each, column) for each in columns.columns):
        return []
    found = [cells[f"{column.id}-{part}"][0] for part in ("x", "y") if f"{column.id}-{part}" in cells]
    return found if len(found) == 2 else []


def _same(one: Column, other: Column) -> bool:
    """Whether two columns hold the same field of the same thing, as the parts of a point do."""
    return (one.field.shape, one.leading, one.thing) == (other.field.shape, other.leading, other.thing)
