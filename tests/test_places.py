"""Whose turn it is: the last place is for light clients, long queries leave it, no client has more than its share."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kb.ask import places as module
from kb.ask.places import LIGHT, LONG, Place, Places
from kb.errors import TooBusy


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def waiting(places: Places, client: str) -> tuple[threading.Thread, list[Place | TooBusy], threading.Event]:
    """A client that waits for a place in a thread of its own; what it got, and the event that lets it leave."""
    got: list[Place | TooBusy] = []
    leave = threading.Event()

    def run() -> None:
        try:
            with places.place(client) as place:
                got.append(place)
                leave.wait(10)
        except TooBusy as error:
            got.append(error)

    thread = threading.Thread(target=run)
    before = len(places._in_line) + len(places._at_work)
    thread.start()
    end = time.monotonic() + 10
    while len(places._in_line) + len(places._at_work) == before and thread.is_alive() and time.monotonic() < end:
        time.sleep(0.001)
    return thread, got, leave


def asked(places: Places, client: str, seconds: float, times: int) -> None:
    """The client asks one query after the other, each of so many seconds of processor time."""
    for _ in range(times):
        with places.place(client) as place:
            place.cost = seconds


def test_a_client_has_its_share_and_no_more(clock: Clock) -> None:
    places = Places(running=3, waiting=8, per_client=2, clock=clock)
    places.hold("a")
    places.hold("a")
    with pytest.raises(TooBusy, match="you have 2 queries here already"):
        places.hold("a")
    places.hold("b")
    places.let_go("a")
    places.hold("a")


def test_what_waits_is_bounded(clock: Clock) -> None:
    places = Places(running=1, waiting=1, per_client=9, clock=clock)
    places.hold("a")
    places.hold("b")
    with pytest.raises(TooBusy, match="all places for queries are taken") as refused:
        places.hold("c")
    assert refused.value.seconds > 0


def test_where_no_more_can_wait_the_heavier_client_gives_way(clock: Clock, stack: ExitStack) -> None:
    places = Places(running=1, waiting=2, per_client=3, clock=clock)
    for _ in range(3):
        places.hold("heavy")
    stack.enter_context(places.place("heavy"))
    threads = [waiting(places, "heavy") for _ in range(2)]
    places.hold("light")
    away = [got for thread, got, _ in threads if not thread.join(0.5) and got]
    assert [type(got[0]) for got in away] == [TooBusy]
    with pytest.raises(TooBusy, match="you have 3"):
        places.hold("heavy")
    for _, _, leave in threads:
        leave.set()
    stack.close()
    for thread, _, _ in threads:
        thread.join(5)


def test_nobody_waits_for_ever(clock: Clock, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    stack.enter_context(places.place("a"))
    with pytest.raises(TooBusy, match="no place became free"), places.place("b"):
        pass
    assert not places._in_line


def test_the_last_place_is_for_light_clients(clock: Clock, stack: ExitStack) -> None:
    places = Places(running=2, waiting=8, per_client=9, clock=clock)
    places.may_go_on(stack.enter_context(places.place("heavy")), 2 * LIGHT, 2 * LIGHT)
    thread, got, leave = waiting(places, "heavy")
    assert not got
    with places.place("light") as place:
        assert place.runs
    assert not got
    leave.set()
    stack.close()
    thread.join(5)
    assert isinstance(got[0], Place)


def test_the_lightest_of_those_who_wait_goes_first(clock: Clock, stack: ExitStack) -> None:
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    asked(places, "heavy", 5.0, 2)
    running = places.place("other")
    running.__enter__()
    first, heavy, leave_first = waiting(places, "heavy")
    second, light, leave_second = waiting(places, "light")
    running.__exit__(None, None, None)
    leave_second.set()
    second.join(5)
    leave_first.set()
    first.join(5)
    assert isinstance(light[0], Place)
    assert isinstance(heavy[0], Place)
    assert light[0].runs
    assert light[0].free.is_set()


def test_who_is_known_to_ask_little_goes_before_who_is_not_known(clock: Clock) -> None:
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    asked(places, "light", LIGHT / 10, 1)
    asked(places, "once long", LONG, 1)
    running = places.place("other")
    running.__enter__()
    inquirers = [waiting(places, client) for client in ("new", "once long", "light")]
    running.__exit__(None, None, None)
    turns = []
    while len(turns) < len(inquirers):
        while sum(bool(got) for _, got, _ in inquirers) == len(turns):
            time.sleep(0.001)
        for _, got, leave in inquirers:
            if got and not leave.is_set():
                assert isinstance(got[0], Place)
                turns.append(got[0].client)
                leave.set()
    for thread, _, _ in inquirers:
        thread.join(5)
    assert turns == ["light", "new", "once long"]


def test_a_long_query_leaves_the_last_place_when_a_light_client_waits(clock: Clock, stack: ExitStack) -> None:
    places = Places(running=2, waiting=8, per_client=9, clock=clock)
    first = stack.enter_context(places.place("a"))
    second = stack.enter_context(places.place("b"))
    assert places.may_go_on(first, LONG / 2, LONG / 2)
    assert not first.long
    assert places.may_go_on(first, 2 * LONG, 2 * LONG)
    assert first.long
    assert places.may_go_on(second, 2 * LONG, 2 * LONG), "nobody waits"
    assert not second.long
    thread, got, leave = waiting(places, "c")
    assert not places.may_go_on(second, 2 * LONG, 2 * LONG)
    assert places.may_go_on(first, 3 * LONG, 3 * LONG)
    leave.set()
    stack.close()
    thread.join(5)
    assert isinstance(got[0], Place)


def test_a_query_that_waits_for_another_site_takes_its_place_too(clock: Clock, stack: ExitStack) -> None:
    places = Places(running=2, waiting=8, per_client=9, clock=clock)
    first, second = (stack.enter_context(places.place(client)) for client in "ab")
    places.may_go_on(first, 2 * LONG, 2 * LONG)
    thread, got, leave = waiting(places, "c")
    assert places.may_go_on(second, 0.0, LONG)
    assert not places.may_go_on(second, 0.0, LONG / module.SHARE)
    leave.set()
    stack.close()
    thread.join(5)
    assert isinstance(got[0], Place)


def test_what_a_query_took_is_not_forgotten_when_it_is_asked_once_more(clock: Clock) -> None:
    places = Places(running=2, waiting=8, per_client=9, clock=clock)
    with places.place("a") as place:
        places.may_go_on(place, LONG, 0.0)
        places.may_go_on(place, 0.0, 0.0)
        assert place.cost == LONG
    assert places._typical("a") == 0.0, "one of three"


def test_many_short_queries_are_as_light_as_one(clock: Clock) -> None:
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    asked(places, "a", LIGHT / 2, 1000)
    assert places._is_light("a")


def test_one_large_answer_does_not_make_a_client_heavy(clock: Clock) -> None:
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    asked(places, "a", 20.0, 1)
    assert places._is_light("a")
    asked(places, "a", LONG, 1)
    assert not places._is_light("a"), "two of three did"
    asked(places, "a", LIGHT / 2, 2)
    assert places._is_light("a")


def test_a_query_that_waits_for_the_processor_stays_light(clock: Clock) -> None:
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    for _ in range(3):
        with places.place("a") as place:
            clock.now += 10 * LIGHT
            place.cost = LIGHT / 2
    assert places._is_light("a")


def test_what_is_known_of_a_client_is_forgotten_in_time(clock: Clock) -> None:
    places = Places(running=1, waiting=8, per_client=9, clock=clock)
    asked(places, "a", 30.0, 2)
    assert not places._is_light("a")
    clock.now += 10 * module.HALF_LIFE
    assert places._is_light("a")
