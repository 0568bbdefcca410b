"""What every answer carries: validators, the other formats, the content coding, and leave for other sites to read it.

A strong ETag (RFC 9110 §8.8.3) names one sequence of bytes, so it differs by snapshot, address, format, build of this
site and content coding, and in what tells it by whether the snapshot is pinned.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from flask import Flask, Response, g, get_template_attribute, redirect, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.urls import iri_to_uri

from kb.errors import WhatWorksError
from web import coding, content_policy, security_headers, unseen
from web.as_at import DRAFT, PARAMETER, as_at, carry, carry_draft, in_draft, now
from web.negotiation import HTML, Format
from web.reading import PINS, drafted, incomplete, named, pins, reader, snapshot

REVALIDATE = "public, no-cache"
"""Caches may keep it, and ask each time: after a publication nobody sees the old one."""

KEPT_A_WHILE = "public, max-age=3600"
"""An answer of a snapshot that the request names never changes; not kept longer, since a withdrawal may reach it."""

_CONDITIONS = frozenset(
    ["HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"]
)
"""What makes a request conditional (RFC 9110 §13.1), as WSGI has it."""

_LONGEST_LINKS = 4096
"""Characters of all links together; a long query would fill the 8 kB that proxies allow for an answer's headers."""

_EXPOSED = (
    "ETag, Link, X-Snapshot, X-Complete, X-Rows, X-First-Row, X-Next-Offset, X-Graphs, X-Empty-Because, X-Warning, "
    "Server-Timing, Retry-After, Content-Disposition, Content-Encoding, Allow, X-Request-Id"
)


def respond(
    body: bytes | str | Iterable[bytes],
    format: Format,
    *,
    formats: Sequence[tuple[Format, str]] = (),
    canonical: str | None = None,
    validated: bool = True,
) -> Response:
    """An answer read from the snapshot of the request; a body in parts is sent part by part, uncompressed.

    `formats` are the document's formats with their addresses, announced as alternates (RFC 8288) unless that would be
    too long; `canonical` is its one address, in which no snapshot is left (RFC 6596 §3); `validated` is False for an
    answer that another run may give differently, which is then never kept; nor is one that lacks what is derived from
    the snapshot and may be made later.
    """
    response = Response(body, content_type=format.content_type)
    response.headers["Vary"] = "Accept"
    stay = _staying()
    alternates = [(other.media_type, stay(address)) for other, address in formats if other is not format]
    alternate = ", ".join(f'<{address}>; rel="alternate"; type="{media_type}"' for media_type, address in alternates)
    links = [alternate] if alternates else []
    if canonical is not None:
        links.append(f'<{iri_to_uri(now(canonical))}>; rel="canonical"')
    if sum(map(len, links)) <= _LONGEST_LINKS:
        for link in links:
            response.headers.add("Link", link)
    if validated and not incomplete() and request.method in ("GET", "HEAD"):
        response.set_etag(etag(format))
        response.headers["Cache-Control"] = KEPT_A_WHILE if named() else REVALIDATE
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def see_other(address: str, *, negotiated: bool = False) -> Response:
    """303 to another address (RFC 9110 §15.4.4); `negotiated` says that the Accept header may have led there."""
    response = redirect(address, 303)
    assert isinstance(response, Response)
    if negotiated:
        response.headers["Vary"] = "Accept"
    return response


def etag(format: Format) -> str:
    """The validator of what this request is answered with in a format, before any content coding."""
    id = snapshot().id
    pinned = id in pins() if request.environ.get(PINS) else None
    address = (request.scheme, request.host, request.full_path)
    parts = (id, pinned, reader().build, *address, format.media_type)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def here(address: str) -> str:
    """An address on this site as a link in this answer has it: with the snapshot, where the request names one."""
    return _staying()(address)


def _staying() -> Callable[[str], str]:
    """What makes of an address the one that stays in the draft or the snapshot that the request names."""
    if draft := drafted():
        return partial(in_draft, id=draft)
    id = named()
    return partial(as_at, id=id) if id else str


def begin() -> None:
    """Before every request: raises BadRequest where Host names no host (RFC 9112 §3.2)."""
    if not request.host:
        raise BadRequest("The header Host names no host.")


def finish(response: Response) -> Response:
    """After every request: cross-origin leave, what protects browsers, coding, 304 where the client has it already."""
    headers = response.headers
    wanted = security_headers.told()
    with suppress(WhatWorksError, HTTPException):
        wanted["X-Snapshot"] = snapshot().id  # a file of another snapshot has said its own
        _stay(response, headers)
    if not g.get("private"):  # what a token opens is for who has it, not for the pages of other sites
        wanted["Access-Control-Allow-Origin"] = "*"
    wanted["Access-Control-Expose-Headers"] = _EXPOSED
    wanted[content_policy.HEADER] = content_policy.policy_of(response)
    _add_absent(headers, wanted)
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
        headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"
    unseen.leave_out(response)
    if response.status_code == 200 and not response.is_streamed:
        coding.apply(response)
        if request.method in ("GET", "HEAD") and not _CONDITIONS.isdisjoint(request.environ):
            response.make_conditional(request)
        if response.status_code == 412:
            headers.remove("Content-Encoding")
            response.data = b""
    return response


def _add_absent(headers: Headers, wanted: Mapping[str, str]) -> None:
    """All at once, since each look into Headers goes through the whole list."""
    given = {name.lower() for name, _ in headers}
    headers.extend((name, value) for name, value in wanted.items() if name.lower() not in given)


def _stay(response: Response, headers: Headers) -> None:
    """Where the request names a snapshot or a draft, its links lead on into that, and so does a redirect."""
    if not (id := named() or drafted()):
        return
    put, carrying, name = (in_draft, carry_draft, DRAFT) if drafted() else (as_at, carry, PARAMETER)
    headers["X-Robots-Tag"] = "noindex, nofollow"  # one copy of the site for each snapshot would be found
    if "Location" in headers:
        headers["Location"] = put(headers["Location"], id)
    if response.mimetype == HTML.media_type and not response.is_streamed:
        field = get_template_attribute("macros/page.html", "snapshot_field")(name, id)
        response.set_data(carrying(response.get_data(as_text=True), id, field))


def install(app: Flask) -> None:
    """Puts `begin` before and `finish` after every request of the application."""
    app.before_request(begin)
    app.after_request(finish)
