"""The body of a request, read within bounds of size, time and number.

Bodies are read in threads of their own, so many at a time, and a request whose body is late is answered 408 (RFC 9110
§15.5.9), so that clients who send slowly leave the threads of this site to others. Where as many are being read as may
be, one of the client who has most of them gives way to that of another.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from flask import Flask, Request, Response, after_this_request, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from kb.errors import TooBusy
from web import connections, turns
from web.asking import client

SECONDS = 10.0
"""Within which the whole body must have come."""

AT_ONCE = 64
"""Bodies that are read at a time in each worker. Most are there within milliseconds, however many come together."""

PER_CLIENT = 32
"""Of these, those of one client."""

PROMPT = 1.0
"""Seconds within which an ordinary body is there; one that takes longer may have to give way."""


@dataclass(eq=False)
class _Reading:
    """A body that is being read; `away`: it gives way to another."""

    client: str
    begun: float = field(default_factory=time.monotonic)
    away: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    decided: threading.Event = field(default_factory=threading.Event)
    """Whether it has ended or gives way."""


def body() -> bytes:
    """The body of this request, at most as large as the site allows.

    Raises werkzeug's RequestEntityTooLarge, which states the limit, and RequestTimeout, and TooBusy where too many
    bodies are being read.
    """
    limit = request.max_content_length
    assert limit is not None
    if (request.content_length or 0) <= limit:
        read = _read(request._get_current_object(), client())  # type: ignore[attr-defined]
        # Of a chunked body werkzeug gives what lies within the limit, and says nothing of the rest.
        if request.content_length is not None or len(read) < limit:
            return read
    raise RequestEntityTooLarge(f"The body of a request may have up to {limit} bytes; this one has more.")


def install(app: Flask) -> None:
    """Gives the application its count of bodies that are being read."""
    turns.install(app, "bodies", "requests are being received", AT_ONCE, PER_CLIENT)
    app.extensions["bodies that are read"] = []


def _read(incoming: Request, client: str) -> bytes:
    """The bytes, kept in the request too, where `form` finds them."""
    taken, reading = turns.of("bodies"), _Reading(client)
    others: list[_Reading] = current_app.extensions["bodies that are read"]
    try:
        taken.take(client)
    except TooBusy:
        if not _has_made_way(list(others), client):
            raise
        taken.take(client)
    others.append(reading)
    came: list[bytes | BaseException] = []

    def read() -> None:
        try:
            came.append(incoming.get_data())
        except BaseException as error:  # told in the thread of the request
            came.append(error)
        finally:
            others.remove(reading)
            taken.give_back(client)
            reading.ended.set()
            reading.decided.set()

    thread = threading.Thread(target=read, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no thread is left
        others.remove(reading)
        taken.give_back(client)
        raise
    reading.decided.wait(SECONDS)
    if not came:
        end_unread(thread, reading.ended, PROMPT if reading.away else SECONDS)
        if reading.away:
            raise TooBusy("too many requests are being received at once, and this one comes slowly; ask again later")
        raise RequestTimeout(f"The body of the request did not come within {SECONDS:g} s.")
    if isinstance(came[0], bytes):
        return came[0]
    raise came[0]


def end_unread(reader: threading.Thread, ended: threading.Event, seconds: float) -> None:
    """Has the connection of this request ended once it is answered, whose body is not read to its end.

    `reader` reads the body and tells that it has `ended`; for `seconds` nothing was sent to the client.
    """
    # The kernel's clock began with the last answer before, or with the connection, but tells no more than milliseconds.
    silent = 0.9 * seconds
    candidates = connections.unanswered(request.environ, silent)

    def end() -> None:
        # granian takes back the body of a request that has ended, and holds the interpreter's lock while it waits for
        # whoever reads it: all of the worker would stand still. So the reader must have ended before.
        connections.stop_reading(candidates, silent, ended)
        reader.join()

    @after_this_request
    def _end(response: Response) -> Response:
        response.call_on_close(end)
        return response


def _has_made_way(others: list[_Reading], client: str) -> bool:
    """Ends the body that is read for longest of the client who has the most of them, if that is more than this one."""
    held = Counter(reading.client for reading in others)
    late = time.monotonic() - PROMPT
    slow = [each for each in others if each.begun < late and held[each.client] > held[client] + 1 and not each.away]
    if not slow:
        return False
    longest = max(slow, key=lambda each: (held[each.client], -each.begun))
    longest.away = True
    longest.decided.set()
    return longest.ended.wait(PROMPT)
