"""What was withdrawn comes out of a site by no way, though the site runs on and had it in memory."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from store_cases import BASE, SETTINGS
from ways_out import EVERYTHING, Site, holding, not_covered, text_of, walk
from withdrawal_cases import RECORD, RULE, TRACES, published

from kb.store import links, snapshots
from kb.store.folder import DataFolder
from kb.store.withdrawal.withdraw import Target, withdraw
from web.site import create_app

LIBRARY = f"{BASE}/id/asset/library"
GRAPHS = (f"{BASE}/id/graph/assets", "https://w3id.org/whatworks/id/graph/catalogue")
VALUES = ("zanzibar house", *(trace for trace in TRACES if trace != "zanzibar"))
"""What no request says, and so no answer may."""

WAYS = (
    "/sparql?",
    "/graphs?default",
    "/graphs?graph=",
    "/doc/",
    "/resource?",
    "/search?",
    "/search/suggest?",
    "/dumps/",
    "/cite?",
    "/protocols/dp-01.xlsx?graph=",
    "/q/",
    "/mcp ",
)
"""Starts of addresses by which the record comes out before: else the test would prove nothing of them."""


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Site, DataFolder]:
    """The site asked for everything before, with each snapshot by its name, and again after the withdrawal."""
    folder = published(tmp_path_factory.mktemp("site"))
    settings = replace(SETTINGS, data=folder.root)
    app = create_app(settings)
    old = tuple(snapshots.ids(folder))
    asked = [links.asked(query, old[0]) for query in (EVERYTHING[0], f"SELECT * {{ <{RECORD}> ?p ?o }}")]
    names = tuple(links.keep(folder, each, 10, "here") for each in asked)
    before = Site(app, (RECORD, LIBRARY), GRAPHS, names, old)
    walk(before)
    withdraw(folder, Target(RECORD), RULE, settings)
    after = Site(app, (RECORD, LIBRARY), GRAPHS, names, old)
    walk(after)
    return before, after, folder


def without_the_request(said: str) -> str:
    """An answer without what the request itself said: an address that is gone is named in the message."""
    return said.replace(RECORD, "").replace(RECORD.partition("/id/")[2], "")


def test_every_route_is_a_way_that_is_tried(withdrawn: tuple[Site, Site, DataFolder]) -> None:
    before, after, _ = withdrawn
    assert not_covered(before) == set(), "say in tests/ways_out.py which addresses stand for these routes"
    assert not_covered(after) == set()


@pytest.mark.parametrize("way", WAYS)
def test_the_record_came_out_by_each_way(withdrawn: tuple[Site, Site, DataFolder], way: str) -> None:
    held = holding(withdrawn[0].seen, TRACES, without_the_request)
    assert any(address.startswith(way) for address in held)


def test_it_comes_out_by_none(withdrawn: tuple[Site, Site, DataFolder]) -> None:
    after = withdrawn[1]
    assert holding(after.seen, VALUES, lambda said: said) == {}
    named = holding(after.seen, ("zanzibar",), without_the_request)
    assert {address for address in named if "zanzibar-house" not in address} == set()


def test_everything_that_was_asked_before_is_asked_again(withdrawn: tuple[Site, Site, DataFolder]) -> None:
    """What was in the memory of the site, or in a cache that asks with its ETag, is not given out again."""
    before, after, _ = withdrawn
    client = after.app.test_client()
    for address, said in before.seen.items():
        if not address.startswith("/mcp") and "{'Accept'" not in address:
            tag = re.search(r'^ETag: (.*)$', said, re.MULTILINE)
            answer = client.get(address, headers={"If-None-Match": tag[1]} if tag else {})
            text = text_of(address.partition("?")[0], answer.data)
            answer.close()
            assert holding({address: text}, VALUES, lambda text: text) == {}, address
            if answer.status_code == 304:
                assert holding({address: said}, VALUES, lambda text: text) == {}, address


@pytest.mark.parametrize(
    "address", ["/doc/asset/zanzibar-house", "/id/asset/zanzibar-house", f"/resource?uri={RECORD}"]
)
@pytest.mark.parametrize("old", [False, True])
def test_its_address_says_that_it_is_gone(
    withdrawn: tuple[Site, Site, DataFolder], address: str, old: bool
) -> None:
    after, folder = withdrawn[1], withdrawn[2]
    client = after.app.test_client()
    if old:
        address += f"{'&' if '?' in address else '?'}snapshot={snapshots.ids(folder)[0]}"
    for type_, expected in (("text/html", "text/html"), ("text/turtle", "text/turtle"), ("application/ld+json",) * 2):
        answer = client.get(address, headers={"Accept": type_})
        assert (answer.status_code, answer.mimetype) == (410, expected), address
        assert RULE in answer.get_data(as_text=True)
        assert answer.headers["Cache-Control"] == "no-store"
    turtle = client.get(address, headers={"Accept": "text/turtle"}).get_data(as_text=True)
    assert "prov:invalidatedAtTime" in turtle
    assert client.get(address, headers={"Accept": "text/plain"}).status_code == 410


def test_an_old_snapshot_says_what_is_left_of_it(withdrawn: tuple[Site, Site, DataFolder]) -> None:
    after = withdrawn[1]
    client = after.app.test_client()
    for id in after.snapshots:
        for address in (f"/?snapshot={id}", f"/sparql?query=ASK%7B%7D&snapshot={id}", f"/dumps/{id}/all.nq.gz"):
            answer = client.get(address, headers={"Accept": "text/plain"})
            assert answer.status_code == 410
            assert RULE in answer.get_data(as_text=True)


def test_the_list_of_withdrawals(withdrawn: tuple[Site, Site, DataFolder]) -> None:
    client = withdrawn[1].app.test_client()
    (said,) = json.loads(client.get("/withdrawals?format=json").data)["withdrawals"]
    assert (said["rule"], said["datasets"]) == (RULE, ["kent/assets"])
    assert set(said["snapshots"]) == set(withdrawn[1].snapshots)
    assert RULE in client.get("/withdrawals", headers={"Accept": "text/html"}).get_data(as_text=True)


def test_a_copied_snapshot_tells_a_replica(withdrawn: tuple[Site, Site, DataFolder], tmp_path: Path) -> None:
    """A replica that still has the old folders serves none of them once it has switched."""
    folder = withdrawn[2]
    old = withdrawn[1].snapshots[0]
    replica = DataFolder(tmp_path)
    replica.snapshots.mkdir()
    for path in folder.snapshots.iterdir():
        (replica.snapshots / path.name).symlink_to(path)
    (replica.snapshots / old).symlink_to(folder.snapshots / snapshots.ids(folder)[0])
    replica.current.symlink_to(Path("snapshots", snapshots.current_id(folder) or ""))
    client = create_app(replace(SETTINGS, data=replica.root)).test_client()
    assert client.get("/").status_code == 200
    assert client.get(f"/?snapshot={old}").status_code == 410
    assert client.get("/doc/asset/zanzibar-house", headers={"Accept": "text/html"}).status_code == 410
