"""Readers say that something is wrong or missing: without an account, in private, to the publisher who states it."""

import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from publishing_site import CONFORMING, Site, publishing_site
from pyoxigraph import NamedNode

from kb.errors import WrongState
from kb.namespaces import expand
from kb.store.addressees import addressee
from kb.store.audit import Audit
from kb.store.clock import now
from kb.store.contributions import MOST_OPEN, Contributions
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshots
from kb.store.state import State
from kb.store.tombstones import Tombstone, hashed
from kb.store.withdrawal.withdraw import Target, withdraw
from web import contributing, form_keys, paging
from web.contribution_questions import LONGEST_TEXT, kinds

WRONG = {"wrong": "The saving is given twice.", "right": "£4 million", "source": "Minutes, https://a.example/minutes"}
LESSON = {"name": "One rota", "statement": "A shared reception needs one rota.", "place": "Kent", "when": "2024"}
ADOPTION = {"body": "Swale Borough Council", "place": "Swale", "changed": "Opened on Saturdays.", "when": "2024"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site on which Kent has published a dataset."""
    site = publishing_site(tmp_path_factory.mktemp("site"))
    head = {"Content-Type": "text/turtle", **site.by("kent")}
    sent = site.client().post("/api/datasets/kent/money/submissions", data=CONFORMING.read_bytes(), headers=head)
    site.work()
    assert site.client().post(f"{sent.headers['Location']}/publish", headers=site.by("kent")).status_code == 202
    site.work()
    return site


@pytest.fixture
def site(whole: Site) -> Site:
    """The same without contributions, and without what is counted."""
    with Contributions(whole.folder).transaction() as connection:
        connection.execute("DELETE FROM contributions")
        connection.execute("DELETE FROM attempts")
    return whole


@pytest.fixture
def thing(whole: Site) -> str:
    """The IRI of something that Kent states."""
    store = Snapshots(whole.folder).current().store
    stated = store.quads_for_pattern(None, NamedNode(expand("rdf:type")), NamedNode(expand("ww:MonetaryStatement")))
    return next(stated).subject.value


def key_of(site: Site, kind: str, about: str, age: float = 60) -> str:
    """The key of a form that was opened so many seconds ago."""
    return form_keys.issue(site.folder, f"contribute\n{kind}\n{about}", time.time() - age)


def send(site: Site, kind: str = "correction", about: str = "", client: FlaskClient | None = None, **fields: str):
    given = {**{"correction": WRONG, "lesson": LESSON, "adoption": ADOPTION}[kind], **fields}
    data = {"kind": kind, "about": about, "form-key": key_of(site, kind, about), **given}
    return (client or site.client()).post("/contribute", data=data)


def post(client: FlaskClient, address: str, page: str, **fields: str):
    key = re.search(r'name="form-key" value="([^"]+)"', client.get(page).text)
    assert key
    return client.post(address, data={"form-key": key[1], **fields})


def test_every_page_of_a_thing_leads_to_the_form(site: Site, thing: str) -> None:
    page = site.client().get(f"/resource?uri={quote(thing)}", headers=HTML)
    links = [str(link.get("href")) for link in Reading(page.text).all("a")]
    assert f"/contribute?about={quote(thing, safe='')}" in links
    assert "/contribute?about=%2Fdatasets" in site.client().get("/datasets", headers=HTML).text


def test_the_questions_fill_fields_that_there_are() -> None:
    from kb.protocols.templates.tables import record_named

    for kind in kinds().values():
        if kind.record:
            columns = {column.id for column in record_named(kind.protocol, kind.record).columns}
            assert {each.column for each in kind.questions if each.column} | {kind.about} <= columns


@pytest.mark.parametrize("kind", ["correction", "lesson", "adoption"])
def test_a_contribution_goes_to_who_states_the_thing_and_nowhere_else(site: Site, thing: str, kind: str) -> None:
    sent = send(site, kind, thing, email="reader@example.org")
    assert sent.status_code == 303
    [found] = Contributions(site.folder).of()
    assert (found.kind, found.about, found.publisher, found.state) == (kind, thing, "kent", "open")
    assert found.email == "reader@example.org"
    receipt = site.client().get(sent.headers["Location"])
    assert receipt.status_code == 200
    assert receipt.headers["Cache-Control"] == "no-store"
    assert receipt.headers["X-Robots-Tag"] == "noindex"
    assert "reader@example.org" not in receipt.text
    said = next(iter(found.fields.values()))
    for address in ("/", f"/resource?uri={quote(thing)}", "/changes", "/datasets", "/publish/contributions"):
        assert said not in site.client().get(address, headers=HTML, follow_redirects=True).text
    assert said in site.signed_in().get(f"/publish/contributions/{found.id}").text
    other = site.signed_in("surrey")
    assert said not in other.get("/publish/contributions").text
    assert other.get(f"/publish/contributions/{found.id}").status_code == 404


def test_the_audit_log_keeps_nothing_of_what_it_said(site: Site, thing: str) -> None:
    send(site, "correction", thing, email="reader@example.org")
    entry = Audit(site.folder).entries("kent", 1)[0]
    assert (entry.action, entry.token, entry.detail) == ("contributed", "a reader", "correction")
    [found] = Contributions(site.folder).of()
    assert found.id not in entry.about
    assert "reader@example.org" not in str(entry)


def test_a_page_of_no_publisher_goes_to_the_site_s_own_else_to_the_first(site: Site, tmp_path: Path) -> None:
    send(site, "correction", "/datasets")
    assert Contributions(site.folder).of()[0].publisher == "kent"
    state = State(DataFolder(tmp_path))
    assert addressee(state, ()) == ""
    for id in ("another", "whatworks"):
        state.add_publisher(id, f"https://{id}.example")
    assert addressee(state, ()) == "whatworks"
    assert addressee(state, ("https://another.example/id/graph/assets",)) == "another"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"wrong": ""}, "Answer: What is wrong"),
        ({"wrong": "x" * (LONGEST_TEXT + 1)}, "Shorten this"),
        ({"wrong": "see http://a.example and www.b.example"}, "one web address"),
        ({"email": "no address"}, "name@example.org"),
        ({"website": "http://spam.example"}, "empty"),
    ],
)
def test_what_is_not_taken_is_said_and_what_was_written_stays(site: Site, fields: dict[str, str], said: str) -> None:
    answer = send(site, "correction", "", **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert Reading(answer.text).text("title")[0].startswith("Error: ")
    assert "£4 million" in answer.text
    assert Contributions(site.folder).of() == []


def test_a_key_must_be_of_this_form_neither_young_nor_old_and_unused(site: Site) -> None:
    for key, said in (
        ("", "not of this page"),
        (key_of(site, "lesson", ""), "not of this page"),
        (key_of(site, "correction", "", age=0), "very quick"),
        (key_of(site, "correction", "", age=25 * 3600), "more than a day"),
    ):
        answer = site.client().post("/contribute", data={"kind": "correction", "about": "", "form-key": key, **WRONG})
        assert (answer.status_code, said in answer.text) == (400, True), said
    data = {"kind": "correction", "about": "", "form-key": key_of(site, "correction", ""), **WRONG}
    assert site.client().post("/contribute", data=data).status_code == 303
    assert "already" in site.client().post("/contribute", data=data).text
    assert len(Contributions(site.folder).of()) == 1


def test_so_many_within_an_hour(site: Site) -> None:
    most = dict(contributing.LIMITS)["client"]
    assert [send(site).status_code for _ in range(most + 1)] == [303] * most + [429]
    # Others may still, until the page has had its share.
    by_page = dict(contributing.LIMITS)["page"]
    others = [site.app.test_client() for _ in range(by_page)]
    for number, other in enumerate(others):
        other.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
    taken = [send(site, client=other).status_code for other in others]
    assert taken == [303] * (by_page - most) + [429] * most


def test_no_more_wait_than_are_taken(site: Site) -> None:
    with Contributions(site.folder).transaction() as connection:
        for number in range(MOST_OPEN):
            row = (f"id-{number}", "correction", "", "kent", "{}", "", now(), now(), "open", "")
            connection.execute("INSERT INTO contributions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert send(site).status_code == 507


def test_what_is_unknown_here_has_no_form(site: Site) -> None:
    assert site.client().get("/contribute?about=https://elsewhere.example/thing", headers=HTML).status_code == 404
    assert site.client().get("/contribute?about=//elsewhere.example/", headers=HTML).status_code == 400
    assert site.client().get(f"/contribute?about=/{'x' * 2000}", headers=HTML).status_code == 400


def test_the_publisher_takes_it_up_as_a_draft_of_the_entry_form(site: Site, thing: str) -> None:
    send(site, "adoption", thing)
    client = site.signed_in()
    assert "1</strong> contribution waits" in client.get("/publish").text
    [found] = Contributions(site.folder).of()
    page = f"/publish/contributions/{found.id}"
    drafted = post(client, f"{page}/draft", page)
    assert drafted.status_code == 200
    assert 'action="/protocols/dp-09/adoption/new"' in drafted.text
    filled = {each.get("id"): each.get("value") for each in Reading(drafted.text).all("input")}
    assert filled["AdoptionShape-adopter"] == "Swale Borough Council"
    assert filled["AdoptionShape-adopts"] == thing
    assert "Opened on Saturdays." in Reading(drafted.text).text("textarea")
    assert Contributions(site.folder).contribution(found.id).state == "taken up"
    assert Audit(site.folder).entries("kent", 1)[0].action == "contribution taken up"


def test_a_correction_opens_the_record_as_it_is(site: Site, thing: str) -> None:
    send(site, "correction", thing)
    client = site.signed_in()
    [found] = Contributions(site.folder).of()
    page = f"/publish/contributions/{found.id}"
    drafted = post(client, f"{page}/draft", page)
    assert 'action="/protocols/dp-05/monetary-statement/new"' in drafted.text
    assert "Saving from shared offices, present value" in [
        each.get("value") for each in Reading(drafted.text).all("input")
    ]


def test_it_is_answered_once_and_the_reader_sees_it(site: Site) -> None:
    sent = send(site)
    client = site.signed_in()
    [found] = Contributions(site.folder).of()
    page = f"/publish/contributions/{found.id}"
    assert post(client, page, page, do="answered", answer=" ").status_code == 400
    assert post(client, page, page, do="declined", answer="The minutes say otherwise.").status_code == 303
    assert "The minutes say otherwise." in site.client().get(sent.headers["Location"]).text
    assert "Decline it" not in client.get(page).text
    assert site.client().post(page, data={"do": "answered", "answer": "no"}).status_code == 401


def test_two_who_answer_at_once_are_not_both_heard(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    send(site)
    kept = Contributions(site.folder)
    [found] = kept.of()
    kept.settle(found.id, "taken up", "", "kent", "first")
    kept.settle(found.id, "answered", "Thank you.", "kent", "first")
    monkeypatch.setattr(kept, "contribution", lambda id: found)  # what the second one read before
    with pytest.raises(WrongState):
        kept.settle(found.id, "declined", "No.", "kent", "second")
    assert [(each.state, each.answer) for each in kept.of()] == [("answered", "Thank you.")]
    assert Audit(site.folder).entries("kent", 1)[0].action == "contribution answered"


def test_a_long_list_has_pages(site: Site) -> None:
    kept = Contributions(site.folder)
    for number in range(paging.PAGE + 1):
        kept.send("correction", f"/datasets?n={number}", "kent", WRONG, "")
    client = site.signed_in()
    first, second = (client.get(f"/publish/contributions?page={number}").text for number in (1, 2))
    assert [text.count('data-label="About"') for text in (first, second)] == [paging.PAGE, 1]
    assert 'href="/publish/contributions?page=2"' in first
    assert client.get("/publish/contributions?page=3").status_code == 404


def test_a_form_sent_too_quickly_keeps_its_key_and_any_other_gets_a_new_one(site: Site) -> None:
    def key_after(age: float) -> tuple[str, str]:
        sent = key_of(site, "correction", "", age)
        data = {"kind": "correction", "about": "", "form-key": sent, **WRONG}
        [field] = [
            each
            for each in Reading(site.client().post("/contribute", data=data).text).all("input")
            if each.get("name") == "form-key"
        ]
        return sent, str(field["value"])

    young, kept = key_after(0)
    assert kept == young
    old, new = key_after(25 * 3600)
    assert new != old


def test_the_reader_takes_it_back(site: Site) -> None:
    address = send(site).headers["Location"]
    assert site.client().post(address).status_code == 303
    assert site.client().get(address, headers=HTML).status_code == 404
    assert Contributions(site.folder).of() == []


def test_addresses_of_readers_go_and_so_does_what_was_dealt_with(site: Site) -> None:
    send(site, email="reader@example.org")
    send(site, email="other@example.org")
    kept = Contributions(site.folder)
    kept.tidy(90)
    assert all(each.email for each in kept.of())
    first, second = kept.of()
    kept.settle(first.id, "answered", "Thank you.", "kent", "kent")
    with kept.transaction() as connection:
        connection.execute("UPDATE contributions SET created = ?, changed = ?", ("2020-01-01T00:00:00Z",) * 2)
    kept.tidy(90)
    assert [(each.id, each.email) for each in kept.of()] == [(second.id, "")]


def test_a_withdrawal_takes_what_is_about_the_record_or_says_it(site: Site, thing: str, tmp_path: Path) -> None:
    kept = Contributions(site.folder)
    for about, text in (("", "harmless"), (thing, "about it"), ("", "it says Zanzibar House")):
        kept.send("correction", about, "kent", {"wrong": text}, "")
    stone = Tombstone(1, now(), "rule", "record", ("kent/money",), names=(hashed(thing),))
    assert len(list(kept.holding(stone, ["zanzibar house"]))) == 2
    kept.withdraw(stone, ["zanzibar house"])
    assert [each.fields["wrong"] for each in kept.of()] == ["harmless"]


def test_withdrawing_a_record_withdraws_contributions(tmp_path: Path) -> None:
    from dataclasses import replace

    from store_cases import SETTINGS
    from withdrawal_cases import RECORD, RULE, published

    folder = published(tmp_path)
    kept = Contributions(folder)
    kept.send("correction", RECORD, "kent", {"wrong": "The roof."}, "")
    kept.send("correction", "/datasets", "kent", {"wrong": "A typing error."}, "")
    told = withdraw(folder, Target(RECORD), RULE, replace(SETTINGS, data=folder.root))
    assert "contributions/" in told.summary()
    assert [each.about for each in kept.of()] == ["/datasets"]


def test_the_operator_lists_them(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    from web.cli import main

    send(site, email="reader@example.org")
    [found] = Contributions(site.folder).of()
    data = ["--data", str(site.folder.root)]
    assert main(["contributions", *data]) == 0
    assert capsys.readouterr().out == f"{found.id}\topen\tcorrection\tkent\t{found.created}\t-\n"
    assert main(["contributions", found.id, *data]) == 0
    assert "wrong: The saving is given twice.\n" in capsys.readouterr().out
    assert main(["contributions", found.id, "--delete", *data]) == 0
    assert main(["contributions", found.id, *data]) == 2
