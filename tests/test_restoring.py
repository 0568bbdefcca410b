"""Going back to an earlier release on the pages: what it would do is shown, one button does it, for its publisher."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from publishing_site import CONFORMING, Site, publishing_site

from kb.store import releases
from kb.store.audit import Audit
from kb.store.publication import PublicationRequest, publish
from web.authority import FIELD


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Money of Kent in two releases."""
    found = publishing_site(tmp_path)
    changed = tmp_path / "changed.ttl"
    changed.write_text(CONFORMING.read_text(encoding="utf-8").replace('"@en', ' (revised)"@en', 1), encoding="utf-8")
    for path in (CONFORMING, changed):
        publish(found.folder, [PublicationRequest("kent", "money", (path,))], found.settings)
    return found


def pressed(client: FlaskClient, address: str) -> str:
    """Where the one button of the page leads."""
    page = client.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    [key] = set(re.findall(f'name="{FIELD}" value="([^"]+)"', page.text))
    answer = client.post(address, data={FIELD: key})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


@pytest.mark.parametrize("number", [0, 1])
def test_one_button_brings_a_release_back(site: Site, number: int) -> None:
    client = site.signed_in()
    address = f"/publish/restore/money/{number}"
    said = "Removes 1 statement of money" if number == 0 else "Changes 1 statement of money"
    assert said in client.get(address).text
    where = pressed(client, address)
    site.work()
    assert "release 3" in client.get(where).text
    latest = releases.latest(site.folder, "kent", "money")
    assert latest is not None
    assert (latest.number, latest.kind, latest.equals) == (3, "rollback", number)
    assert [entry.action for entry in Audit(site.folder).entries("kent")][:2] == ["restored", "asked to restore"]
    listed = client.get("/publish").text
    assert (f"release {number} brought back" if number else "all content taken back") in listed


def test_nobody_else_can(site: Site) -> None:
    address = "/publish/restore/money/1"
    asked = site.client().get(address)
    assert (asked.status_code, asked.headers["Location"].startswith("/sign-in?")) == (303, True)
    assert site.signed_in("surrey").get(address).status_code == 404
    assert site.signed_in("submit").get(address).status_code == 403
    kent = site.signed_in()
    assert kent.post(address, data={FIELD: "of another session"}).status_code == 403
    assert kent.get("/publish/restore/money/9").status_code == 404
    site.work()
    assert releases.numbers(site.folder, "kent", "money") == [1, 2]


def test_the_public_pages_lead_there(site: Site) -> None:
    html = {"Accept": "text/html"}
    assert 'href="/publish/restore/money/1"' in site.client().get("/datasets/kent/money/1", headers=html).text
    assert 'href="/publish/restore/money/0"' in site.client().get("/datasets/kent/money", headers=html).text
