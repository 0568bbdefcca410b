"""Records of a graph written down as the sheet that they might have come from, with the places of their triples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kb.intake.grid import Grid
from kb.mapping.cell_report.found import Source
from kb.mapping.mapping import Mapping
from kb.mapping.places import Place, Thing
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.protocols.report import Result, term
from kb.vocabulary import ancestors

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass
class WrittenSheets:
    """A locator over the sheets of a protocol, one for each kind of record that the graph has."""

    protocol: str
    sources: list[Source] = field(default_factory=list)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    """IRI of a record, or of a thing within it → its sheet and its row."""
    within: dict[str, str] = field(default_factory=dict)
    """IRI of a thing within a record → the predicate that leads to it."""

    def places(self, result: Result) -> Iterator[Place]:
        """As kb.mapping.places.Locator."""
        focus = term(result.focus).value
        number, row = self.rows[focus]
        source = self.sources[number]
        grid, columns = source.grid, source.columns
        assert columns is not None
        leading = self.within.get(focus)
        path = (result.path or "").strip("^()<>").partition(">")[0]
        fitting = [
            each
            for each in columns.columns
            if path in (each.path, each.leading) and leading in (None, each.leading) and not each.part
        ]
        cells = dict(grid.rows)[row]
        for column in fitting[:1]:
            if column.heading in grid.headings:
                place = grid.headings.index(column.heading)
                yield Place(grid.file, grid.sheet, row, grid.positions[place], column.heading, cells[place])
            else:
                yield Place(grid.file, grid.sheet, row, None, column.heading, "")
        if not fitting:
            yield Place(grid.file, grid.sheet, row, None, "", "")

    def spot(self, focus: str) -> None:
        """Each result is looked for by itself."""

    def columns(self, result: Result, thing: Thing) -> tuple[int, ...]:
        """Not asked for where there is no spot."""
        raise NotImplementedError


def written(protocol: str, lines: Sequence[bytes], file: str = "register.xlsx") -> WrittenSheets:
    """The sheets for the records among the N-Triples lines; columns that no record fills are left out."""
    said: dict[str, dict[str, list[str]]] = {}
    for quad in parse(b"\n".join(lines), format=RdfFormat.N_TRIPLES):
        value = quad.object.value if isinstance(quad.object, NamedNode | Literal) else str(quad.object)
        said.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(value)
    found = WrittenSheets(protocol)
    for columns in record_columns(protocol):
        wanted = set(columns.record.target_classes)
        records = sorted(iri for iri, of in said.items() if any(ancestors(each) & wanted for each in of.get(TYPE, ())))
        if not records:
            continue
        number = len(found.sources)
        rows = []
        for row, record in enumerate(records, 2):
            found.rows[record] = (number, row)
            cells = [_cell(found, said, record, row, number, each) for each in columns.columns]
            key = columns.columns.index(columns.key)
            if cells[key]:  # cases describe things with the same key
                cells[key] += f"/{row}"
            rows.append((row, tuple(cells)))
        found.sources.append(_source(file, columns, rows, protocol))
    for thing in list(found.rows):
        _parts(found, said, thing)
    return found


def _parts(found: WrittenSheets, said: dict[str, dict[str, list[str]]], thing: str) -> None:
    """What a thing leads to and what is no record stands in the row of the thing."""
    for values in said.get(thing, {}).values():
        for part in values:
            if part not in found.rows:
                found.rows[part] = found.rows[thing]
                _parts(found, said, part)


def _cell(
    found: WrittenSheets, said: dict[str, dict[str, list[str]]], record: str, row: int, number: int, column: Column
) -> str:
    if column.part:
        return ""
    things = said[record].get(column.leading, []) if column.leading else [record]
    for thing in things if column.leading else ():
        found.rows.setdefault(thing, (number, row))
        found.within.setdefault(thing, column.leading or "")
    return "; ".join(value for thing in things for value in said.get(thing, {}).get(column.path, []))


def _source(file: str, columns: RecordColumns, rows: list[tuple[int, tuple[str, ...]]], protocol: str) -> Source:
    used = [place for place in range(len(columns.columns)) if any(cells[place] for _, cells in rows)]
    headings = tuple(columns.columns[place].heading for place in used)
    grid = Grid(
        file=file,
        sheet=columns.record.name[:31],
        heading_row=1,
        headings=headings,
        positions=tuple(range(1, len(used) + 1)),
        rows=[(row, tuple(cells[place] for place in used)) for row, cells in rows],
    )
    mapping = Mapping(protocol, "0.1.0", columns.id, {columns.columns[place].heading: columns.columns[place].id
                                                     for place in used})
    return Source(grid, mapping, columns)
