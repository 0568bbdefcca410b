"""What went wrong, as an answer: one table from errors to statuses, and one handler.

The client gets a page, plain text, or problem details (RFC 9457), by its Accept header; never a detail of the code.
"""

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from kb import logs
from kb.errors import (
    AnswerTooLarge,
    BadInput,
    Gone,
    NotAllowed,
    NotConforming,
    NotFound,
    NotSignedIn,
    PreviewInTheMaking,
    QueryError,
    QueryRefused,
    QueryStopped,
    ReadsOnly,
    SearchAbsent,
    ServiceFailed,
    SnapshotsBusy,
    StoreBusy,
    StoreFull,
    StoreMissing,
    StoreUnwritable,
    TooBusy,
    TooLarge,
    UnknownPublisher,
    WhatWorksError,
    Withdrawn,
    WrongState,
)
from web.as_at import PARAMETER
from web.negotiation import TURTLE, Format, best_of, wants_html
from web.withdrawals import tombstone_graph

PROBLEM = Format("json", "application/problem+json", "Problem details", ("application/json", "application/ld+json"))
TEXT = Format("txt", "text/plain", "Text")

STATUS: dict[type[WhatWorksError], HTTPStatus] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    QueryError: HTTPStatus.BAD_REQUEST,
    QueryRefused: HTTPStatus.FORBIDDEN,
    AnswerTooLarge: HTTPStatus.FORBIDDEN,
    ReadsOnly: HTTPStatus.FORBIDDEN,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    UnknownPublisher: HTTPStatus.NOT_FOUND,
    WrongState: HTTPStatus.CONFLICT,
    NotConforming: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    TooBusy: HTTPStatus.TOO_MANY_REQUESTS,
    QueryStopped: HTTPStatus.SERVICE_UNAVAILABLE,
    NotFound: HTTPStatus.NOT_FOUND,
    Gone: HTTPStatus.GONE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    StoreFull: HTTPStatus.INSUFFICIENT_STORAGE,
    PreviewInTheMaking: HTTPStatus.SERVICE_UNAVAILABLE,
    SnapshotsBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnwritable: HTTPStatus.SERVICE_UNAVAILABLE,
    SearchAbsent: HTTPStatus.SERVICE_UNAVAILABLE,
    ServiceFailed: HTTPStatus.BAD_GATEWAY,
}
"""Error → status; any other error is ours, 500."""

TITLES = {
    HTTPStatus.BAD_REQUEST: "This cannot be read",
    HTTPStatus.UNAUTHORIZED: "Sign in first",
    HTTPStatus.LENGTH_REQUIRED: "Say how long it is",
    HTTPStatus.CONFLICT: "Not possible now",
    HTTPStatus.UNPROCESSABLE_ENTITY: "This does not conform",
    HTTPStatus.FORBIDDEN: "Not done here",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Not possible at this address",
    HTTPStatus.NOT_ACCEPTABLE: "No such format",
    HTTPStatus.REQUEST_TIMEOUT: "The request came too slowly",
    HTTPStatus.GONE: "Kept here no longer",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More than is taken here",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Sent in a format not read here",
    HTTPStatus.MISDIRECTED_REQUEST: "Not the name of this site",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much at once",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something failed here",
    HTTPStatus.BAD_GATEWAY: "Another site gave no answer",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not now",
    HTTPStatus.GATEWAY_TIMEOUT: "No answer in time",
    HTTPStatus.INSUFFICIENT_STORAGE: "No room for more",
}
"""Status → the heading of its page; the line below says what it is about."""

_log = logging.getLogger("web")


def answer(error: Exception) -> Response:
    """The answer to a request that failed."""
    headers: list[tuple[str, str]] = []
    if isinstance(error, HTTPException):
        if error.response is not None or (error.code or 500) < 400:
            response = error.get_response()
            assert isinstance(response, Response)
            return response
        status, detail = HTTPStatus(error.code or 500), error.description or ""
        headers = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    else:
        status, detail, headers = status_of(error), str(error), [*retry(error), *challenge(error)]
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s %s failed", request.method, _pattern(), exc_info=error)
        detail = "Something failed here, and it has been logged; nothing in your request need be wrong."
    if isinstance(error, StoreMissing):
        _log.error("%s", error)
        detail = "There is no knowledge here to read yet, or it cannot be opened; try again in a minute."
    if isinstance(error, StoreUnwritable):
        _log.error("%s", error)
        detail = "Nothing can be kept here just now, and it has been logged. Reading goes on; try again later."
    stone = tombstone_graph(error) if isinstance(error, Withdrawn) else None
    response = stone or _rendered(status, detail, error)
    response.status_code = status
    response.headers.extend(headers)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response


def _pattern() -> str:
    """What the log has of an address: no more than its pattern, for an id in it may be a key to something."""
    return request.url_rule.rule if request.url_rule else "an unknown address"


def status_of(error: Exception) -> HTTPStatus:
    """The status of an error that is no HTTPException."""
    ours = HTTPStatus.INTERNAL_SERVER_ERROR
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), ours)


def retry(error: Exception) -> list[tuple[str, str]]:
    """The header that says when to ask again (RFC 9110 §10.2.3), where that helps."""
    if not isinstance(error, TooBusy):
        return []
    again = [("Refresh", str(error.seconds))] if isinstance(error, PreviewInTheMaking) else []  # for who sees a page
    return [("Retry-After", str(error.seconds)), *again]


def challenge(error: Exception) -> list[tuple[str, str]]:
    """The header that says how to be let in (RFC 9110 §11.6.1, RFC 6750 §3)."""
    return [("WWW-Authenticate", 'Bearer realm="whatworks"')] if isinstance(error, NotSignedIn) else []


def _rendered(status: HTTPStatus, detail: str, error: Exception) -> Response:
    request_id = logs.REQUEST.get()
    if wants_html():
        unread = PARAMETER in request.args and "snapshot" not in g
        title = TITLES.get(status, status.phrase)
        page = render_template("error.html", title=title, status=status, detail=detail, unread=unread)
        return Response(page, status, content_type="text/html; charset=utf-8")
    report = error.report if isinstance(error, NotConforming) else None
    programs = request.path.startswith("/api/")
    offered = (TEXT, PROBLEM) if report is None else (TEXT, PROBLEM, TURTLE)
    format = best_of(request.headers.get("Accept", ""), offered)
    if report is not None and format is TURTLE:
        return Response(report.turtle(), status, content_type=TURTLE.content_type)
    if not programs and format is not PROBLEM:
        named = f"Request: {request_id}\n" if request_id else ""
        told = f"\n{report.text()}" if report is not None else ""
        return Response(f"{status.phrase}: {detail}\n{named}{told}", status, content_type=TEXT.content_type)
    problem: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    if request_id:
        problem["request_id"] = request_id  # an extension member (RFC 9457 §3.2)
    if isinstance(error, QueryError) and error.line is not None:
        problem |= {"line": error.line, "column": error.column}
    if report is not None:
        problem["report"] = report.json()
    return Response(json.dumps(problem, ensure_ascii=False), status, content_type=PROBLEM.media_type)


def install(app: Flask) -> None:
    """Makes `answer` the one handler of the application."""
    app.register_error_handler(Exception, answer)
