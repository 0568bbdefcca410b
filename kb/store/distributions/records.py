"""The things of a class as a table: a row a thing, a column a property, written as docs/tables.md has it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, overload

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store

from kb.intake.heading import record_kinds
from kb.namespaces import HOME, compact, expand
from kb.store.distributions.spilled import Spilled
from kb.store.distributions.within import inner, kinds, stands_elsewhere
from kb.vocabulary import RDF_TYPE, Term, term

ADDRESS = "Address"
"""The heading of the column with the IRI of the thing."""

STATED_IN = "Stated in"
"""The heading of the column with the named graphs that state of which class the thing is."""

_LEFT_OUT = frozenset((RDF_TYPE.value, expand("void:classPartition"), expand("void:propertyPartition")))
"""Shown otherwise, or counts of a dataset for programs."""

_IDENTIFIER = expand("dcterms:identifier")
_BOOLEAN = expand("xsd:boolean")
_CONCEPTS = f"{HOME}/concept/"
_THINGS = f"{HOME}/id/"
_RECORD = re.compile(r"[a-z][a-z0-9-]*/[^\s/;<>\"{}|\\^`]+")
_YES_NO = {"true": "yes", "1": "yes", "false": "no", "0": "no"}

Values = dict[str, list[Any]]
"""Property → its objects, sorted."""


class Column(NamedTuple):
    """A property of the things, or of the `number`-th thing within them that `leading` leads to (IRIs).

    `place` is 1 for the first text of the property, 2 for the next; `language` is of texts that are not English.
    """

    leading: str
    number: int
    predicate: str
    place: int
    language: str

    @property
    def heading(self) -> str:
        """As docs/tables.md has it, where the vocabulary knows the property; else its compact name."""
        own = _numbered(self.predicate, self.place) + (f" ({self.language})" if self.language else "")
        return f"{_numbered(self.leading, self.number)}: {own}" if self.leading else own


class Rows(Sequence[dict[Column, str]]):
    """Rows of a table, each of which maps columns to their cells; they lie in a file."""

    def __init__(self) -> None:
        self.filled: Counter[Column] = Counter()
        """In how many rows each column has a cell."""
        self._numbers: dict[Column, int] = {}
        self._rows = Spilled()

    def append(self, row: Mapping[Column, str]) -> None:
        """One more row."""
        self.filled.update(row.keys())
        self._rows.append({self._numbers.setdefault(each, len(self._numbers)): cell for each, cell in row.items()})

    def cells(self, columns: Sequence[Column]) -> Iterator[list[str]]:
        """The cells of each row in these columns, empty where it has none."""
        numbers = [self._numbers.get(column, -1) for column in columns]
        return ([row.get(number, "") for number in numbers] for row in self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> dict[Column, str]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[Column, str]]: ...
    def __getitem__(self, at: int | slice) -> dict[Column, str] | list[dict[Column, str]]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        columns = list(self._numbers)
        return {columns[number]: cell for number, cell in self._rows[at].items()}


@dataclass
class Table:
    """The things that are said to be of a class; `kind` names the table. Each row maps columns to their cells."""

    kind: str
    class_: Term
    rows: Rows = field(default_factory=Rows)
    addresses: list[str] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    """`addresses` and `graphs` go with the rows."""

    def columns(self) -> list[Column]:
        """The columns that any row fills, in no particular order."""
        return list(self.rows.filled)


def table(store: Store, kind: str) -> Table:
    """The table of that name, from the merge of all graphs; it may have no rows.

    Things of a class without pages of its own, and of a class with a table before, stand in the row of the thing that
    they are within, or in that table.
    """
    class_ = kinds()[kind]
    found = Table(kind, class_)
    for thing, graphs in sorted(_things(store, class_.iri).items()):
        if class_.iri_type or not stands_elsewhere(store, thing, kind):
            found.rows.append(_row(store, thing, class_))
            found.addresses.append(thing)
            found.graphs.append(graphs)
    return found


def _label(iri: str) -> str:
    """Of a property or class: its label in the vocabulary, else its compact name."""
    known = term(iri)
    return known.label if known else compact(iri)


def _numbered(property: str, number: int) -> str:
    return f"{_label(property)} {number}" if number > 1 else _label(property)


def _things(store: Store, class_: str) -> dict[str, str]:
    """The things that are said to be of the class, and the graphs that say so."""
    found: dict[str, str] = {}
    graphs: dict[tuple[str, str], str] = {}
    for quad in store.quads_for_pattern(None, RDF_TYPE, NamedNode(class_)):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
            known, graph = found.get(quad.subject.value, ""), quad.graph_name.value
            both = "; ".join(sorted({*known.split("; "), graph} - {""}))
            found[quad.subject.value] = graphs.setdefault((known, graph), both)
    return found


def _row(store: Store, thing: str, class_: Term) -> dict[Column, str]:
    said = _said(store, thing)
    row: dict[Column, str] = {}
    for property, values in said.items():
        within = inner(thing, property, values)
        for number, node in within.items():
            for name, objects in _said(store, node).items():
                for place, cell in _cells(name, objects):
                    row[Column(property, number, *place)] = cell
        if within:
            own = set(within.values())
            values = [value for value in values if isinstance(value, Literal) or value.value not in own]
        for place, cell in _cells(property, values):
            row[Column("", 1, *place)] = cell
    types = [value for value in said.get(RDF_TYPE.value, ()) if value.value != class_.iri]
    if types:
        row[Column("", 1, RDF_TYPE.value, 1, "")] = "; ".join(_label(each.value) for each in types)
    row.setdefault(Column("", 1, _IDENTIFIER, 1, ""), thing.rpartition("/")[2])
    return row


def _said(store: Store, thing: str) -> Values:
    found: Values = {}
    for quad in store.quads_for_pattern(NamedNode(thing), None, None, DefaultGraph()):
        found.setdefault(quad.predicate.value, []).append(quad.object)
    for values in found.values():
        if len(values) > 1:
            values.sort(key=str)
    return found


def _cells(property: str, values: Sequence[Any]) -> Iterator[tuple[tuple[str, int, str], str]]:
    """Property, place and language with each cell: links together in one, texts each in one of its own."""
    if property in _LEFT_OUT:
        return
    cells: dict[str, list[str]] = {}
    links = [_link(value, property) for value in values if not isinstance(value, Literal)]
    if links:
        cells[""] = ["; ".join(links)]
    for value in values:
        if isinstance(value, Literal):
            cells.setdefault(_foreign(value), []).append(_text(value))
    for language, found in cells.items():
        for place, cell in enumerate(found, start=1):
            yield (property, place, language), cell


def _foreign(value: Literal) -> str:
    """The language of a text that is not English; else empty."""
    tag = value.language or "en"
    return "" if tag.lower().partition("-")[0] == "en" else tag


def _text(value: Literal) -> str:
    return _YES_NO.get(value.value, value.value) if value.datatype.value == _BOOLEAN else value.value


def _link(value: NamedNode | BlankNode, property: str) -> str:
    """As a cell has it: a code, `kind/identifier`, or the address in full, in which a semicolon is `%3B`."""
    if isinstance(value, BlankNode):
        return str(value)
    iri = value.value.replace(";", "%3B")
    if iri.startswith(_CONCEPTS) and "/" in (code := iri.removeprefix(_CONCEPTS)):
        lists = _lists(property)
        scheme, _, name = code.partition("/")
        if scheme in lists:
            return name if len(lists) == 1 else code
        return f"concept/{code}"
    own = iri.removeprefix(_THINGS)
    short = own != iri and _RECORD.fullmatch(own) and own.partition("/")[0] in record_kinds()
    return own if short else iri


@cache
def _lists(property: str) -> tuple[str, ...]:
    known = term(property)
    return tuple(iri.rpartition("/")[2] for iri in known.code_lists) if known else ()
