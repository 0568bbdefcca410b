"""Short links over HTTP: made by POST, the same each time, and answering as the endpoint does, at their snapshot."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from store_cases import SETTINGS, new_folder, publish_one

from kb import config
from kb.errors import StoreUnwritable
from kb.store import links
from kb.store.folder import DataFolder
from kb.store.snapshots import ids
from web.site import create_app

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUERY = f"SELECT ?name\nWHERE {{ ?thing <{LABEL}> ?name }}\nORDER BY ?name"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two releases of one dataset, of which both snapshots are kept."""
    folder = new_folder(tmp_path_factory.mktemp("links"))
    for number in (1, 2):
        publish_one(folder, "assets", f"assets-{number}.ttl", settings=replace(SETTINGS, keep_snapshots=1))
    return folder


@pytest.fixture
def folder(published: DataFolder, tmp_path: Path) -> DataFolder:
    """A copy of that for one test."""
    return DataFolder(Path(shutil.copytree(published.root, tmp_path / "data", symlinks=True)))


@pytest.fixture
def app(folder: DataFolder) -> Flask:
    return create_app(config.load({}, data=folder.root, short_links=5, public_url="https://site.example"))


def make(client: FlaskClient, query: str = QUERY, **more: object) -> str:
    answer = client.post("/q", data={"query": query, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_client_who_made_as_many_as_may_be_leaves_the_rest_to_others(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "PER_CLIENT", 1)
    make(client)
    other = {"query": "ASK {}"}
    refused = client.post("/q", data=other)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert client.post("/q", data=other, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 303


def test_the_same_query_gets_the_same_link(client: FlaskClient, folder: DataFolder) -> None:
    first = make(client)
    assert re.fullmatch("/q/[0-9a-z]{10}", first)
    assert make(client, QUERY.replace("\n", "\r\n") + "\r\n") == first
    assert make(client, format="csv") == f"{first}?format=csv"
    pinned = make(client, snapshot=ids(folder)[0])
    assert pinned != first
    answer = client.post(f"/q?snapshot={ids(folder)[0]}", data={"query": QUERY})
    assert answer.headers["Location"] == pinned


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+json", "text/html", "*/*"])
def test_a_link_answers_as_the_endpoint_does_at_its_snapshot(
    client: FlaskClient, folder: DataFolder, accept: str
) -> None:
    old, current = ids(folder)
    link, live = make(client, snapshot=old), make(client)
    headers = {"Accept": accept}
    answer = client.get(link, headers=headers)
    endpoint = client.get(f"/sparql?{urlencode({'query': QUERY, 'snapshot': old})}", headers=headers)
    assert (answer.status_code, answer.content_type) == (200, endpoint.content_type)
    assert answer.headers["X-Snapshot"] == endpoint.headers["X-Snapshot"] == old
    assert answer.headers["Cache-Control"] == endpoint.headers["Cache-Control"]
    assert f'<{link}>; rel="canonical"' in answer.headers.getlist("Link")
    if accept != "text/html":
        assert answer.data == endpoint.data
        assert answer.data != client.get(live, headers=headers).data
    head = client.head(link, headers=headers)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
    assert client.get(live, headers=headers).headers["X-Snapshot"] == current
    assert client.get(f"{live}?snapshot={old}", headers=headers).headers["X-Snapshot"] == old
    assert client.get(f"{link}?snapshot={old}", headers=headers).status_code == 200
    assert client.get(f"{link}?snapshot={current}", headers=headers).status_code == 400


def test_format_rows_and_graphs_are_those_of_the_endpoint(client: FlaskClient) -> None:
    link = make(client)
    assert client.get(f"{link}?format=tsv").content_type.startswith("text/tab-separated-values")
    assert client.get(f"{link}?format=ttl").status_code == 406
    part = client.get(f"{link}?format=csv&max-rows=1")
    assert part.headers["X-Complete"] == "false"
    following = f"{link}?format=csv&max-rows=1&offset=1&snapshot={part.headers['X-Snapshot']}"
    assert f'<{following}>; rel="next"' in part.headers.getlist("Link")
    assert client.get(following).headers["X-First-Row"] == "2"
    graph = "https://kent.example/id/graph/none"
    of_one = make(client, **{"default-graph-uri": graph})
    assert client.get(f"{of_one}?format=csv").text.split() == ["name"]
    assert make(client, **{"named-graph-uri": graph}) != of_one


def test_repeats_come_from_memory_and_follow_a_switch(app: Flask, folder: DataFolder) -> None:
    client = app.test_client()
    calls = []
    app.before_request(lambda: calls.append(1))
    link, live = make(client, snapshot=ids(folder)[0]), make(client)
    calls.clear()
    for _ in range(3):
        assert client.get(link).headers["X-Snapshot"] == ids(folder)[0]
        assert client.get(live).headers["X-Snapshot"] == ids(folder)[1]
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "no query"),
        ("SELEC", 400, "line 1"),
        ("SELECT * { ?s ?p }", 400, "line 1"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 403, "update"),
        ("ASK { SERVICE <http://x.example/> { ?s ?p ?o } }", 403, "SERVICE"),
        ("ASK {} #" + "a" * links.LONGEST, 413, "16,384 bytes"),
    ],
)
def test_what_gets_no_link(client: FlaskClient, query: str, status: int, said: str) -> None:
    answer = client.post("/q", data={"query": query})
    assert answer.status_code == status
    assert said in answer.text


def test_other_requests_that_get_no_link(client: FlaskClient) -> None:
    assert client.post("/q", data=QUERY, content_type="application/sparql-query").status_code == 415
    assert client.post("/q", data={"query": [QUERY, "ASK {}"]}).status_code == 400
    assert client.post("/q", data={"query": QUERY, "snapshot": "000099-00000000"}).status_code == 404
    assert client.post("/q", data={"query": QUERY, "default-graph-uri": "no IRI"}).status_code == 400
    assert client.get("/q").headers["Location"] == "/sparql"
    assert client.put("/q").status_code == 405
    assert client.get("/q/0000000000").status_code == 404
    assert client.post("/q", data=b"query=%ff", content_type="application/x-www-form-urlencoded").status_code == 400


def test_a_query_that_takes_long_gets_a_link(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.links.TRIED_FOR", 0.2)
    product = " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(9))
    assert make(client, f"SELECT (COUNT(*) AS ?n) {{ {product} }}").startswith("/q/")


def test_links_are_bounded_in_number(client: FlaskClient) -> None:
    made = [make(client, f"ASK {{}} # {number}") for number in range(5)]
    full = client.post("/q", data={"query": QUERY})
    assert (full.status_code, "5 short links are kept" in full.text) == (507, True)
    assert make(client, "ASK {} # 3") == made[3]


def test_a_data_folder_that_cannot_be_written(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/test_links.py has a real one."""
    link = make(client)

    def refuse(*arguments: object) -> str:
        raise StoreUnwritable("/data/state.sqlite: cannot be used")

    monkeypatch.setattr(links, "keep", refuse)
    answer = client.post("/q", data={"query": "ASK {}"})
    assert answer.status_code == 503
    assert "may not write its data folder" in answer.text
    assert "state.sqlite" not in answer.text
    assert client.get(link).status_code == 200


def test_a_link_whose_snapshot_was_retired_shows_its_query(client: FlaskClient, folder: DataFolder) -> None:
    link = make(client, snapshot=ids(folder)[0])
    assert client.get(link).status_code == 200
    for number in (1, 2):
        publish_one(folder, "assets", f"assets-{number}.ttl", settings=replace(SETTINGS, keep_snapshots=1))
    page = client.get(link, headers=HTML)
    assert page.status_code == 410
    read = Reading(page.text)
    assert read.texts["textarea"][0].strip() == QUERY
    [now] = [each["href"] or "" for each in read.all("a") if "query=" in (each["href"] or "")]
    assert client.get(now, headers={"Accept": "text/csv"}).status_code == 200
    text = client.get(link, headers={"Accept": "text/csv"})
    assert (text.status_code, text.content_type) == (410, "text/plain; charset=utf-8")
    assert QUERY in text.text
    problem = client.get(link, headers={"Accept": "application/json"})
    assert QUERY in json.loads(problem.data)["detail"]


def test_an_answer_offers_its_link_and_a_link_shows_itself(client: FlaskClient, folder: DataFolder) -> None:
    old, current = ids(folder)
    for snapshot, address in (
        (current, f"/sparql?query={quote(QUERY)}"),
        (old, f"/sparql?query={quote(QUERY)}&snapshot={old}"),
    ):
        page = Reading(client.get(address, headers=HTML).text)
        [form] = [each for each in page.all("form") if each.get("method") == "post"]
        start = next(place for place, element in enumerate(page.elements) if element[1] is form)
        fields: dict[str, str] = {}
        for name, attributes in page.elements[start + 1 :]:
            if name == "button":
                break
            fields[attributes["name"] or ""] = attributes["value"] or ""
        assert (form["action"], fields) == ("/q", {"query": QUERY, "snapshot": snapshot, "format": "html"})
        link = make(client, **fields)
        shown = client.get(link, headers=HTML)
        assert f"https://site.example{link}" in shown.text
        assert "Make a short link" not in shown.text
        now = next(each for each in Reading(shown.text).all("a") if "data-leaves" in each)
        assert (now["href"] or "").startswith("/sparql?query=SELECT")
        cited = client.get(f"/cite?path={link}&format=json").text
        assert f'"URL": "https://site.example{link}"' in cited
        cited = client.get(f"/cite?format=json&{urlencode({'path': address, 'snapshot': snapshot})}").text
        assert f'"URL": "https://site.example{link}"' in cited


def test_a_form_may_name_the_snapshot(client: FlaskClient, folder: DataFolder) -> None:
    old, current = ids(folder)
    for snapshot in (old, current):
        answer = client.post("/sparql", data={"query": QUERY, "snapshot": snapshot})
        assert answer.headers["X-Snapshot"] == snapshot
    assert client.post("/sparql", data={"query": QUERY, "snapshot": "000099-00000000"}).status_code == 404
    assert client.post(f"/sparql?snapshot={old}", data={"query": QUERY, "snapshot": current}).status_code == 400
    direct = client.post(f"/sparql?snapshot={old}", data=QUERY, content_type="application/sparql-query")
    assert direct.headers["X-Snapshot"] == old
