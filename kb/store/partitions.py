"""What a graph is made of: how many things of each class and triples of each property it holds (VoID §4.5)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, RdfFormat, parse

from kb.vocabulary import RDF_TYPE

_TYPE = str(RDF_TYPE).encode()


@dataclass(frozen=True)
class Partitions:
    """The counts of one graph, classes and properties by their IRIs, sorted."""

    subjects: int
    classes: dict[str, int]
    properties: dict[str, int]


def count_partitions(lines: Iterable[bytes]) -> Partitions:
    """The counts of unique N-Triples lines, of which those with the same subject stand together."""
    subjects, last = 0, b""
    classes: Counter[bytes] = Counter()
    properties: Counter[bytes] = Counter()
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if subject != last:
            subjects, last = subjects + 1, subject
        properties[predicate] += 1
        if predicate == _TYPE:
            classes[rest.removesuffix(b" .")] += 1
    return Partitions(subjects, _by_iri(classes), _by_iri(properties))


def _by_iri(counts: Counter[bytes]) -> dict[str, int]:
    """The counts by IRI, whose escapes are resolved; what is no IRI, such as a blank class, is left out."""
    found = {}
    for written, count in counts.items():
        for quad in parse(b"<urn:x> <urn:x> " + written + b" .", RdfFormat.N_TRIPLES):
            if isinstance(quad.object, NamedNode):
                found[quad.object.value] = count
    return dict(sorted(found.items()))
