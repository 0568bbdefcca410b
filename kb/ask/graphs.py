"""The named graphs: each with the dataset whose content it is, and the things that it describes."""

from dataclasses import dataclass
from itertools import islice
from typing import IO

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple

from kb.ask.memory import once
from kb.ask.serialise import used_prefixes
from kb.ask.summaries import Summary, rows, summaries
from kb.errors import BadInput, NotFound
from kb.namespaces import HOME
from kb.store.readable import Store

_CODE_LISTS = f"{HOME}/id/graph/concept-"
_ONTOLOGY = f"{HOME}/id/graph/ontology"


@dataclass(frozen=True)
class Graph:
    """A named graph, and what is known of its dataset (nothing for a graph outside the catalogue)."""

    iri: str
    dataset: Summary | None

    @property
    def name(self) -> str:
        """The IRI whose label names it best: a titled dataset's, else that of the code list or ontology in it."""
        if self.dataset and self.dataset.all("dcterms:title"):
            return self.dataset.iri
        if self.iri.startswith(_CODE_LISTS):
            return f"{HOME}/concept/{self.iri.removeprefix(_CODE_LISTS)}"
        return f"{HOME}/def" if self.iri == _ONTOLOGY else self.iri

    @property
    def checked(self) -> bool:
        """Whether a protocol check stands behind it."""
        return self.dataset is not None and bool(self.dataset.all("ww:warningCount"))

    @property
    def unchecked(self) -> bool:
        """Whether the operator let it be published without a check."""
        return self.dataset is not None and self.dataset.first("ww:unchecked") == "true"


def graphs(store: Store) -> list[Graph]:
    """Every named graph of the store, the one released last first."""
    return list(once(store, "graphs", "", lambda: _graphs(store)))


def _graphs(store: Store) -> list[Graph]:
    datasets = {
        graph.value: dataset
        for dataset in summaries(rows(store, "graphs")).values()
        for graph in dataset.all("ww:namedGraph")
    }
    found = [Graph(name, datasets.get(name)) for name in names(store)]
    found.sort(key=lambda graph: graph.iri)
    return sorted(found, key=_released, reverse=True)


def licences(store: Store) -> dict[str, set[str]]:
    """Graph → the licences of its dataset: what that states, else what the vocabulary, lists or protocols in it do."""
    return once(store, "licences", "", lambda: _licences(store))


def _licences(store: Store) -> dict[str, set[str]]:
    found = {graph.value: {licence.value} for graph, licence in rows(store, "header-licences")}
    for each in graphs(store):
        if each.dataset and (stated := each.dataset.all("dcterms:license")):
            found[each.iri] = {licence.value for licence in stated}
    return found


def size(store: Store, graph: str) -> int:
    """How many triples a named graph has."""
    return once(store, "sizes of graphs", graph, lambda: _size(store, graph))


def _size(store: Store, graph: str) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(graph)))


def names(store: Store) -> list[str]:
    """The IRI of every named graph."""
    return [name.value for name in store.named_graphs() if isinstance(name, NamedNode)]


def graph(store: Store, iri: str) -> Graph:
    """The named graph `iri`; raises NotFound when the store has none of that name."""
    for found in graphs(store):
        if found.iri == iri:
            return found
    raise NotFound(f"{iri}: no named graph has this name; /datasets lists them")


def subject_count(store: Store, iri: str) -> int:
    """How many things the named graph describes, nested nodes left out."""
    [(subjects,)] = rows(store, "subject-count", graph=NamedNode(iri))
    return int(subjects.value)


def subjects(store: Store, iri: str, limit: int, offset: int) -> list[str]:
    """The IRIs of `limit` things that the named graph describes, from `offset` on."""
    return [subject.value for (subject,) in rows(store, "subjects", limit, offset, graph=NamedNode(iri))]


def holds(store: Store, iri: str) -> bool:
    """Whether the store has a named graph of this name, which is an IRI."""
    try:
        return store.contains_named_graph(NamedNode(iri))
    except ValueError:  # no IRI at all
        return False


def check_known(store: Store, iri: str) -> None:
    """Raises NotFound when the store has no named graph of this name."""
    if not holds(store, iri):
        raise NotFound(f"{iri}: no named graph has this name; /datasets lists them")


def triples(store: Store, iri: str | None, at_most: int | None = None) -> list[Triple]:
    """Every triple of the named graph (None: the default graph), or that many of them."""
    quads = islice(store.quads_for_pattern(None, None, None, _node(iri)), at_most)
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def write(store: Store, iri: str | None, format: RdfFormat, output: IO[bytes]) -> None:
    """Writes the named graph (None: the default graph) as the store has it, one triple after the other.

    Raises BadInput where RDF/XML cannot write a property, whose name would be no XML name.
    """
    prefixed = format in (RdfFormat.TURTLE, RdfFormat.RDF_XML)
    used = used_prefixes(store.quads_for_pattern(None, None, None, _node(iri))) if prefixed else {}
    try:
        store.dump(output, format, from_graph=_node(iri), prefixes=used)
    except (ValueError, OSError) as error:
        raise BadInput(f"the graph cannot be written as {format.media_type}: {error}") from error


def _node(iri: str | None) -> NamedNode | DefaultGraph:
    return DefaultGraph() if iri is None else NamedNode(iri)


def _released(graph: Graph) -> str:
    return (graph.dataset and graph.dataset.first("dcterms:modified", "dcterms:issued")) or ""
