"""The body of a request, read within bounds of size, time and number.

Bodies are read in threads of their own, so many at a time, and a request whose body is late is answered 408 (RFC 9110
§15.5.9), so that clients who send slowly leave the threads of this site to others.
"""

import threading

from flask import Flask, Request, Response, after_this_request, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout

from web import turns
from web.asking import client

SECONDS = 10.0
"""Within which the whole body must have come."""

AT_ONCE = 64
"""Bodies that are read at a time in each worker. Most are there within milliseconds, however many come together."""

PER_CLIENT = 32
"""Of these, those of one client."""


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


def _read(incoming: Request, client: str) -> bytes:
    """The bytes, kept in the request too, where `form` finds them."""
    taken = turns.of("bodies")
    taken.take(client)
    came: list[bytes | HTTPException | OSError] = []

    def read() -> None:
        try:
            came.append(incoming.get_data())
        except (HTTPException, OSError) as error:
            came.append(error)
        finally:
            taken.give_back(client)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not came:

        @after_this_request
        def _outlive(response: Response) -> Response:
            # The client has its answer before this. granian takes back the body of a request that has ended, and holds
            # the interpreter's lock while it waits for whoever reads it: all of the worker would stand still.
            response.call_on_close(thread.join)
            return response

        raise RequestTimeout(f"The body of the request did not come within {SECONDS:g} s.")
    if isinstance(came[0], bytes):
        return came[0]
    raise came[0]
