"""The SPARQL endpoint: SPARQL 1.1 Protocol §2.1, queries only, each within bounds (`kb.ask.bounded`)."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.binding import read as query_file
from kb.ask.bounded import Answer
from kb.ask.dataset import graphs_read
from kb.ask.evaluation import Rows
from kb.ask.labels import labels_of
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.query import Form, Query, read
from kb.ask.questions import question
from kb.ask.serialise import serialise
from kb.errors import AnswerTooLarge, QueryError, QueryStopped, ServiceFailed, TooBusy
from web import errors, negotiation, solutions
from web.asking import ask, describe, federated, rows_wanted, send
from web.emptiness import HEADER, in_a_header, why_empty
from web.negotiation import HTML, Format, choose
from web.question import href
from web.reading import snapshot
from web.representation import respond
from web.service_description import describe_service, endpoint_url
from web.sparql_request import query_text

blueprint = Blueprint("sparql", __name__)

ROWS_SHOWN = 500
"""Rows of a result, or triples of a graph, that the page shows; every other format has them all."""

ROWS_COUNTED = 100_000
"""Rows up to which the page says how many there are."""

FAILED = (QueryError, QueryStopped, ServiceFailed, TooBusy, AnswerTooLarge)
"""What the page shows beside the query, to be mended there."""


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answers a query; without one, a GET gets the editor or the service description."""
    snapshot()
    if request.method != "POST" and "question" in request.args:
        return _see_question()
    text = query_text()
    return _without_query() if text is None else answered(text, *graphs_named())


def _see_question() -> Response:
    """303 to where the question is answered, which was here: of the redirects that all clients follow (no 308)."""
    if len(request.args.getlist("question")) > 1 or "query" in request.args:
        raise BadRequest("There is more than one question or query in the address; send one.")
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "question"]
    response = redirect(href(question(request.args["question"]).id, others), 303)
    assert isinstance(response, Response)
    return response


def graphs_named() -> tuple[list[str], list[str]]:
    """The dataset of the request, default and named graphs, in its body or in its address.

    They may stand in the address of any POST: to pass over them would be to answer another question.
    """
    return request.values.getlist("default-graph-uri"), request.values.getlist("named-graph-uri")


def answered(text: str, default: Sequence[str], others: Sequence[str]) -> Response:
    """The answer to a query on a dataset of default and other graphs, as this request wants it."""
    try:
        query = read(text, default, others, base=endpoint_url(), federated=federated())
        format = choose(offered(query.form))
        if format is HTML:
            return _page(query)
        rows = rows_wanted()
        answer = ask(query, format.suffix, rows)
        more = rows is not None and answer.outcome.more and request.method == "GET"
        # The next part is of this snapshot too, or the parts would not make a whole after a publication.
        following = _address(offset=rows.skip + rows.count, snapshot=snapshot().id) if rows and more else None
        response = send(answer, query, format, _formats(query.form), following)
        # That something is not so is an answer like any other.
        if answer.outcome.empty and query.form != "ASK" and (reasons := why_empty(query)):
            response.headers[HEADER] = in_a_header(reasons)
        return response
    except FAILED as error:
        if not negotiation.wants_html():
            raise
        response = respond(_editor(text, str(error)), HTML, validated=False)
        response.status_code = errors.status_of(error)
        response.headers.extend(errors.retry(error))
        return response


def offered(form: Form) -> tuple[Format, ...]:
    """The formats of an answer. The two lists are apart: a client may name types of both, and gets the right one."""
    return (*(negotiation.RESULTS if form in ("SELECT", "ASK") else negotiation.GRAPHS), HTML)


def _without_query() -> Response:
    format = choose(negotiation.PAGES)
    formats = [(other, f"/sparql?format={other.suffix}") for other in negotiation.PAGES]
    if format is HTML:
        return respond(_editor(query_file("example", "web")), HTML, formats=formats, canonical="/sparql")
    return respond(serialise(describe_service(), WRITERS[format.suffix]), format, formats=formats, canonical="/sparql")


def _editor(text: str, error: str | None = None) -> str:
    return render_template("sparql.html", query=text, error=error)


def _formats(form: Form) -> list[tuple[Format, str]]:
    if request.method != "GET":
        return []
    return [(format, _address(format=format.suffix)) for format in offered(form)]


def _address(**changed: str | int) -> str:
    """This address, of the endpoint or of a short link, with these arguments in place of its own."""
    names = [*request.args, *(name for name in changed if name not in request.args)]
    arguments = {name: changed.get(name, request.args.getlist(name)) for name in names}
    return f"{request.path}?{urlencode(arguments, doseq=True)}"


def _page(query: Query) -> Response:
    """The page with the answer."""
    formats = _formats(query.form)
    answer, shown = evaluated(query)
    shown |= {"query": query.text, "form": query.form}
    shown["graphs"] = {
        "default-graph-uri": query.default_graphs or (),
        "named-graph-uri": query.named_graphs or (),
    }
    shown["formats"] = [(f.title, f.media_type, a) for f, a in formats if f is not HTML]
    body = render_template("sparql-results.html", **shown)
    validated = not query.varies and shown["reasons"] is not None
    response = respond(body, HTML, formats=formats, validated=validated)
    describe(response, answer, query)
    return response


def evaluated(query: Query) -> tuple[Answer, dict[str, Any]]:
    """The answer, and what a page shows of it: rows with their columns and labels, yes or no, or Turtle."""
    graph = query.form in ("CONSTRUCT", "DESCRIBE")
    answer = ask(query, "ttl" if graph else "json", rows_wanted() or Rows(0, ROWS_SHOWN, ROWS_COUNTED))
    shown: dict[str, Any] = {"outcome": answer.outcome, "counted_to": ROWS_COUNTED, "read": graphs_read(query)}
    if graph:
        shown["turtle"] = answer.body.decode()
    else:
        shown |= _table(json.loads(answer.body))
    answer.close()
    # None where the reasons were not found in time; another run may find them.
    shown["reasons"] = why_empty(query) if answer.outcome.empty else []
    return answer, shown


def _table(found: dict[str, Any]) -> dict[str, Any]:
    if "boolean" in found:
        return {"boolean": found["boolean"]}
    rows = found["results"]["bindings"]
    labels = labels_of(snapshot().store, solutions.iris(rows))
    variables = found["head"]["vars"]
    columns = solutions.columns(variables, rows, labels)
    return {"variables": variables, "columns": columns, "rows": rows, "labels": labels}
