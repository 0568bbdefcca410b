"""A mapping made ready for a grid: for each field, the cells that it is read from and what reads them."""

from collections.abc import Iterator
from dataclasses import dataclass

from kb import namespaces
from kb.intake.grid import Grid
from kb.intake.heading import hyphened, inner_class, record_kinds
from kb.mapping.mapping import Mapping
from kb.mapping.values.names import Names
from kb.mapping.values.reader import Read, reader
from kb.mapping.values.said import NOTHING, Said
from kb.protocols.columns import WKT, Column, RecordColumns
from kb.vocabulary import term


@dataclass(frozen=True, eq=False)
class Thing:
    """A thing within the record: the predicate that leads to it, its class, and how its address and name are made."""

    leading: str
    name: str
    """Column.thing."""
    class_: str | None
    label: str
    kind: str
    number: int
    fixed: tuple[tuple[str, str], ...]

    def address(self, record: str) -> str:
        """Its IRI, from that of its record: as docs/tables.md makes it."""
        base, _, rest = record.rpartition("/id/")
        kind, _, slug = rest.partition("/")
        return f"{base}/id/{self.kind}/{kind}-{slug}{self._suffix}"

    def record(self, address: str) -> str | None:
        """The IRI of the record, from that of the thing; None for another's."""
        base, found, rest = address.rpartition(f"/id/{self.kind}/")
        if not found or not rest.endswith(self._suffix):
            return None
        whole = rest[: len(rest) - len(self._suffix)]
        kind = next((each for each in record_kinds() if whole.startswith(f"{each}-") and record_kinds()[each]), None)
        return f"{base}/id/{kind}/{whole[len(kind) + 1:]}" if kind else None

    @property
    def _suffix(self) -> str:
        return f"-{self.number}" if self.number > 1 else ""


@dataclass(frozen=True, eq=False)
class Planned:
    """A field that the mapping fills: `cells` are positions in a row; `constant` holds where all of them are empty."""

    column: Column
    cells: tuple[int, ...]
    read: Read
    constant: Said
    thing: Thing | None
    written_constant: str = ""


@dataclass(frozen=True)
class Plan:
    """How a grid is read. `kind` is the word that stands in the addresses of the records."""

    about: RecordColumns
    kind: str
    planned: tuple[Planned, ...]
    things: tuple[Thing, ...]

    def of(self, path: str) -> Planned | None:
        """What is planned for a field of the record itself, by its predicate."""
        return next((each for each in self.planned if each.column.path == path and not each.column.leading), None)

    def anywhere(self, path: str) -> Planned | None:
        """What is planned for a field of the record or of a thing within it, by its predicate."""
        return next((each for each in self.planned if each.column.path == path), None)

    def points(self) -> Iterator[tuple[Thing | None, dict[str, Planned]]]:
        """The points: the parts that the mapping fills of each, by Column.part."""
        by_thing: dict[Thing | None, dict[str, Planned]] = {}
        for each in self.planned:
            if is_point(each.column):
                by_thing.setdefault(each.thing, {})[each.column.part] = each
        yield from by_thing.items()


def is_point(column: Column) -> bool:
    """Whether the column is a point or a part of one."""
    return column.field.datatype == WKT


def plan(grid: Grid, mapping: Mapping, about: RecordColumns, names: Names) -> Plan:
    """The fields that the mapping fills, in the order of the record type's columns.

    Headings and column ids that the grid and the record type do not know are left out.
    """
    things = _things(about)
    by_key = {(each.leading, each.name): each for each in things}
    positions: dict[str, list[int]] = {}
    for position, heading in enumerate(grid.headings):
        if id := mapping.columns.get(heading):
            positions.setdefault(id, []).append(position)
    planned = []
    for column in about.columns:
        cells, constant = positions.get(column.id, []), mapping.constants.get(column.id, "")
        if not cells and not constant:
            continue
        read = reader(column, mapping, names, (row[each] for each in cells for _, row in grid.rows))
        said = read(constant) if constant and not is_point(column) else NOTHING
        thing = by_key.get((column.leading or "", column.thing))
        planned.append(Planned(column, tuple(cells), read, said, thing, constant))
    return Plan(about, kind_of(about), tuple(planned), tuple(things))


def kind_of(about: RecordColumns) -> str:
    """The word that stands in the addresses of such records: ww:iriType, or the class's name with hyphens."""
    found = term(about.class_)
    return (found.iri_type if found else "") or hyphened(namespaces.compact(about.class_))


def _things(about: RecordColumns) -> list[Thing]:
    """Numbered by the order of the columns among those with the same leading property, filled or not."""
    found: dict[tuple[str, str], Thing] = {}
    numbers: dict[str, int] = {}
    for column in about.columns:
        key = (column.leading or "", column.thing)
        if not column.leading or key in found:
            continue
        numbers[column.leading] = numbers.get(column.leading, 0) + 1
        about_leading = term(column.leading)
        class_ = inner_class(about_leading) if about_leading else None
        found[key] = Thing(
            leading=column.leading,
            name=column.thing,
            class_=class_.iri if class_ else None,
            label=class_.label if class_ else column.heading,
            kind=hyphened(about_leading.name if about_leading else namespaces.compact(column.leading)),
            number=numbers[column.leading],
            fixed=column.fixed,
        )
    return list(found.values())
