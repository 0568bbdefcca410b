"""What every answer carries: validators, the other formats, the content coding, and leave for other sites to read it.

A strong ETag (RFC 9110 §8.8.3) names one sequence of bytes, so it differs by snapshot, address, format, build of this
site and content coding. Coding is gzip of the standard library, applied here: what adds it later would have to change
the ETag as well.
"""

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress

from flask import Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest
from werkzeug.urls import iri_to_uri

from kb.errors import StoreMissing
from web.negotiation import Format
from web.reading import reader, snapshot

REVALIDATE = "public, no-cache"
"""Caches may keep it, and ask each time: after a publication nobody sees the old one."""

_SMALLEST = 1024
"""Bytes below which compression gains nothing."""

_LONGEST_LINKS = 4096
"""Characters of all links together; a long query would fill the 8 kB that proxies allow for an answer's headers."""

_CODED = ("text/", "application/ld+json", "application/rdf+xml", "application/n-triples", "application/sparql-results")
_EXPOSED = (
    "ETag, Link, X-Snapshot, X-Complete, X-Rows, X-First-Row, X-Graphs, Server-Timing, Retry-After, "
    "Content-Disposition, Content-Encoding, Allow"
)


def respond(
    body: bytes | str | Iterable[bytes],
    format: Format,
    *,
    formats: Sequence[tuple[Format, str]] = (),
    canonical: str | None = None,
    validated: bool = True,
) -> Response:
    """An answer read from the current snapshot; a body in parts is sent part by part, uncompressed.

    `formats` are the document's formats with their addresses, announced as alternates (RFC 8288) unless that would be
    too long; `validated` is False for an answer that another run may give differently, which is then never kept.
    """
    response = Response(body, content_type=format.content_type)
    response.headers["Vary"] = "Accept"
    links = [f'<{a}>; rel="alternate"; type="{other.media_type}"' for other, a in formats if other is not format]
    if canonical is not None:
        links.append(f'<{iri_to_uri(canonical)}>; rel="canonical"')
    if sum(map(len, links)) <= _LONGEST_LINKS:
        for link in links:
            response.headers.add("Link", link)
    if validated and request.method in ("GET", "HEAD"):
        response.set_etag(etag(format))
        response.headers["Cache-Control"] = REVALIDATE
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def etag(format: Format) -> str:
    """The validator of what this request is answered with in a format, before any content coding."""
    parts = (snapshot().id, reader().build, request.host_url, request.full_path, format.media_type)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def begin() -> None:
    """Before every request: raises BadRequest where Host names no host (RFC 9112 §3.2)."""
    if not request.host:
        raise BadRequest("The header Host names no host.")


def finish(response: Response) -> Response:
    """After every request: cross-origin leave, content coding, and 304 where the client has it already."""
    headers = response.headers
    with suppress(StoreMissing):
        headers["X-Snapshot"] = snapshot().id
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
        headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"
    if response.status_code == 200 and not response.is_streamed:
        _code(response, headers)
        if request.method in ("GET", "HEAD"):
            response.make_conditional(request)
        if response.status_code == 412:
            headers.remove("Content-Encoding")
            response.data = b""
    return response


def _code(response: Response, headers: Headers) -> None:
    if not (response.mimetype or "").startswith(_CODED):
        return
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings.quality("gzip")
    if len(response.get_data()) < _SMALLEST or not wanted or wanted < request.accept_encodings.quality("identity"):
        return
    tag, _ = response.get_etag()
    response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
    headers["Content-Encoding"] = "gzip"
    if tag is not None:
        response.set_etag(f"{tag}-gzip")


def install(app: Flask) -> None:
    """Puts `begin` before and `finish` after every request of the application."""
    app.before_request(begin)
    app.after_request(finish)
