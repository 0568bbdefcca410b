"""Small questions to the store about parts of a query, bounded in number: whether anything matches, and how often.

Every part is text of the query itself, which has been parsed; each probe is checked like any query before it runs.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryBoolean

from kb.ask.query import Query
from kb.ask.query import read as allowed
from kb.ask.written import Node, Part, Written
from kb.errors import QueryError, QueryRefused
from kb.store.readable import Store

MOST_PROBES = 150
"""Queries that one explanation may take."""

COUNTED = 1_000
"""Rows at which counting stops."""

MOST_GRAPHS = 1_000
"""Named graphs that are looked through."""

SCANNED = 20_000
"""Triples that one look may read."""

Subject = NamedNode | None
Object = NamedNode | Literal | None
Graph = NamedNode | DefaultGraph


class Probes:
    """What a store answers to parts of one query, in the dataset that the query or its request names."""

    def __init__(self, store: Store, query: Query, written: Written) -> None:
        self.store = store
        self.query = query
        self.written = written
        self._left = MOST_PROBES

    def rows(self, parts: Sequence[Part | str], graph: Node | None = None, most: int = COUNTED) -> int:
        """How many solutions the parts have together, within a GRAPH if one is given; counting stops at `most`.

        Raises QueryError where they cannot be evaluated apart, and QueryRefused when there were too many probes.
        """
        return sum(1 for _ in self._solutions("(1 AS ?__one)", parts, graph, most))

    def matches(self, parts: Sequence[Part | str], graph: Node | None = None) -> bool:
        """Whether the parts have a solution together."""
        return self.rows(parts, graph, 1) > 0

    def values(self, variable: str, parts: Sequence[Part | str], graph: Node | None, most: int) -> list[Any]:
        """Up to `most` terms that the variable has in solutions of the parts."""
        found = (row[0] for row in self._solutions(f"?{variable}", parts, graph, most))
        return [term for term in found if term is not None]

    def whole(self, text: str) -> int:
        """How many rows or triples a query has as a whole; counting stops at COUNTED, and 1 stands for yes."""
        results = self._run(text)
        return int(bool(results)) if isinstance(results, QueryBoolean) else len(results)

    def _solutions(self, projected: str, parts: Sequence[Part | str], graph: Node | None, most: int) -> Iterator[Any]:
        body = "\n".join(part if isinstance(part, str) else part.text for part in parts)
        within = f"GRAPH {graph.text} {{\n{body}\n}}" if graph else body
        head = f"{self.written.prologue}\nSELECT {projected} {self.written.dataset}"
        yield from self._run(f"{head}\nWHERE {{\n{within}\n}}\nLIMIT {most}")

    def _run(self, text: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise QueryRefused(f"the query has too many parts to be looked at: {MOST_PROBES} probes were made")
        allowed(text)
        default, named = (
            None if names is None else [NamedNode(name) for name in names]
            for names in (self.query.default_graphs, self.query.named_graphs)
        )
        try:
            results = self.store.query(
                text, base_iri=self.query.base, default_graph=default, named_graphs=named  # type: ignore[arg-type]
            )
            return results if isinstance(results, QueryBoolean) else list(islice(results, COUNTED))
        except (SyntaxError, RuntimeError, ValueError, OSError) as error:
            raise QueryError(f"a part of the query cannot be evaluated alone: {error}") from error


class Scope:
    """The graphs in which a pattern is matched, and what they say."""

    def __init__(self, store: Store, graphs: Sequence[Graph], named: bool) -> None:
        self.store = store
        self.graphs = graphs
        self.named = named
        """Whether the query names the graphs; else they are the default graph, the merge of all."""

    def quads(self, subject: Subject, property: Subject, object: Object) -> Iterator[Quad]:
        """The quads of the scope that match, None for any; at most SCANNED."""
        count = 0
        for graph in self.graphs:
            for quad in self.store.quads_for_pattern(subject, property, object, graph):
                yield quad
                count += 1
                if count >= SCANNED:
                    return

    def has(self, subject: Subject, property: Subject, object: Object) -> bool:
        """Whether the scope has a triple that matches."""
        return next(self.quads(subject, property, object), None) is not None

    def elsewhere(self, subject: Subject, property: Subject, object: Object) -> list[str]:
        """The named graphs outside the scope that have a triple that matches; sorted."""
        return sorted(
            graph.value
            for graph in graph_names(self.store)
            if graph not in self.graphs
            and next(self.store.quads_for_pattern(subject, property, object, graph), None) is not None
        )

    def anywhere(self, term: NamedNode) -> bool:
        """Whether the store has the IRI as a subject, object or graph, in the scope or not."""
        as_subject, as_object = (term, None), (None, term)
        stands = any(
            next(self.store.quads_for_pattern(subject, None, object, None), None) is not None
            for subject, object in (as_subject, as_object)
        )
        return stands or self.store.contains_named_graph(term)


def scope(probes: Probes, graph: Node | None) -> Scope:
    """The scope of patterns that stand within this GRAPH, or within none."""
    query, written = probes.query, probes.written
    if query.default_graphs is not None or query.named_graphs is not None:
        default = [NamedNode(name) for name in query.default_graphs or ()]
        named = [NamedNode(name) for name in query.named_graphs or ()]
    else:
        default = [each.iri for each in written.graphs if not each.named]
        named = [each.iri for each in written.graphs if each.named]
    chosen = bool(written.graphs) or query.default_graphs is not None or query.named_graphs is not None
    if graph is None:
        return Scope(probes.store, default if chosen else [DefaultGraph()], chosen)
    if isinstance(graph.term, NamedNode):
        return Scope(probes.store, [graph.term] if not chosen or graph.term in named else [], True)
    return Scope(probes.store, named if chosen else list(graph_names(probes.store)), chosen)


def graph_names(store: Store) -> Iterator[NamedNode]:
    """The named graphs, up to MOST_GRAPHS."""
    for number, name in enumerate(store.named_graphs()):
        if number < MOST_GRAPHS and not isinstance(name, BlankNode):
            yield name


def counted(rows: int) -> str:
    """A number of rows, of which no more than COUNTED were counted."""
    return f"{rows:,} or more" if rows >= COUNTED else f"{rows:,}"


def are(rows: int) -> str:
    """`is 1` or `are 2`."""
    return "is 1" if rows == 1 else f"are {counted(rows)}"
