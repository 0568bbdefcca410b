"""How often a client may ask within a minute: the worst one must not take the site from the others.

Counted is what makes work: not what is answered from memory, files, or the paths by which a machine looks whether the
site is well. Queries have places of their own (`kb.ask.bounded`), signing in and what publishers and readers send are
counted for all workers together (`kb.store.attempts`, `kb.store.submissions`). This is counted in each worker, since a
count that they shared would cost a write for each page; a client whose connections reach all has as much of each.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Flask, request

from kb.config import Settings
from kb.errors import TooBusy
from web.asking import client

CLIENTS = 20_000
"""Clients that are remembered; those who have not asked for longest are forgotten first."""

GATHERING = frozenset(
    ("search", "side_by_side", "comparing", "buildings", "sharing", "merging", "briefing", "evidence_map", "money")
)
"""The blueprints of searches, and of pages that gather much: they take many times as long as the page of a thing."""

ASKING = frozenset(("links.make", "links.one_link", "questions.one_question"))
"""The endpoints that answer queries, which have bounds of their own (`web.asking`); programs ask by the thousand."""

UNCOUNTED = ("/static/", "/healthz", "/readyz", "/metrics", "/favicon.ico")
"""Starts of paths of what costs next to nothing."""


class Rate:
    """So many within a minute for each client, and as many at once after a minute without any; 0: any number."""

    def __init__(self, what: str, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._most = a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Client → how many it had left, and when that was (the token bucket of network equipment)."""

    def count(self, client: str) -> None:
        """Counts one more. Raises TooBusy, with the seconds to wait; what is refused counts nothing."""
        if not self._most:
            return
        now, a_second = self._clock(), self._most / 60
        with self._lock:
            left, at = self._left.pop(client, (float(self._most), now))
            left = min(float(self._most), left + (now - at) * a_second)
            refused = left < 1
            self._left[client] = (left if refused else left - 1, now)
            if len(self._left) > CLIENTS:
                self._left.popitem(last=False)
        if refused:
            wait = math.ceil((1 - left) / a_second)
            raise TooBusy(f"{self._most} {self._what} within a minute are as many as one client may make; wait", wait)


def install(app: Flask) -> None:
    """Counts every request of the application, before anything is done for it."""
    settings: Settings = app.config["SETTINGS"]
    requests = Rate("requests", settings.requests_per_minute)
    searches = Rate("searches and comparisons", settings.searches_per_minute)

    @app.before_request
    def _count() -> None:
        if request.path.startswith(UNCOUNTED) or _asks():
            return
        (searches if request.blueprint in GATHERING else requests).count(client())


def _asks() -> bool:
    """Whether it is a query; the editor, graphs and what programs are told of the data are work like any page."""
    if request.endpoint == "sparql.endpoint":
        return request.method == "POST" or "query" in request.args
    return request.endpoint in ASKING
