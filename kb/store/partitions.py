"""What a graph is made of: how many things of each class and triples of each property it holds (VoID §4.5)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, parse

from kb.store.coverage import count_coverage
from kb.vocabulary import RDF_TYPE

_TYPE = str(RDF_TYPE).encode()


@dataclass(frozen=True)
class Partitions:
    """The counts of one graph, classes and properties by their IRIs, sorted."""

    subjects: int
    classes: dict[str, int]
    properties: dict[str, int]
    coverage: dict[str, dict[str, Any]]
    """Of the measures of the protocols, as kb.store.coverage counts them."""


def count_partitions(lines: Sequence[bytes]) -> Partitions:
    """The counts of unique, sorted N-Triples lines."""
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
    return Partitions(subjects, _by_iri(classes), _by_iri(properties), count_coverage(lines))


def _by_iri(counts: Counter[bytes]) -> dict[str, int]:
    """The counts by IRI, whose escapes are resolved; what is no IRI, such as a blank class, is left out."""
    found = {}
    for written, count in counts.items():
        for quad in parse(b"<urn:x> <urn:x> " + written + b" .", RdfFormat.N_TRIPLES):
            if isinstance(quad.object, NamedNode):
                found[quad.object.value] = count
    return dict(sorted(found.items()))
