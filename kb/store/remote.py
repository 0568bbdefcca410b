"""A SPARQL endpoint elsewhere, over the SPARQL 1.1 Protocol; the only user of SPARQLWrapper."""

import ast
import warnings
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

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
    client = SPARQLWrapper(endpoint)
    client.setMethod(POST)
    client.setTimeout(TIMEOUT)
    with warnings.catch_warnings():
        # Text without a query form is warned of; the endpoint says better what is wrong with it.
        warnings.simplefilter("ignore", RuntimeWarning)
        client.setQuery(text)
    chosen = format or ("ttl" if client.queryType in GRAPH_FORMS else "csv")
    client.setOnlyConneg(True)
    client.addCustomHttpHeader("Accept", ACCEPT[chosen])
    try:
        response = client.query().response
        body: bytes = response.read()
    except HTTPError as error:
        said = _one_line(error.read().decode(errors="replace"))
        raise BadInput(f"{endpoint}: {error.code} {error.reason}: {said}") from error
    except SPARQLWrapperException as error:
        raise BadInput(f"{endpoint}: {_one_line(_answered(error))}") from error
    except (URLError, OSError, HTTPException) as error:
        raise BadInput(f"{endpoint}: cannot be reached: {getattr(error, 'reason', error)}") from error
    return body


def _answered(error: SPARQLWrapperException) -> str:
    """What the endpoint said: SPARQLWrapper keeps it only inside its own message, written as Python bytes."""
    own, _, response = str(error).partition("\n\nResponse:\n")
    said = ast.literal_eval(response).decode(errors="replace") if response.startswith(("b'", 'b"')) else ""
    return said.strip() or own


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
