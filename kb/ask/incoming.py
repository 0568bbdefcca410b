"""What links to a thing, property by property; statements among it as tables, so that they can be weighed at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import DefaultGraph, NamedNode, Store

from kb.ask import lists
from kb.ask.arrangement import arrangement, contained_classes, is_statement
from kb.ask.summaries import Summary, expand, nodes, rows
from kb.namespaces import compact
from kb.vocabulary import Term, term

GENID = "/.well-known/genid/"
"""What the IRI of a skolemised blank node has in it (RDF 1.1 Concepts §3.5)."""

_TYPE = expand("rdf:type")


@dataclass(frozen=True)
class Link:
    """A thing that links here; `owner` is what it belongs to where it is a nested node."""

    iri: str
    owner: str | None


@dataclass(frozen=True)
class Table:
    """Linking things of one class, with the columns (prefix:local) that the list of the class shows."""

    kind: Term
    things: tuple[Summary, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Incoming:
    """The links to the thing by one property on this page; `count` is of all pages. `plain` are those in no table."""

    iri: str
    name: str
    """The property read the other way, as ww:inverseLabel has it."""
    links: tuple[Link, ...]
    count: int
    tables: tuple[Table, ...]
    plain: tuple[str, ...]

    def shown(self) -> Iterator[str]:
        """Every IRI that the page shows for it."""
        yield self.iri
        yield from self.plain
        for link in self.links:
            yield link.iri
        for table in self.tables:
            for thing in table.things:
                yield from thing.links()


def counts(store: Store, iri: str) -> dict[str, int]:
    """Property → how many links to the thing it makes."""
    node = NamedNode(iri)
    if next(store.quads_for_pattern(None, None, node, DefaultGraph()), None) is None:
        return {}
    return {property.value: int(count.value) for property, count in rows(store, "incoming-counts", object=node)}


def links(store: Store, iri: str, limit: int, offset: int) -> dict[str, list[str]]:
    """Property → the things that link here by it, of the `limit` links from `offset` on."""
    found: dict[str, list[str]] = {}
    for property, subject in rows(store, "incoming", limit, offset, object=NamedNode(iri)):
        found.setdefault(property.value, []).append(subject.value)
    return found


def arranged(
    store: Store, found: Mapping[str, list[str]], counted: Mapping[str, int], cells: Mapping[str, Summary]
) -> tuple[Incoming, ...]:
    """The links as a page shows them; `cells` say what the linking things are, and fill the tables."""
    kinds = {iri: types(cells[iri]) for subjects in found.values() for iri in subjects}
    belonging = [iri for iri, classes in kinds.items() if GENID in iri or not contained_classes().isdisjoint(classes)]
    owners: dict[str, str] = {}
    if belonging:
        for node, owner in rows(store, "owners", node=nodes(belonging)):
            owners.setdefault(node.value, owner.value)
    return tuple(
        _group(property, [Link(iri, owners.get(iri)) for iri in subjects], counted[property], cells)
        for property, subjects in found.items()
    )


def types(thing: Summary) -> tuple[str, ...]:
    """The classes of a thing."""
    return tuple(value.value for value in thing.values.get(_TYPE, ()))


def _group(property: str, found: list[Link], count: int, cells: Mapping[str, Summary]) -> Incoming:
    tables: dict[str, list[Summary]] = {}
    plain: dict[str, None] = {}
    for link in found:
        kind = None if link.owner else _tabled(types(cells[link.iri]))
        if kind:
            tables.setdefault(kind, []).append(cells[link.iri])
        else:
            plain[link.owner or link.iri] = None
    return Incoming(property, _name(property), tuple(found), count, tuple(_tables(property, tables)), tuple(plain))


def _tables(property: str, found: Mapping[str, list[Summary]]) -> Iterator[Table]:
    for kind, things in found.items():
        known = term(kind)
        assert known is not None
        yield Table(known, tuple(things), tuple(n for n in lists.columns(kind) if expand(n) != property))


def _tabled(classes: Iterable[str]) -> str | None:
    """The class whose columns a linking thing is shown with, if it has one of that kind."""
    return next(filter(_is_tabled, classes), None)


@cache
def _is_tabled(class_: str) -> bool:
    """Whether things of the class are worth a table: statements, and things that have no page to follow."""
    known = term(class_)
    has_columns = compact(class_) in lists.COLUMNS and bool(arrangement((class_,)))
    return known is not None and has_columns and (is_statement((class_,)) or not known.iri_type)


def _name(property: str) -> str:
    known = term(property)
    if known is None:
        return ""
    return known.inverse_label or f"Linked by “{known.label}”"
