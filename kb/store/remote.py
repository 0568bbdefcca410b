"""A SPARQL endpoint elsewhere, over the SPARQL 1.1 Protocol; the only user of SPARQLWrapper."""

import ast
import warnings
from collections.abc import Iterable
from http.client import HTTPException, HTTPResponse
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from SPARQLWrapper import INSERT, POST, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import (
    EndPointNotFound,
    QueryBadFormed,
    SPARQLWrapperException,
    Unauthorized,
    URITooLong,
)

from kb.errors import BadInput

ACCEPT: dict[str, str] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
"""Format → the media type asked for."""

GRAPH_FORMS = ("CONSTRUCT", "DESCRIBE")
TIMEOUT = 120
"""Seconds that an endpoint may take to begin its answer."""

_STATUS: dict[type[SPARQLWrapperException], int] = {
    QueryBadFormed: 400,
    Unauthorized: 401,
    EndPointNotFound: 404,
    URITooLong: 414,
}
"""What SPARQLWrapper raises → the status that it stands for; its others are 500."""


class EndpointError(Exception):
    """An endpoint did not do what was asked; `status` is its HTTP status, None where it cannot be reached."""

    def __init__(self, status: int | None, said: str) -> None:
        super().__init__(said)
        self.status = status


def ask(endpoint: str, text: str, format: str | None) -> bytes:
    """The endpoint's answer, byte for byte, in `format` (None: csv for tables, ttl for graphs).

    Raises BadInput when the URL is no http(s) URL, when the endpoint cannot be reached, or when it answers
    with an error (its words are passed on, 500 characters at most).
    """
    try:
        parts = urlsplit(endpoint)
    except ValueError as error:
        raise BadInput(f"{endpoint}: not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"{endpoint}: not an http or https URL")
    client = _client(endpoint, text, None)
    chosen = format or ("ttl" if client.queryType in GRAPH_FORMS else "csv")
    client.addCustomHttpHeader("Accept", ACCEPT[chosen])
    try:
        with _sent(client) as answer:
            return answer.read()
    except EndpointError as error:
        raise BadInput(f"{endpoint}: {error}") from error
    except (OSError, HTTPException) as error:
        raise BadInput(f"{endpoint}: its answer broke off: {error}") from error


def query(
    endpoint: str,
    text: str,
    accept: str,
    default_graphs: Iterable[str] = (),
    named_graphs: Iterable[str] = (),
    authorization: str | None = None,
) -> HTTPResponse:
    """What the endpoint answers to a query on these graphs (SPARQL 1.1 Protocol §2.1.4), to be read and closed.

    Raises EndpointError; what reading it raises is the caller's.
    """
    client = _client(endpoint, text, authorization)
    client.queryType = SELECT  # else the first word that could be a form decides, also in a name or a comment
    client.addCustomHttpHeader("Accept", accept)
    for graph in default_graphs:
        client.addParameter("default-graph-uri", graph)
    for graph in named_graphs:
        client.addParameter("named-graph-uri", graph)
    return _sent(client)


def update(endpoint: str, text: str, authorization: str | None = None) -> None:
    """Has the endpoint run an update (SPARQL 1.1 Protocol §2.2); raises EndpointError."""
    client = _client(endpoint, text, authorization)
    client.queryType = INSERT
    _sent(client).close()


def _client(endpoint: str, text: str, authorization: str | None) -> SPARQLWrapper:
    client = SPARQLWrapper(endpoint)
    client.setMethod(POST)
    client.setTimeout(TIMEOUT)
    with warnings.catch_warnings():
        # Text without a query form is warned of; the endpoint says better what is wrong with it.
        warnings.simplefilter("ignore", RuntimeWarning)
        client.setQuery(text)
    client.setOnlyConneg(True)
    if authorization is not None:
        client.addCustomHttpHeader("Authorization", authorization)
    return client


def _sent(client: SPARQLWrapper) -> HTTPResponse:
    try:
        response: HTTPResponse = client.query().response
        return response
    except HTTPError as error:
        said = one_line(error.read().decode(errors="replace"))
        raise EndpointError(error.code, f"{error.code} {error.reason}: {said}") from error
    except SPARQLWrapperException as error:
        raise EndpointError(_STATUS.get(type(error), 500), one_line(_answered(error))) from error
    except (URLError, OSError, HTTPException) as error:
        raise EndpointError(None, f"cannot be reached: {getattr(error, 'reason', error)}") from error


def _answered(error: SPARQLWrapperException) -> str:
    """What the endpoint said: SPARQLWrapper keeps it only inside its own message, written as Python bytes."""
    own, _, response = str(error).partition("\n\nResponse:\n")
    said = ast.literal_eval(response).decode(errors="replace") if response.startswith(("b'", 'b"')) else ""
    return said.strip() or own


def one_line(text: str) -> str:
    """The beginning of what an endpoint said, 500 characters at most, in one line."""
    return " ".join(text.split())[:500]
