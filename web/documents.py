"""A document in two kinds of form, a page and a graph: which one is asked for, and how it is announced."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, render_template, request
from pyoxigraph import Triple

from kb.ask.query import GRAPHS as WRITERS
from kb.ask.serialise import serialise
from web.addresses import resource_href
from web.negotiation import GRAPHS, HTML, PAGES, Format, choose
from web.representation import respond, see_other

Context = Callable[[], dict[str, Any]]
Graph = Callable[[], Iterable[Triple]]


def document(template: str, context: Context, graph: Graph) -> Response:
    """The page or the graph at this address; only what is asked for is made. Raises werkzeug NotAcceptable."""
    format = choose(PAGES)
    if format is HTML:
        body: str | bytes = render_template(template, formats=other_formats(), **context())
    else:
        body = serialise(graph(), WRITERS[format.suffix])
    return respond(body, format, formats=[(offered, address(offered)) for offered in PAGES], canonical=address())


def page(template: str, **context: Any) -> Response:
    """A page that has no other form."""
    return respond(render_template(template, **context), choose((HTML,)))


def see_resource(iri: str) -> Response:
    """303 to what is known of an IRI that has no document of its own."""
    return see_other(resource_href(iri))


def address(format: Format | None = None) -> str:
    """This address with `?format=`, or without one; other parameters kept."""
    parameters = {name: value for name, value in request.args.items() if name != "format"}
    if format is not None:
        parameters["format"] = format.suffix
    return f"{quote(request.path)}?{urlencode(parameters)}" if parameters else quote(request.path)


def other_formats() -> list[tuple[str, str, str]]:
    """Name, media type and address of each form of this document that is a graph: rows for macros/page.html."""
    return [(format.title, format.media_type, address(format)) for format in GRAPHS]
