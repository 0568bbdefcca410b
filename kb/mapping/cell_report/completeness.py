"""How much of what a protocol asks for and recommends the rows of a sheet hold."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from kb.intake.grid import Grid
from kb.mapping.mapping import Mapping as ColumnMapping
from kb.protocols.columns import Column, RecordColumns

RULE = (
    "Of all values that the protocol says each row must or should have, the share that is given and that the check has "
    "nothing against. A value that a rule does not ask for in a row, such as a UPRN where the reason for having none "
    "is given, counts as given. What may be given does not count."
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
    found = []
    for column in columns.columns:
        if column.part:
            continue
        places = cells.get(column.id, [])
        parts = _parts(column, columns, cells)
        constant = column.id in mapping.constants
        same = [each.heading for each in columns.columns if _same(each, column)]
        wrong = frozenset().union(*(faulty.get(heading, frozenset()) for heading in same))
        counts = [each.min_count for each in (column.field, column.outer) if each]
        by_rule = column.obligation != "May" and 0 in counts
        filled = sound = 0
        for row, values in grid.rows:
            given = constant or any(values[place] for place in places) or any(
                all(values[place] for place in pair) for pair in parts
            )
            filled += given
            sound += row not in wrong and (given or by_rule)
        found.append(Completeness(number, column.heading, column.obligation, len(grid.rows), filled, sound))
    return found


def _parts(column: Column, columns: RecordColumns, cells: Mapping[str, list[int]]) -> list[list[int]]:
    """The places of longitude and latitude, where a point is written in two columns."""
    if not any(each.part and _same(each, column) for each in columns.columns):
        return []
    pair = [cells.get(f"{column.id}-{part}", []) for part in ("x", "y")]
    return [[places[0] for places in pair]] if all(pair) else []


def _same(one: Column, other: Column) -> bool:
    """Whether two columns hold the same field of the same thing, as the parts of a point do."""
    return one.field == other.field and (one.leading, one.thing) == (other.leading, other.thing)
