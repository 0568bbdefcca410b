"""Answers from memory: the same as the first, never of an old snapshot, never of an error."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from kb import config
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.state import State
from web.site import create_app


class Counted:
    """An application, and how often it was asked."""

    def __init__(self, app: Flask) -> None:
        self.calls = 0
        cache = app.extensions["cache"]
        self._below, cache._app = cache._app, self
        self.client = Client(cache)

    def __call__(self, environ: object, start_response: object) -> object:
        self.calls += 1
        return self._below(environ, start_response)


@pytest.fixture
def counted(app: Flask) -> Counted:
    return Counted(app)


def test_a_repeat_is_the_same_and_asks_nobody(counted: Counted) -> None:
    first, second = (counted.client.get("/doc/place/kent?format=html") for _ in range(2))
    assert counted.calls == 1
    assert (first.status_code, first.data, list(first.headers)) == (200, second.data, list(second.headers))
    head = counted.client.head("/doc/place/kent?format=html")
    assert (counted.calls, head.data, head.headers["Content-Length"]) == (1, b"", str(len(first.data)))


def test_what_an_answer_varies_by_is_part_of_its_name(counted: Counted) -> None:
    headers = ({"Accept": "text/html"}, {"Accept": "text/turtle"}, {"Accept": "text/html", "Accept-Encoding": "gzip"})
    answers = [counted.client.get("/doc/place/kent", headers=each) for each in headers for _ in range(2)]
    assert counted.calls == 3
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    hosts = [counted.client.get("/sparql", base_url=f"http://{host}/").text for host in ("a.example", "b.example")]
    assert "http://a.example/sparql" in hosts[0]
    assert "http://b.example/sparql" in hosts[1]


@pytest.mark.parametrize(
    "path",
    ["/nope", "/doc/place/nowhere", "/sparql?query=SELEC", "/id/place/kent", "/sparql?query=SELECT(NOW()AS?n){}"],
)
def test_errors_redirects_and_varying_answers_are_not_kept(counted: Counted, path: str) -> None:
    for _ in range(2):
        counted.client.get(path)
    assert counted.calls == 2


def test_posts_are_not_kept(counted: Counted) -> None:
    for _ in range(2):
        assert counted.client.post("/sparql", data={"query": "ASK {}"}).status_code == 200
    assert counted.calls == 2


def test_memory_is_bounded(app: Flask) -> None:
    counted = Counted(app)
    cache = app.extensions["cache"]
    cache._limit = 20_000
    for number in range(40):
        counted.client.get(f"/doc/place/kent?format=ttl&n={number}")
    kept = len(cache._entries)
    assert 3 < kept < 20
    calls = counted.calls
    counted.client.get("/doc/place/kent?format=ttl&n=39")
    assert counted.calls == calls
    counted.client.get("/doc/place/kent?format=ttl&n=0")
    assert counted.calls == calls + 1


def test_a_switch_is_seen_at_once(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    settings = config.load({}, data=folder.root)
    State(folder).add_publisher("kent", "https://kent.example")
    client = create_app(settings).test_client()
    seen = []
    for name in ("Before", "After"):
        file = tmp_path / "place.ttl"
        file.write_text(f'<https://kent.example/id/place/a> <http://purl.org/dc/terms/title> "{name}" .')
        publish(folder, [PublicationRequest("kent", "places", (file,), background=True)], settings)
        for _ in range(2):
            answer = client.get("/doc/place/a")
            seen.append(answer.headers["X-Snapshot"])
            assert f'"{name}"' in answer.text
        tag = answer.headers["ETag"]
    assert len(set(seen)) == 2
    assert client.get("/doc/place/a", headers={"If-None-Match": tag}).status_code == 304
