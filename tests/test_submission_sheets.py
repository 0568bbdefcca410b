"""Sheets that are submitted: what cannot be read is held back, and what was decided once stays decided."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from publishing_site import CONFORMING, Site, publishing_site
from pyoxigraph import Literal

from kb.errors import BadInput
from kb.mapping.mapping import Mapping, read_mapping, written_mappings
from kb.store import completeness, releases, sorted_lines, submitting
from kb.store.preparation import saved_mappings
from kb.store.publisher_bodies import PublisherBodies
from kb.store.state import State
from kb.store.tokens import Tokens

BUILDINGS = "/api/datasets/kent/buildings/submissions"
MAPPING = Mapping(
    "dp-01",
    "0.1.0",
    "AssetShape",
    {
        "Ref": "AssetShape-identifier",
        "Called": "AssetShape-prefLabel",
        "Post": "AssetShape-address-postCode",
        "Whose": "AssetShape-reportedBy",
    },
)
SHEET = "Ref,Called,Post,Whose\n1,Town hall,ME10 3HT,Kent\n2,Depot,ME12 1HE,Kent\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = publishing_site(tmp_path / "data")
    PublisherBodies(found.folder).say(State(found.folder).publisher("kent"), names=["Kent"])
    return found


def sent(site: Site, text: str, mapping: Mapping | None = MAPPING, **fields: str) -> dict[str, Any]:
    """What is told of a submission after it was read."""
    form = fields | {"file": (io.BytesIO(text.encode()), "register.csv"), "protocol": "dp-01"}
    if mapping:
        form["mapping"] = mapping.written()
    answer = site.client().post(BUILDINGS, data=form, headers=site.by("kent"))
    assert answer.status_code == 201, answer.text
    site.work()
    return seen(site, answer.headers["Location"])


def seen(site: Site, place: str) -> dict[str, Any]:
    found: dict[str, Any] = site.client().get(place, headers=site.by("kent")).json
    return found | {"place": place}


def published(site: Site, found: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = site.client().post(f"{found['place']}/publish{query}", headers=site.by("kent"))
    assert answer.status_code == 202, answer.text
    site.work()
    found = seen(site, found["place"])
    assert found["state"] == "published", found
    return found


def text(site: Site) -> str:
    latest = releases.latest(site.folder, "kent", "buildings")
    assert latest is not None
    return b"\n".join(releases.accepted(site.folder, latest)).decode()


def test_records_that_cannot_be_read_are_held_back_and_counted(site: Site) -> None:
    rows = "2,Depot at the harbour,ME12 1HE,Kent\n,,CT1 1AA,Kent\n,,CT2 7AA,Kent\n3,Gateway,CT1 1AA,Nobody at all\n"
    found = sent(site, SHEET + rows)
    assert found["conforms"] is False
    assert found["counts"]["problems"] > 0
    assert site.client().post(f"{found['place']}/publish", headers=site.by("kent")).status_code == 422
    done = published(site, found, "?hold-back=true")
    assert "Town hall" in text(site)
    assert not any(each in text(site) for each in ("Depot", "Gateway"))  # two rows contradict; a body is not known
    assert done["counts"]["held_back"] == 4  # records 2 and 3, and two rows that are no record
    assert releases.read(site.folder, "kent", "buildings", 1).held_back == 4


def test_a_token_opens_the_report_as_pages_too(site: Site) -> None:
    place = sent(site, SHEET)["place"]
    for path in ("report", "report/summary"):
        answer = site.client().get(f"{place}/{path}?format=html", headers=site.by("kent"))
        assert (answer.status_code, answer.mimetype) == (200, "text/html"), path


def test_where_no_record_can_be_read_nothing_is_published(site: Site) -> None:
    found = sent(site, "Ref,Called,Post,Whose\n1,Town hall,ME10 3HT,Nobody at all\n")
    assert site.client().post(f"{found['place']}/publish?hold-back=true", headers=site.by("kent")).status_code == 202
    site.work()
    assert seen(site, found["place"])["state"] == "checked"
    assert releases.datasets(site.folder) == []


def test_what_was_decided_outlives_restorations_and_additions(site: Site) -> None:
    published(site, sent(site, SHEET))
    token = Tokens(site.folder).verify(site.tokens["kent"])
    for number in (0, 1):
        submitting.restore(site.folder, token, "buildings", number)
        site.work()
    assert releases.numbers(site.folder, "kent", "buildings") == [1, 2, 3]
    assert [each.columns for each in saved_mappings(site.folder, "kent", "buildings")] == [MAPPING.columns]
    again = sent(site, SHEET.replace("Depot", "Stores"), None)
    assert again["state"] == "checked"
    assert (again["counts"]["undecided"], again["conforms"]) == (0, True)


def test_a_newer_answer_takes_the_place_of_an_older_one(site: Site) -> None:
    published(site, sent(site, SHEET))
    other = Mapping(**{**MAPPING.__dict__, "values": {"AssetShape-reportedBy": {"Kent CC": "Kent"}}})
    published(site, sent(site, SHEET.replace("Town hall,ME10 3HT,Kent", "City hall,ME10 3HT,Kent CC"), other))
    [saved] = saved_mappings(site.folder, "kent", "buildings")
    assert saved.values == other.values


def test_how_complete_a_dataset_is_stays_known_when_one_record_is_added_or_it_is_brought_back(site: Site) -> None:
    published(site, sent(site, SHEET))
    first = completeness.of_release(site.folder, releases.read(site.folder, "kent", "buildings", 1))
    token = Tokens(site.folder).verify(site.tokens["kent"])
    id = "a" * 32
    from kb.store.submission_folder import SubmissionFolder

    path = SubmissionFolder(site.folder, id).place(1, "one.csv")
    path.write_text("Ref,Called,Post,Whose\n9,Library,ME10 3HT,Kent\n", encoding="utf-8")
    form = {"mapping": MAPPING.written()}
    submitting.register(site.folder, token, "buildings", id, form, chosen="dp-01", method="add", at_once=True)
    site.work()
    added = releases.read(site.folder, "kent", "buildings", 2)
    assert "Town hall" in text(site)
    summary = json.loads(releases.beside(site.folder, added)[completeness.SUMMARY])
    names = {each["field"]: each for each in summary["fields"] if each["sheet"] == "register.csv"}
    assert {each["rows"] for each in names.values()} == {2}
    assert {each["sheet"] for each in summary["fields"]} >= {"register.csv", "one.csv"}
    submitting.restore(site.folder, token, "buildings", 1)
    site.work()
    back = completeness.of_release(site.folder, releases.read(site.folder, "kent", "buildings", 3))
    assert first is not None
    assert back is not None
    assert back.completeness == first.completeness is not None


@pytest.mark.parametrize("written", ["https://creativecommons.org/licenses/by/4.0/", "cc-by"])
def test_a_title_and_a_licence_hold_for_rdf_too(site: Site, written: str) -> None:
    by_ccy = "https://creativecommons.org/licenses/by/4.0/"
    form = {"file": (io.BytesIO(CONFORMING.read_bytes()), "money.ttl"), "title": "Our money", "licence": written}
    answer = site.client().post(BUILDINGS, data=form, headers=site.by("kent"))
    site.work()
    published(site, seen(site, answer.headers["Location"]))
    latest = releases.latest(site.folder, "kent", "buildings")
    assert latest is not None
    about = sorted_lines.about(releases.accepted(site.folder, latest), f"<{latest.dataset_iri}>".encode())
    said = {str(value) for _, _, value in sorted_lines.triples(about)}
    assert {str(Literal("Our money", language="en")), f"<{by_ccy}>"} <= said


@pytest.mark.parametrize("written", ["https://licences.example/mine", "mine"])
def test_another_licence_is_refused_with_those_that_can_be_chosen(site: Site, written: str) -> None:
    form = {"file": (io.BytesIO(CONFORMING.read_bytes()), "money.ttl"), "licence": written}
    answer = site.client().post(BUILDINGS, data=form, headers=site.by("kent"))
    assert answer.status_code == 400
    assert written in answer.text
    assert ("Creative Commons Zero 1.0" in answer.text) == written.startswith("https")


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": 5},
        {"columns": {"A": 5}},
        {"columns": ["A"]},
        {"constants": {"A": None}},
        {"values": {"A": "b"}},
        {"values": {"A": {"b": ["c"]}}},
        {"dates": []},
        {"protocol": 1},
        {"sheet": None},
    ],
)
def test_a_mapping_of_the_wrong_kinds_is_refused_when_it_comes(site: Site, wrong: dict[str, object]) -> None:
    content = json.dumps(json.loads(MAPPING.written()) | wrong)
    with pytest.raises(BadInput, match=next(iter(wrong))):
        read_mapping(content)
    form = {"file": (io.BytesIO(SHEET.encode()), "register.csv"), "mapping": content}
    assert site.client().post(BUILDINGS, data=form, headers=site.by("kent")).status_code == 400


@pytest.mark.parametrize("count", [0, 1, 2])
def test_mappings_are_read_as_they_are_written(site: Site, count: int) -> None:
    from kb.store.submission_folder import SubmissionFolder

    place = SubmissionFolder(site.folder, "b" * 32)
    place.make()
    place.keep_mappings([MAPPING] * count)
    assert place.mappings() == [MAPPING] * count
    assert (place.path / "mappings.json").read_text(encoding="utf-8") == written_mappings([MAPPING] * count)
