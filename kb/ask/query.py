"""A stranger's SPARQL query: what form it has, whether it may run, and its answer in bytes.

Updates are refused, and SERVICE outside the operator's list (`kb.ask.federation`): pyoxigraph sends requests to the
places that it names. A dataset clause only chooses among the named graphs of the snapshot; nothing is fetched for it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal, cast

import pyoxigraph
from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
)

from kb.ask import federation
from kb.ask.result_sheet import write_sheet
from kb.ask.serialise import used_prefixes
from kb.errors import BadInput, QueryError, QueryRefused, ServiceFailed
from kb.intake.mistakes import mistake
from kb.intake.size import check_size
from kb.intake.sparql import malformed, mistaken
from kb.intake.tokens import opening, place, tokens
from kb.store.readable import Store
from kb.store.snapshots import Snapshot

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
Format = QueryResultsFormat | RdfFormat
Results = QuerySolutions | QueryBoolean | QueryTriples

RESULTS: dict[str, QueryResultsFormat] = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
"""What SELECT and ASK are answered in."""

SHEET = "sheet"
"""The name of CSV that is safe to open in a spreadsheet, which that of the standard is not (`kb.formula`)."""

GRAPHS: dict[str, RdfFormat] = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "nt": RdfFormat.N_TRIPLES,
}
"""What CONSTRUCT and DESCRIBE are answered in."""

FORMS: tuple[Form, ...] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])

_VARYING = ("NOW", "RAND", "UUID", "BNODE")
"""Ends of the names of calls whose value changes from one run to the next."""


@dataclass(frozen=True)
class Query:
    """A query that may run: its text, its form, and the dataset that the request asked for (None: the query's own).

    `varies` says that two runs on one snapshot can differ; `base` is where its relative IRIs start, None for nowhere;
    `services` are the places elsewhere that it asks.
    """

    text: str
    form: Form
    varies: bool
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    services: tuple[str, ...] = ()


def read(
    text: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    base: str | None = None,
    federated: Collection[str] = (),
) -> Query:
    """The query, if it is one that may run; syntax is checked no further than that takes.

    The graphs are the dataset of the request, which replaces that of the query (SPARQL 1.1 Protocol §2.1.4); `base` is
    where relative IRIs start; `federated` are the only URLs that SERVICE may name. Raises QueryRefused for an update,
    any other SERVICE, or a query too deep or long to parse safely, QueryError where no query form is found or a graph
    is no IRI.
    """
    form = _form(text)
    check_size(text)
    services = federation.called(text, federated, base)
    varies = bool(services) or _varies(text, form)
    for graph in (*default_graphs, *named_graphs):
        _node(graph)
    if not default_graphs and not named_graphs:
        return Query(text, form, varies, base, services=services)
    return Query(text, form, varies, base, tuple(default_graphs), tuple(named_graphs), services)


def answer(snapshot: Snapshot, query: Query | str, format: str | None = None) -> bytes:
    """The whole answer on a snapshot, evaluated and serialised.

    `format` is a name of RESULTS or GRAPHS; None means CSV for SELECT and ASK, Turtle for the others.

    Raises what `read` raises, QueryError for malformed text and for a query that cannot be evaluated, BadInput for a
    format that has no place for an answer of this form, and, for a query that asks elsewhere, ServiceFailed where
    that place does not answer and QueryRefused where its name leads to a private address.
    """
    if isinstance(query, str):
        query = read(query)
    if format is None:
        format = "csv" if query.form in ("SELECT", "ASK") else "ttl"
    output = BytesIO()
    write(query, evaluate(snapshot.store, query), format, output)
    return output.getvalue()


def evaluate(store: Store, query: Query) -> Results:
    """The results, which are computed while they are read. Raises QueryError as `answer` does."""
    default = [_node(graph) for graph in query.default_graphs] if query.default_graphs is not None else None
    named = [_node(graph) for graph in query.named_graphs] if query.named_graphs is not None else None
    federation.check_addresses(query.services)
    with _told(query):
        return store.query(
            query.text, base_iri=query.base, default_graph=default, named_graphs=named  # type: ignore[arg-type]
        )


def write(query: Query, results: Results | Sequence[Triple], format: str, output: Any) -> None:
    """Writes results to a binary file in the format of this name, or as a SHEET.

    Raises QueryError and BadInput as `answer` does.
    """
    if format == SHEET and isinstance(results, QuerySolutions):
        with _told(query):
            write_sheet(results, output)
        return
    format = "csv" if format == SHEET else format
    offered: Mapping[str, Format] = RESULTS if query.form in ("SELECT", "ASK") else GRAPHS
    if format not in offered:
        raise BadInput(f"{format}: no format for {query.form}; choose one of {', '.join(offered)}")
    written = offered[format]
    with _told(query):
        if isinstance(written, QueryResultsFormat):
            assert isinstance(results, QuerySolutions | QueryBoolean), results
            results.serialize(output, format=written)
            return
        # A template can give the same triple many times; a graph holds it once (SPARQL 1.1 Query §16.2).
        graph = dict.fromkeys(cast(Iterable[Triple], results))
        prefixes = used_prefixes(graph) if written in (RdfFormat.TURTLE, RdfFormat.RDF_XML) else {}
        pyoxigraph.serialize(graph, output, format=written, prefixes=prefixes)


@contextmanager
def _told(query: Query) -> Iterator[None]:
    """pyoxigraph's errors as ours: some come with the first row, some with the last."""
    try:
        yield
    except SyntaxError as error:
        raise malformed(query.text, str(error)) from error
    except (RuntimeError, ValueError, OSError) as error:
        if isinstance(error, OSError) and query.services:
            raise ServiceFailed(f"SERVICE {' '.join(query.services)} gave no answer: {error}") from error
        raise QueryError(f"the query cannot be evaluated: {error}") from error


def _form(text: str) -> Form:
    token = opening(text)
    line, column = place(text, token.start if token else len(text))
    if token is None:
        raise QueryError(f"line {line}, column {column}: expected a query, found nothing", line, column)
    word = token.text.upper()
    if token.kind == "word" and word in FORMS:
        return word
    if token.kind == "word" and word in UPDATES:
        raise QueryRefused(f"{word} is an update; only queries run here, and data goes in by `whatworks publish`")
    known = mistake(text, token.start)
    if known is not None:
        raise mistaken(text, known)
    raise QueryError(f"line {line}, column {column}: expected a query form, found {token.text!r}", line, column)


def _varies(text: str, form: Form) -> bool:
    """Whether it may call one of _VARYING, or its template makes blank nodes, named anew by each run (§16.2.1)."""
    template = form == "CONSTRUCT"
    before = ""
    for token in tokens(text):
        if token.text == "(" and before.endswith(_VARYING):
            return True
        if template and (token.text in ("[", "(") or token.text.startswith("_:")):
            return True
        template = template and token.text != "}"
        before = token.text.upper()
    return False


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"{iri!r} is not an IRI, so it names no graph") from error
