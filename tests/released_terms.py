"""What a release of the vocabulary and the protocols promises: each term with what must not change of it.

`python tests/released_terms.py > tests/terms/{version}.csv` freezes that of a release (docs/versions.md).
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Namespace, URIRef
from rdflib.term import Node

HOME = "https://w3id.org/whatworks/"
PROF = Namespace("http://www.w3.org/ns/dx/prof/")
ROOT = Path(__file__).parent.parent

KINDS = {
    OWL.Class: "class",
    RDFS.Class: "class",
    OWL.ObjectProperty: "property",
    OWL.DatatypeProperty: "property",
    RDF.Property: "property",
    SKOS.ConceptScheme: "code list",
    SKOS.Concept: "code",
    SH.NodeShape: "shape",
    SH.PropertyShape: "rule",
    PROF.Profile: "protocol",
}
PROMISED = {
    "property": (RDF.type, RDFS.range),
    "code": (SKOS.inScheme,),
    "shape": (SH.targetClass,),
    "rule": (SH.path, SH.severity, SH.minCount, SH.maxCount, SH.datatype, SH.nodeKind),
}
"""Kind of term → the properties whose change breaks data, queries or programs that rest on it."""


def as_shipped() -> Graph:
    """The vocabulary, the code lists and the protocols."""
    graph = Graph()
    for path in sorted([*ROOT.glob("ontology/*.ttl"), *ROOT.glob("shapes/*.ttl")]):
        graph.parse(path)
    return graph


def terms(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Term, kind and what is promised of it, sorted."""
    for subject in sorted({each for each in graph.subjects(RDF.type) if isinstance(each, URIRef)}):
        types = set(graph.objects(subject, RDF.type))
        kind = next((kind for type_, kind in KINDS.items() if type_ in types), None)
        if kind is not None and subject.startswith(HOME):
            said = (f"{_short(each)} {_values(graph, subject, each)}" for each in PROMISED.get(kind, ()))
            yield subject.removeprefix(HOME), kind, "; ".join(each for each in said if not each.endswith(" "))


def read(path: Path) -> dict[str, tuple[str, str]]:
    """What was frozen: term → kind and promise."""
    with path.open(encoding="utf-8", newline="") as file:
        return {term: (kind, promise) for term, kind, promise in csv.reader(file)}


def _values(graph: Graph, subject: Node, predicate: URIRef) -> str:
    return " ".join(sorted(filter(None, (_short(each) for each in graph.objects(subject, predicate)))))


def _short(term: Node) -> str:
    """A name without what all have in front of it; a path of several steps is told by that alone."""
    if isinstance(term, BNode):
        return "a path"
    text = str(term).removeprefix(HOME)
    return text.rpartition("#")[2] if "#" in text else text


def write(rows: Iterable[tuple[str, str, str]]) -> None:
    """To standard output."""
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(terms(as_shipped()))
