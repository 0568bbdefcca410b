"""Asking for a stranger: whose query it is, what bounds the request sets itself, and the answer as a response."""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, ip_address, ip_network

from flask import Response, current_app, g, request
from werkzeug.exceptions import BadRequest
from werkzeug.urls import iri_to_uri

from kb.ask.bounded import Answer, Asker
from kb.ask.evaluation import Job, Rows
from kb.ask.query import Query
from web.negotiation import Format
from web.operations.noted import querying
from web.reading import snapshot
from web.representation import respond
from web.sending import count

_LONGEST_GRAPHS = 2000
"""Characters of the graphs in a header; of more, the number is told."""

LONGEST_ADDRESS = 4096
"""Characters of an address with a query in it, above which none is given: not every proxy takes a longer one."""

_LONGEST_WARNING = 600
"""Characters of the warnings in a header; the page has them whole."""

UNKNOWN = "unknown"
"""The one client that all are of whom a proxy tells no address."""

_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::[0-9]+)?")
"""An address as a node of RFC 7239 §6, which some gateways write into X-Forwarded-For too: in brackets, with a port."""

_log = logging.getLogger(__name__)


def ask(
    query: Query, format: str, rows: Rows | None = None, seconds: float | None = None, megabytes: int | None = None
) -> Answer:
    """The answer to a query on the snapshot of this request, in the format of this name, for the client that asks.

    What the request says and is not done (`web.sparql_request.unheeded`) is among its warnings.
    `seconds` and `megabytes` lower the limits of its time and size. Raises what `kb.ask.bounded.Asker.ask` raises.
    """
    asker = current_app.extensions["asker"]
    assert isinstance(asker, Asker)
    largest = current_app.config["SETTINGS"].query_result_mb
    job = Job(snapshot().location, query, format, min(megabytes or largest, largest), rows)
    with querying():
        answer = asker.ask(job, client(), timeout() if seconds is None else seconds)
    if unheeded := g.get("unheeded"):
        answer.outcome = replace(answer.outcome, warnings=(*unheeded, *answer.outcome.warnings))
    return answer


def federated() -> list[str]:
    """The URLs that SERVICE may name here."""
    listed: str = current_app.config["SETTINGS"].federation
    return listed.split()


def client() -> str:
    """Whose request it is: the address that it comes from; of IPv6 the network, which is what one subscriber has."""
    told = request.remote_addr or ""
    try:
        address = ip_address(_address(told))
    except ValueError:
        _warn_unknown()
        return UNKNOWN
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:  # RFC 4291 §2.5.5.2: all of IPv4 is in one such network
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False).network_address)


def _address(told: str) -> str:
    node = _PORT.fullmatch(told)
    return (node[1] or node[2]) if node else told


@cache
def _warn_unknown() -> None:
    """Said once in each worker, without what was told: it may be of anybody."""
    _log.warning(
        "the proxy in front tells no address of clients in X-Forwarded-For that is one, so they all count as one client"
    )


def timeout() -> float | None:
    """The seconds of `timeout=`, which can lower the limit of this site; None where there is none."""
    text = request.values.get("timeout", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise BadRequest(f"timeout={text}: give the seconds that the query may take, as 10 or 0.5.")
    return seconds


def rows_wanted() -> Rows | None:
    """The rows that `max-rows=` and `offset=` ask for; None where the whole answer is."""
    if "max-rows" not in request.values:
        if "offset" in request.values:
            raise BadRequest("offset= goes with max-rows=, the number of rows to send.")
        return None
    count, skip = _natural("max-rows", ""), _natural("offset", "0")
    if count == 0:
        raise BadRequest("max-rows=0: ask for one row or more.")
    return Rows(skip, count)


def _natural(name: str, default: str) -> int:
    text = request.values.get(name, default).strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise BadRequest(f"{name}={text}: give a whole number.")
    return int(text)


def send(
    answer: Answer, query: Query, format: Format, formats: Sequence[tuple[Format, str]], following: str | None
) -> Response:
    """The answer as it was asked for; `following` is the address of the rows after it, where there are some.

    One that is too long for a header is left out: whoever asked by POST asks again with X-Next-Offset.
    """
    validated = not query.varies
    if answer.is_large:
        response = respond(answer.chunks(), format, formats=formats, validated=validated)
        response.content_length = answer.outcome.size
        response.call_on_close(answer.close)
        try:
            count(response, client())
        finally:
            answer.leave()
    else:
        response = respond(answer.body, format, formats=formats, validated=validated)
        answer.close()
    describe(response, answer)
    _name(response, answer, format)
    if following is not None:
        rows = rows_wanted()
        assert rows is not None  # or nothing would follow
        response.headers["X-Next-Offset"] = str(rows.skip + rows.count)
        if len(following) <= LONGEST_ADDRESS:
            response.headers.add("Link", f'<{following}>; rel="next"')
    return response


def describe(response: Response, answer: Answer) -> None:
    """The headers that say how complete an answer is, how long it took, which graphs it read, and its warnings."""
    outcome = answer.outcome
    listed = " ".join(map(iri_to_uri, outcome.graphs))
    told = {
        "Server-Timing": f"query;dur={outcome.seconds * 1000:.1f}",
        "X-Complete": "false" if outcome.more or _skipped() else "true",
        "X-Graphs": listed if len(listed) <= _LONGEST_GRAPHS else f"{len(outcome.graphs)} graphs",
    }
    if outcome.returned is not None:
        told["X-Rows"] = str(outcome.returned)
    if outcome.warnings:
        told["X-Warning"] = ascii_only(" ".join(outcome.warnings), _LONGEST_WARNING)
    response.headers.extend(told)


def ascii_only(text: str, longest: int) -> str:
    """The text in the signs of ASCII that are seen, which a header carries safely; others become question marks."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:longest]


def _skipped() -> int:
    rows = rows_wanted()
    return rows.skip if rows else 0


def _name(response: Response, answer: Answer, format: Format) -> None:
    """What a part of an answer is saved as says that it is one."""
    rows, outcome = rows_wanted(), answer.outcome
    if rows is None or outcome.returned is None:
        return
    response.headers["X-First-Row"] = str(rows.skip + 1)
    part = f"rows-{rows.skip + 1}-{rows.skip + outcome.returned}" + ("-and-more-follow" if outcome.more else "")
    if not outcome.returned:
        part = f"no-rows-after-{rows.skip}"
    response.headers["Content-Disposition"] = f'inline; filename="answer-{part}.{format.suffix}"'
