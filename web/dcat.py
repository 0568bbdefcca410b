"""The catalogue as DCAT 3: datasets with their distributions, and the SPARQL service; addresses are of this site."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from kb.ask import graphs
from kb.ask.labels import labels_of
from kb.ask.resource import exists
from kb.ask.summaries import statements_on
from kb.namespaces import HOME, dataset, expand, thing
from kb.store.distributions.index import Distribution
from kb.vocabulary import term
from web import dumps
from web.reading import snapshot
from web.service_description import endpoint_url, public_url

LICENCE = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
"""Of the catalogue itself."""

NAMES = {
    "findings": (
        "Findings, a row for each estimate",
        "Every finding with its intervention, outcome, effect, grade, study, place and source in one flat table: a row "
        "for each estimate of an effect, and one for a finding that gives none.",
    ),
    "codebook": ("Code book", "What each column of each table means, what it holds, and how often it is filled."),
}
"""Kind of a table that is not of a class → its name, and what it is."""

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_PARTITIONS = frozenset((expand("void:classPartition"), expand("void:propertyPartition"), expand("ww:holdsMeasure")))
_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"

Value = NamedNode | Literal | str
"""A string is an IRI, compact or in full."""


def catalogue() -> Iterator[Triple]:
    """The whole catalogue; dataset by dataset also what its publisher says of it."""
    home = dataset(HOME, "catalogue")
    read = snapshot()
    yield from _about(home, "dcat:Catalog", _text("Catalogue"), _text("Datasets and downloads of this site."))
    yield from _catalogued(home)
    yield from _said(home, ("dcterms:license", LICENCE), ("foaf:homepage", f"{public_url()}/datasets"))
    yield from _said(home, ("dcat:service", service_iri()), ("dcterms:modified", _time(read.issued)))
    found = [graph for graph in graphs.graphs(read.store) if graph.dataset]
    names = [graph.dataset.iri for graph in found if graph.dataset]
    for triple in statements_on(read.store, names):
        if triple.predicate.value not in _PARTITIONS:
            yield triple
    labels = labels_of(read.store, (graph.name for graph in found))
    for graph in found:
        if graph.dataset and not graph.dataset.all("dcterms:title"):
            yield from _said(graph.dataset.iri, ("dcterms:title", _text(labels.name(graph.name))))
    licences = graphs.licences(read.store)
    for graph in found:
        if graph.dataset:
            yield from _said(graph.dataset.iri, *(("dcterms:license", each) for each in licences.get(graph.iri, ())))
    for iri in [*names, whole_iri(), *(_page(kind) for kind in _tables())]:
        if iri != home:
            yield from _said(home, ("dcat:dataset", iri))
        yield from _said(service_iri(), ("dcat:servesDataset", iri))
    yield from _whole(names)
    yield from _service()
    yield from _publishers({v.value for g in found if g.dataset for v in g.dataset.all("dcterms:publisher")})
    index = dumps.index()
    for each in index.of("dataset") if index else ():
        yield from distribution(each.of or home, each)
    for kind in _tables():
        yield from table(kind)


def table(kind: str) -> Iterator[Triple]:
    """One table as a dataset of its own, part of the whole."""
    iri, files = _page(kind), _tables().get(kind, [])
    yield from _compiled(iri)
    for each in files:
        name, meaning = named(each)
        yield from _about(iri, "dcat:Dataset", _text(name), _text(meaning))
        yield from _said(iri, ("dcterms:isPartOf", whole_iri()), ("dcat:landingPage", iri))
        yield from distribution(iri, each)


def named(each: Distribution) -> tuple[str, str]:
    """What a table is called, and what it is: of a class, as the vocabulary has it."""
    known = term(each.of) if each.of and each.kind == "table" else None
    return (known.plural or known.label, known.definition) if known else NAMES[each.kind]


def whole_iri() -> str:
    """The IRI of all datasets together, as this site publishes them."""
    return f"{public_url()}/datasets#all"


def service_iri() -> str:
    """The IRI of the SPARQL service, the same as in its own description."""
    return f"{endpoint_url()}#service"


def distribution(of: str, each: Distribution) -> Iterator[Triple]:
    """A file as a distribution of the dataset `of`; its address is that of the snapshot, as its checksum is."""
    url = f"{public_url()}{dumps.address(quote(each.file))}"
    node, checksum, form = f"{url}#distribution", f"{url}#checksum", each.form
    yield from _said(of, ("dcat:distribution", node))
    yield from _about(node, "dcat:Distribution", _text(f"{each.stem} as {form.title}"))
    yield from _said(
        node,
        ("dcat:downloadURL", url),
        ("dcat:accessURL", f"{public_url()}/datasets"),
        ("dcat:mediaType", _MEDIA_TYPES + form.media_type),
        ("dcat:byteSize", Literal(str(each.bytes), datatype=NamedNode(expand("xsd:nonNegativeInteger")))),
        ("dcterms:issued", _time(snapshot().issued)),
        ("spdx:checksum", checksum),
    )
    if form.compressed:
        yield from _said(node, ("dcat:compressFormat", _MEDIA_TYPES + form.compressed))
    yield from _said(
        checksum,
        ("rdf:type", "spdx:Checksum"),
        ("spdx:algorithm", "spdx:checksumAlgorithm_sha256"),
        ("spdx:checksumValue", Literal(each.sha256, datatype=NamedNode(expand("xsd:hexBinary")))),
    )


def _whole(names: Sequence[str]) -> Iterator[Triple]:
    iri, index = whole_iri(), dumps.index()
    meaning = "Every dataset in its named graph, background and catalogue included; each states its own licence."
    yield from _about(iri, "dcat:Dataset", _text("All datasets"), _text(meaning))
    yield from _compiled(iri)
    yield from _said(iri, ("dcat:version", Literal(snapshot().id)), ("dcterms:issued", _time(snapshot().issued)))
    yield from _said(iri, *(("dcterms:hasPart", name) for name in names))
    for each in index.of("whole") if index else ():
        yield from distribution(iri, each)


def _service() -> Iterator[Triple]:
    iri = service_iri()
    yield from _about(iri, "dcat:DataService", _text("SPARQL endpoint"))
    yield from _catalogued(iri)
    yield from _said(
        iri,
        ("dcat:endpointURL", endpoint_url()),
        ("dcat:endpointDescription", f"{endpoint_url()}?format=ttl"),
        ("dcterms:conformsTo", _PROTOCOL),
        ("dcterms:license", LICENCE),
    )


def _catalogued(iri: str) -> Iterator[Triple]:
    """Who publishes what this site makes itself: the body that publishes what ships, where it is known here."""
    publisher = thing(HOME, "organisation", "whatworks")
    if exists(snapshot().store, publisher):
        yield from _said(iri, ("dcterms:publisher", publisher))
        yield from _publishers({publisher})


def _compiled(iri: str) -> Iterator[Triple]:
    """What is made of several datasets: who made it and when, and every licence that one of them states."""
    yield from _catalogued(iri)
    yield from _said(iri, ("dcterms:modified", _time(snapshot().issued)))
    for licence in sorted(set().union(*graphs.licences(snapshot().store).values())):
        yield from _said(iri, ("dcterms:license", licence))


def _publishers(iris: set[str]) -> Iterator[Triple]:
    labels = labels_of(snapshot().store, iris)
    for iri in iris:
        yield from _said(iri, ("rdf:type", "foaf:Agent"), ("foaf:name", _text(labels.name(iri))))


def _tables() -> dict[str, list[Distribution]]:
    index = dumps.index()
    found: dict[str, list[Distribution]] = {}
    for each in index.distributions if index else ():
        if each.rows is not None:
            found.setdefault(each.stem, []).append(each)
    return found


def _page(kind: str) -> str:
    return f"{public_url()}/datasets/{kind}"


def _about(iri: str, kind: str, title: Literal, description: Literal | None = None) -> Iterator[Triple]:
    yield from _said(iri, ("rdf:type", kind), ("dcterms:title", title))
    if description is not None and description.value:
        yield from _said(iri, ("dcterms:description", description))


def _said(subject: str, *statements: tuple[str, Value]) -> Iterator[Triple]:
    for predicate, value in statements:
        yield Triple(NamedNode(subject), NamedNode(expand(predicate)), _term(value))


def _term(value: Value) -> NamedNode | Literal:
    if not isinstance(value, str):
        return value
    return NamedNode(value if "://" in value else expand(value))


def _text(words: str) -> Literal:
    return Literal(words, language="en")


def _time(moment: str) -> Literal:
    return Literal(moment, datatype=NamedNode(expand("xsd:dateTime")))
