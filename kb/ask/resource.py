"""What a snapshot says about one IRI, for a page and as a graph.

A *nested node* has no page of its own: a skolemised blank node (RDF 1.1 Concepts §3.5) or a fragment of the IRI that is
described. A page shows it inside the thing that it belongs to, down to two levels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from kb.ask.binding import bind, read
from kb.ask.labels import Labels, labels_of
from kb.errors import NotFound
from kb.namespaces import PREFIXES

PAGE = 50
"""Values of one property, and incoming links, on one page (shared conventions ask for paging above 50)."""

LEVELS = 2
"""How deep nested nodes are shown inside a page."""

_GENID = "/.well-known/genid/"
_RDF_TYPE = f"{PREFIXES['rdf']}type"
_FIRST = [
    f"{PREFIXES[prefix]}{name}"
    for prefix, name in (
        ("skos", "prefLabel"),
        ("rdfs", "label"),
        ("dcterms", "title"),
        ("schema", "name"),
        ("skos", "altLabel"),
        ("dcterms", "identifier"),
        ("skos", "notation"),
        ("skos", "definition"),
        ("dcterms", "description"),
        ("rdfs", "comment"),
    )
]


@dataclass(frozen=True)
class Value:
    """One object of a statement, the named graphs that state it, and what is said about it where it is nested."""

    term: Any
    graphs: tuple[str, ...]
    nested: "tuple[Property, ...]" = ()


@dataclass(frozen=True)
class Property:
    """The values of one property on this page; `count` is of all pages."""

    iri: str
    values: tuple[Value, ...]
    count: int


@dataclass(frozen=True)
class Link:
    """A thing that links here; `owner` is what it belongs to where it is a nested node."""

    iri: str
    owner: str | None


@dataclass(frozen=True)
class Incoming:
    """The links to the thing by one property on this page; `count` is of all pages."""

    iri: str
    links: tuple[Link, ...]
    count: int


@dataclass(frozen=True)
class Description:
    """One page of what is known about `iri`; every IRI that the page shows is in `labels` where it has a label."""

    iri: str
    types: tuple[str, ...]
    properties: tuple[Property, ...]
    incoming: tuple[Incoming, ...]
    incoming_count: int
    datasets: dict[str, str]
    """Named graph that states something about the thing → the dataset whose content it is, or itself."""
    labels: Labels
    page: int
    pages: int

    @cached_property
    def name(self) -> str:
        """What to call the thing."""
        return self.labels.name(self.iri)


Statements = dict[str, dict[str, dict[Any, list[str]]]]
"""Subject → property → object → the graphs that state it."""


def exists(store: Store, iri: str) -> bool:
    """Whether the snapshot holds a statement with this IRI in it."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    patterns = ((node, None, None), (None, None, node), (None, node, None))
    return any(next(store.quads_for_pattern(*pattern), None) is not None for pattern in patterns)


def describe(store: Store, iri: str, page: int = 1) -> Description:
    """Page `page` (from 1) of what the snapshot says about `iri`, and of what links to it.

    A page holds the `page`-th 50 values of each property and the `page`-th 50 incoming links. Raises NotFound for an
    IRI that the snapshot does not hold, and for a page after the last.
    """
    if not exists(store, iri):
        raise NotFound(f"{iri}: nothing is known about it here")
    statements = _closure(store, iri, LEVELS)
    about = statements.get(iri, {})
    counts = {p.value: int(n.value) for p, n in _rows(store, bind(read("incoming-counts.rq"), object=NamedNode(iri)))}
    total = sum(counts.values())
    pages = max(1, -(-max([total, *(len(objects) for objects in about.values())]) // PAGE))
    if not 1 <= page <= pages:
        raise NotFound(f"{iri}: there is no page {page}; the last is {pages}")

    types = tuple(sorted(t.value for t in about.get(_RDF_TYPE, ()) if isinstance(t, NamedNode)))
    properties = _properties(statements, iri, page, LEVELS)
    incoming = _incoming(store, iri, counts, page) if total else ()
    graphs = sorted({g for objects in about.values() for graphs in objects.values() for g in graphs})
    datasets = {graph: graph for graph in graphs}
    if graphs:
        query = bind(read("datasets.rq"), graph=[NamedNode(graph) for graph in graphs])
        datasets |= {graph.value: dataset.value for graph, dataset in _rows(store, query)}
    labels = labels_of(store, _shown(iri, types, properties, incoming, datasets.values()))
    ordered = sorted(properties, key=lambda p: _order(p, labels))
    return Description(iri, types, tuple(ordered), incoming, total, datasets, labels, page, pages)


def graph_of(store: Store, iri: str) -> list[Triple]:
    """The concise bounded description of `iri`: every statement about it and, at any depth, about its nested nodes.

    Incoming links are left out, since they are statements about other things; each of those has its own description.
    Only where nothing is said about `iri` itself are they the answer, or else its uses as a property: 50 of them.
    Raises NotFound for an IRI that the snapshot does not hold.
    """
    if not exists(store, iri):
        raise NotFound(f"{iri}: nothing is known about it here")
    stated = [
        Triple(NamedNode(subject), NamedNode(property), value)
        for subject, about in _closure(store, iri, None).items()
        for property, objects in about.items()
        for value in objects
    ]
    return stated or _uses(store, NamedNode(iri))


def _uses(store: Store, node: NamedNode) -> list[Triple]:
    """The first 50 statements that have the node as object, or else as property."""
    linking = store.quads_for_pattern(None, None, node, DefaultGraph())
    using = store.quads_for_pattern(None, node, None, DefaultGraph())
    found = list(islice(linking, PAGE)) or list(islice(using, PAGE))
    return [quad.triple for quad in found]


def _rows(store: Store, query: str) -> Iterable[Any]:
    return store.query(query)  # type: ignore[return-value]


def _nested(term: Any, owner: str) -> bool:
    return isinstance(term, NamedNode) and (_GENID in term.value or term.value.startswith(f"{owner}#"))


def _closure(store: Store, iri: str, levels: int | None) -> Statements:
    """The statements about `iri` and its nested nodes, one query for each level."""
    statements: Statements = {}
    fetch = {iri}
    while fetch:
        query = bind(read("statements.rq"), subject=[NamedNode(subject) for subject in sorted(fetch)])
        found: set[str] = set()
        for subject, property, value, graph in _rows(store, query):
            objects = statements.setdefault(subject.value, {}).setdefault(property.value, {})
            objects.setdefault(value, []).append(graph.value)
            if _nested(value, iri):
                found.add(value.value)
        fetch = found - statements.keys()
        if levels is not None:
            if levels == 0:
                break
            levels -= 1
    return statements


def _properties(
    statements: Statements, subject: str, page: int, levels: int, above: tuple[str, ...] = ()
) -> tuple[Property, ...]:
    """The statements about a subject by property; `above` are the subjects around it, so that a circle ends."""
    start = (page - 1) * PAGE
    properties = []
    for iri, objects in statements.get(subject, {}).items():
        if iri == _RDF_TYPE and not above:
            continue
        shown = sorted(objects.items(), key=lambda item: str(item[0]))[start : start + PAGE]
        values = []
        for term, graphs in shown:
            inner: tuple[Property, ...] = ()
            if levels and _nested(term, (*above, subject)[0]) and term.value not in above:
                inner = _properties(statements, term.value, 1, levels - 1, (*above, subject))
            values.append(Value(term, tuple(sorted(graphs)), inner))
        if values:
            properties.append(Property(iri, tuple(values), len(objects)))
    return tuple(properties)


def _incoming(store: Store, iri: str, counts: dict[str, int], page: int) -> tuple[Incoming, ...]:
    query = bind(read("incoming.rq"), limit=PAGE, offset=(page - 1) * PAGE, object=NamedNode(iri))
    by_property: dict[str, list[str]] = {}
    for property, subject in _rows(store, query):
        by_property.setdefault(property.value, []).append(subject.value)
    nested = [NamedNode(s) for subjects in by_property.values() for s in subjects if _GENID in s]
    owners: dict[str, str] = {}
    if nested:
        for node, owner in _rows(store, bind(read("owners.rq"), node=nested)):
            owners.setdefault(node.value, owner.value)
    return tuple(
        Incoming(property, tuple(Link(s, owners.get(s)) for s in subjects), counts[property])
        for property, subjects in by_property.items()
    )


def _shown(
    iri: str,
    types: Iterable[str],
    properties: Iterable[Property],
    incoming: Iterable[Incoming],
    graphs: Iterable[str],
) -> Iterator[str]:
    yield iri
    yield from types
    yield from graphs
    yield from _within(properties)
    for group in incoming:
        yield group.iri
        for link in group.links:
            yield link.iri
            if link.owner:
                yield link.owner


def _within(properties: Iterable[Property]) -> Iterator[str]:
    for property in properties:
        yield property.iri
        for value in property.values:
            if isinstance(value.term, NamedNode):
                yield value.term.value
            yield from _within(value.nested)


def _order(property: Property, labels: Labels) -> tuple[int, str]:
    first = _FIRST.index(property.iri) if property.iri in _FIRST else len(_FIRST)
    return first, labels.name(property.iri).casefold()
