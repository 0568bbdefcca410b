"""Graph Store Protocol: a whole graph by its name, `/graphs?graph=`, or the default graph, `?default`.

SPARQL 1.1 Graph Store HTTP Protocol §4.2 (indirect identification), §5.2 (GET) and §5.6 (HEAD). What writes is
publishing, in web.graph_writing.
"""

from tempfile import TemporaryFile

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest
from werkzeug.wsgi import FileWrapper

from kb.ask import graphs
from kb.ask.query import GRAPHS as WRITERS
from kb.ask.serialise import serialise
from web.addresses import graph_href, graph_store_href
from web.asking import client
from web.graph_writing import METHODS, write
from web.negotiation import GRAPHS, HTML, PAGES, Format, choose
from web.reading import snapshot
from web.representation import respond, see_other
from web.sending import count
from web.withdrawals import refuse_withdrawn

blueprint = Blueprint("graph_store", __name__)

READS = ("GET", "HEAD", "OPTIONS")
WRITES = ("PUT", "POST", "DELETE", "PATCH")

TIDIED = 10_000
"""Triples up to which a graph is written sorted and, in Turtle, nested; a larger one goes as the store has it."""

PIECE = 64 * 1024
"""Bytes of a larger graph that are in memory at a time."""


@blueprint.route("/graphs", methods=[*READS, *WRITES], provide_automatic_options=False)
def graph_store() -> Response:
    """The graph that the address names; without a name, 303 to the list of datasets.

    Raises werkzeug BadRequest for an address that names several graphs or none, NotFound for a graph that the snapshot
    does not hold, NotAcceptable, what `write` does for what writes, and TooBusy where several large ones are sent.
    """
    if request.method == "OPTIONS":
        return Response(headers={"Allow": ", ".join((*READS, *METHODS))})
    if request.method in WRITES:
        return write()
    if "graph" not in request.args and "default" not in request.args:
        return see_other("/datasets")
    iri = _named()
    if iri is None:
        return _content(None, choose(GRAPHS), GRAPHS)
    if not graphs.holds(snapshot().store, iri):
        refuse_withdrawn([iri])
    graphs.check_known(snapshot().store, iri)
    format = choose(PAGES)
    if format is HTML:
        return see_other(graph_href(iri), negotiated=True)
    return _content(iri, format, PAGES)


def _named() -> str | None:
    """The IRI of the graph; None for the default graph."""
    names = request.args.getlist("graph")
    if len(names) + ("default" in request.args) != 1:
        raise BadRequest("Name one graph, by ?graph= and its IRI, or the default graph, by ?default.")
    if not names:
        return None
    try:
        return NamedNode(names[0]).value
    except ValueError as error:
        raise BadRequest(f"graph={names[0]}: not an absolute IRI, percent-encoded once.") from error


def _content(iri: str | None, format: Format, offered: tuple[Format, ...]) -> Response:
    store = snapshot().store
    formats = [(other, graph_store_href(iri, other)) for other in offered]
    triples = graphs.triples(store, iri, at_most=TIDIED + 1)
    if len(triples) <= TIDIED:
        return respond(serialise(triples, WRITERS[format.suffix]), format, formats=formats)
    response = respond(b"", format, formats=formats)
    tag, _ = response.get_etag()
    if tag is not None and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        return response
    count(response, client())
    # Written out before the first byte is sent, so that the status is known and nothing of it stays in memory.
    file = TemporaryFile()  # noqa: SIM115
    response.call_on_close(file.close)
    graphs.write(store, iri, WRITERS[format.suffix], file)
    response.content_length = file.tell()
    file.seek(0)
    response.response = FileWrapper(file, PIECE)
    return response
