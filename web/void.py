"""What the data is made of (VoID), where programs look for it: `/.well-known/void`."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, Response
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kb.ask import graphs
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.serialise import serialise
from kb.namespaces import HOME, PREFIXES, expand
from kb.store.distributions.index import Distribution
from web import dumps
from web.dcat import whole_iri
from web.documents import address
from web.negotiation import GRAPHS, HTML, PAGES, choose
from web.reading import snapshot
from web.representation import respond, see_other
from web.service_description import endpoint_url, public_url

blueprint = Blueprint("void", __name__)

PATH = "/.well-known/void"

Node = NamedNode | BlankNode


@blueprint.get(PATH)
def void() -> Response:
    """The description, as RDF; 303 to the page of the datasets for who prefers one. Raises werkzeug NotAcceptable."""
    format = choose(PAGES)
    if format is HTML:
        return see_other("/datasets", negotiated=True)
    body = serialise(describe_datasets(), WRITERS[format.suffix])
    return respond(body, format, formats=[(offered, address(offered)) for offered in GRAPHS], canonical=address())


def describe_datasets() -> Iterator[Triple]:
    """The whole with its counts, class by class and property by property, and each dataset with its files.

    The counts of one dataset are statements of the catalogue, which the store holds.
    """
    document, whole = NamedNode(f"{public_url()}{PATH}"), NamedNode(whole_iri())
    yield from _said(document, "rdf:type", NamedNode(expand("void:DatasetDescription")))
    yield from _said(document, "dcterms:title", Literal("Description of the datasets", language="en"))
    yield from _said(document, "foaf:primaryTopic", whole)
    yield from _dataset(whole, "all")
    yield from _said(whole, "dcterms:title", Literal("All datasets", language="en"))
    yield from _said(whole, "void:uriSpace", Literal(f"{HOME}/"))
    index = dumps.index()
    if index is not None:
        counts = index.whole
        for name, count in (
            ("void:triples", counts.triples),
            ("void:distinctSubjects", counts.subjects),
            ("void:classes", len(counts.classes)),
            ("void:properties", len(counts.properties)),
        ):
            yield from _said(whole, name, Literal(count))
        for space in sorted({_namespace(iri) for iri in (*counts.classes, *counts.properties)} - {""}):
            yield from _said(whole, "void:vocabulary", NamedNode(space))
        yield from _properties(whole, "", counts.properties)
        for number, (iri, part) in enumerate(counts.classes.items()):
            node = BlankNode(f"class{number}")
            yield from _said(whole, "void:classPartition", node)
            yield from _said(node, "void:class", NamedNode(iri))
            yield from _said(node, "void:entities", Literal(part.entities))
            yield from _properties(node, f"class{number}", part.properties)
    for graph in graphs.graphs(snapshot().store):
        if graph.dataset:
            subset = NamedNode(graph.dataset.iri)
            yield from _said(whole, "void:subset", subset)
            yield from _dataset(subset, graph.dataset.iri)
            for name in ("dcterms:title", "dcterms:license", "void:triples"):
                for value in graph.dataset.all(name):
                    yield from _said(subset, name, value)
            if not graph.dataset.all("void:triples"):  # the catalogue, which cannot count itself
                count = graphs.size(snapshot().store, graph.iri)
                yield from _said(subset, "void:triples", Literal(count))


def _dataset(subject: NamedNode, of: str) -> Iterator[Triple]:
    yield from _said(subject, "rdf:type", NamedNode(expand("void:Dataset")))
    yield from _said(subject, "void:sparqlEndpoint", NamedNode(endpoint_url()))
    for each in _dumps(of):
        yield from _said(subject, "void:dataDump", NamedNode(f"{public_url()}{dumps.address(each.file)}"))


def _dumps(of: str) -> list[Distribution]:
    index = dumps.index()
    if index is None:
        return []
    if of == "all":
        return index.of("whole")
    return index.of("dataset", of)


def _properties(subject: Node, prefix: str, counts: Mapping[str, int]) -> Iterator[Triple]:
    for number, (iri, count) in enumerate(counts.items()):
        node = BlankNode(f"{prefix}property{number}")
        yield from _said(subject, "void:propertyPartition", node)
        yield from _said(node, "void:property", NamedNode(iri))
        yield from _said(node, "void:triples", Literal(count))


def _namespace(iri: str) -> str:
    """The known namespace of a term, empty where there is none."""
    return next((space for space in PREFIXES.values() if iri.startswith(space)), "")


def _said(subject: Node, predicate: str, value: Node | Literal) -> Iterator[Triple]:
    yield Triple(subject, NamedNode(expand(predicate)), value)
