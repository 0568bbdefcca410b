"""How many requests of a kind are at work at once: what is slow must not take every thread.

A client decides how fast it sends a body and reads an answer, and each holds a thread for as long.
"""

import threading
from collections import Counter

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
