"""The body of a request, read within bounds of size, time and number.

A client may send its body as slowly as it likes, and each read holds a thread. So bodies are read in threads of their
own, few at a time, and a request whose body is late is answered 408 (RFC 9110 §15.5.9); pages keep all their threads.
"""

import threading
from collections import Counter

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout

from kb.errors import TooBusy
from web.asking import client

SECONDS = 10.0
"""Within which the whole body must have come."""

AT_ONCE = 12
"""Bodies that are read at a time in each worker."""

PER_CLIENT = 6
"""Of these, those of one client."""


def body() -> bytes:
    """The body of this request, at most as large as the site allows.

    Raises werkzeug's RequestEntityTooLarge, which states the limit, and RequestTimeout, and TooBusy where too many
    bodies are being read.
    """
    limit = request.max_content_length
    assert limit is not None
    if (request.content_length or 0) <= limit:
        read = _bodies().read(request._get_current_object(), client())  # type: ignore[attr-defined]
        # Of a chunked body werkzeug gives what lies within the limit, and says nothing of the rest.
        if request.content_length is not None or len(read) < limit:
            return read
    raise RequestEntityTooLarge(f"The body of a request may have up to {limit} bytes; this one has more.")


def install(app: Flask) -> None:
    """Gives the application its count of bodies that are being read."""
    app.extensions["bodies"] = _Bodies()


def _bodies() -> "_Bodies":
    found = current_app.extensions["bodies"]
    assert isinstance(found, _Bodies)
    return found


class _Bodies:
    """The bodies that are being read, by client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    def read(self, incoming: Request, client: str) -> bytes:
        """The bytes, kept in the request too, where `form` finds them."""
        with self._lock:
            if self._held[client] >= PER_CLIENT or self._held.total() >= AT_ONCE:
                raise TooBusy("too many requests are being received at once; ask again later")
            self._held[client] += 1
        came: list[bytes | HTTPException | OSError] = []
        thread = threading.Thread(target=self._read, args=(incoming, client, came), daemon=True)
        thread.start()
        thread.join(SECONDS)
        if not came:
            raise RequestTimeout(f"The body of the request did not come within {SECONDS:g} s.")
        if isinstance(came[0], bytes):
            return came[0]
        raise came[0]

    def _read(self, incoming: Request, client: str, came: list[bytes | HTTPException | OSError]) -> None:
        try:
            came.append(incoming.get_data())
        except (HTTPException, OSError) as error:
            came.append(error)
        finally:
            with self._lock:
                self._held[client] -= 1
                if not self._held[client]:
                    del self._held[client]
