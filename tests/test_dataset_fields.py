"""What a publisher says of a dataset itself: its fields from the shapes, kept from release to release, all ways in."""

import re
from pathlib import Path
from typing import Any

import pytest
from command_line import Whatworks
from publishing_site import Site
from test_submission_sheets import SHEET, published, sent, site, text

from kb.errors import BadInput
from kb.mapping.values.names import Known, Names
from kb.store import dataset_fields
from kb.store.dataset_fields import chosen, faults, fields, lines, name_of, named
from kb.store.submissions import Submissions

assert site  # a fixture
BASE, KENT = "https://area.example", "https://w3id.org/whatworks/id/place/kent"
NAMES = Names([Known(KENT, ("https://w3id.org/whatworks/def#Place",), ("Kent",))])


def said(given: dict[str, str], before: list[bytes] | None = None, **more: Any) -> str:
    made = lines(BASE, "my--buildings", "Buildings", chosen(given), NAMES, before or [], **more)
    return b"\n".join(made).decode()


def test_each_field_of_the_protocol_is_asked_once() -> None:
    elsewhere = {"title", "identifier", "publisher", "licence", "protocol"}
    every = {name_of(each) for each in dataset_fields._record().columns}
    assert {name_of(each) for each in fields()} == every - elsewhere
    asked = [each.id for section in dataset_fields.sections() for each in (*section.asked, *section.further)]
    assert asked == [each.id for each in fields()]
    assert all(named(name_of(each)) == named(each.id) == each for each in fields())
    with pytest.raises(BadInput, match="near it: covered-from"):
        named("covered-form")


def test_what_is_said_stands_under_the_name_of_the_dataset() -> None:
    found = said({"description": "All of it.", "place-covered": "Kent", "covered-from": "2024"}, defaults=False)
    iri = f"{BASE}/id/dataset/my--buildings"
    assert f'<{iri}> <http://purl.org/dc/terms/description> "All of it."@en .' in found
    assert f"<{iri}> <http://purl.org/dc/terms/spatial> <{KENT}> ." in found
    assert f"<{iri}> <http://purl.org/dc/terms/temporal> <{iri}#temporal> ." in found
    assert f'<{iri}#temporal> <https://w3id.org/whatworks/def#start> "2024"' in found
    assert len(found.splitlines()) == 4


def test_what_is_not_said_is_told_from_what_is_known_and_then_stays() -> None:
    found = said({}, place=KENT)
    assert "confidentiality/public>" in found
    assert f"<{KENT}>" in found
    before = said({"who-may-see-it": "Partners", "covered-from": "2024"}, place=KENT).encode().splitlines()
    after = said({"covered-until": "2025", "description": "New."}, before)
    assert "confidentiality/partners>" in after
    assert "confidentiality/public>" not in after
    assert '#start> "2024"' in after
    assert '#end> "2025"' in after
    assert said({}, before, defaults=False).encode().splitlines() == before
    assert said({}, defaults=False) == ""
    first = said({"description": "What we own."}, defaults=False).encode().splitlines()
    assert said({"description": "All that we own."}, first, defaults=False).count("we own") == 1


def test_what_is_not_understood_is_told_with_its_field() -> None:
    wrong = faults(chosen({"covered-from": "lately", "who-may-see-it": "Publik", "place-covered": "Kent"}), NAMES)
    assert wrong == {
        "DatasetShape-temporal-start": "“lately” is not a date.",
        "DatasetShape-accessRights": "“Publik” is not in the code list. Perhaps Public.",
    }
    long = {"description": "x" * (dataset_fields.LONGEST + 1)}
    assert list(faults(chosen(long), NAMES).values()) == ["more than 5,000 characters; say less"]
    with pytest.raises(BadInput, match="more than 5,000 characters"):
        said(long)
    with pytest.raises(BadInput, match="Covered from: “lately” is not a date"):
        said({"covered-from": "lately"})


def test_a_program_says_it_with_its_file(site: Site) -> None:
    published(site, sent(site, SHEET, description="What we own.", **{"covered-from": "2024"}))
    assert '"What we own."@en' in text(site)
    published(site, sent(site, SHEET + "3,Library,ME11 1AA,Kent\n"))
    assert '"What we own."@en' in text(site)
    assert '#start> "2024"' in text(site)
    refused = sent(site, SHEET, **{"covered-from": "lately"})
    assert (refused["state"], "Covered from: “lately”" in refused["message"]) == ("failed", True)


def test_a_person_says_it_after_the_check(site: Site) -> None:
    id = sent(site, SHEET)["id"]
    client = site.signed_in()
    report = client.get(f"/publish/{id}/report?format=html").text
    assert "Description: of the dataset itself" in report
    assert f'href="/publish/{id}/about"' in report
    page = client.get(f"/publish/{id}/about").text
    form = {"form-key": re.findall(r'name="form-key" value="([^"]+)"', page)[0]}
    address = f"/publish/{id}/about"
    refused = client.post(address, data=form | {"DatasetShape-temporal-start": "lately", "title": "Ours"})
    assert refused.status_code == 400
    assert "“lately” is not a date." in refused.text
    assert 'value="Ours"' in refused.text
    assert client.post(address, data=form | {"licence": "https://example.org/mine"}).status_code == 400
    done = client.post(address, data=form | {"DatasetShape-description": "What we own.", "title": "Ours"})
    assert (done.status_code, done.location) == (303, f"/publish/{id}")
    site.work()
    assert Submissions(site.folder).submission(id).state == "checked"
    assert "Description: of the dataset itself" not in client.get(f"/publish/{id}/report?format=html").text
    client.post(f"/publish/{id}/publish", data=form)
    site.work()
    assert '"What we own."@en' in text(site)
    assert '"Ours"@en' in text(site)
    assert client.get(address).status_code == 409


def test_the_command_says_it_and_what_it_changed(whatworks: Whatworks, tmp_path: Path) -> None:
    sheet = tmp_path / "register.csv"
    rows = SHEET.replace("Kent", "Swale Council").replace("Called", "Property name").replace("Post", "Postcode")
    sheet.write_text(rows)
    whatworks("publisher", "add", "swale", "--base", "https://data.swale.example", "--name", "Swale Council")
    to = ("--publisher", "swale", "--dataset", "buildings")
    checked = whatworks("check", sheet, *to, "--protocol", "dp-01")
    assert "Description (of the dataset): The dataset has no value." in checked.out
    wrong = whatworks("publish", sheet, *to, "--protocol", "dp-01", "--about", "covered-from=lately")
    assert (wrong.code, "Covered from: “lately” is not a date." in wrong.err) == (2, True)
    assert whatworks("publish", sheet, *to, "--about", "description").code == 2
    done = whatworks("publish", sheet, *to, "--protocol", "dp-01", "--about", "description=What we own.")
    assert done.code == 0, done
    should = re.findall(r", ([0-9,]+) should", checked.out)[0].replace(",", "")
    assert f"; {int(should) - 1:,} recommendations open" in done.out, "the check names the description too"
    assert "Adds 2 assets" in done.out
    assert "whatworks rollback --publisher swale --dataset buildings --to 0" in done.out
    back = whatworks("rollback", *to, "--to", "0")
    assert "Removes 2 assets" in back.out
    assert whatworks("check", sheet, "--dataset", "buildings").code == 2
