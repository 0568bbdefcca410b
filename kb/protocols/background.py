"""The ontology and the code lists, as every check and every page about fields needs them."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode

from kb import config
from kb.names import NAMES
from kb.namespaces import compact
from kb.protocols.graph import FileGraph, expand


@dataclass(frozen=True)
class Background:
    """All triples of a folder of vocabulary; `superclasses` gives the direct ones of each class."""

    paths: tuple[Path, ...]
    graph: FileGraph
    ntriples: bytes
    subjects: frozenset[str]
    superclasses: dict[str, frozenset[str]]
    _stated: dict[frozenset[bytes], bytes] = field(default_factory=dict, repr=False, compare=False)

    def stated_by(self, predicates: frozenset[bytes] | None) -> bytes:
        """Those of its triples, as N-Triples, that have one of the predicates, written `<…>`; with None all."""
        if predicates is None:
            return self.ntriples
        if predicates not in self._stated:
            lines = (line for line in self.ntriples.splitlines(keepends=True) if line.split(b" ", 2)[1] in predicates)
            self._stated[predicates] = b"".join(lines)
        return self._stated[predicates]

    def label(self, iri: str) -> str:
        """What a class, scheme or concept is called, in English; else the last part of its IRI."""
        for property in NAMES:
            if text := self.graph.text(NamedNode(iri), compact(property)):
                return text
        return local_name(iri)


def background(folder: Path | None = None) -> Background:
    """The vocabulary in the folder's Turtle files, by default the shipped one; read once per process.

    Raises BadInput where a file is malformed.
    """
    return _read(folder or config.shipped("ontology"))


@cache
def _read(folder: Path) -> Background:
    paths = tuple(sorted(folder.glob("*.ttl")))
    graph = FileGraph(paths)
    superclasses: dict[str, set[str]] = {}
    for quad in graph.quads:
        if quad.predicate == expand("rdfs:subClassOf") and isinstance(quad.subject, NamedNode):
            superclasses.setdefault(quad.subject.value, set()).update(graph.iris(quad.subject, "rdfs:subClassOf"))
    return Background(
        paths=paths,
        graph=graph,
        ntriples=graph.ntriples(),
        subjects=frozenset(quad.subject.value for quad in graph.quads if isinstance(quad.subject, NamedNode)),
        superclasses={name: frozenset(above) for name, above in superclasses.items()},
    )


def local_name(iri: str) -> str:
    """The part of an IRI after its last `#` or `/`."""
    return iri.rstrip("#/").replace("#", "/").rpartition("/")[2]
