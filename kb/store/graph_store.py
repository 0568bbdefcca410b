"""Writing a graph over the SPARQL 1.1 Graph Store HTTP Protocol, which SPARQLWrapper does not speak."""

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from kb.store.remote import EndpointError, one_line

TIMEOUT = 600
"""Seconds that a request which writes may take."""


def address(graph_store: str, graph: str) -> str:
    """Where a named graph is, identified indirectly (Graph Store Protocol §4.2)."""
    return f"{graph_store}{'&' if '?' in graph_store else '?'}graph={quote(graph, safe='')}"


def send(method: str, url: str, triples: bytes, authorization: str | None) -> None:
    """PUT makes the triples (N-Triples) the content of the graph, POST adds them (§5.3, §5.5); raises EndpointError."""
    # Sent as Turtle, of which N-Triples is a part: not every engine reads N-Triples by that name.
    request = Request(url, data=triples, method=method, headers={"Content-Type": "text/turtle; charset=utf-8"})
    if authorization is not None:
        request.add_unredirected_header("Authorization", authorization)
    try:
        urlopen(request, timeout=TIMEOUT).close()
    except HTTPError as error:
        said = one_line(error.read().decode(errors="replace"))
        raise EndpointError(error.code, f"{error.code} {error.reason}: {said}") from error
    except (URLError, OSError, HTTPException) as error:
        raise EndpointError(None, f"cannot be reached: {getattr(error, 'reason', error)}") from error
