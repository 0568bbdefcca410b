"""What a dataset holds, as its publisher would say it: so many records of which kinds, and where they are."""

from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from kb.ask.lists import COLUMNS, stretch
from kb.ask.memory import once
from kb.ask.overview import slug
from kb.ask.summaries import Summary, nodes, rows, summaries
from kb.errors import NotFound
from kb.namespaces import compact, expand
from kb.protocols.columns import RecordColumns, record_columns
from kb.protocols.fields import describing
from kb.store.readable import Store
from kb.vocabulary import Term, term

ITSELF = frozenset(map(expand, ("dcat:Dataset", "dcat:DatasetSeries", "dcat:Catalog")))
"""Classes of what describes a dataset, and is none of its records."""

_FIRST = ("dcterms:identifier", "locn:postCode")
_PLACES = ("ww:holdingType", "ww:assetStatus", "ww:inPlace", "ww:locatedIn", "dcterms:spatial")
"""Columns of a list of records beside those that the list of their class has; empty ones are left out."""


@dataclass(frozen=True)
class RecordKind:
    """A class whose things have pages, and how many of exactly this class the dataset describes."""

    term: Term
    count: int

    @property
    def slug(self) -> str:
        """What the list of them is called in addresses: `Asset`."""
        return slug(self.term.iri)

    @property
    def words(self) -> str:
        """`assets`, `asset` of one."""
        name = self.term.label if self.count == 1 else self.term.plural
        return name[0].lower() + name[1:]

    @property
    def columns(self) -> tuple[str, ...]:
        """The properties (prefix:local) that tell of each."""
        own = COLUMNS.get(compact(self.term.iri), ())
        return tuple(dict.fromkeys((*_FIRST, *own, *_PLACES)))


def record_kinds(store: Store, graph: str) -> list[RecordKind]:
    """The kinds of records in a named graph, the most frequent first; parts of records are left out."""
    return once(store, "record kinds", graph, lambda: _kinds(store, graph))


def _kinds(store: Store, graph: str) -> list[RecordKind]:
    found = []
    for class_, things in rows(store, "dataset-kinds", graph=NamedNode(graph)):
        known = term(class_.value) if isinstance(class_, NamedNode) else None
        if known and known.plural and known.iri_type and known.iri not in ITSELF:
            found.append(RecordKind(known, int(things.value)))
    return found


def record_kind(store: Store, graph: str, name: str) -> RecordKind:
    """The kind of that name in addresses; raises NotFound, with those that there are."""
    kinds = record_kinds(store, graph)
    for each in kinds:
        if each.slug == name:
            return each
    has = ", ".join(each.slug for each in kinds) or "none"
    raise NotFound(f"{graph}: has no records of the kind {name[:80]!r}; it has {has}")


def record_page(store: Store, graph: str, kind: RecordKind, limit: int, offset: int) -> list[Summary]:
    """`limit` records of a kind from `offset` on, sorted by name, with what the dataset says of each."""
    where: dict[str, Any] = {"graph": NamedNode(graph), "class": NamedNode(kind.term.iri)}
    things = stretch(store, f"{kind.term.iri} in {graph}", kind.count, "dataset-records", limit, offset, **where)
    if not things:
        return []
    wanted = set(map(expand, kind.columns))
    said = rows(store, "dataset-cells", graph=NamedNode(graph), thing=nodes(things))
    found = summaries(row for row in said if row[1].value in wanted)
    return [found.get(thing, Summary(thing)) for thing in things]


def record_points(store: Store, graph: str, kind: RecordKind, at_most: int) -> list[tuple[str, str]]:
    """Record and point (WKT) of those that have one; of more than `at_most` those that the store has first."""
    where: dict[str, Any] = {"graph": NamedNode(graph), "class": NamedNode(kind.term.iri)}
    return sorted((thing.value, point.value) for thing, point in rows(store, "dataset-points", at_most, **where))


def sheet_of(kind: RecordKind) -> tuple[str, RecordColumns] | None:
    """The protocol and its columns in which records of the kind are written down; None where there are none."""
    for protocol, record in describing(kind.term.iri):
        for each in record_columns(protocol.id):
            if each.record.shape == record.shape and each.class_ == kind.term.iri:
                return protocol.id, each
    return None
