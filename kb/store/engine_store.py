"""One version on an engine, read as a snapshot's store is: same methods, same terms, same errors."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import IO, Any

import pyoxigraph
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse_query_results,
)

from kb.errors import QueryRefused
from kb.intake.tokens import calls_service, opening
from kb.store.engine import Engine
from kb.store.readable import Answer, Object, Subject
from kb.store.remote import ACCEPT
from kb.store.versioned import Versioned, graphs, versioned
from kb.store.versions import VERSION_OF, Version

_BOOLEAN = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
_WHOLE = re.compile(rb"(?:\]\s*\}|true|false)\s*\}\s*$")
"""How SPARQL results in JSON end: the last array and two objects, or the value of ASK and one."""

_TRUTH = {"1": "true", "0": "false"}
"""Other forms of a boolean → the canonical one (XML Schema Part 2 §3.2.2)."""

_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class EngineStore:
    """A kb.store.readable.Store; every call is a request, and raises StoreMissing where the engine fails."""

    def __init__(self, engine: Engine, version: Version) -> None:
        self._engine = engine
        self._version = version

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        default_graph: list[Subject | DefaultGraph] | None = None,
        named_graphs: list[Subject] | None = None,
    ) -> Answer:
        """As pyoxigraph's Store: SyntaxError for malformed text, ValueError with the engine's words where it refuses.

        Raises QueryRefused for SERVICE, which the engine would send out past the rules of this site.
        """
        if calls_service(query):
            raise QueryRefused("SERVICE is refused where the store is an external engine")
        pyoxigraph.Store().query(query, base_iri=base_iri)  # errors with line and column, the same on every engine
        asked = versioned(query, self._version, base_iri)
        default, named = self._dataset(asked, default_graph, named_graphs)
        word = opening(query)
        if word is not None and word.text.upper() in ("CONSTRUCT", "DESCRIBE"):
            body = self._engine.read(asked.text, ACCEPT["ttl"], default, named)
            graph = pyoxigraph.Store()
            graph.load(body, format=RdfFormat.TURTLE)
            return graph.query(_GRAPH)
        body = self._engine.read(asked.text, ACCEPT["json"], default, named)
        try:
            return _results(body, asked.added if asked.uses_graphs else None)
        except SyntaxError as error:  # of the answer; that of the query was found above
            raise self._engine.broken(error) from error

    def quads_for_pattern(
        self,
        subject: Subject | None,
        predicate: NamedNode | None,
        object: Object | None,
        graph_name: Subject | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """As pyoxigraph's Store; without a graph a quad of the default graph follows the named graphs' own."""
        pattern = {"s": subject, "p": predicate, "o": object}
        if isinstance(graph_name, DefaultGraph):
            for s, p, o, _ in self._matches(pattern, _written(pattern), [self._version.merge], []):
                yield Quad(s, p, o)
        elif graph_name is not None:
            for s, p, o, _ in self._matches(pattern, _written(pattern), self._graphs([graph_name]), []):
                yield Quad(s, p, o, graph_name)
        else:
            names = f"GRAPH {NamedNode(self._version.names)} {{ ?version {VERSION_OF} ?g }}"
            text = f"{names} GRAPH ?version {{ {_written(pattern)} }}"
            merged: dict[tuple[Any, ...], None] = {}
            for s, p, o, g in self._matches(pattern, text, [], self._named()):
                merged[s, p, o] = None
                yield Quad(s, p, o, g)
            for s, p, o in merged:
                yield Quad(s, p, o)

    def named_graphs(self) -> Iterator[Subject]:
        """The names of the datasets' graphs in this version."""
        return (NamedNode(name) for name in self._version.graphs)

    def contains_named_graph(self, graph_name: Subject | DefaultGraph) -> bool:
        """Whether this version has a graph of that name."""
        return not isinstance(graph_name, DefaultGraph) and graph_name.value in self._version.graphs

    def dump(
        self, output: IO[bytes], format: RdfFormat, *, from_graph: Subject | DefaultGraph, prefixes: dict[str, str]
    ) -> None:
        """As pyoxigraph's Store, in the engine's order."""
        quads = self.quads_for_pattern(None, None, None, from_graph)
        pyoxigraph.serialize((quad.triple for quad in quads), output, format, prefixes=prefixes)

    def _matches(
        self, pattern: Mapping[str, Object | None], text: str, default: Sequence[str], named: Sequence[str]
    ) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Subject, property, object and, of named graphs, graph of each match."""
        free = [f"?{name}" for name, term in pattern.items() if term is None] + (["?g"] if named else [])
        wanted = " ".join(free) or "(1 AS ?found)"
        try:
            # Read as it comes: whoever wants the first match of many takes no more.
            with self._engine.query(f"SELECT {wanted} WHERE {{ {text} }}", ACCEPT["json"], default, named) as answer:
                solutions: Any = parse_query_results(answer, QueryResultsFormat.JSON)
                for solution in solutions:
                    found = iter([_canonical(term) for term in solution] if free else [])
                    s, p, o = (next(found) if term is None else term for term in pattern.values())
                    yield s, p, o, next(found, None)
        except (OSError, HTTPException, SyntaxError) as error:
            raise self._engine.broken(error) from error

    def _dataset(
        self,
        asked: Versioned,
        default_graph: Sequence[Subject | DefaultGraph] | None,
        named_graphs: Sequence[Subject] | None,
    ) -> tuple[list[str], list[str]]:
        """The default and the named graphs of a query, those of the request before its own (Protocol §2.1.4)."""
        if default_graph is not None or named_graphs is not None:
            default, named = self._graphs(default_graph or ()), self._graphs(named_graphs or ())
        elif asked.default is not None and asked.named is not None:
            default, named = graphs(self._version, asked.default), graphs(self._version, asked.named)
        else:
            return [self._version.merge], self._named() if asked.uses_graphs else []
        return default, [*named, self._version.names] if named else named

    def _graphs(self, names: Sequence[Subject | DefaultGraph]) -> list[str]:
        return [
            self._version.merge if isinstance(name, DefaultGraph) else graphs(self._version, [name.value])[0]
            for name in names
        ]

    def _named(self) -> list[str]:
        return [*self._version.graphs.values(), self._version.names]


def _written(pattern: Mapping[str, Object | None]) -> str:
    """A triple pattern, its terms as pyoxigraph writes them."""
    return " ".join(f"?{name}" if term is None else str(term) for name, term in pattern.items())


def _canonical(term: Any) -> Any:
    """A boolean in canonical form, any other term as it is."""
    if isinstance(term, Literal) and term.datatype == _BOOLEAN and term.value in _TRUTH:
        return Literal(_TRUTH[term.value], datatype=_BOOLEAN)
    return term


def _results(body: bytes, added: str | None = None) -> QuerySolutions | QueryBoolean:
    """Results in JSON, without the variables that were put into the query, which `SELECT *` gives too.

    Booleans are in canonical form, as pyoxigraph's Store has them: Virtuoso says 1 and 0. Raises SyntaxError for what
    is no results or only their beginning, which engines send that give up after they have said 200.
    """
    if not _WHOLE.search(body[-200:]):
        raise SyntaxError("it has no end")
    if _BOOLEAN.value.encode() not in body and (added is None or added.encode() not in body):
        return parse_query_results(body, QueryResultsFormat.JSON)
    results = json.loads(body)
    variables = results.get("head", {}).get("vars", [])
    hidden = [name for name in variables if added is not None and name.startswith(added)]
    if hidden:
        results["head"]["vars"] = [name for name in variables if name not in hidden]
    for row in results.get("results", {}).get("bindings", []):
        for name in hidden:
            row.pop(name, None)
        for term in row.values():
            if term.get("datatype") == _BOOLEAN.value:
                term["value"] = _TRUTH.get(term["value"], term["value"])
    return parse_query_results(json.dumps(results), QueryResultsFormat.JSON)
