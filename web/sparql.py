"""The SPARQL endpoint: SPARQL 1.1 Protocol §2.1, queries only, each within bounds (`kb.ask.bounded`)."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.binding import read as query_file
from kb.ask.evaluation import Rows
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.query import Form, Query
from kb.ask.questions import question
from kb.ask.serialise import serialise
from web import negotiation
from web.answering import FAILED, as_data, for_a_page, graphs_named, offered, query_of, told
from web.asking import describe
from web.negotiation import HTML, Format, choose
from web.question import href
from web.reading import drafted, named, snapshot
from web.representation import respond
from web.service_description import describe_service
from web.sparql_request import query_text, unheeded

blueprint = Blueprint("sparql", __name__)


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


def answered(text: str, default: Sequence[str], others: Sequence[str]) -> Response:
    """The answer to a query on a dataset of default and other graphs, as this request wants it."""
    g.unheeded = unheeded()
    try:
        query = query_of(text, default, others)
        format = choose(offered(query.form))
        if format is HTML:
            return _page(query)
        return as_data(query, format, (), partial(_following, text))
    except FAILED as error:
        if not negotiation.wants_html():
            raise
        return told(error, _editor(text, str(error)))


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
    address = _without("format")
    return [(format, f"{address}format={format.suffix}") for format in offered(form)]


def _following(text: str, rows: Rows) -> str:
    """The address of the rows after these, of the same snapshot, or the parts would not make a whole."""
    at = {} if drafted() else {"snapshot": snapshot().id}
    sent = {"query": text} if request.method == "POST" else {}
    changed = {"offset": rows.skip + rows.count, **at, **sent}
    return _without(*changed) + urlencode(changed)


def _without(*names: str) -> str:
    """This address, of the endpoint or of a short link, without these arguments, up to where they may follow.

    What the form of a POST says is in it, as it would be in a GET.
    """
    others = [(name, value) for name, value in request.values.items(multi=True) if name not in names]
    return f"{request.path}?{urlencode(others)}{'&' if others else ''}"


def _of_this_answer(formats: Sequence[tuple[Format, str]]) -> list[tuple[str, str, str]]:
    """The formats as the page lists them: of the snapshot that it read, or they would lead to another answer."""
    at = "" if named() or drafted() else f"&snapshot={snapshot().id}"
    return [(format.title, format.media_type, address + at) for format, address in formats if format is not HTML]


def _page(query: Query) -> Response:
    """The page with the answer."""
    formats = _formats(query.form)
    answer, shown = for_a_page(query)
    shown |= {"query": query.text, "form": query.form}
    shown["graphs"] = {
        "default-graph-uri": query.default_graphs or (),
        "named-graph-uri": query.named_graphs or (),
    }
    shown["formats"] = _of_this_answer(formats)
    body = render_template("sparql-results.html", **shown)
    validated = not query.varies and shown["reasons"] is not None
    response = respond(body, HTML, formats=formats, validated=validated)
    describe(response, answer)
    return response
