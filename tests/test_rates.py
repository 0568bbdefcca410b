"""How often a client may ask: a crawler is not refused, who asks without end is, and nobody else for that."""

import importlib.util
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb import config
from kb.errors import TooBusy
from kb.store.folder import DataFolder
from web import asking, rates
from web.rates import CLIENTS, Rate
from web.site import create_app

FRESH = importlib.util.spec_from_file_location("fresh_rates", Path(rates.__file__))
"""The module anew: tests/conftest.py takes its `install` away from the others."""
ONE, OTHER = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}
SEARCH = "/search?q=reoffending&page={}"


class Clock:
    """A clock that is set."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FRESH is not None
    assert FRESH.loader is not None
    module = importlib.util.module_from_spec(FRESH)
    FRESH.loader.exec_module(module)
    monkeypatch.setattr(rates, "install", module.install)


@pytest.fixture
def limited(counted: None, data_folder: DataFolder) -> Flask:
    """A site at which a client may ask for 5 pages and 3 searches a minute."""
    return create_app(config.load({}, data=data_folder.root, requests_per_minute=5, searches_per_minute=3))


def asked(client: FlaskClient, path: str, times: int, by: dict[str, str], **more: object) -> list[TestResponse]:
    """The answers to so many requests, none of which can be repeated from memory."""
    joined = "&" if "?" in path else "?"
    return [client.get(f"{path}{joined}n={n}", environ_base=by, **more) for n in range(times)]  # type: ignore[arg-type]


def statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_a_crawler_of_five_a_second_is_never_refused_by_what_is_set() -> None:
    for setting in ("requests_per_minute", "searches_per_minute"):
        clock = Clock()
        rate = Rate("requests", getattr(config.load({}), setting), clock)
        for _ in range(5 * 3600):
            rate.count("crawler")
            clock.at += 0.2


def test_the_worst_client_is_refused_and_gets_no_more_than_its_share() -> None:
    clock = Clock()
    rate = Rate("requests", 600, clock)
    taken = 0
    for _ in range(60 * 100):  # a hundred a second, for a minute
        clock.at += 0.01
        with suppress(TooBusy):
            rate.count("worst")
            taken += 1
    assert 1190 <= taken <= 1200, "a minute of its share at once, and a minute's besides"
    with pytest.raises(TooBusy) as refused:
        rate.count("worst")
    assert refused.value.seconds == 1
    rate.count("other")
    clock.at += 1
    rate.count("worst")


def test_clients_are_forgotten_when_there_are_too_many() -> None:
    rate = Rate("requests", 1, Clock())
    for number in range(CLIENTS + 10):
        rate.count(str(number))
    rate.count("0")
    with pytest.raises(TooBusy):
        rate.count(str(CLIENTS))


def test_searches_are_refused_with_the_time_to_wait(limited: Flask) -> None:
    client = limited.test_client()
    answers = asked(client, "/search?q=house", 4, ONE)
    assert statuses(answers) == [200, 200, 200, 429]
    assert answers[3].headers["Retry-After"] == "20"
    assert "3 searches and comparisons within a minute" in answers[3].text
    assert answers[3].headers["Cache-Control"] == "no-store"
    assert statuses(asked(client, "/compare", 1, ONE)) == [429]
    assert statuses(asked(client, "/search?q=house", 1, OTHER)) == [200]
    assert statuses(asked(client, "/classes", 6, ONE)) == [200] * 5 + [429]


def test_what_has_bounds_of_its_own_or_costs_nothing_is_not_counted(limited: Flask) -> None:
    client = limited.test_client()
    assert statuses(asked(client, "/static/site.css", 8, ONE)) == [200] * 8
    assert statuses(asked(client, "/sparql?query=ASK{}", 8, ONE)) == [200] * 8
    again = [client.get("/classes", environ_base=ONE).status_code for _ in range(20)]
    assert again == [200] * 20, "repeats from memory"


@pytest.mark.parametrize("path", ["/sparql", "/editor.json", "/questions", "/q", "/graphs?default", "/mcp"])
def test_what_is_no_query_is_counted_wherever_it_stands(limited: Flask, path: str) -> None:
    answers = statuses(asked(limited.test_client(), path, 6, ONE))
    assert 429 not in answers[:5]
    assert answers[5] == 429


def test_a_forged_address_counts_for_whoever_forges_it(limited: Flask) -> None:
    client = limited.test_client()
    for number in range(3):
        forged = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        assert statuses(asked(client, f"/search?q=a{number}", 1, ONE, headers=forged)) == [200]
    assert statuses(asked(client, "/search?q=b", 1, ONE, headers={"X-Forwarded-For": "198.51.100.9"})) == [429]


@pytest.mark.parametrize(("proxies", "sent"), [(1, "{forged}, {client}"), (2, "{forged}, {client}, 10.0.0.2")])
def test_behind_proxies_the_last_that_they_name_is_the_client(
    counted: None, data_folder: DataFolder, proxies: int, sent: str
) -> None:
    app = create_app(config.load({}, data=data_folder.root, searches_per_minute=3, proxies=proxies))
    client, proxy = app.test_client(), {"REMOTE_ADDR": "10.0.0.1"}
    found = []
    for number in range(4):
        head = {"X-Forwarded-For": sent.format(forged=f"198.51.100.{number}", client="192.0.2.1")}
        found += statuses(asked(client, f"/search?q=a{number}", 1, proxy, headers=head))
    assert found == [200, 200, 200, 429]
    other = {"X-Forwarded-For": sent.format(forged="192.0.2.1", client="192.0.2.2")}
    assert statuses(asked(client, "/search?q=b", 1, proxy, headers=other)) == [200]


def test_addresses_of_ipv4_within_ipv6_are_clients_of_their_own(limited: Flask) -> None:
    client = limited.test_client()
    for last in range(5):
        mapped = {"REMOTE_ADDR": f"::ffff:192.0.2.{last}"}
        assert statuses(asked(client, f"/search?q=m{last}", 1, mapped)) == [200]
    assert statuses(asked(client, "/search?q=n", 4, {"REMOTE_ADDR": "::ffff:192.0.2.9"})) == [200, 200, 200, 429]


@pytest.mark.parametrize("sent", ["192.0.2.{}:50{}", "[2001:db8:{}::1]:4{}", "[2001:db8:{}::1]", "2001:db8:{}::1"])
def test_an_address_with_a_port_is_a_client_whatever_the_port(
    counted: None, data_folder: DataFolder, sent: str
) -> None:
    app = create_app(config.load({}, data=data_folder.root, searches_per_minute=3, proxies=1))
    found = []
    for who, n in ((who, n) for who in (1, 2) for n in range(4)):
        told = {"X-Forwarded-For": sent.format(who, n)}
        found.append(statuses(asked(app.test_client(), f"/search?q={who}x{n}", 1, ONE, headers=told)))
    assert found == [[200], [200], [200], [429]] * 2


def test_that_clients_are_not_told_apart_is_said_once(
    counted: None, data_folder: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    asking._warn_unknown.cache_clear()
    client = create_app(config.load({}, data=data_folder.root, proxies=1)).test_client()
    asked(client, "/search?q=a", 3, ONE, headers={"X-Forwarded-For": "unknown"})
    assert [each.message for each in caplog.records if "X-Forwarded-For" in each.message] == [
        "the proxy in front tells no address of clients in X-Forwarded-For that is one, so they all count as one client"
    ]


def test_no_number_means_no_limit(counted: None, data_folder: DataFolder) -> None:
    app = create_app(config.load({}, data=data_folder.root, requests_per_minute=0, searches_per_minute=0))
    assert statuses(asked(app.test_client(), "/search?q=house", 30, ONE)) == [200] * 30
