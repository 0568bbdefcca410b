"""Another site's DCAT catalogue: the datasets that say which protocol they conform to, and their files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Dataset, Literal, NamedNode, Quad

from kb.intake.rdf import read_rdf
from kb.namespaces import HOME, expand

CATALOGUES = {
    "text/turtle": ".ttl",
    "application/ld+json": ".jsonld",
    "application/rdf+xml": ".rdf",
    "application/n-triples": ".nt",
    "application/json": ".jsonld",
    "application/xml": ".rdf",
    "text/xml": ".rdf",
}
"""Media type of an answer → the suffix by which it is read."""

ACCEPT = "text/turtle, application/ld+json;q=0.9, application/n-triples;q=0.8, application/rdf+xml;q=0.7"

FORMS = (
    ("application/n-triples", ".nt"),
    ("text/turtle", ".ttl"),
    ("application/ld+json", ".jsonld"),
    ("application/rdf+xml", ".rdf"),
    ("application/n-quads", ".nq"),
    ("application/trig", ".trig"),
)
"""Media types of files that are read, the easiest first, each with its suffix."""

_PROTOCOLS = f"{HOME}/protocols/"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True)
class Offered:
    """A dataset of a catalogue. `url` and `suffix` are of the file that is read; None where none can be."""

    iri: str
    title: str
    protocols: tuple[str, ...]
    """`dp-01` …, as it or one of its releases says; empty where it conforms to none of ours."""
    url: str | None
    suffix: str

    @property
    def name(self) -> str:
        """The last part of its IRI."""
        return self.iri.rstrip("/").rpartition("/")[2].rpartition("#")[2]


def offered(catalogue: Path) -> list[Offered]:
    """The datasets of a catalogue, by IRI; raises BadInput where the file is no RDF."""
    graph = Dataset([Quad(quad.subject, quad.predicate, quad.object) for quad in read_rdf(catalogue)])
    type_ = NamedNode(expand("rdf:type"))
    found = graph.quads_for_object(NamedNode(expand("dcat:Dataset")))
    nodes = sorted({q.subject.value for q in found if q.predicate == type_ and isinstance(q.subject, NamedNode)})
    return [_offered(graph, NamedNode(iri)) for iri in nodes]


def _offered(graph: Dataset, node: NamedNode) -> Offered:
    releases = [each for each in _values(graph, node, "dcat:hasCurrentVersion") if isinstance(each, NamedNode)]
    said = {each.value for at in (node, *releases) for each in _values(graph, at, "dcterms:conformsTo")}
    protocols = tuple(sorted(each.removeprefix(_PROTOCOLS) for each in said if each.startswith(_PROTOCOLS)))
    titles = [each.value for each in _values(graph, node, "dcterms:title") if isinstance(each, Literal)]
    url, suffix = _file(graph, node)
    return Offered(node.value, min(titles, default=node.value), protocols, url, suffix)


def _file(graph: Dataset, node: NamedNode) -> tuple[str | None, str]:
    """The file in the form that is read most easily, uncompressed."""
    found: dict[str, str] = {}
    for each in _values(graph, node, "dcat:distribution"):
        urls = [url.value for url in _values(graph, each, "dcat:downloadURL")]
        types = {t.value.removeprefix(_MEDIA_TYPES) for t in _values(graph, each, "dcat:mediaType")}
        if urls and not list(_values(graph, each, "dcat:compressFormat")):
            found.update((media_type, min(urls)) for media_type in types)
    for media_type, suffix in FORMS:
        if media_type in found:
            return found[media_type], suffix
    return None, ""


def _values(graph: Dataset, node: object, property: str) -> Iterator[NamedNode | Literal]:
    predicate = NamedNode(expand(property))
    for quad in graph.quads_for_subject(node):  # type: ignore[arg-type]
        if quad.predicate == predicate:
            yield quad.object  # type: ignore[misc]
