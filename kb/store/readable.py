"""What reading needs of a store: five methods that pyoxigraph's Store has, and that stand for an engine elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Protocol

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
)

Answer = QuerySolutions | QueryBoolean | QueryTriples
Subject = NamedNode | BlankNode
Object = NamedNode | BlankNode | Literal


@dataclass(frozen=True)
class EngineLocation:
    """Where a version is on an engine, and who reads it there."""

    endpoint: str
    version: str
    user: str
    password: str = field(repr=False)
    scheme: str


Location = str | EngineLocation
"""Where a store is: the path of a folder, or a version on an engine. It can be sent to another process."""


class Store(Protocol):
    """A store open for reading; its default graph is the RDF merge of its named graphs."""

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        default_graph: list[Subject | DefaultGraph] | None = None,
        named_graphs: list[Subject] | None = None,
    ) -> Answer:
        """The answer to a query; the graphs replace its own dataset clause.

        Raises SyntaxError for malformed text, and RuntimeError, ValueError or OSError where it cannot be evaluated.
        """

    def quads_for_pattern(
        self,
        subject: Subject | None,
        predicate: NamedNode | None,
        object: Object | None,
        graph_name: Subject | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, None standing for anything: without a graph those of the default graph too."""

    def named_graphs(self) -> Iterator[Subject]:
        """The name of every named graph."""

    def contains_named_graph(self, graph_name: Subject | DefaultGraph) -> bool:
        """Whether there is a graph of that name."""

    def dump(
        self, output: IO[bytes], format: RdfFormat, *, from_graph: Subject | DefaultGraph, prefixes: dict[str, str]
    ) -> bytes | None:
        """Writes a graph; raises ValueError or OSError where the format has no place for what is in it."""
