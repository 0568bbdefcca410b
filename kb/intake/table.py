"""Reading tables: a CSV file in which a row is a record and a column a property of the vocabulary (docs/tables.md)."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kb import namespaces
from kb.errors import BadInput
from kb.intake.cell import values
from kb.intake.heading import IDENTIFIER, Column, Inner, column, hyphened, record_class
from kb.vocabulary import RDF_TYPE, Term, term

CONSTANTS = "constants.csv"
"""The name of the file that says what holds for every row."""

SUFFIX = ".csv"

_PREF_LABEL = NamedNode(namespaces.expand("skos:prefLabel"))
_TITLE = NamedNode(namespaces.expand("dcterms:title"))
_IDENTIFIER = NamedNode(namespaces.expand("dcterms:identifier"))
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Constant:
    """What every row of `table` has under `heading` where its cell is empty.

    `table` is `*` for every kind of record that has a page of its own and may have the property.
    """

    table: str
    heading: str
    value: str


def read_tables(paths: Sequence[Path], base: str) -> Iterator[Quad]:
    """The quads of the tables, whose records get their addresses under `base`; CONSTANTS among them is applied.

    Raises BadInput with file, row (the heading's is 1) and column.
    """
    constants = [constant for path in paths if path.name == CONSTANTS for constant in _constants(path)]
    for path in paths:
        if path.name != CONSTANTS:
            yield from _Table(path, constants).quads(base)


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1) and cells, without the space around them, of each row that is not blank. Raises BadInput."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for number, cells in enumerate(csv.reader(lines, strict=True), start=1):
                if any(stripped := [cell.strip() for cell in cells]):
                    yield number, stripped
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8; save the table as CSV in UTF-8") from error
    except csv.Error as error:
        raise BadInput(f"{path}: not CSV: {error}") from error


def _constants(path: Path) -> Iterator[Constant]:
    for number, cells in rows(path):
        if number == 1:
            if cells != ["Table", "Column", "Value"]:
                raise BadInput(f"{path}, row 1: the headings are Table, Column, Value")
        elif len(cells) != 3 or not all(cells):
            raise BadInput(f"{path}, row {number}: needs a table, a column and a value")
        else:
            yield Constant(*cells)


class _Table:
    """One file: its class, its columns, and the constants that concern it."""

    def __init__(self, path: Path, constants: Sequence[Constant]) -> None:
        self.path = path
        try:
            self.class_ = record_class(path.stem)
        except BadInput as error:
            raise BadInput(f"{path}: {error}; the file's name says what its rows are") from error
        self.constants = [(self._column(each.heading, 1), each.value) for each in constants if self._concerns(each)]

    def _concerns(self, constant: Constant) -> bool:
        if constant.table != "*":
            return constant.table == self.path.stem
        asked = self._column(constant.heading, 1)
        leading = asked.inner.property if asked.inner else asked.property
        has_page, anywhere = bool(self.class_.iri_type), not leading.domains
        return has_page and (anywhere or bool(_with_parents(self.class_) & set(leading.domains)))

    def _column(self, heading: str, row: int) -> Column:
        try:
            return column(heading)
        except BadInput as error:
            raise BadInput(f"{self.path}, row {row}: {error}") from error

    def quads(self, base: str) -> Iterator[Quad]:
        found = rows(self.path)
        number, headings = next(found, (1, []))
        if IDENTIFIER not in headings:
            raise BadInput(f"{self.path}, row {number}: no column is headed {IDENTIFIER}")
        if doubled := {heading for heading in headings if headings.count(heading) > 1}:
            raise BadInput(f"{self.path}, row {number}: two columns are headed {min(doubled)!r}; number the second")
        columns = [self._column(heading, number) for heading in headings]
        seen: dict[str, int] = {}
        for number, cells in found:
            if len(cells) > len(columns):
                raise BadInput(f"{self.path}, row {number}: {len(cells)} cells, and there are {len(columns)} columns")
            filled = [(each, cell) for each, cell in zip(columns, cells, strict=False) if cell]
            slug = next((cell for each, cell in filled if each.heading == IDENTIFIER), "")
            if not _SLUG.fullmatch(slug):
                raise BadInput(
                    f"{self.path}, row {number}, {IDENTIFIER}: {slug!r} is not a name in lower case with hyphens"
                )
            if slug in seen:
                raise BadInput(f"{self.path}, row {number}, {IDENTIFIER}: {slug!r} stands in row {seen[slug]} too")
            seen[slug] = number
            yield from self._record(number, slug, self._with_constants(filled), base)

    def _with_constants(self, filled: list[tuple[Column, str]]) -> list[tuple[Column, str]]:
        """The filled cells, and what the constants add: to an inner thing only where the row speaks of it."""
        has = {(each.inner, each.property) for each, _ in filled}
        added = []
        for constant, value in self.constants:
            inners: set[Inner | None] = {None}
            if constant.inner:
                leading = constant.inner.property
                inners = {each.inner for each, _ in filled if each.inner and each.inner.property == leading}
            added += [
                (Column(constant.heading, constant.property, inner), value)
                for inner in sorted(inners, key=lambda inner: inner.number if inner else 0)
                if (inner, constant.property) not in has
            ]
        return filled + added

    def _record(self, row: int, slug: str, filled: list[tuple[Column, str]], base: str) -> Iterator[Quad]:
        kind = self.path.stem
        record = NamedNode(namespaces.thing(base, kind, slug))
        said = [Quad(record, RDF_TYPE, NamedNode(self.class_.iri)), Quad(record, _IDENTIFIER, Literal(slug))]
        things: dict[Inner, NamedNode] = {}
        for each, cell in filled:
            if each.heading == IDENTIFIER:
                continue
            subject = record
            if each.inner:
                subject = things.setdefault(each.inner, _inner_thing(base, kind, slug, each.inner))
            try:
                found = values(cell, each.property, base)
            except BadInput as error:
                raise BadInput(f"{self.path}, row {row}, {each.heading}: {error}") from error
            said += [Quad(subject, NamedNode(each.property.iri), value) for value in found]
        name = _name(said, record)
        if name and not _has(said, record, _PREF_LABEL):
            said.append(Quad(record, _PREF_LABEL, name))
        for inner, thing in things.items():
            said.append(Quad(record, NamedNode(inner.property.iri), thing))
            said.append(Quad(thing, RDF_TYPE, NamedNode(inner.class_.iri)))
            if not _has(said, thing, _PREF_LABEL):
                said.append(Quad(thing, _PREF_LABEL, _inner_name(inner, name.value if name else slug)))
        yield from said


def _inner_thing(base: str, kind: str, slug: str, inner: Inner) -> NamedNode:
    number = f"-{inner.number}" if inner.number > 1 else ""
    return NamedNode(namespaces.thing(base, hyphened(inner.property.name), f"{kind}-{slug}{number}"))


def _inner_name(inner: Inner, record: str) -> Literal:
    number = f" {inner.number}" if inner.number > 1 else ""
    return Literal(f"{inner.class_.label}{number}: {record}", language="en")


def _name(said: list[Quad], record: NamedNode) -> Literal | None:
    """What the record is called: its name or, failing that, its title."""
    for predicate in (_PREF_LABEL, _TITLE):
        for quad in said:
            if quad.subject == record and quad.predicate == predicate and isinstance(quad.object, Literal):
                return quad.object
    return None


def _has(said: list[Quad], subject: NamedNode, predicate: NamedNode) -> bool:
    return any(quad.subject == subject and quad.predicate == predicate for quad in said)


def _with_parents(class_: Term) -> set[str]:
    found = {class_.iri}
    for parent in class_.parents:
        found |= _with_parents(known) if (known := term(parent)) else {parent}
    return found
