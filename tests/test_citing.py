"""Citing: of each kind of address what the snapshot says of it, in each format, and on the page itself."""

import json
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from store_cases import new_folder, publish_one
from werkzeug.test import TestResponse

from kb import config
from kb.ask.citation import SITE
from kb.store import links
from kb.store.folder import DataFolder
from kb.store.snapshots import ids, pin, unpin
from web.site import create_app

GRAPH = "https://kent.example/id/graph/assets"
SELECT = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } LIMIT 1", "format": "html"})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with two releases of one dataset, the first of which has a publisher."""
    folder = new_folder(tmp_path_factory.mktemp("cited"))
    settings = config.load({}, data=folder.root, public_url="https://site.example/")
    publish_one(folder, "assets", "cited.ttl")
    publish_one(folder, "assets", "assets-2.ttl")
    return create_app(settings).test_client()


def snapshots(client: FlaskClient) -> tuple[str, str]:
    first, second = (entry for entry in ids(client.application.extensions["reader"].folder))
    return first, second


def cite(client: FlaskClient, path: str, **more: str) -> TestResponse:
    return client.get("/cite?" + urlencode({"path": path, **more}))


def item(client: FlaskClient, path: str, **more: str) -> dict[str, object]:
    answer = cite(client, path, format="json", **more)
    assert answer.status_code == 200, answer.text
    [found] = json.loads(answer.data)
    assert found.pop("id")
    del found["issued"], found["note"]
    return dict(found)


def test_a_record_is_cited_from_the_dataset_that_states_it(client: FlaskClient) -> None:
    first, second = snapshots(client)
    assert item(client, f"/doc/asset/1?snapshot={first}") == {
        "type": "webpage",
        "title": "Town hall",
        "container-title": "Assets of Kent",
        "author": [{"literal": "A. Surveyor"}],
        "publisher": "Kent County Council",
        "version": "Release 1",
        "URL": f"https://site.example/doc/asset/1?snapshot={first}",
    }
    now = item(client, "/doc/asset/1?format=ttl")
    assert now["version"] == "Release 2"
    assert now["publisher"] == SITE
    assert now["URL"] == f"https://site.example/doc/asset/1?snapshot={second}"
    assert item(client, "/doc/asset/1", snapshot=first)["version"] == "Release 1"


@pytest.mark.parametrize(
    ("path", "title", "kind", "address"),
    [
        ("/doc/asset/1.ttl", "Town hall", "webpage", "/doc/asset/1"),
        ("/id/asset/1", "Town hall", "webpage", "/doc/asset/1"),
        ("/resource?uri=https%3A%2F%2Fkent.example%2Fid%2Fasset%2F1", "Town hall", "webpage", None),
        ("/doc/dataset/assets", "Assets of Kent", "dataset", None),
        (f"/graph?uri={quote(GRAPH, safe='')}", "Assets of Kent", "dataset", None),
        ("/class/Asset", "Assets", "webpage", None),
        ("/class/Asset?page=1&format=ttl", "Assets", "webpage", "/class/Asset?page=1"),
        ("/", SITE, "webpage", None),
        ("/datasets", "Datasets", "webpage", None),
        (SELECT, "Answer to a SPARQL query (SELECT)", "dataset", SELECT.removesuffix("&format=html")),
        (
            "/sparql?question=claimed-savings",
            "What was an implementation claimed to save or bring in, who said so, and how sure are we?",
            "dataset",
            None,
        ),
    ],
)
def test_each_kind_of_address(client: FlaskClient, path: str, title: str, kind: str, address: str | None) -> None:
    first, _ = snapshots(client)
    found = item(client, path, snapshot=first)
    assert (found["title"], found["type"]) == (title, kind)
    address = address or path
    assert found["URL"] == f"https://site.example{address}{'&' if '?' in address else '?'}snapshot={first}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 400),
        ("https://other.example/", 400),
        ("//other.example/", 400),
        ("//[", 400),
        ("doc/asset/1", 400),
        ("/nowhere", 404),
        ("/doc/asset/none", 404),
        ("/resource?uri=not an IRI", 404),
        ("/sparql", 404),
        ("/sparql?query=SELEC", 400),
        ("/sparql?query=ASK%7BSERVICE%20%3Chttp%3A%2F%2Fx.example%2F%3E%7B%7D%7D", 403),
        ("/sparql?question=none", 404),
        ("/class/None", 404),
        ("/class/Asset?page=x", 404),
        ("/snapshots", 404),
        ("/cite?path=/", 404),
        ("/?snapshot=000099-00000000", 404),
        ("/?snapshot=000001-00000000", 410),
    ],
)
def test_what_cannot_be_cited(client: FlaskClient, path: str, status: int) -> None:
    assert cite(client, path).status_code == status


@pytest.mark.parametrize(
    ("asked", "media_type", "start"),
    [
        ({}, "text/plain; charset=utf-8", f"{SITE}. Assets. "),
        ({"format": "txt"}, "text/plain; charset=utf-8", f"{SITE}. Assets. "),
        ({"format": "bib"}, "application/x-bibtex", "@misc{assets-"),
        ({"format": "ris"}, "application/x-research-info-systems", "TY  - ELEC\r\n"),
        ({"format": "json"}, "application/vnd.citationstyles.csl+json", "[\n"),
    ],
)
def test_formats_have_their_media_types(
    client: FlaskClient, asked: dict[str, str], media_type: str, start: str
) -> None:
    answer = cite(client, "/class/Asset", **asked)
    assert answer.content_type == media_type
    assert answer.text.startswith(start)
    saved = answer.headers.get("Content-Disposition", "")
    assert saved.startswith("attachment; filename=assets-") == (media_type != "text/plain; charset=utf-8")
    by_type = client.get("/cite?path=/class/Asset", headers={"Accept": media_type})
    assert by_type.data == answer.data
    assert client.head("/cite?path=/class/Asset", headers={"Accept": media_type}).headers["ETag"]


@pytest.mark.parametrize("path", ["/doc/asset/1", "/class/Asset", "/datasets", SELECT, "/"])
@pytest.mark.parametrize("pinned", [True, False])
def test_a_page_says_how_to_cite_it(client: FlaskClient, path: str, pinned: bool) -> None:
    first, second = snapshots(client)
    id = first if pinned else second
    page = client.get(f"{path}{'&' if '?' in path else '?'}snapshot={first}" if pinned else path, headers=HTML)
    assert page.status_code == 200
    words = cite(client, path, snapshot=id).text
    assert words in unescape(page.text)
    hrefs = [link["href"] or "" for link in Reading(page.text).all("a")]
    files = [href for href in hrefs if href.startswith("/cite?")]
    assert len(files) == 3
    for href in files:
        answer = client.get(href)
        assert answer.status_code == 200
        assert f"snapshot={id}" in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/sparql", "/sparql?query=SELEC&format=html", "/snapshots"])
def test_a_page_without_anything_to_cite_says_nothing(client: FlaskClient, path: str) -> None:
    assert "Cite this" not in client.get(path, headers=HTML).text


def test_a_long_address_is_not_put_into_another(client: FlaskClient) -> None:
    long = "/sparql?" + urlencode({"query": "ASK {} #" + "a" * 5000})
    page = client.get(long, headers=HTML).text
    assert "Cite this" in page
    assert 'href="/cite?' not in page


def test_an_answer_is_cited_wherever_the_endpoint_gives_one(client: FlaskClient) -> None:
    """A relative IRI starts from the endpoint, SERVICE may name what the operator lists; a link has the same words."""
    settings = config.load({}, data=client.application.config["SETTINGS"].data, federation="https://works.example/sparql")
    citing = create_app(settings).test_client()
    for query in ("ASK { <s> ?p ?o }", "ASK { SERVICE <https://works.example/sparql> { ?s ?p ?o } }"):
        path = "/sparql?" + urlencode({"query": query, "default-graph-uri": GRAPH})
        assert item(citing, path)["title"] == "Answer to a SPARQL query (ASK)"
        asked = links.asked(query, default_graphs=[GRAPH])
        link = links.keep(DataFolder(settings.data), asked, most=10, client="192.0.2.1")
        assert item(citing, f"/q/{link}")["title"] == "Answer to a SPARQL query (ASK)"


def test_an_answer_to_post_has_no_address_to_cite(client: FlaskClient) -> None:
    assert "Cite this" not in client.post("/sparql", data={"query": "ASK {}"}, headers=HTML).text


def test_a_page_says_whether_its_snapshot_stays(client: FlaskClient) -> None:
    """Pages are answered from memory; a pin changes them without a publication."""
    folder = client.application.extensions["reader"].folder
    first, _ = snapshots(client)
    address, words = f"/class/Asset?snapshot={first}", f"whatworks snapshots pin {first}"
    before = client.get(address, headers=HTML)
    assert words in client.get(address, headers=HTML).text
    assert "(not pinned)" in cite(client, address).text
    pin(folder, first)
    pinned = client.get(address, headers={**HTML, "If-None-Match": before.headers["ETag"]})
    assert pinned.status_code == 200
    assert words not in pinned.text
    assert f"Snapshot <code>{first}</code> is pinned" in pinned.text
    assert "(pinned)" in cite(client, address).text
    unpin(folder, first)
    assert client.get(address, headers=HTML).text == before.text


@pytest.mark.parametrize(
    ("base", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://site.localhost:80", True),
        ("http://[::1]:8000", True),
        ("https://site.example", False),
        ("http://192.0.2.1", False),
    ],
)
def test_an_address_of_this_machine_alone_is_told_to_be_one(tmp_path: Path, base: str, local: bool) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    for settings in (config.load({}, data=folder.root), config.load({}, data=folder.root, public_url=base)):
        page = create_app(settings).test_client().get("/class/Asset", headers=HTML, base_url=base).text
        assert ("of this machine alone" in page) == local
