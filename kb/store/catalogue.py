"""The catalogue graph: what the system knows of each dataset and release, beside what its publisher says of it."""

from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kb import namespaces
from kb.namespaces import HOME, compact, expand
from kb.store.releases import Release

GRAPH = namespaces.graph(HOME, "catalogue")
CATALOGUE = NamedNode(namespaces.dataset(HOME, "catalogue"))
Value = NamedNode | Literal


def describe(releases: Sequence[Release]) -> list[bytes]:
    """Sorted N-Triples lines on one dataset with these releases, from the first to the latest.

    Literals are in canonical form, so that lines can be compared with lines that a store has normalised.
    """
    triples = [Triple(s, _node(p), o) for s, p, o in _statements(releases)]
    lines = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert lines is not None  # bytes, when no output is given
    return sorted(set(lines.splitlines()))


def subjects(releases: Sequence[Release]) -> list[str]:
    """The IRIs that only `describe(releases)` describes in the catalogue graph, now or at an earlier release."""
    dataset = releases[-1].dataset_iri
    parts = {namespaces.partition(dataset, "class", iri) for release in releases for iri in release.classes}
    parts |= {namespaces.partition(dataset, "property", iri) for release in releases for iri in release.properties}
    parts |= {namespaces.partition(dataset, "measure", key) for release in releases for key in release.coverage}
    return [dataset, namespaces.series(dataset), *(release.iri for release in releases), *sorted(parts)]


def _statements(releases: Sequence[Release]) -> Iterator[tuple[NamedNode, str, Value]]:
    first, last = releases[0], releases[-1]
    dataset = NamedNode(last.dataset_iri)
    yield CATALOGUE, "rdf:type", _node("dcat:Catalog")
    yield CATALOGUE, "dcterms:title", Literal("Catalogue", language="en")
    yield CATALOGUE, "ww:namedGraph", NamedNode(GRAPH)
    yield CATALOGUE, "dcat:dataset", dataset
    yield dataset, "rdf:type", _node("dcat:Dataset")
    yield dataset, "ww:namedGraph", NamedNode(last.graph)
    yield dataset, "dcat:version", Literal(str(last.number))
    yield dataset, "dcat:hasCurrentVersion", NamedNode(last.iri)
    yield dataset, "dcterms:issued", _time(first.issued)
    yield dataset, "dcterms:modified", _time(last.issued)
    yield dataset, "void:triples", Literal(last.triples)
    yield from _partitions(last, dataset)
    yield from _coverage(last, dataset)
    if last.checked_by == "nobody":
        yield dataset, "ww:unchecked", Literal(True)
    if last.held_back:
        yield dataset, "ww:heldBackCount", Literal(last.held_back)
    for release in releases:
        yield from _release(release, dataset)
    yield from _series(releases, NamedNode(namespaces.series(last.dataset_iri)))
    for earlier, later in zip(releases, releases[1:], strict=False):
        yield NamedNode(later.iri), "dcat:previousVersion", NamedNode(earlier.iri)
        yield NamedNode(later.iri), "dcat:prev", NamedNode(earlier.iri)


def _series(releases: Sequence[Release], series: NamedNode) -> Iterator[tuple[NamedNode, str, Value]]:
    """The releases as a series of datasets (DCAT 3 §6.7), each complete in itself."""
    first, last = releases[0], releases[-1]
    yield series, "rdf:type", _node("dcat:DatasetSeries")
    yield series, "dcterms:title", Literal(f"Releases of {last.dataset}", language="en")
    yield series, "dcterms:issued", _time(first.issued)
    yield series, "dcterms:modified", _time(last.issued)
    yield series, "dcat:first", NamedNode(first.iri)
    yield series, "dcat:last", NamedNode(last.iri)
    for release in releases:
        yield NamedNode(release.iri), "dcat:inSeries", series


def _release(release: Release, dataset: NamedNode) -> Iterator[tuple[NamedNode, str, Value]]:
    node = NamedNode(release.iri)
    yield node, "rdf:type", _node("ww:Release")
    yield node, "dcterms:title", Literal(f"Release {release.number} of {release.dataset}", language="en")
    yield node, "dcat:isVersionOf", dataset
    yield node, "dcat:version", Literal(str(release.number))
    yield node, "ww:releaseNumber", Literal(release.number)
    yield node, "dcterms:issued", _time(release.issued)
    yield node, "void:triples", Literal(release.triples)
    yield node, "ww:triplesAdded", Literal(release.added)
    yield node, "ww:triplesRemoved", Literal(release.removed)
    if release.held_back:
        yield node, "ww:heldBackCount", Literal(release.held_back)
    for withdrawal in release.withdrawals:
        yield node, "dcterms:modified", _time(withdrawal["when"])
        said = f"Something was withdrawn from this release on {withdrawal['when'][:10]}: {withdrawal['rule']}"
        yield node, "skos:changeNote", Literal(said, language="en")
    if release.equals:
        earlier = namespaces.release(release.base, release.dataset, release.equals)
        yield node, "ww:restores", NamedNode(earlier)
    if release.checked_by == "protocols":
        yield node, "ww:warningCount", Literal(release.warnings)
        for protocol in release.protocols:
            yield node, "dcterms:conformsTo", NamedNode(f"{HOME}/protocols/{protocol}")


def _partitions(release: Release, dataset: NamedNode) -> Iterator[tuple[NamedNode, str, Value]]:
    """What the content is made of (VoID §4.5); nothing where it was not counted."""
    if release.subjects is None:
        return
    yield dataset, "void:distinctSubjects", Literal(release.subjects)
    for iri, count in release.classes.items():
        part = NamedNode(namespaces.partition(dataset.value, "class", iri))
        yield dataset, "void:classPartition", part
        yield part, "void:class", NamedNode(iri)
        yield part, "void:entities", Literal(count)
    for iri, count in release.properties.items():
        part = NamedNode(namespaces.partition(dataset.value, "property", iri))
        yield dataset, "void:propertyPartition", part
        yield part, "void:property", NamedNode(iri)
        yield part, "void:triples", Literal(count)


def _coverage(release: Release, dataset: NamedNode) -> Iterator[tuple[NamedNode, str, Value]]:
    """Which measures of the protocols its records fill, and on which basis; nothing where it was not counted."""
    for key, counts in release.coverage.items():
        protocol, record, column = key.split("/")
        part = NamedNode(namespaces.partition(dataset.value, "measure", key))
        yield dataset, "ww:holdsMeasure", part
        yield part, "rdf:type", _node("ww:MeasureCoverage")
        yield part, "ww:ofProtocol", NamedNode(f"{HOME}/protocols/{protocol}")
        yield part, "ww:ofRecordType", _node(f"wws:{record}")
        yield part, "ww:ofField", _node(f"wws:{column}")
        yield part, "ww:recordCount", Literal(counts["records"])
        yield part, "ww:filledCount", Literal(counts["filled"])
        for scheme in counts.get("lists", ()):
            yield part, "ww:usesCodeList", NamedNode(scheme)
        for property, values in counts.get("bases", {}).items():
            for value in values:
                yield part, compact(property), _basis(value)
        for name, year in zip(("ww:firstYear", "ww:lastYear"), counts.get("years", ()), strict=False):
            yield part, name, Literal(str(year), datatype=_node("xsd:gYear"))


def _basis(value: str) -> Value:
    """A basis as the counts have it: an IRI, or a text, which may look like one."""
    try:
        return NamedNode(value) if "://" in value else Literal(value)
    except ValueError:
        return Literal(value)


def _time(issued: str) -> Literal:
    return Literal(issued, datatype=_node("xsd:dateTime"))


def _node(name: str) -> NamedNode:
    return NamedNode(expand(name))
