"""The SPARQL endpoint: SPARQL 1.1 Protocol §2.1, queries only."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from kb.ask.binding import read as query_file
from kb.ask.labels import labels_of
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.query import Form, Query, answer, read
from kb.ask.questions import by_subject, question, questions
from kb.ask.serialise import serialise
from kb.errors import QueryError, QueryRefused
from web import negotiation, solutions
from web.negotiation import HTML, Format, choose
from web.question import href
from web.reading import snapshot
from web.representation import respond
from web.service_description import describe_service, endpoint_url

blueprint = Blueprint("sparql", __name__)

ROWS_SHOWN = 500
"""Rows of a result that the page shows; every other format has them all."""


@blueprint.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answers a query; without one, a GET gets the editor or the service description."""
    snapshot()
    _check_utf8(unquote_to_bytes(request.query_string))
    if request.method != "POST" and "question" in request.args:
        return _see_question()
    text = _posted() if request.method == "POST" else _only_query(request.args)
    if text is None:
        if request.method == "POST" or "query" in request.args:
            raise BadRequest("There is no query in the request; send it as the parameter query.")
        return _without_query()
    return _answer(text)


def _see_question() -> Response:
    """303 to where the question is answered, which was here: of the redirects that all clients follow (no 308)."""
    if len(request.args.getlist("question")) > 1 or "query" in request.args:
        raise BadRequest("There is more than one question or query in the address; send one.")
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "question"]
    response = redirect(href(question(request.args["question"]).id, others), 303)
    assert isinstance(response, Response)
    return response


def _answer(text: str) -> Response:
    try:
        # Graphs may be named in the address of any POST: to pass over them would be to answer another question.
        default, others = (request.values.getlist(name) for name in ("default-graph-uri", "named-graph-uri"))
        query = read(text, default, others, base=endpoint_url())
        format = choose(offered(query.form))
        if format is HTML:
            return respond(_results(query), HTML, formats=_formats(query.form), validated=not query.varies)
        return respond(answer(snapshot(), query, format.suffix), format, validated=not query.varies)
    except QueryError as error:
        if not negotiation.wants_html():
            raise
        response = respond(_editor(text, str(error)), HTML, validated=False)
        response.status_code = 400
        return response


def offered(form: Form) -> tuple[Format, ...]:
    """The formats of an answer. The two lists are apart: a client may name types of both, and gets the right one."""
    return (*(negotiation.RESULTS if form in ("SELECT", "ASK") else negotiation.GRAPHS), HTML)


def _posted() -> str | None:
    """The query of a POST, by form or direct (§2.1.2, §2.1.3); None where a form has none."""
    if request.mimetype == "application/sparql-update":
        raise QueryRefused("updates are refused here; data goes in by `whatworks publish`, through the checks")
    if request.mimetype not in ("application/x-www-form-urlencoded", "application/sparql-query"):
        raise UnsupportedMediaType(
            "Send a query as application/sparql-query, or as application/x-www-form-urlencoded with query=."
        )
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the query as UTF-8.")
    _check_no_question(request.args)
    if _only_query(request.args) is not None:
        raise BadRequest("There is a query in the address of a POST; send one query, in the body.")
    body = _body()
    if request.mimetype == "application/x-www-form-urlencoded":
        _check_utf8(unquote_to_bytes(body))
        _check_no_question(request.form)
        return _only_query(request.form)
    _check_utf8(body)
    return body.decode()


def _body() -> bytes:
    """The body of the request, at most the limit of the site; raises RequestEntityTooLarge, which states it."""
    limit = request.max_content_length
    assert limit is not None
    if (request.content_length or 0) <= limit:
        body = request.get_data()
        # Of a chunked body werkzeug gives what lies within the limit, and says nothing of the rest.
        if request.content_length is not None or len(body) < limit:
            return body
    raise RequestEntityTooLarge(f"The body of a request may have up to {limit} bytes; this one has more.")


def _check_utf8(sent: bytes) -> None:
    """Raises BadRequest where werkzeug would let other bytes through as their percent-encoding."""
    try:
        sent.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The query is not UTF-8 (byte {error.start}).") from error


def _check_no_question(parameters: Mapping[str, str]) -> None:
    if "question" in parameters:
        raise BadRequest("A question is asked by GET, as /questions/its-name; a POST has a query in its body.")


def _only_query(parameters: Any) -> str | None:
    if "update" in parameters:
        raise QueryRefused("updates are refused here; data goes in by `whatworks publish`, through the checks")
    queries = parameters.getlist("query")
    if len(queries) > 1:
        raise BadRequest(f"There are {len(queries)} parameters query; send one.")
    return queries[0] if queries and queries[0].strip() else None


def _without_query() -> Response:
    format = choose(negotiation.PAGES)
    formats = [(other, f"/sparql?format={other.suffix}") for other in negotiation.PAGES]
    if format is HTML:
        return respond(_editor(query_file("example", "web")), HTML, formats=formats, canonical="/sparql")
    return respond(serialise(describe_service(), WRITERS[format.suffix]), format, formats=formats, canonical="/sparql")


def _editor(text: str, error: str | None = None) -> str:
    answered = by_subject(each for each in questions() if not each.fixture)
    return render_template("sparql.html", query=text, error=error, answered=answered)


def _formats(form: Form) -> list[tuple[Format, str]]:
    if request.method != "GET":
        return []
    others = {name: request.args.getlist(name) for name in request.args if name != "format"}
    return [
        (format, f"/sparql?{urlencode({**others, 'format': format.suffix}, doseq=True)}") for format in offered(form)
    ]


def _results(query: Query) -> str:
    """The page with the answer: a table, yes or no, or Turtle."""
    formats = [(f.title, f.media_type, a) for f, a in _formats(query.form) if f is not HTML]
    shown: dict[str, Any] = {"query": query.text, "form": query.form, "formats": formats}
    if query.form in ("CONSTRUCT", "DESCRIBE"):
        return render_template("sparql-results.html", turtle=answer(snapshot(), query, "ttl").decode(), **shown)
    found = json.loads(answer(snapshot(), query, "json"))
    if query.form == "ASK":
        return render_template("sparql-results.html", boolean=found["boolean"], **shown)
    rows = found["results"]["bindings"][:ROWS_SHOWN]
    labels = labels_of(snapshot().store, solutions.iris(rows))
    return render_template(
        "sparql-results.html",
        columns=solutions.columns(found["head"]["vars"], rows, labels),
        rows=rows,
        count=len(found["results"]["bindings"]),
        limit=ROWS_SHOWN,
        labels=labels,
        **shown,
    )
