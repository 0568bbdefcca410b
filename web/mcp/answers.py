"""An answer for a language-model tool: rows with names and grades, which part of all rows it is, where it comes from.

A cell is a term as SPARQL 1.1 Query Results JSON §3.2.2 writes it, with `label` and `grades` where an IRI has them.
The same is told as text, for programs that pass only text on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

from pyoxigraph import RdfFormat, parse
from typing_extensions import TypedDict

from kb.ask import bibliography, result_terms
from kb.ask.citation import cite_page
from kb.ask.evaluation import Rows
from kb.ask.grades import grades_of
from kb.ask.labels import labels_of
from kb.ask.query import Query
from kb.ask.questions import Question
from kb.errors import AnswerTooLarge
from web import solutions
from web.asking import ask
from web.cited import permanent
from web.emptiness import why_empty
from web.reading import snapshot

LARGEST = 500
"""Rows of one answer."""

COUNTED = 100_000
"""Rows up to which an answer says how many there are."""

_LARGEST_MB = 4
"""Size of the rows of one answer; a model reads far less."""

_NAMED = 5_000
"""IRIs of one answer that are named: naming them is not bounded as the query is."""

_LONGEST_ADDRESS = 4_000
"""Characters of an address with a query in it; proxies refuse much longer ones, and the endpoint's own is given."""

_TRIPLE = ("subject", "predicate", "object")

Row = dict[str, dict[str, Any]]


class Answer(TypedDict):
    """What a question or a query is answered with."""

    question: NotRequired[str]
    boolean: NotRequired[bool]
    columns: list[str]
    rows: list[Row]
    shown: int
    total: int
    total_is_exact: bool
    part: str
    because: NotRequired[list[str]]
    """Why there is nothing in it."""
    warnings: NotRequired[list[str]]
    """What the query was hardly meant to say, as a misspelt class: mend it before you use the answer."""
    snapshot: str
    issued: str
    address: str
    citation: str


@dataclass(frozen=True)
class Part:
    """Rows of an answer, and how many there are in all: counted to the end where `exact`, else more than that."""

    columns: list[str]
    rows: list[Row]
    boolean: bool | None
    total: int
    exact: bool
    empty: bool
    warnings: tuple[str, ...]


def answer(query: Query, limit: int, offset: int, path: str, asked: Question | None = None) -> Answer:
    """`limit` rows of the answer from `offset` on; of CONSTRUCT and DESCRIBE a row is a triple.

    `path` is where a person sees the same answer; `asked` is the question, where it is one. Raises what a query can.
    """
    found = _asked(query, limit, offset)
    _name(found.rows)
    address = permanent(path if len(path) <= _LONGEST_ADDRESS else "/sparql")
    title = asked.title if asked else f"Answer to a SPARQL query ({query.form})"
    told: Answer = {
        "columns": found.columns,
        "rows": found.rows,
        "shown": len(found.rows),
        "total": found.total,
        "total_is_exact": found.exact,
        "part": _which(found, offset),
        "snapshot": snapshot().id,
        "issued": snapshot().issued,
        "address": address,
        "citation": bibliography.text(cite_page(snapshot(), title, address, kind="data")),
    }
    if found.boolean is not None:
        told["boolean"] = found.boolean
    if asked is not None:
        told["question"] = asked.title
    if found.empty and (reasons := [asked.waits] if asked and asked.waits else why_empty(query)):
        told["because"] = reasons
    if found.warnings:
        told["warnings"] = list(found.warnings)
    return told


def text(told: Answer) -> str:
    """The answer as text: what it is and where it comes from, then a line a row, cells parted by tabs."""
    return "\n".join(_lines(told))


def _asked(query: Query, limit: int, offset: int) -> Part:
    graph = query.form in ("CONSTRUCT", "DESCRIBE")
    found = ask(query, "nt" if graph else "json", Rows(offset, limit, COUNTED))
    try:
        if found.outcome.size > _LARGEST_MB * 1024 * 1024:
            raise AnswerTooLarge(f"these rows are larger than {_LARGEST_MB} MB: ask for fewer rows or columns")
        columns, rows, boolean = _graph(found.body) if graph else _solutions(found.body)
    finally:
        found.close()
    outcome = found.outcome
    counted = outcome.counted or 0
    exact = counted <= COUNTED
    return Part(columns, rows, boolean, min(counted, COUNTED), exact, outcome.empty, outcome.warnings)


def _which(found: Part, offset: int) -> str:
    """Which rows these are, and how to get the others: an answer is never cut without saying so."""
    if found.boolean is not None:
        return "yes" if found.boolean else "no"
    if not found.total:
        return "no rows: nothing recorded here matches, which does not mean that there is nothing"
    total = f"{found.total:,}" if found.exact else f"more than {found.total:,}"
    shown, end = len(found.rows), offset + len(found.rows)
    if not shown:
        return f"no rows from offset {offset:,} on: there are {total}"
    if shown == found.total and found.exact:
        return f"all {total} rows"
    rest = f"; incomplete: ask again with offset={end}, or with a limit of up to {LARGEST}"
    return f"rows {offset + 1:,} to {end:,} of {total}{rest if end < found.total or not found.exact else ''}"


def _lines(told: Answer) -> Iterator[str]:
    if "question" in told:
        yield told["question"]
    yield f"Answer: {told['part']}."
    yield from told.get("because", ())
    yield from (f"Warning: {each}" for each in told.get("warnings", ()))
    yield f"Snapshot {told['snapshot']} of {told['issued']}. The same answer as a page: {told['address']}"
    yield f"To cite: {told['citation'].strip()}"
    if told["rows"]:
        yield "\t".join(told["columns"])
        yield from ("\t".join(_said(row.get(name)) for name in told["columns"]) for row in told["rows"])


def _said(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return ""
    if cell["type"] == "triple":
        return f"<< {' '.join(map(_said, cell['value'].values()))} >>"
    value = " ".join(str(cell["value"]).split())
    if cell["type"] != "uri":
        return value
    grades = f" [grade {', '.join(cell['grades'])}]" if "grades" in cell else ""
    return f"{cell['label']} <{value}>{grades}" if "label" in cell else f"<{value}>{grades}"


def _solutions(body: bytes) -> tuple[list[str], list[Row], bool | None]:
    found = json.loads(body)
    if "boolean" in found:
        return [], [], found["boolean"]
    return found["head"]["vars"], found["results"]["bindings"], None


def _graph(body: bytes) -> tuple[list[str], list[Row], None]:
    triples = parse(body, format=RdfFormat.N_TRIPLES)
    terms = ((quad.subject, quad.predicate, quad.object) for quad in triples)
    return list(_TRIPLE), [dict(zip(_TRIPLE, map(result_terms.cell, each), strict=True)) for each in terms], None


def _name(rows: Sequence[Row]) -> None:
    """Adds to each IRI what it is called and, where it is a graded statement, how sure that is."""
    iris = sorted(solutions.iris(rows))[:_NAMED]
    labels, grades = labels_of(snapshot().store, iris), grades_of(snapshot().store, iris)
    for row in rows:
        for cell in row.values():
            if cell["type"] == "uri":
                iri = cell["value"]
                if iri in labels:
                    cell["label"] = labels[iri].value
                if iri in grades:
                    cell["grades"] = grades[iri]
