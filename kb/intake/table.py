"""Reading tables: a CSV file in which a row is a record and a column a property of the vocabulary (docs/tables.md)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kb import namespaces
from kb.errors import BadInput
from kb.formula import unsafe
from kb.intake.cell import Links, Value, classes, values
from kb.intake.constants import CONSTANTS, concerning, read_constants
from kb.intake.heading import IDENTIFIER, Column, Inner, column, hyphened, misplaced, record_class
from kb.intake.sheet import read_sheet
from kb.vocabulary import RDF_TYPE

SUFFIX = ".csv"

_PREF_LABEL = NamedNode(namespaces.expand("skos:prefLabel"))
_TITLE = NamedNode(namespaces.expand("dcterms:title"))
_IDENTIFIER = NamedNode(namespaces.expand("dcterms:identifier"))
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class _Row:
    """A record as it stands: its filled cells, without its identifier."""

    number: int
    slug: str
    cells: list[tuple[Column, str]]

    def inners(self) -> list[Inner]:
        """The things within the record, in the order of their columns."""
        return list(dict.fromkeys(each.inner for each, _ in self.cells if each.inner))


@dataclass(frozen=True)
class _Said:
    """The values of a column, and where they are said."""

    column: Column
    values: list[Value]
    place: str


def read_tables(paths: Sequence[Path], base: str) -> Iterator[Quad]:
    """The quads of the tables, whose records get their addresses under `base`; CONSTANTS among them is applied.

    A link to a record of these tables is under `base` too, any other under the shared home. Raises BadInput with
    file, row (the first is 1) and heading for what read_sheet, read_constants and values refuse, for headings that the
    vocabulary does not know or that do not belong to such a record, and where two things would have one address.
    """
    tables = [_Table(path) for path in paths if path.name.lower() != CONSTANTS]
    links = Links(base, _things(tables))
    files = [path for path in paths if path.name.lower() == CONSTANTS]
    constants = read_constants(files, {table.kind for table in tables})
    said = {each: _said(each.column, each.value, f"{each.place}, {each.column.heading}", links) for each in constants}
    for table in tables:
        yield from table.quads([said[each] for each in concerning(constants, table.kind, table.class_)], links)


def _things(tables: list["_Table"]) -> dict[tuple[str, str], str]:
    """Kind and identifier of each record and of each thing within one, with its place; raises BadInput for a clash."""
    found: dict[tuple[str, str], str] = {}
    for table in tables:
        for row in table.rows:
            place = f"{table.path}, row {row.number}"
            things = [((table.kind, row.slug), f"{place}, {IDENTIFIER}")]
            things += [(_inner_thing(table.kind, row.slug, each), f"{place}, {_outer(each)}") for each in row.inners()]
            for thing, said in things:
                if thing in found:
                    address = "/".join(thing)
                    raise BadInput(f"{said}: its address is {address}, as is that of {found[thing]}; rename one record")
                found[thing] = said
    return found


def _said(column: Column, cell: str, place: str, links: Links) -> _Said:
    about = column.property
    try:
        named = about.iri == RDF_TYPE.value
        found = classes(cell) if named else values(cell, about.ranges, about.code_lists, links)
        return _Said(column, found, place)
    except BadInput as error:
        raise BadInput(f"{place}: {error}") from error


class _Table:
    """One file: the class of its records, and its rows as they stand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kind = path.stem
        try:
            self.class_ = record_class(self.kind)
        except BadInput as error:
            raise BadInput(f"{path}: {error}; the file's name says what its rows are") from error
        self.rows = list(self._read())

    def _read(self) -> Iterator[_Row]:
        sheet = read_sheet(self.path)
        if IDENTIFIER not in sheet.headings:
            raise BadInput(f"{self.path}, row {sheet.number}: no column is headed {IDENTIFIER}")
        try:
            columns = [column(heading) for heading in sheet.headings]
        except BadInput as error:
            raise BadInput(f"{self.path}, row {sheet.number}: {error}") from error
        seen: dict[str, int] = {}
        for number, cells in sheet.rows:
            place = f"{self.path}, row {number}, {IDENTIFIER}"
            slug = cells[sheet.headings.index(IDENTIFIER)]
            if not _SLUG.fullmatch(slug):
                raise BadInput(f"{place}: {slug!r} is not a name in lower case with hyphens")
            if slug in seen:
                raise BadInput(f"{place}: {slug!r} stands in row {seen[slug]} too")
            seen[slug] = number
            filled = zip(columns, map(unsafe, cells), strict=True)
            yield _Row(number, slug, [(each, cell) for each, cell in filled if cell and each.heading != IDENTIFIER])

    def quads(self, constants: Sequence[_Said], links: Links) -> Iterator[Quad]:
        """What the rows say, and the constants where a row's cell is empty."""
        for row in self.rows:
            place = f"{self.path}, row {row.number}"
            said = [_said(each, cell, f"{place}, {each.heading}", links) for each, cell in row.cells]
            said += _added(row, constants)
            self._refuse_misplaced(row, said)
            yield from self._record(row, said, links)

    def _refuse_misplaced(self, row: _Row, said: list[_Said]) -> None:
        """A property that the vocabulary gives to other classes than those of the record, or of the thing within."""
        classes: dict[Inner | None, set[str]] = {None: {self.class_.iri}}
        classes.update((inner, {inner.class_.iri}) for inner in row.inners())
        for each in said:
            if each.column.property.iri == RDF_TYPE.value:
                classes[each.column.inner].update(value.value for value in each.values)
        for each in said:
            inner = each.column.inner
            wrong = misplaced(each.column.leading(), classes[None], self.class_)
            if inner and not wrong:
                wrong = misplaced(each.column.property, classes[inner], inner.class_)
            if wrong:
                raise BadInput(f"{each.place}: {wrong}")

    def _record(self, row: _Row, said: list[_Said], links: Links) -> Iterator[Quad]:
        record = NamedNode(links.address(self.kind, row.slug))
        things = {each: NamedNode(links.address(*_inner_thing(self.kind, row.slug, each))) for each in row.inners()}
        quads = [Quad(record, RDF_TYPE, NamedNode(self.class_.iri)), Quad(record, _IDENTIFIER, Literal(row.slug))]
        for each in said:
            subject = things[each.column.inner] if each.column.inner else record
            quads += [Quad(subject, NamedNode(each.column.property.iri), value) for value in each.values]
        name = _name(quads, record)
        if name and not _has(quads, record, _PREF_LABEL):
            quads.append(Quad(record, _PREF_LABEL, name))
        for inner, thing in things.items():
            quads.append(Quad(record, NamedNode(inner.property.iri), thing))
            quads.append(Quad(thing, RDF_TYPE, NamedNode(inner.class_.iri)))
            if not _has(quads, thing, _PREF_LABEL):
                quads.append(Quad(thing, _PREF_LABEL, _inner_name(inner, name.value if name else row.slug)))
        yield from quads


def _added(row: _Row, constants: Sequence[_Said]) -> Iterator[_Said]:
    """What the constants say where the row says nothing: of a thing within only where the row speaks of it."""
    has = {(each.inner, each.property) for each, _ in row.cells}
    for constant in constants:
        asked = constant.column.inner
        inners = [each for each in row.inners() if each.property == asked.property] if asked else [None]
        for inner in inners:
            if (inner, constant.column.property) not in has:
                added = Column(constant.column.heading, constant.column.property, inner)
                yield _Said(added, constant.values, constant.place)


def _inner_thing(kind: str, slug: str, inner: Inner) -> tuple[str, str]:
    number = f"-{inner.number}" if inner.number > 1 else ""
    return hyphened(inner.property.name), f"{kind}-{slug}{number}"


def _outer(inner: Inner) -> str:
    return f"{inner.property.label} {inner.number}" if inner.number > 1 else inner.property.label


def _inner_name(inner: Inner, record: str) -> Literal:
    number = f" {inner.number}" if inner.number > 1 else ""
    return Literal(f"{inner.class_.label}{number}: {record}", language="en")


def _name(quads: list[Quad], record: NamedNode) -> Literal | None:
    """What the record is called: its name or, failing that, its title."""
    for predicate in (_PREF_LABEL, _TITLE):
        for quad in quads:
            if quad.subject == record and quad.predicate == predicate and isinstance(quad.object, Literal):
                return quad.object
    return None


def _has(quads: list[Quad], subject: NamedNode, predicate: NamedNode) -> bool:
    return any(quad.subject == subject and quad.predicate == predicate for quad in quads)
