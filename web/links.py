"""Short links to queries: one is made by POST to `/q`, and answers at `/q/{id}` as `/sparql` would."""

from contextlib import suppress
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, render_template, request
from werkzeug.exceptions import ServiceUnavailable, UnsupportedMediaType

from kb.ask.evaluation import Rows
from kb.errors import Gone, QueryStopped, StoreUnwritable
from kb.store import links
from kb.store.links import Asked
from web import errors
from web.answering import graphs_named, query_of
from web.asking import LONGEST_ADDRESS, ask, client
from web.negotiation import wants_html
from web.reading import named, read_at, reader
from web.representation import see_other
from web.service_description import endpoint_url, public_url
from web.sparql import answered
from web.sparql_request import query_text

blueprint = Blueprint("links", __name__)

TRIED_FOR = 2.0
"""Seconds for which a query is tried before it gets a link: what does not parse is refused, what takes long is not."""


@blueprint.post("/q")
def make() -> Response:
    """303 to the short link of the query, which is the same each time. Raises what the endpoint does for the query."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send the query as application/x-www-form-urlencoded, with query=.")
    text = query_text()
    assert text is not None  # a POST without one is refused
    default, others = graphs_named()
    asked = links.asked(text, named(), default, others)
    _try(asked)
    try:
        id = links.keep(reader().folder, asked, current_app.config["SETTINGS"].short_links, client())
    except StoreUnwritable as error:
        raise ServiceUnavailable(
            "Short links cannot be made here, since this site may not write its data folder. The full address of the "
            "answer, with query= and snapshot=, does the same."
        ) from error
    format = request.values.get("format", "")
    return see_other(f"/q/{id}?{urlencode({'format': format})}" if format not in ("", "html") else f"/q/{id}")


@blueprint.get("/q")
def none() -> Response:
    """303 to the page where a query is written, and then linked."""
    return see_other("/sparql")


@blueprint.get("/q/<id>")
def one_link(id: str) -> Response:
    """The answer to the query of a short link at its snapshot, else at the one that the address names or is current.

    Raises NotFound; 410 with the query where its snapshot is not kept any more.
    """
    asked = links.find(reader().folder, id)
    g.now = _now(asked)
    try:
        read_at(asked.snapshot)
    except Gone as error:
        return _gone(asked, error)
    g.link = f"{public_url()}/q/{id}"
    response = answered(asked.query, asked.default_graphs, asked.named_graphs)
    response.headers.add("Link", f'</q/{id}>; rel="canonical"')
    return response


def _try(asked: Asked) -> None:
    query = query_of(asked.query, asked.default_graphs, asked.named_graphs)
    with suppress(QueryStopped):  # then it was read, and runs
        ask(query, "json" if query.form in ("SELECT", "ASK") else "nt", Rows(0, 1), TRIED_FOR).close()


def _now(asked: Asked) -> str | None:
    """The address of the query, put to whatever is current."""
    arguments = {
        "query": asked.query,
        "default-graph-uri": asked.default_graphs,
        "named-graph-uri": asked.named_graphs,
    }
    address = f"/sparql?{urlencode(arguments, doseq=True)}"
    return address if len(address) <= LONGEST_ADDRESS else None


def _gone(asked: Asked, error: Gone) -> Response:
    if wants_html():
        page = render_template("link-gone.html", detail=error, query=asked.query, address=g.now)
        response = Response(page, errors.status_of(error), content_type="text/html; charset=utf-8")
        response.headers["Vary"] = "Accept"
        response.headers["Cache-Control"] = "no-store"
        return response
    words = f"{error}; the query is kept, and can be asked now at {endpoint_url()}:"
    return errors.answer(Gone(f"{words}\n\n{asked.query}"))
