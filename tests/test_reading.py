"""`?snapshot=`: every address answers as at the snapshot that it names, and its reader stays there."""

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from SPARQLWrapper import CSV, GET, POST, SPARQLWrapper
from store_cases import SETTINGS, new_folder, publish_one
from werkzeug.test import TestResponse

from kb import config
from kb.ask.labels import Labels
from kb.store.folder import DataFolder
from kb.store.snapshots import OPEN, ids, pin
from web import fragments
from web.reading import BYTES, SNAPSHOTS, known_pages, known_parts
from web.site import create_app

ASSETS = "https://kent.example/id/asset/"
GRAPH = quote("https://kent.example/id/graph/assets", safe="")
QUERY = quote("SELECT ?name { ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY ?name", safe="")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Eight publications, of which the last five and the first, pinned, are kept."""
    folder = new_folder(tmp_path_factory.mktemp("snapshots"))
    for number in range(8):
        publish_one(
            folder, "assets", f"assets-{number % 2 + 1}.ttl", settings=replace(SETTINGS, keep_snapshots=4)
        )
        if number == 0:
            pin(folder, ids(folder)[0])
    return folder


@pytest.fixture
def app(folder: DataFolder) -> Flask:
    return create_app(config.load({}, data=folder.root))


@pytest.fixture
def old(folder: DataFolder) -> str:
    """The snapshot that is pinned; its content is not the current one's."""
    return ids(folder)[0]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/classes",
        "/class/Asset",
        "/class/Asset?format=ttl",
        f"/graph?uri={GRAPH}",
        f"/graph?uri={GRAPH}&format=nt",
        "/datasets",
        "/doc/asset/1?format=html",
        "/doc/asset/1.ttl",
        f"/sparql?query={QUERY}&format=csv",
        f"/sparql?query={QUERY}&format=html",
        "/sparql?format=ttl",
        "/protocols?format=html",
    ],
)
def test_every_address_answers_as_at_the_snapshot_that_it_names(
    client: FlaskClient, folder: DataFolder, old: str, path: str
) -> None:
    current = ids(folder)[-1]
    named = f"{path}{'&' if '?' in path else '?'}snapshot="
    for id in (old, current, old):
        answer = client.get(named + id, headers=HTML)
        assert answer.status_code == 200
        assert answer.headers["X-Snapshot"] == id
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        head = client.head(named + id, headers=HTML).headers
        assert {*head} - {*answer.headers} == {("X-Request-Id", head["X-Request-Id"])}
    unnamed = client.get(path, headers=HTML)
    assert unnamed.headers["X-Snapshot"] == current
    assert unnamed.headers["Cache-Control"] == "public, no-cache"
    assert "X-Robots-Tag" not in unnamed.headers
    assert unnamed.headers["ETag"] != client.get(named + current, headers=HTML).headers["ETag"]


def names(answer: TestResponse) -> list[str]:
    return answer.text.split()[1:]


def test_what_is_answered_is_of_that_snapshot(client: FlaskClient, old: str) -> None:
    then, today = (client.get(f"/sparql?query={QUERY}&format=csv{end}") for end in (f"&snapshot={old}", ""))
    assert names(then) != names(today)
    posted = client.post(f"/sparql?snapshot={old}", data={"query": "ASK {}"}, headers={"Accept": "text/csv"})
    assert posted.headers["X-Snapshot"] == old


@pytest.mark.parametrize("method", [GET, POST])
def test_a_researcher_names_the_snapshot_by_a_parameter(server: str, folder: DataFolder, method: str) -> None:
    found = []
    for id in (ids(folder)[0], ids(folder)[-1]):
        endpoint = SPARQLWrapper(f"{server}/sparql")
        endpoint.addParameter("snapshot", id)
        endpoint.setMethod(method)
        endpoint.setReturnFormat(CSV)
        endpoint.setQuery(unquote(QUERY))
        answer = endpoint.query()
        assert answer.info()["x-snapshot"] == id
        found.append(answer.convert())
    assert found[0] != found[1]


SAME = ("/static/", "/snapshots", "/dumps/", "/cite", "/contribute", "/accessibility", "/favicon.ico")
"""Starts of addresses that are of no snapshot, or name their own."""


def test_links_of_a_page_stay_in_its_snapshot(client: FlaskClient, old: str) -> None:
    seen: set[str] = set()
    ahead = [f"/?snapshot={old}"]
    while ahead:
        address = ahead.pop()
        answer = client.get(address, headers=HTML)
        while answer.status_code == 303:
            answer = client.get(answer.headers["Location"], headers=HTML)
        assert answer.status_code == 200, address
        assert answer.headers["X-Snapshot"] == old, address
        if not answer.content_type.startswith("text/html"):
            continue
        page = Reading(answer.text)
        for link in page.all("a") + page.all("link"):
            href = unescape(link["href"] or "").partition("#")[0]
            stays = href.startswith("/") and not href.startswith(SAME)
            if stays and "data-leaves" not in link and href not in seen and len(seen) < 150:
                assert f"snapshot={old}" in href, (address, href)
                seen.add(href)
                ahead.append(href)
        for form in page.all("form"):
            assert (form["action"] or "").startswith("/")
            assert {"type": "hidden", "name": "snapshot", "value": old} in page.all("input")
    assert len(seen) > 30


def test_a_page_says_what_is_read_and_leads_out(client: FlaskClient, old: str) -> None:
    page = client.get(f"/doc/asset/1?snapshot={old}", headers=HTML)
    [leaving] = [link for link in Reading(page.text).all("a") if "data-leaves" in link]
    assert leaving["href"] == "/doc/asset/1"
    assert "You are reading the data as at" in page.text
    assert '</doc/asset/1>; rel="canonical"' in page.headers.getlist("Link")
    links = ", ".join(page.headers.getlist("Link")).split(", ")
    assert f'</doc/asset/1?format=ttl&snapshot={old}>; rel="alternate"; type="text/turtle"' in links
    listed = client.get(f"/class/Asset?format=ttl&snapshot={old}")
    assert '</class/Asset>; rel="canonical"' in listed.headers.getlist("Link")
    today = client.get("/doc/asset/1", headers=HTML)
    assert "You are reading" not in today.text
    assert f'href="/doc/asset/1?snapshot={today.headers["X-Snapshot"]}"' in today.text


def test_a_redirect_stays_in_the_snapshot(client: FlaskClient, old: str) -> None:
    moved = client.get(f"/id/asset/1?snapshot={old}")
    assert (moved.status_code, urlsplit(moved.headers["Location"]).query) == (303, f"snapshot={old}")


@pytest.mark.parametrize(
    ("id", "status", "said"),
    [
        ("000002-00000000", 410, "not kept any more"),
        ("000099-00000000", 404, "no such snapshot"),
        ("..", 404, "no such snapshot"),
        ("current", 404, "no such snapshot"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/doc/asset/1", "/sparql?query=ASK%7B%7D", "/nowhere/at/all"])
def test_a_snapshot_that_is_not_there(client: FlaskClient, path: str, id: str, status: int, said: str) -> None:
    address = f"{path}{'&' if '?' in path else '?'}snapshot={id}"
    answer = client.get(address, headers=HTML)
    if path == "/nowhere/at/all":
        status, said = 404, "not found"
    assert answer.status_code == status
    assert said in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Snapshot" not in answer.headers
    assert f'href="{path}"' in answer.text
    assert client.get(address, headers={"Accept": "text/csv"}).content_type.startswith("text/plain")


def test_two_snapshots_at_once_are_refused(client: FlaskClient, folder: DataFolder) -> None:
    first, *_, last = ids(folder)
    assert client.get(f"/?snapshot={first}&snapshot={last}").status_code == 400
    assert client.get(f"/?snapshot={first}&snapshot={first}", headers=HTML).status_code == 200
    assert client.get("/?snapshot=", headers=HTML).headers["X-Snapshot"] == last


def test_repeats_of_named_snapshots_come_from_memory(app: Flask, folder: DataFolder) -> None:
    client = app.test_client()
    calls = []
    app.before_request(lambda: calls.append(1))
    answers = [
        client.get(f"/doc/asset/1.ttl?snapshot={id}")
        for id in (ids(folder)[0], ids(folder)[-2], ids(folder)[0], ids(folder)[-2])
    ]
    assert len(calls) == 2
    assert [each.headers["X-Snapshot"] for each in answers] == [ids(folder)[0], ids(folder)[-2]] * 2
    assert answers[0].data == answers[2].data
    assert answers[0].headers["ETag"] != answers[1].headers["ETag"]


def test_a_snapshot_that_goes_is_not_answered_from_memory(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    settings = replace(SETTINGS, keep_snapshots=1)
    client = create_app(config.load({}, data=folder.root)).test_client()
    publish_one(folder, "assets", "assets-1.ttl", settings=settings)
    first = ids(folder)[0]
    address = f"/doc/asset/1.ttl?snapshot={first}"
    assert [client.get(address).status_code for _ in range(2)] == [200, 200]
    for number in (2, 1, 2):
        publish_one(folder, "assets", f"assets-{number}.ttl", settings=settings)
    assert [client.get(address).status_code for _ in range(2)] == [410, 410]


def test_more_snapshots_than_may_be_open_are_read_in_turn(client: FlaskClient, folder: DataFolder) -> None:
    assert len(ids(folder)) > OPEN
    for _ in range(2):
        for id in ids(folder):
            assert client.get(f"/class/Asset?snapshot={id}", headers=HTML).status_code == 200


def test_what_is_remembered_longest_is_of_the_snapshots_read_last(app: Flask, folder: DataFolder) -> None:
    reader = app.extensions["reader"]
    current = reader.snapshots.current()
    pages = reader.pages(current)
    for id in ids(folder)[:SNAPSHOTS]:
        old = reader.snapshots.at(id)
        assert reader.pages(old) is not pages
        assert reader.pages(current) is pages, "it is read between the others"
    assert len(reader._pages) == SNAPSHOTS


@pytest.mark.parametrize("kept", ["pages", "parts"])
def test_long_names_and_addresses_do_not_fill_the_memory(app: Flask, folder: DataFolder, kept: str) -> None:
    size = 500_000
    iris = [f"https://hostile.example/{number}/{'x' * size}" for number in range(BYTES // size)]
    with app.test_request_context("/"):
        found: dict[Any, str] = known_pages() if kept == "pages" else known_parts()
        for iri in iris:
            assert fragments.link(iri, Labels()) == fragments.link(iri, Labels())
            assert sum(len("".join(key)) + len(value) for key, value in found.items()) <= BYTES
        assert 0 < len(found) < len(iris)
        assert any(iris[-1] in key for key in found)


def test_the_list_of_snapshots(client: FlaskClient, folder: DataFolder, old: str) -> None:
    answer = client.get("/snapshots", headers=HTML)
    assert answer.headers["Cache-Control"] == "no-store"
    page = Reading(answer.text)
    assert [head for head in page.text("th") if head in ids(folder)] == ids(folder)[::-1]
    assert "Current" in answer.text
    assert "Pinned" in answer.text
    assert f"/?snapshot={old}" in [link["href"] for link in page.all("a")]
    assert "release 8" in page.text("td")[2]


def test_the_list_of_snapshots_for_programs(client: FlaskClient, folder: DataFolder, old: str) -> None:
    [address] = [a["href"] for a in Reading(client.get("/snapshots", headers=HTML).text).all("a") if a.get("type")]
    answer = client.get(address or "")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/json", "no-store")
    listed = answer.get_json()["snapshots"]
    assert [each["id"] for each in listed] == ids(folder)[::-1]
    assert [each["id"] for each in listed if each["pinned"]] == [old]
    assert [each["current"] for each in listed] == [True] + [False] * (len(listed) - 1)
    assert listed[0]["datasets"]
    assert client.get("/snapshots").mimetype == "application/json"
    assert client.get("/snapshots?format=ttl").status_code == 406


@pytest.fixture
def busy(app: Flask, folder: DataFolder) -> Iterator[FlaskClient]:
    """A client while OPEN other snapshots are being read."""
    reader = app.extensions["reader"]
    held = [reader.snapshots.at(id) for id in ids(folder)[:OPEN]]
    yield app.test_client()
    assert len(held) == OPEN


def test_one_more_than_may_be_open_is_told_to_wait(busy: FlaskClient, folder: DataFolder) -> None:
    fifth = ids(folder)[OPEN]
    refused = busy.get(f"/?snapshot={fifth}", headers=HTML)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert "other snapshots are being read" in refused.text
    assert busy.get(f"/?snapshot={ids(folder)[0]}", headers=HTML).status_code == 200
    assert busy.get("/", headers=HTML).status_code == 200
