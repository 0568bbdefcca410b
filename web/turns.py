"""How many requests of a kind are at work at once: what is slow must not take every thread.

A client decides how fast it sends a body and reads an answer, and each holds a thread for as long.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

from kb.errors import TooBusy


class Turns:
    """At most `at_once` in each worker, and `per_client` of them for one client; `what` is what they are, in words."""

    def __init__(self, what: str, at_once: int, per_client: int) -> None:
        self._what = what
        self._at_once = at_once
        self._per_client = per_client
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    def take(self, client: str) -> None:
        """Counts one more for the client, until it is given back. Raises TooBusy."""
        with self._lock:
            if self._held[client] >= self._per_client or self._held.total() >= self._at_once:
                raise TooBusy(f"too many {self._what} at once; ask again later")
            self._held[client] += 1

    def give_back(self, client: str) -> None:
        """Ends what `take` began."""
        with self._lock:
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]

    @contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """One more for the client, until the block ends. Raises TooBusy."""
        self.take(client)
        try:
            yield
        finally:
            self.give_back(client)


def install(app: Flask, name: str, what: str, at_once: int, per_client: int) -> None:
    """Gives the application its own turns of that name."""
    app.extensions[name] = Turns(what, at_once, per_client)


def of(name: str) -> Turns:
    """The turns of that name in this application."""
    found = current_app.extensions[name]
    assert isinstance(found, Turns)
    return found
