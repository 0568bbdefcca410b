"""A record entered in a form becomes part of a dataset of the publisher who has signed in, and of nobody else's."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from page_reading import HTML, Reading, read
from publishing_site import CONFORMING, Site, publishing_site

from kb.store import releases
from kb.store.sessions import Sessions
from kb.store.submissions import Submissions

FORM = "/protocols/dp-03/lesson-learned/new"
LESSON = {
    "ClaimShape-prefLabel": "Begin with one desk",
    "ClaimShape-statement": "A month at one desk showed us what a shared counter needs.",
    "ClaimShape-observedIn": "https://w3id.org/whatworks/id/place/kent",
    "ClaimShape-hadPrimarySource": "https://kent.example/id/source/desk-review",
    "LessonLearnedShape-lessonTheme": "Mapping",
    "ClaimShape-assessment-grade": "Asserted",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with one dataset, so that there is something to read."""
    found = publishing_site(tmp_path / "data")
    address = "/api/datasets/kent/money/submissions"
    head = {"Content-Type": "text/turtle", **found.by("kent")}
    sent = found.client().post(address, data=CONFORMING.read_bytes(), headers=head)
    found.work()
    found.client().post(f"{sent.headers['Location']}/publish", headers=found.by("kent"))
    found.work()
    assert releases.datasets(found.folder) == [("kent", "money")]
    return found


def send(client: FlaskClient, key: str, identifier: str, dataset: str = "lessons") -> str:
    fields = LESSON | {"ClaimShape-identifier": identifier, "do": "send", "new-dataset": dataset, "form-key": key}
    answer = client.post(FORM, data=fields, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def form_key(client: FlaskClient) -> str:
    checked = client.post(FORM, data=LESSON | {"do": "check"}, headers=HTML)
    assert (checked.status_code, checked.headers["Cache-Control"]) == (200, "no-store")
    return next(str(each["value"]) for each in Reading(checked.text).all("input") if each["name"] == "form-key")


def test_one_record_after_the_other_is_added_to_a_dataset(site: Site) -> None:
    client = site.signed_in()
    key = form_key(client)
    for number, identifier in enumerate(("one-desk", "two-desks"), 1):
        page = send(client, key, identifier)
        site.work()
        submission = Submissions(site.folder).submission(page.rpartition("/")[2])
        assert (submission.state, submission.conforms) == ("checked", True), read(client, page).texts
        client.post(f"{page}/publish", data={"form-key": key})
        site.work()
        assert (latest := releases.latest(site.folder, "kent", "lessons")) is not None
        lines = releases.accepted(site.folder, latest)
        assert sum(b"LessonLearned>" in line for line in lines) == number
    assert any(line.startswith(b"<https://kent.example/id/lesson/one-desk>") for line in lines)


def test_who_has_not_signed_in_is_led_to_do_so_and_nothing_is_sent(site: Site) -> None:
    checked = site.client().post(FORM, data=LESSON | {"do": "check"}, headers=HTML)
    assert "/sign-in?next=/protocols/dp-03/lesson-learned/new" in checked.text
    answer = site.client().post(FORM, data=LESSON | {"do": "send", "new-dataset": "lessons"}, headers=HTML)
    assert answer.status_code == 401
    assert Submissions(site.folder).of("kent", 9)[1:] == []


def test_who_is_not_signed_in_any_more_has_the_record_checked_all_the_same(site: Site) -> None:
    client = site.signed_in()
    form_key(client)
    with Sessions(site.folder).transaction() as connection:
        connection.execute("UPDATE sessions SET expires = '2001-01-01T00:00:00Z'")
    checked = client.post(FORM, data=LESSON | {"do": "check"}, headers=HTML)
    assert checked.status_code == 200
    assert "/sign-in?next=/protocols/dp-03/lesson-learned/new" in checked.text
    answer = client.post(FORM, data=LESSON | {"do": "send", "new-dataset": "lessons"}, headers=HTML)
    assert (answer.status_code, "not signed in any more" in answer.text) == (401, True)
    assert Submissions(site.folder).of("kent", 9)[1:] == []


def test_a_form_of_another_site_and_a_bad_name_are_refused(site: Site) -> None:
    client = site.signed_in()
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        fields = LESSON | {"do": "send", "new-dataset": "lessons", "form-key": "x"}
        assert client.post(FORM, data=fields, content_type=kind, headers=HTML).status_code == 403
    key = form_key(client)
    for name in ("", "Our Lessons"):
        fields = LESSON | {"do": "send", "new-dataset": name, "form-key": key}
        answer = client.post(FORM, data=fields, headers=HTML)
        assert answer.status_code == 400
        assert "There is a problem" in answer.text
    assert Submissions(site.folder).of("kent", 9)[1:] == []


def test_what_a_lesson_rests_on_and_nobody_has_described_is_made_with_it(site: Site) -> None:
    client = site.signed_in()
    named = LESSON | {"ClaimShape-hadPrimarySource": "Desk review 2025", "ClaimShape-identifier": "desk-2"}
    refused = client.post(FORM, data=named | {"do": "check"}, headers=HTML)
    assert refused.status_code == 422
    assert "“Desk review 2025” is not known" in refused.text
    page = Reading(refused.text)
    offered = [each for each in page.all("select") if str(each["name"]).startswith("new-")]
    assert [each["name"] for each in offered] == ["new-ClaimShape-hadPrimarySource"]
    assert "/protocols/dp-14/source/new" in {each["href"] for each in page.all("a")}
    made = named | {"new-ClaimShape-hadPrimarySource": "yes"}
    two = made | {"ClaimShape-hadPrimarySource": "Desk review 2025; Survey"}
    answer = client.post(FORM, data=two | {"do": "check"}, headers=HTML)
    assert answer.status_code == 422, "which of the two is new is not said"
    assert 'name="new-ClaimShape' not in answer.text
    checked = client.post(FORM, data=made | {"do": "check"}, headers=HTML)
    assert checked.status_code == 200, checked.text
    kept = {str(each["name"]): str(each.get("value")) for each in Reading(checked.text).all("input")}
    assert kept["new-ClaimShape-hadPrimarySource"] == "yes"
    fields = made | {"do": "send", "new-dataset": "lessons", "form-key": form_key(client)}
    sent = client.post(FORM, data=fields, headers=HTML)
    assert sent.status_code == 303, sent.text
    site.work()
    id = sent.headers["Location"].rpartition("/")[2]
    found = Submissions(site.folder).submission(id)
    assert (found.state, found.conforms) == ("checked", True), found
    client.post(f"/publish/{id}/publish", data={"form-key": fields["form-key"]})
    site.work()
    latest = releases.latest(site.folder, "kent", "lessons")
    assert latest is not None
    text = b"\n".join(releases.accepted(site.folder, latest)).decode()
    source = "<https://kent.example/id/source/desk-review-2025>"
    assert f'{source} <http://purl.org/dc/terms/title> "Desk review 2025"' in text
    assert f"hadPrimarySource> {source} ." in text
