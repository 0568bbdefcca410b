"""What the layers of the site note of a request for its line in the access log and for the counts: its page, its query.

It lies in the WSGI environment, since repeats are answered from memory where there is no Flask.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask, has_request_context, request

from kb.errors import AnswerTooLarge, QueryError, QueryRefused, QueryStopped, ServiceFailed, TooBusy, WhatWorksError

_KEY = "whatworks.noted"

NO_PAGE = "none"
"""The type of page of an address that is none of this site."""

PRIVATE = ("/contribute", "/publish", "/sign-", "/api/", "/q/")
"""Starts of paths in which an id can be a key to something, or stand for what somebody asked."""

OUTCOMES: dict[type[WhatWorksError], str] = {
    QueryError: "malformed",
    QueryRefused: "refused",
    QueryStopped: "stopped",
    TooBusy: "busy",
    AnswerTooLarge: "too-large",
    ServiceFailed: "service-failed",
}
"""What ended a query → the outcome that is counted. Others: `answered`, `repeated` (from memory), `failed` (ours)."""


@dataclass(slots=True, eq=False)
class Noted:
    """Of one request: the type of page, the pattern of its address, its path, and what came of its query.

    All repeats of an answer have the same one, by which they are counted together.
    """

    page: str = NO_PAGE
    pattern: str = "-"
    path: str = "-"
    query: str = ""

    def repeated(self) -> "Noted":
        """The same, for an answer from memory."""
        return Noted(self.page, self.pattern, self.path, "repeated" if self.query else "")

    def told(self, status: int) -> str:
        """The path as it may be kept: where it is private, or led to nothing, its pattern only."""
        return self.pattern if status >= 400 or f"{self.pattern}/".startswith(PRIVATE) else self.path


NOTHING = Noted()


def of(environ: dict[str, Any]) -> Noted:
    """What was noted of the request."""
    found = environ.get(_KEY, NOTHING)
    assert isinstance(found, Noted)
    return found


def note(environ: dict[str, Any], noted: Noted) -> None:
    """Notes it."""
    environ[_KEY] = noted


@contextmanager
def querying(read: bool = False) -> Iterator[None]:
    """Notes what comes of a stranger's query within a request; `read`: it is only being read, and asked later.

    What was noted first stays: after it may come queries of the site's own, to find out why an answer is empty.
    """
    outcome = "failed"
    try:
        yield
        outcome = "" if read else "answered"
    except WhatWorksError as error:
        outcome = next((OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES), "failed")
        raise
    finally:
        if has_request_context() and (noted := of(request.environ)) is not NOTHING:
            noted.query = noted.query or outcome


def install(app: Flask) -> None:
    """Notes the page of every request before anything else is done for it."""

    @app.before_request
    def _begin() -> None:
        rule = request.url_rule
        if rule is None:
            note(request.environ, Noted())
        else:
            path = quote(request.path, safe="/!$&'()*+,;=:@~-._")
            note(request.environ, Noted(rule.endpoint, rule.rule, path))
