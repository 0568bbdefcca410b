"""Places for running queries: how many run at a time, who waits, and whose turn is next.

A few heavy queries must not keep everybody out, nor must one client. So the last free place is for clients with short
queries, or unknown ones; a query that has run for long in it ends when others wait; of those that
wait, the one whose client asks the shortest goes first; and where no more can wait, one of a heavier client gives way.
Shares of time would not do: who asks many short queries, one after the other, takes as much as who asks a long one.
Nor would the last query, or a mean: who has asked for one large answer would wait behind bombs with the next look-ups.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kb.errors import TooBusy

LONG = 0.3
"""Seconds of processor time from which a query counts as long."""

SHARE = 0.25
"""Of its time in a place, but for that in which it waits for the processor, what counts at least while it runs: one
that waits for another site takes its place too."""

LIGHT = 0.2
"""Seconds of processor time that the queries of a light client typically take, at most; less than LONG."""

HALF_LIFE = 60.0
"""Seconds after which half of what is known of a client is forgotten."""

PATIENCE = 10.0
"""Seconds that a query waits for a place."""

LAST = 3
"""Queries of a client, the last ones, whose median is what it typically asks; those it has not asked took no time."""

_CLIENTS = 10_000
_NOTHING = (0.0,) * LAST
_FULL = "all places for queries are taken, and so are those to wait; ask again later"


@dataclass(eq=False)
class Place:
    """A query's place; `runs`: it has one, and waits no longer; `away`: it gave way to another."""

    client: str
    runs: bool = False
    long: bool = False
    away: bool = False
    cost: float = 0.0
    """Seconds of processor time that the query took, as far as is known."""
    free: threading.Event = field(default_factory=threading.Event)


class Places:
    """The places of one process: `running` at a time, `waiting` besides, and `per_client` of either for each client."""

    def __init__(
        self, running: int, waiting: int, per_client: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.running = running
        self._waiting = waiting
        self._per_client = per_client
        self._clock = clock
        self._lock = threading.Lock()
        self._at_work: list[Place] = []
        self._in_line: list[Place] = []
        self._held: dict[str, int] = {}
        self._taken: dict[str, tuple[tuple[float, ...], float]] = {}

    def hold(self, client: str) -> None:
        """Counts one query for the client, until `let_go`. Raises TooBusy."""
        with self._lock:
            if self._held.get(client, 0) >= self._per_client:
                raise TooBusy(
                    f"you have {self._per_client} queries here already, which is the most for one client at a time; "
                    "wait for their answers"
                )
            if sum(self._held.values()) >= self.running + self._waiting and not self._turn_away(client):
                raise TooBusy(_FULL)
            self._held[client] = self._held.get(client, 0) + 1

    def let_go(self, client: str) -> None:
        """Ends what `hold` began."""
        with self._lock:
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]

    @contextmanager
    def place(self, client: str) -> Iterator[Place]:
        """A place to run in, once there is one; raises TooBusy where none becomes free in PATIENCE seconds."""
        place = Place(client)
        with self._lock:
            self._in_line.append(place)
            self._call()
        try:
            place.free.wait(PATIENCE)
            if not place.runs:
                raise TooBusy(_FULL if place.away else f"no place became free in {PATIENCE:g} s; ask again later")
            yield place
        finally:
            self._leave(place)

    def may_go_on(self, place: Place, taken: float, held: float) -> bool:
        """Whether the query in this place may run on, which took so many seconds of processor time.

        Not, where it runs long in the last one and others wait. `held`: seconds that it held its place without waiting
        for the processor, for which others are the cause.
        """
        with self._lock:
            if not place.runs:
                return True
            place.cost = max(place.cost, taken, SHARE * held)
            if place.long or place.cost < LONG:
                return True
            # The one place there is may be taken by a long query; of more, the last may not, while others wait.
            if sum(1 for other in self._at_work if other.long) < max(1, self.running - 1):
                place.long = True
            return place.long or not any(p.client != place.client and self._is_light(p.client) for p in self._in_line)

    def _turn_away(self, client: str) -> bool:
        """Ends the wait of a query whose client asks longer queries, or has more of them here, than this one."""
        wait = [place for place in self._in_line if self._weight(place.client) > self._weight(client)]
        if not wait:
            return False
        heaviest = max(wait, key=lambda place: self._weight(place.client))
        self._in_line.remove(heaviest)
        heaviest.away = True
        heaviest.free.set()
        return True

    def _weight(self, client: str) -> tuple[bool, int, float]:
        return not self._is_light(client), self._held.get(client, 0), self._typical(client)

    def _leave(self, place: Place) -> None:
        with self._lock:
            if place in self._in_line:
                self._in_line.remove(place)
            if place in self._at_work:
                self._at_work.remove(place)
                self._note(place.client, place.cost)
            self._call()

    def _call(self) -> None:
        """Lets those run whose turn it is."""
        while self._in_line and (free := self.running - len(self._at_work)) > 0:
            ready = [p for p in self._in_line if free > 1 or self.running == 1 or self._is_light(p.client)]
            if not ready:
                return
            next_ = min(ready, key=lambda place: self._claim(place.client))
            self._in_line.remove(next_)
            self._at_work.append(next_)
            next_.runs = True
            next_.free.set()

    def _claim(self, client: str) -> tuple[float, float]:
        """Less goes first: who typically asks less, then who is known to, before who is not known."""
        taken, _ = self._taken.get(client, ((LIGHT,), 0.0))
        return self._typical(client), sum(taken)

    def _is_light(self, client: str) -> bool:
        return self._typical(client) < LIGHT

    def _typical(self, client: str) -> float:
        """Seconds that a query of the client takes, as far as is known: those of late, and those that run now."""
        now = self._clock()
        taken, at = self._taken.get(client, (_NOTHING, now))
        running = (place.cost for place in self._at_work if place.client == client)
        return max([sorted(taken)[LAST // 2] * _kept(now - at), *running])

    def _note(self, client: str, seconds: float) -> None:
        now = self._clock()
        before, at = self._taken.pop(client, (_NOTHING, now))
        self._taken[client] = ((*(each * _kept(now - at) for each in before[1:]), seconds), now)
        while len(self._taken) > _CLIENTS:
            del self._taken[next(iter(self._taken))]


def _kept(seconds: float) -> float:
    """The share of what is known of a client that is not yet forgotten."""
    return float(0.5 ** (seconds / HALF_LIFE))
