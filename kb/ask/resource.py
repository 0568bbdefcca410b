"""What a snapshot says about one IRI, for a page and as a graph."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Triple

from kb.ask import incoming, lists
from kb.ask.account import Account, account
from kb.ask.arrangement import SOURCE, arrangement, is_statement
from kb.ask.incoming import Incoming
from kb.ask.labels import Labels, labels_of
from kb.ask.memory import once
from kb.ask.properties import PAGE, Property, in_order, ordered, properties_of, within
from kb.ask.statements import About, closure, types_of
from kb.ask.summaries import Summary
from kb.errors import NotFound
from kb.names import best_name
from kb.namespaces import expand
from kb.protocols.containing import containing
from kb.store.readable import Store

LEVELS = 2
"""How deep nested nodes are shown inside a page."""

_CONTRADICTS = "ww:contradicts"
_NAMED_GRAPH = NamedNode(expand("ww:namedGraph"))


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
    graph: str
    """The one of them that states most; empty where none states anything."""
    about: Summary
    nested: dict[str, Summary]
    """What is said of the nested nodes."""
    cells: dict[str, Summary]
    """What the page needs to say of other things: sources, statements that contradict this one, things that link."""
    account: Account | None
    """What the records around a pilot, a piece of work, an intervention or a study say of it."""
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


def is_described(store: Store, iri: str) -> bool:
    """Whether the snapshot says anything about this IRI."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    return next(store.quads_for_pattern(node, None, None), None) is not None


def exists(store: Store, iri: str) -> bool:
    """Whether the snapshot holds a statement with this IRI in it."""
    if is_described(store, iri):
        return True
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    uses = ((None, None, node), (None, node, None))
    return any(next(store.quads_for_pattern(*use), None) is not None for use in uses)


def describe(store: Store, iri: str, page: int = 1, snapshot: Path | None = None) -> Description:
    """Page `page` (from 1) of what the snapshot says about `iri`, and of what links to it.

    A page holds the `page`-th 50 values of each property and the `page`-th 50 incoming links. `snapshot` is the folder
    in which links to the thing may be counted already. Raises NotFound for an IRI that the snapshot does not hold, and
    for a page after the last.
    """
    statements = closure(store, iri, LEVELS, containing())
    if not statements and not exists(store, iri):
        raise NotFound(f"{iri}: nothing is known about it here")
    about = statements.get(iri, {})
    counts = incoming.counts(store, iri, snapshot)
    total = sum(counts.values())
    pages = max(1, -(-max([total, *(len(objects) for objects in about.values())]) // PAGE))
    if not 1 <= page <= pages:
        raise NotFound(f"{iri}: there is no page {page}; the last is {pages}")

    types = types_of(about)
    properties = properties_of(statements, iri, arrangement(types), page, LEVELS)
    links = incoming.links(store, iri, PAGE, (page - 1) * PAGE, counts)
    said = {subject: _summary(subject, stated) for subject, stated in statements.items()}
    thing = said.get(iri, Summary(iri))
    sources = [source.value for source in thing.values.get(SOURCE, ()) if isinstance(source, NamedNode)]
    contradicting = _contradicting(store, thing) if is_statement(types) else ()
    kinds = incoming.classes(store, links)
    cells = _cells(store, kinds, {iri, *contradicting, *sources} if is_statement(types) else set())
    arrived = incoming.arranged(store, links, counts, kinds, cells)
    stated = Counter(graph for objects in about.values() for graphs in objects.values() for graph in graphs)
    datasets = {graph: dataset_of(store, graph) for graph in sorted(stated)}
    graph = max(datasets, key=lambda each: stated[each], default="")
    told = account(store, thing, types) if page == 1 else None
    weighed = (cells[other] for other in (*contradicting, *sources) if other in cells)
    shown = set(_shown(iri, types, properties, arrived, datasets.values(), weighed))
    shown |= told.shown if told else frozenset()
    labels = labels_of(store, shown - statements.keys())
    labels.update((subject, best) for subject, stated in statements.items() if (best := best_name(stated)))
    return Description(
        iri=iri,
        types=types,
        properties=ordered(properties, labels, iri, graph),
        incoming=arrived,
        incoming_count=total,
        datasets=datasets,
        graph=graph,
        about=thing,
        nested={subject: summary for subject, summary in said.items() if subject != iri},
        cells=cells,
        account=told,
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
        for subject, about in closure(store, iri, None, frozenset()).items()
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


def _summary(subject: str, stated: About) -> Summary:
    return Summary(subject, {property: in_order(objects) for property, objects in stated.items()})


def _cells(store: Store, kinds: dict[str, list[str]], others: set[str]) -> dict[str, Summary]:
    """What is to be shown of the linking things that stand in tables, and of others around a statement; one query."""
    shown = {iri: kind for iri, classes in kinds.items() if (kind := incoming.tabled(classes))}
    names = {name for kind in shown.values() for name in lists.columns(kind)}
    if others:
        names |= {"ww:statement", "prov:hadPrimarySource", "ww:grade", *lists.CITATION}
    return lists.cells(store, sorted(others | shown.keys()), sorted(names | set(lists.AMOUNT)))


def _contradicting(store: Store, thing: Summary) -> tuple[str, ...]:
    node, property = NamedNode(thing.iri), NamedNode(expand(_CONTRADICTS))
    said_here = {value.value for value in thing.all(_CONTRADICTS) if isinstance(value, NamedNode)}
    quads = store.quads_for_pattern(None, property, node, DefaultGraph())
    said_there = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    return tuple(sorted(said_here | said_there))


def dataset_of(store: Store, graph: str) -> str:
    """The dataset whose content a named graph is, or the graph itself where no dataset says so."""

    def read() -> str:
        quads = store.quads_for_pattern(None, _NAMED_GRAPH, NamedNode(graph), DefaultGraph())
        return next((quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)), graph)

    return once(store, "datasets of graphs", graph, read)


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
    yield from within(properties)
    for group in arrived:
        yield from group.shown()
    for summary in weighed:
        yield summary.iri
        yield from summary.links()
