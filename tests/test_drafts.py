"""A submission as everything would look: pages, data and queries, for its publisher alone, and nothing of it stays."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from publishing_site import CONFORMING, Site, publishing_site
from ways_out import Site as Ways
from ways_out import addresses_of, holding, text_of

from kb.store import previews, snapshots
from kb.store.publication import PublicationRequest, publish
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions
from web.as_at import carry_draft, in_draft, is_outside

THING = "https://example.org/dp-05/pass-full-money/quokka-offices"
NAME = "Saving from quokka offices"
TRACES = ("quokka offices", "quokka-offices")
CONTENT = re.sub(rb"shared([- ])offices", rb"quokka\1offices", CONFORMING.read_bytes())
"""With names that nothing else here has."""

TURTLE = {"Content-Type": "text/turtle"}
ASKED = {"query": f"SELECT ?n {{ <{THING}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?n }}", "format": "csv"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with something published, and somebody who works through the queue."""
    made = publishing_site(tmp_path / "data")
    place = Path(__file__).parent / "web" / "places.ttl"
    publish(made.folder, [PublicationRequest("kent", "places", (place,), background=True)], made.settings)
    with made.working():
        yield made


def sent(site: Site, content: bytes = CONTENT) -> str:
    """The id of a submission that has been checked."""
    answer = site.client().post("/api/datasets/kent/money/submissions", data=content, headers=TURTLE | site.by("kent"))
    assert answer.status_code == 201, answer.text
    id = str(answer.json["id"])
    while Submissions(site.folder).submission(id).working:
        pass
    assert Submissions(site.folder).submission(id).state == "checked"
    return id


def test_its_publisher_browses_and_queries_it_and_nothing_is_kept(site: Site) -> None:
    id, client = sent(site), site.client()
    answer = client.get(f"/sparql?{urlencode(ASKED)}&draft={id}", headers=site.by("submit"))
    assert NAME in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Access-Control-Allow-Origin"} & set(answer.headers.keys())
    posted = client.post(f"/sparql?draft={id}", data=ASKED, headers=site.by("kent"))
    assert NAME in posted.text
    page = client.get(f"/resource?uri={THING}&draft={id}", headers=site.by("kent") | {"Accept": "text/html"})
    assert NAME in page.text
    assert "This is how it would look" in page.text
    assert "Cite this" not in page.text
    assert f"/classes?draft={id}" in page.text
    described = client.get(f"/doc/dataset/money?draft={id}", headers=site.by("kent") | {"Accept": "text/html"})
    assert described.status_code == 200
    assert NAME not in client.get(f"/sparql?{urlencode(ASKED)}", headers=site.by("kent")).text
    assert client.get(f"/resource?uri={THING}").status_code == 404


def test_who_signed_in_reads_it_by_the_cookie(site: Site) -> None:
    id, client = sent(site), site.signed_in()
    page = client.get(f"/resource?uri={THING}&draft={id}", headers={"Accept": "text/html"})
    assert NAME in page.text
    shown = client.get(f"/publish/{id}").text
    assert f"draft={id}" in shown
    assert client.get(f"/resource?uri={THING}", headers={"Accept": "text/html"}).status_code == 404


def test_nobody_else_learns_of_it_at_any_address(site: Site) -> None:
    id, client = sent(site), site.client()
    assert NAME in client.get(f"/sparql?{urlencode(ASKED)}&draft={id}", headers=site.by("kent")).text
    draft = previews.Previews(site.folder).of(id)
    assert draft is not None
    ways = Ways(site.app, (THING,), ("https://kent.example/id/graph/money",), datasets=("kent/money",), drafts=(id,))
    asked = list(addresses_of(ways, (*snapshots.ids(site.folder), draft.id)))
    assert len(asked) > 100
    seen = {}
    for address in asked:
        named = f"{address}{'&' if '?' in address else '?'}draft={id}"
        for by in ("", "surrey", "expired", "revoked") if len(seen) < 20 else ("", "surrey"):
            with client.get(named, headers=site.by(by) if by else {}) as answer:
                assert answer.status_code == 404, (named, by)
                seen[f"{by} {named}"] = answer.text
        for by in ("", "surrey"):
            with client.get(address, headers=site.by(by) if by else {}) as answer:
                seen[f"{by} {address}"] = text_of(address.partition("?")[0], answer.data)
    words = "there is no such draft for you to see; sign in as the publisher who sent it"
    for draft_id in (id, "0" * 32):
        told = client.get(f"/?draft={draft_id}", headers={"Accept": "text/plain"}).text
        assert told.splitlines()[0] == f"Not Found: {words}"
    requested = (THING, json.dumps(THING)[1:-1], "quokka-offices&", "quokka-offices+", "quokka-offices%")

    def own(said: str) -> str:
        for each in requested:
            said = said.replace(each, "")
        return said

    assert holding(seen, TRACES, own) == {}


def test_what_lasts_is_not_made_of_a_draft(site: Site) -> None:
    id, client = sent(site), site.client()
    by = site.by("kent")
    assert NAME in client.get(f"/sparql?{urlencode(ASKED)}&draft={id}", headers=by).text
    for address in ("/cite?path=/", "/q/0000000000", "/snapshots", "/changes", "/dumps/current/index.json", "/publish"):
        joined = f"{address}{'&' if '?' in address else '?'}draft={id}"
        assert client.get(joined, headers=by).status_code == 404, address
    assert client.post(f"/q?draft={id}", data=ASKED, headers=by).status_code == 404
    assert client.post(f"/mcp?draft={id}", json={}, headers=by).status_code == 404
    assert client.put(f"/graphs?default&draft={id}", data=b"", headers=TURTLE | by).status_code == 404
    current = snapshots.current_id(site.folder)
    assert client.get(f"/?draft={id}&snapshot={current}", headers=by).status_code == 400
    assert client.post(f"/sparql?draft={id}", data=ASKED | {"snapshot": current}, headers=by).status_code == 400
    page = f"/sparql?{urlencode({'query': ASKED['query']})}&draft={id}"
    results = client.get(page, headers=by | {"Accept": "text/html"}).text
    assert 'action="/q"' not in results
    assert "snapshot=" not in results


def test_it_follows_what_is_published_and_what_is_sent(site: Site) -> None:
    id, client = sent(site), site.client()
    address = f"/sparql?{urlencode(ASKED)}&draft={id}"
    first = client.get(address, headers=site.by("kent")).headers["X-Snapshot"]
    assert client.get(address, headers=site.by("kent")).headers["X-Snapshot"] == first
    place = Path(__file__).parent / "web" / "others.ttl"
    publish(site.folder, [PublicationRequest("surrey", "others", (place,), background=True)], site.settings)
    second = client.get(address, headers=site.by("kent"))
    assert NAME in second.text
    assert second.headers["X-Snapshot"].startswith(f"{snapshots.current_id(site.folder)}-draft-")
    assert len(list((SubmissionFolder(site.folder, id).path / previews.PREVIEW).iterdir())) == 1
    client.delete(f"/api/submissions/{id}", headers=site.by("kent"))
    assert client.get(address, headers=site.by("kent")).status_code == 404
    assert not SubmissionFolder(site.folder, id).path.exists()


def test_no_more_are_kept_than_the_settings_say(tmp_path: Path) -> None:
    made = publishing_site(tmp_path / "data", previews=1)
    with made.working():
        ids = [sent(made), sent(made)]
        for id in ids:
            answer = made.client().get(f"/sparql?{urlencode(ASKED)}&draft={id}", headers=made.by("kent"))
            assert NAME in answer.text  # though nothing was published here before
    assert [previews.Previews(made.folder).of(id) is not None for id in ids] == [False, True]
    previews.remove_previews(made.folder)
    assert previews.Previews(made.folder).of(ids[1]) is None


def test_links_and_forms_of_its_pages() -> None:
    page = '<a href="/doc/x?a=1#b"> <a href="/publish/1"> <a href="/q"> <a href="/questions/x"> <a href="https://x.uk/">'
    assert carry_draft(page, "1f", "") == page.replace("a=1#b", "a=1&amp;draft=1f#b").replace(
        "/questions/x", "/questions/x?draft=1f"
    )
    assert carry_draft('<form action="/sparql" method="post">', "1f", "F") == (
        '<form action="/sparql?draft=1f" method="post">'
    )
    assert carry_draft('<form action="/sparql">', "1f", "F") == '<form action="/sparql">\nF'
    leaving = '<form action="/sign-out" method="post">'
    assert carry_draft(leaving, "1f", "F") == leaving
    assert in_draft("/classes?snapshot=1", "1f") == "/classes?snapshot=1"
    assert [each for each in ("/q", "/q/1", "/questions", "/cite", "/classes") if is_outside(each)] == [
        "/q", "/q/1", "/cite",
    ]  # fmt: skip
