"""Answers to queries, for every address that gives them: as data with its headers, and as what a page shows of them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from kb.ask.bounded import Answer
from kb.ask.evaluation import Rows
from kb.ask.labels import labels_of
from kb.ask.query import SHEET, Form, Query
from kb.errors import AnswerTooLarge, QueryError, QueryStopped, ServiceFailed, TooBusy
from web import errors, negotiation, solutions
from web.asking import ask, rows_wanted, send
from web.emptiness import HEADER, in_a_header, why_empty
from web.negotiation import CSV, HTML, Format
from web.operations.noted import querying
from web.query_reading import read_query
from web.reading import snapshot
from web.representation import respond

ROWS_SHOWN = 500
"""Rows of a result, or triples of a graph, that a page shows; every other format has them all."""

ROWS_COUNTED = 100_000
"""Rows up to which a page says how many there are."""

PAGE_MB = 4
"""Size of the data of a page; it is made into HTML in the site's own process."""

FAILED = (QueryError, QueryStopped, ServiceFailed, TooBusy, AnswerTooLarge)
"""What a page tells of the query, to be mended there."""


def graphs_named() -> tuple[list[str], list[str]]:
    """The dataset of the request, default and named graphs, in its body or in its address.

    They may stand in the address of any POST: to pass over them would be to answer another question.
    """
    return request.values.getlist("default-graph-uri"), request.values.getlist("named-graph-uri")


def query_of(text: str, default: Sequence[str], others: Sequence[str]) -> Query:
    """The query on a dataset of default and other graphs, as it may run here. Raises what `read_query` does."""
    with querying(read=True):
        return read_query(text, default, others)


def offered(form: Form) -> tuple[Format, ...]:
    """The formats of an answer. The two lists are apart: a client may name types of both, and gets the right one."""
    return (*(negotiation.RESULTS if form in ("SELECT", "ASK") else negotiation.GRAPHS), HTML)


def as_data(
    query: Query,
    format: Format,
    formats: Sequence[tuple[Format, str]],
    following: Callable[[Rows], str],
    waits: str | None = None,
    *,
    sheet: bool = False,
) -> Response:
    """The answer in a format other than HTML; `following` gives the address, for a GET, of the rows after these.

    With `sheet` CSV is made for a spreadsheet, so that it runs no text. `waits` is the sentence on the data that a
    question waits for, which says best why there is nothing yet.
    Raises what `web.asking.ask` raises, and BadRequest for a later part of an answer that differs by run.
    """
    rows = rows_wanted()
    if rows and rows.skip and query.varies:
        raise BadRequest(
            "The parts of an answer that differs by run (RAND, NOW, UUID, BNODE) make no whole: offset= is refused."
        )
    answer = ask(query, SHEET if sheet and format is CSV else format.suffix, rows)
    more = rows is not None and answer.outcome.more and not query.varies
    response = send(answer, query, format, formats, following(rows) if rows and more else None)
    # That something is not so is an answer like any other.
    if answer.outcome.empty and query.form != "ASK" and (reasons := [waits] if waits else why_empty(query)):
        response.headers[HEADER] = in_a_header(reasons)
    return response


def for_a_page(query: Query) -> tuple[Answer, dict[str, Any]]:
    """The answer, and what a page shows of it: rows with their columns and labels, yes or no, or Turtle.

    Raises what `web.asking.ask` raises, AnswerTooLarge from PAGE_MB on.
    """
    graph = query.form in ("CONSTRUCT", "DESCRIBE")
    wanted = rows_wanted() or Rows(0, ROWS_SHOWN, ROWS_COUNTED)
    try:
        answer = ask(query, "ttl" if graph else "json", wanted, megabytes=PAGE_MB)
    except AnswerTooLarge as error:
        raise AnswerTooLarge(
            f"the first {wanted.count:,} rows are larger than {PAGE_MB} MB, which is too much for a page; "
            "take the answer as CSV or JSON, or ask for fewer columns or rows"
        ) from error
    with answer:
        shown: dict[str, Any] = {"outcome": answer.outcome, "counted_to": ROWS_COUNTED}
        shown |= {"turtle": answer.body.decode()} if graph else _table(json.loads(answer.body))
    # None where the reasons were not found in time; another run may find them.
    shown["reasons"] = why_empty(query) if answer.outcome.empty else []
    return answer, shown


def told(error: Exception, page: str) -> Response:
    """The page that says why there is no answer, with the status and headers of the error."""
    response = respond(page, HTML, validated=False)
    response.status_code = errors.status_of(error)
    response.headers.extend(errors.retry(error))
    return response


def _table(found: dict[str, Any]) -> dict[str, Any]:
    if "boolean" in found:
        return {"boolean": found["boolean"]}
    rows = found["results"]["bindings"]
    labels = labels_of(snapshot().store, solutions.iris(rows))
    variables = found["head"]["vars"]
    columns = solutions.columns(variables, rows, labels)
    return {"variables": variables, "columns": columns, "rows": rows, "labels": labels}
