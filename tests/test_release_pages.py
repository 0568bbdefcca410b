"""The pages of releases, of their differences and of changes: what they say, in every form that they have."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode, RdfFormat, parse

from kb import config
from kb.ask import release_difference
from kb.config import Settings
from kb.namespaces import expand
from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked, rollback
from kb.store.state import State
from web.site import create_app

HTML = {"Accept": "text/html"}
ASSET = "https://area.example/id/asset/1"
CASES = Path(__file__).parent / "differences"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Sites of an area in five releases: three publications, nothing, and the second again."""
    settings_ = config.load({}, data=tmp_path_factory.mktemp("releases"))
    folder = DataFolder(settings_.data)
    for publisher in ("area", "other"):
        State(folder).add_publisher(publisher, f"https://{publisher}.example")
    others = [f"more-{number}" for number in range(20)]
    for publisher, dataset in (("area", "sites"), ("other", "shared"), *(("other", name) for name in others)):
        register_unchecked(folder, publisher, dataset)
    shared = PublicationRequest("other", "shared", (CASES / "assets" / "elsewhere.ttl",))
    first, second, third = (
        PublicationRequest("area", "sites", (CASES / name,))
        for name in ("assets/before.ttl", "assets/after.ttl", "moved/before.ttl")
    )
    more = [PublicationRequest("other", name, (CASES / "left-dangling" / "elsewhere.ttl",)) for name in others]
    publish(folder, [first, shared, *more], settings_)
    publish(folder, [second], settings_)
    publish(folder, [third], settings_)
    rollback(folder, "area", "sites", 0, settings_)
    rollback(folder, "area", "sites", 2, settings_)
    return settings_


@pytest.fixture(scope="module")
def area(found: Settings) -> Flask:
    return create_app(found)


@pytest.fixture
def reader(area: Flask) -> FlaskClient:
    return area.test_client()


def test_the_history_of_a_dataset(reader: FlaskClient) -> None:
    page = reader.get("/datasets/area/sites", headers=HTML).text
    places = [page.index(f">Release {number}<") for number in (5, 4, 3, 2, 1)]
    assert places == sorted(places)
    for words in ("Brings release 2 back", "Takes all content back", "Published unchecked", "Adds 2 assets, changes"):
        assert words in page
    triples = list(parse(reader.get("/datasets/area/sites?format=nt").data, RdfFormat.N_TRIPLES))
    prev = [t for t in triples if t.predicate == NamedNode(expand("dcat:prev"))]
    assert len(prev) == 4


def test_a_release_tells_its_files_with_their_checksums(reader: FlaskClient, found: Settings) -> None:
    release = releases.read(DataFolder(found.data), "area", "sites", 2)
    page = reader.get("/datasets/area/sites/2", headers=HTML).text
    assert "1-after.ttl" in page
    for file in ("accepted.nq.gz", "received/1-after.ttl"):
        assert str(release.files[file]["sha256"]) in page
    sent = reader.get("/datasets/area/sites/2/accepted.nq.gz")
    assert sent.data == releases.verify_accepted(DataFolder(found.data), release).read_bytes()
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"


def test_what_was_received_is_not_offered(reader: FlaskClient) -> None:
    assert "/received/" not in reader.get("/datasets/area/sites/2", headers=HTML).text
    assert reader.get("/datasets/area/sites/2/received/1-after.ttl").status_code == 404


def test_the_difference_of_two_releases(reader: FlaskClient) -> None:
    address = "/datasets/area/sites/difference?from=1&to=2"
    said = "dds 2 assets, changes 1 asset and 1 public service, removes 1 organisation that 3 others refer to"
    page = reader.get(address, headers=HTML).text
    assert f"A{said}." in page
    assert "Main use" in page
    assert "Shared station" in page
    assert reader.get(f"{address}&format=txt").text.startswith(f"A{said}.")
    told = json.loads(reader.get(f"{address}&format=json").data)
    assert (told["from"], told["to"], told["sentence"]) == (1, 2, f"a{said}")
    back = reader.get("/datasets/area/sites/difference?from=2&to=1&format=txt").text
    assert back.startswith("Adds 1 organisation, changes 1 asset and 1 public service, removes 2 assets.")


def test_what_a_large_release_changed_is_told_as_it_was_counted(
    found: Settings, area: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = DataFolder(found.data), release_difference.published(found)
    compared = release_difference.between(folder, store, "area", "sites", 1, 2)
    monkeypatch.setattr(release_difference, "LARGE", 0)
    counted = release_difference.between(folder, store, "area", "sites", 1, 2)
    assert counted.counts == compared.counts
    assert (counted.added, counted.removed) == (compared.added, compared.removed)
    assert {each.change for each in counted.records} == {each.change for each in compared.records}
    assert len(release_difference.between(folder, store, "area", "sites", 1, 2, shown=1).of("added")) == 1
    page = area.test_client().get("/datasets/area/sites/difference?from=1&to=2", headers=HTML)
    assert "dds 2 assets, changes 1 asset and 1 public service, removes 1 organisation" in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/datasets/area/none", 404),
        ("/datasets/area/sites/9", 404),
        ("/datasets/area/sites/9/accepted.nq.gz", 404),
        ("/datasets/area/sites/difference?to=9", 404),
        ("/datasets/area/sites/difference?from=x", 400),
        ("/datasets/area/sites/difference?from=-1", 400),
        ("/changes?since=yesterday", 400),
        ("/changes?type=Nonsense", 400),
        ("/changes?type=http://%3C", 400),
        ("/changes?resource=%3C", 400),
        ("/changes?resource=https://area.example/a%20b", 400),
        ("/changes?page=99", 404),
        ("/changes?format=csv", 406),
    ],
)
def test_what_cannot_be_answered_is_refused(reader: FlaskClient, address: str, status: int) -> None:
    assert reader.get(address).status_code == status


def test_changes_are_a_feed_that_readers_take(reader: FlaskClient) -> None:
    answer = reader.get("/changes?publisher=area&dataset=sites&format=atom")
    assert answer.mimetype == "application/atom+xml"
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.title for entry in feed.entries] == [f"sites, release {number}" for number in (5, 4, 3, 2, 1)]
    assert len({entry.id for entry in feed.entries}) == 5
    assert all(entry.updated_parsed and entry.link.startswith("http") and entry.summary for entry in feed.entries)
    assert feed.feed.updated == feed.entries[0].updated


def test_changes_come_in_pages(reader: FlaskClient) -> None:
    first = json.loads(reader.get("/changes?format=json").data)
    assert first["pages"] > 1
    assert len(first["changes"]) == 20
    issued = [each["issued"] for each in first["changes"]]
    assert issued == sorted(issued, reverse=True)
    path = first["next"].partition("localhost")[2]
    second = json.loads(reader.get(path).data)
    assert second["page"] == 2
    assert not {each["release"] for each in first["changes"]} & {each["release"] for each in second["changes"]}
    assert 'rel="next"' in reader.get("/changes?format=atom").text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("type=Asset&dataset=sites", 5),
        ("type=ww:Lesson&dataset=sites", 0),
        ("publisher=other&dataset=shared", 1),
        ("since=2999", 0),
        ("since=2020-01-01&dataset=sites", 5),
        (f"resource={ASSET}", 4),
    ],
)
def test_changes_are_narrowed(reader: FlaskClient, asked: str, expected: int) -> None:
    assert json.loads(reader.get(f"/changes?{asked}&format=json").data)["total"] == expected


def test_the_history_of_a_record(reader: FlaskClient) -> None:
    [link] = re.findall(r'href="(/changes[?]resource=[^"]+)"', reader.get("/doc/asset/1", headers=HTML).text)
    assert unquote(link) == f"/changes?resource={ASSET}"
    told = json.loads(reader.get(f"/changes?resource={ASSET}&format=json").data)["changes"]
    assert [(each["number"], each["resource"]["how"]) for each in told] == [
        (5, "added"),
        (3, "away"),
        (2, "changed"),
        (1, "added"),
    ]
    assert "History of Town hall" in reader.get(f"/changes?resource={ASSET}", headers=HTML).text


def test_changes_as_a_graph(reader: FlaskClient) -> None:
    triples = list(parse(reader.get(f"/changes?resource={ASSET}&format=nt").data, RdfFormat.N_TRIPLES))
    second = NamedNode("https://area.example/id/release/sites-2")
    said = {t.predicate.value: t.object for t in triples if t.subject == second}
    assert said[expand("ww:changes")] == NamedNode(ASSET)
    assert said[expand("prov:wasRevisionOf")] == NamedNode("https://area.example/id/release/sites-1")
    assert said[expand("ww:recordsAdded")] == Text(2)


def test_a_reader_who_has_it_gets_no_more(reader: FlaskClient) -> None:
    tag = reader.get("/changes?format=atom").headers["ETag"]
    assert reader.get("/changes?format=atom", headers={"If-None-Match": tag}).status_code == 304


def test_the_pages_lead_to_each_other(reader: FlaskClient) -> None:
    graph = reader.get("/graph?uri=https://area.example/id/graph/sites", headers=HTML).text
    assert 'href="/datasets/area/sites"' in graph
    assert 'href="/changes"' in reader.get("/datasets", headers=HTML).text
