"""What a snapshot says about one IRI, for a page and as a graph.

A *nested node* belongs to the thing that is described: a skolemised blank node (RDF 1.1 Concepts §3.5) or a fragment of
its IRI; on a page also a node that the shapes describe with the thing, as the assessment of a claim. A page shows it
inside the thing, down to two levels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple

from kb.ask import incoming, lists
from kb.ask.arrangement import Arrangement, Place, arrangement, containing, is_statement, place
from kb.ask.incoming import GENID, Incoming
from kb.ask.labels import Labels, labels_of
from kb.ask.summaries import Summary, expand, nodes, rows
from kb.errors import NotFound
from kb.vocabulary import term

PAGE = 50
"""Values of one property, and incoming links, on one page (shared conventions ask for paging above 50)."""

LEVELS = 2
"""How deep nested nodes are shown inside a page."""

_TYPE = expand("rdf:type")
NAMES = frozenset(map(expand, ("skos:prefLabel", "rdfs:label", "dcterms:title", "schema:name")))
"""The properties that name a thing."""

_SOURCE = "prov:hadPrimarySource"
_CONTRADICTS = "ww:contradicts"
_NAMED_GRAPH = NamedNode(expand("ww:namedGraph"))


@dataclass(frozen=True)
class Value:
    """One object of a statement, the named graphs that state it, and what is said about it where it is nested."""

    term: Any
    graphs: tuple[str, ...]
    nested: "tuple[Property, ...]" = ()


@dataclass(frozen=True)
class Property:
    """The values of one property on this page; `count` is of all pages. `place` is where the shapes put it."""

    iri: str
    values: tuple[Value, ...]
    count: int
    place: Place

    @property
    def name(self) -> str:
        """What the shapes call it there, else the vocabulary; empty where neither knows it."""
        if self.place.name:
            return self.place.name
        known = term(self.iri)
        return known.label if known else ""


@dataclass(frozen=True)
class Description:
    """One page of what is known about `iri`; every IRI that the page shows is in `labels` where it has a label."""

    iri: str
    types: tuple[str, ...]
    properties: tuple[Property, ...]
    """In the order of the shapes, those about the record last; the names that repeat `name` are left out."""
    incoming: tuple[Incoming, ...]
    incoming_count: int
    datasets: dict[str, str]
    """Named graph that states something about the thing → the dataset whose content it is, or itself."""
    about: Summary
    nested: dict[str, Summary]
    """What is said of the nested nodes."""
    cells: dict[str, Summary]
    """What the page needs to say of other things: sources, statements that contradict this one, things that link."""
    contradicting: tuple[str, ...]
    """Statements that contradict this one, whichever of the two says so."""
    labels: Labels
    page: int
    pages: int

    @cached_property
    def name(self) -> str:
        """What to call the thing."""
        return self.labels.name(self.iri)

    @property
    def is_statement(self) -> bool:
        """Whether it is a statement of a source, graded by how sure it is."""
        return is_statement(self.types)

    def sections(self) -> list[tuple[str, list[Property]]]:
        """Headings with their properties, without those about the record."""
        found: dict[str, list[Property]] = {}
        for each in self.properties:
            if not each.place.keeping:
                found.setdefault(each.place.heading, []).append(each)
        return list(found.items())

    def record(self) -> list[Property]:
        """The properties that only say how the record is kept."""
        return [each for each in self.properties if each.place.keeping]


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
    statements = _closure(store, iri, LEVELS, containing())
    about = statements.get(iri, {})
    counts = incoming.counts(store, iri)
    total = sum(counts.values())
    pages = max(1, -(-max([total, *(len(objects) for objects in about.values())]) // PAGE))
    if not 1 <= page <= pages:
        raise NotFound(f"{iri}: there is no page {page}; the last is {pages}")

    types = _types(about)
    properties = _properties(statements, iri, arrangement(types), page, LEVELS)
    links = incoming.links(store, iri, PAGE, (page - 1) * PAGE) if total else {}
    said = {subject: _summary(subject, stated) for subject, stated in statements.items()}
    thing = said.get(iri, Summary(iri))
    contradicting = _contradicting(store, thing) if is_statement(types) else ()
    others = {*contradicting, *(subject for subjects in links.values() for subject in subjects)}
    if is_statement(types):
        others |= {iri, *(source.value for source in thing.all(_SOURCE))}
    cells = lists.cells(store, sorted(others), lists.EVERY_COLUMN)
    arrived = incoming.arranged(store, links, counts, cells) if total else ()
    datasets = _datasets(store, about)
    weighed = (cells[other] for other in (*contradicting, *(n.value for n in thing.all(_SOURCE))) if other in cells)
    labels = labels_of(store, _shown(iri, types, properties, arrived, datasets.values(), weighed))
    return Description(
        iri=iri,
        types=types,
        properties=_ordered(properties, labels, iri, several=len(datasets) > 1),
        incoming=arrived,
        incoming_count=total,
        datasets=datasets,
        about=thing,
        nested={subject: summary for subject, summary in said.items() if subject != iri},
        cells=cells,
        contradicting=contradicting,
        labels=labels,
        page=page,
        pages=pages,
    )


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
        for subject, about in _closure(store, iri, None, frozenset()).items()
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


def _nested(value: Any, owner: str) -> bool:
    return isinstance(value, NamedNode) and (GENID in value.value or value.value.startswith(f"{owner}#"))


def _closure(store: Store, iri: str, levels: int | None, contains: frozenset[str]) -> Statements:
    """The statements about `iri` and its nested nodes, one query for each level.

    Nodes that the properties `contains` lead to count as nested too.
    """
    statements: Statements = {}
    fetch = {iri}
    while fetch:
        found: set[str] = set()
        for subject, property, value, graph in rows(store, "statements", subject=nodes(sorted(fetch))):
            objects = statements.setdefault(subject.value, {}).setdefault(property.value, {})
            objects.setdefault(value, []).append(graph.value)
            if _nested(value, iri) or (property.value in contains and isinstance(value, NamedNode)):
                found.add(value.value)
        fetch = found - statements.keys()
        if levels is not None:
            if levels == 0:
                break
            levels -= 1
    return statements


def _summary(subject: str, stated: dict[str, dict[Any, list[str]]]) -> Summary:
    return Summary(subject, {property: sorted(objects, key=str) for property, objects in stated.items()})


def _types(about: dict[str, dict[Any, list[str]]]) -> tuple[str, ...]:
    return tuple(sorted(t.value for t in about.get(_TYPE, ()) if isinstance(t, NamedNode)))


def _properties(
    statements: Statements, subject: str, places: Arrangement, page: int, levels: int, above: tuple[str, ...] = ()
) -> list[Property]:
    """The statements about a subject by property; `above` are the subjects around it, so that a circle ends."""
    start = (page - 1) * PAGE
    properties = []
    for iri, objects in statements.get(subject, {}).items():
        if (iri == _TYPE and (not above or all(term(kind.value) for kind in objects))) or (above and iri in NAMES):
            continue
        stands = place(iri, places)
        shown = sorted(objects.items(), key=lambda item: str(item[0]))[start : start + PAGE]
        values = []
        for value, graphs in shown:
            inner: list[Property] = []
            if levels and isinstance(value, NamedNode) and value.value in statements and value.value not in above:
                around = (*above, subject)
                if _nested(value, around[0]) or iri in containing():
                    within = stands.inner or arrangement(_types(statements[value.value]))
                    inner = _properties(statements, value.value, within, 1, levels - 1, around)
            values.append(Value(value, tuple(sorted(graphs)), tuple(inner)))
        if values:
            properties.append(Property(iri, tuple(values), len(objects), stands))
    return sorted(properties, key=lambda each: each.place.order) if above else properties


def _ordered(properties: list[Property], labels: Labels, iri: str, several: bool) -> tuple[Property, ...]:
    """By place, then by name. What repeats the title is left out, unless `several` datasets describe the thing."""

    def standing(each: Property) -> tuple[bool, tuple[float, ...], str]:
        return each.place.keeping, each.place.order, (each.name or labels.name(each.iri)).casefold()

    if not several:
        properties = [kept for each in properties if (kept := _without(each, labels.name(iri))).values]
    return tuple(sorted(properties, key=standing))


def _without(property: Property, name: str) -> Property:
    if property.iri not in NAMES:
        return property
    values = tuple(each for each in property.values if not _is_name(each.term, name))
    return Property(property.iri, values, property.count, property.place)


def _is_name(value: Any, name: str) -> bool:
    return isinstance(value, Literal) and value.value == name and (value.language or "en").lower().startswith("en")


def _contradicting(store: Store, thing: Summary) -> tuple[str, ...]:
    node, property = NamedNode(thing.iri), NamedNode(expand(_CONTRADICTS))
    said_here = {value.value for value in thing.all(_CONTRADICTS)}
    quads = store.quads_for_pattern(None, property, node, DefaultGraph())
    said_there = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    return tuple(sorted(said_here | said_there))


def _datasets(store: Store, about: dict[str, dict[Any, list[str]]]) -> dict[str, str]:
    graphs = sorted({graph for objects in about.values() for stated in objects.values() for graph in stated})
    datasets = {graph: graph for graph in graphs}
    for graph in graphs:
        for quad in store.quads_for_pattern(None, _NAMED_GRAPH, NamedNode(graph), DefaultGraph()):
            if isinstance(quad.subject, NamedNode):
                datasets[graph] = quad.subject.value
    return datasets


def _shown(
    iri: str,
    types: Iterable[str],
    properties: Iterable[Property],
    arrived: Iterable[Incoming],
    datasets: Iterable[str],
    weighed: Iterable[Summary],
) -> Iterator[str]:
    yield iri
    yield from types
    yield from datasets
    yield from _within(properties)
    for group in arrived:
        yield from group.shown()
    for summary in weighed:
        yield summary.iri
        yield from summary.links()


def _within(properties: Iterable[Property]) -> Iterator[str]:
    for property in properties:
        yield property.iri
        for value in property.values:
            if isinstance(value.term, NamedNode):
                yield value.term.value
            yield from _within(value.nested)
