"""Shapes and vocabulary as Python reads them from files: values, lists and paths, in the order of the file."""

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kb import namespaces
from kb.errors import BadInput
from kb.intake.rdf import read_rdf

Term = NamedNode | BlankNode | Literal | Triple


@lru_cache(maxsize=10_000)
def expand(name: str) -> NamedNode:
    """The node of a compact name such as `sh:path`, by the prefixes of kb.namespaces."""
    return NamedNode(namespaces.expand(name))


class FileGraph:
    """The triples of some files, asked by compact predicate names."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Raises BadInput where a file is malformed."""
        self.quads: list[Quad] = []
        self._values: dict[tuple[Term, str], list[Term]] = {}
        self._subjects: dict[tuple[str, Term], list[Term]] = {}
        for number, path in enumerate(paths):
            for quad in read_rdf(path):
                subject = _apart(quad.subject, number)
                assert not isinstance(subject, Literal)
                self._add(Quad(subject, quad.predicate, _apart(quad.object, number)))

    def _add(self, quad: Quad) -> None:
        self.quads.append(quad)
        self._values.setdefault((quad.subject, quad.predicate.value), []).append(quad.object)
        self._subjects.setdefault((quad.predicate.value, quad.object), []).append(quad.subject)

    def ntriples(self) -> bytes:
        """The whole graph as N-Triples; blank nodes of different files are different."""
        return serialize(self.quads, format=RdfFormat.N_TRIPLES) or b""

    def values(self, subject: Term, predicate: str) -> list[Term]:
        """All objects, in the order of the file."""
        return self._values.get((subject, namespaces.expand(predicate)), [])

    def iris(self, subject: Term, predicate: str) -> list[str]:
        """The objects that are IRIs."""
        return [value.value for value in self.values(subject, predicate) if isinstance(value, NamedNode)]

    def iri(self, subject: Term, predicate: str) -> str | None:
        """The first object that is an IRI."""
        return next(iter(self.iris(subject, predicate)), None)

    def texts(self, subject: Term, predicate: str) -> list[str]:
        """The literal objects as text, English ones first."""
        found = [value for value in self.values(subject, predicate) if isinstance(value, Literal)]
        return [value.value for value in sorted(found, key=lambda value: value.language not in ("en", "en-gb"))]

    def text(self, subject: Term, predicate: str) -> str | None:
        """The first literal object as text, an English one if there is one."""
        return next(iter(self.texts(subject, predicate)), None)

    def number(self, subject: Term, predicate: str) -> int | None:
        """The first literal object as an integer."""
        text = self.text(subject, predicate)
        return None if text is None else int(text)

    def subjects(self, predicate: str, value: Term) -> list[Term]:
        """Every subject that has the value, each once, in the order of the file."""
        return list(dict.fromkeys(self._subjects.get((namespaces.expand(predicate), value), [])))

    def of_type(self, name: str) -> list[NamedNode]:
        """The IRIs of the instances of a class given by compact name, in the order of the file."""
        return [node for node in self.subjects("rdf:type", expand(name)) if isinstance(node, NamedNode)]

    def property_shapes(self) -> list[NamedNode]:
        """The property shapes that have an IRI: what has a sh:path and is not the parameter of a component."""
        found = dict.fromkeys(quad.subject for quad in self.quads if quad.predicate == expand("sh:path"))
        parameters = set(self.subjects("rdf:type", expand("sh:Parameter")))
        return [node for node in found if isinstance(node, NamedNode) and node not in parameters]

    def members(self, head: Term) -> list[Term]:
        """The members of an RDF list."""
        found: list[Term] = []
        while head != expand("rdf:nil"):
            first, rest = self.values(head, "rdf:first"), self.values(head, "rdf:rest")
            if not first or not rest:
                raise BadInput(f"the RDF list at {head} has no end")
            found.append(first[0])
            head = rest[0]
        return found

    def path(self, node: Term) -> str:
        """A SHACL property path: the IRI of a predicate as it is, any other path in SPARQL's syntax (SHACL §2.3.1)."""
        if isinstance(node, NamedNode):
            return node.value
        return self._complex_path(node)

    def _complex_path(self, node: Term) -> str:
        if isinstance(node, NamedNode):
            return f"<{node.value}>"
        for predicate, form in _PATHS.items():
            for inner in self.values(node, predicate):
                return form.format(self._complex_path(inner))
        alternatives = self.values(node, "sh:alternativePath")
        steps = self.members(alternatives[0] if alternatives else node)
        return "(" + ("|" if alternatives else "/").join(self._complex_path(step) for step in steps) + ")"


@cache
def file_graph(*paths: Path) -> FileGraph:
    """The triples of some files as one graph; read once per process. Raises BadInput where a file is malformed."""
    return FileGraph(paths)


_PATHS = {
    "sh:inversePath": "^{}",
    "sh:zeroOrMorePath": "({})*",
    "sh:oneOrMorePath": "({})+",
    "sh:zeroOrOnePath": "({})?",
}


def _apart(term: Term, number: int) -> Term:
    return BlankNode(f"f{number}{term.value}") if isinstance(term, BlankNode) else term
