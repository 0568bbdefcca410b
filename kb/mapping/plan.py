"""A mapping made ready for a grid: for each field, the cells that it is read from and what reads them."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as ReadOnly
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from kb import namespaces
from kb.intake.grid import Grid
from kb.intake.heading import hyphened, inner_class
from kb.mapping.mapping import Mapping
from kb.mapping.narrowing import narrowed
from kb.mapping.values.names import Names
from kb.mapping.values.reader import Read, reader
from kb.mapping.values.said import NOTHING, Said, text
from kb.protocols.columns import WKT, Column, RecordColumns
from kb.vocabulary import term


@dataclass(frozen=True, eq=False)
class Thing:
    """A thing within the record: the predicate that leads to it, its class, and how its address and name are made.

    The first of its kind has an address as docs/tables.md makes it; one that a template column makes ends with the
    name of that column, so that a new column changes no address.
    """

    leading: str
    name: str
    """Column.thing."""
    class_: str | None
    label: str
    kind: str
    ending: str
    fixed: tuple[tuple[str, str], ...]

    @cached_property
    def naming(self) -> str:
        """What its name begins with, before that of its record, as N-Triples writes it."""
        return text(f"{self.label}: ").removesuffix('"@en')

    def address(self, record: str) -> str:
        """Its IRI, from that of its record."""
        base, _, rest = record.rpartition("/id/")
        kind, _, slug = rest.partition("/")
        return f"{base}/id/{self.kind}/{kind}-{slug}{self.ending}"

    def record(self, address: str, kind: str) -> str | None:
        """The IRI of its record, which is of this kind, from its own; None for an address of something else."""
        base, found, rest = address.rpartition(f"/id/{self.kind}/{kind}-")
        if not found or not rest.endswith(self.ending):
            return None
        return f"{base}/id/{kind}/{rest[: len(rest) - len(self.ending)]}"


@dataclass(frozen=True, eq=False)
class Planned:
    """A field that is filled: `cells` are positions in a row; `constant` holds where all of them are empty."""

    column: Column
    cells: tuple[int, ...]
    read: Read
    constant: Said = NOTHING
    written_constant: str = ""
    thing: Thing | None = None
    also: tuple[Thing, ...] = ()
    """Other things that the value is said of; where the column makes no thing, its own is among these."""
    makes_thing: bool = True
    narrower: ReadOnly[tuple[str, str], Read] = field(default_factory=dict)
    """What reads the cell where its thing says something else: the predicate and the object of that (narrowing)."""

    @cached_property
    def predicate(self) -> str:
        """As N-Triples."""
        return f"<{self.column.path}>"

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """All things within the record that the value is said of."""
        return (self.thing, *self.also) if self.thing else self.also


@dataclass(frozen=True, eq=False)
class Plan:
    """How a grid is read. `kind` is the word that stands in the addresses of the records."""

    about: RecordColumns
    kind: str
    planned: tuple[Planned, ...]
    things: tuple[Thing, ...]
    unfilled: tuple[Planned, ...]
    """The fields that the mapping leaves out: what the sheet's own cells tell indirectly goes there."""

    @cached_property
    def own_paths(self) -> frozenset[str]:
        """The predicates that a record itself may have."""
        return frozenset(each.path for each in self.about.columns if not each.leading)

    def of(self, path: str) -> Planned | None:
        """What is planned for a field of the record itself, by its predicate."""
        return next((each for each in self.planned if each.column.path == path and not each.column.leading), None)

    def anywhere(self, path: str) -> Planned | None:
        """What is planned for a field of the record or of a thing within it, by its predicate."""
        return next((each for each in self.planned if each.column.path == path), None)

    def place_for(self, path: str) -> Planned | None:
        """The field with this predicate, the record's own first, planned or not; None where the type has none."""
        every = (*self.planned, *self.unfilled)
        found = [each for each in every if each.column.path == path and not each.column.part]
        return min(found, key=lambda each: each.column.leading is not None, default=None)

    def points(self) -> Iterator[dict[str, Planned]]:
        """The points: the parts that the mapping fills of each, by Column.part."""
        by_thing: dict[Thing | None, dict[str, Planned]] = {}
        for each in self.planned:
            if is_point(each.column):
                by_thing.setdefault(each.thing, {})[each.column.part] = each
        yield from by_thing.values()


def is_point(column: Column) -> bool:
    """Whether the column is a point or a part of one."""
    return column.field.datatype == WKT


def plan(grid: Grid, mapping: Mapping, about: RecordColumns, names: Names) -> Plan:
    """The fields that the mapping fills, in the order of the record type's columns.

    Headings and column ids that the grid and the record type do not know are left out.
    """
    columns = (*about.columns, *_further(mapping, about))
    things = _things(columns)
    positions: dict[str, list[int]] = {}
    for position, heading in enumerate(grid.headings):
        if id := mapping.columns.get(heading):
            positions.setdefault(id, []).append(position)
    planned: list[Planned] = []
    unfilled: list[Planned] = []
    for column in columns:
        cells, constant = positions.get(column.id, []), mapping.constants.get(column.id, "")
        read = reader(column, mapping, names, _distinct(grid, cells))
        own = things.get((column.leading, column.thing))
        also = tuple(found for each in column.holds_for if (found := things.get((column.leading, each))))
        said = read(constant) if constant and not is_point(column) else NOTHING
        narrower = narrowed(column, about, mapping, names)
        made = Planned(column, tuple(cells), read, said, constant, own, also, not column.holds_for, narrower)
        (planned if cells or constant else unfilled).append(made)
    return Plan(about, kind_of(about), tuple(planned), tuple(things.values()), tuple(unfilled))


def kind_of(about: RecordColumns) -> str:
    """The word that stands in the addresses of such records: ww:iriType, or the class's name with hyphens."""
    found = term(about.class_)
    return (found.iri_type if found else "") or hyphened(namespaces.compact(about.class_))


def _distinct(grid: Grid, cells: Iterable[int]) -> Iterator[str]:
    """The texts of some columns; taken only where a reader asks for them."""
    return (row[each] for each in cells for _, row in grid.rows)


def _further(mapping: Mapping, about: RecordColumns) -> Iterator[Column]:
    """The numbered columns that the mapping names, for a second thing of a kind."""
    for id in dict.fromkeys(mapping.columns.values()):
        if "~" in id:
            with suppress(KeyError):
                yield about.column(id)


def _things(columns: Iterable[Column]) -> dict[tuple[str | None, str], Thing]:
    found: dict[tuple[str | None, str], Thing] = {}
    for column in columns:
        key = (column.leading, column.thing)
        if not column.leading or key in found:
            continue
        leading = term(column.leading)
        class_ = inner_class(leading) if leading else None
        single = column.thing.partition("/")[2]
        found[key] = Thing(
            leading=column.leading,
            name=column.thing,
            class_=class_.iri if class_ else None,
            label=column.heading if (single and not single.isdecimal()) or not class_ else class_.label,
            kind=hyphened(leading.name if leading else namespaces.compact(column.leading)),
            ending=f"-{hyphened(single)}" if single else "",
            fixed=column.fixed,
        )
    return found
