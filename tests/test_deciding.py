"""What a person says of a sheet on the page: columns, what holds for all rows, dates, values and new codes."""

import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from publishing_site import Site, publishing_site

from kb.store import releases
from kb.store.publisher_bodies import PublisherBodies
from kb.store.state import State
from kb.store.submission_folder import MAPPINGS, SubmissionFolder
from kb.store.submissions import Submissions

SHEET = """Our ref,Name of premises,Postcode,Record changed on,Holding type,Tenure,Zorg
B-1,Old Library,CT1 2AB,03/04/2021,Building,Freehold,Canterbury
B-2,Fire Station,CT1 2AB,05/06/2021,Building,Peppercorn hold,Canterbury
B-3,Depot,CT1 2AB,07/08/2021,Building,Owned outright,Whitstable
"""
"""Nobody can tell what the last column is, nor the day from the month; two tenures are in no code list as written."""

SAID = {
    "column-0-6": "AssetShape-address-postName",
    "constant-0-AssetShape-accessRights": "Partners",
    "value-0-0": "day-first",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return publishing_site(tmp_path / "data")


def key(page: str) -> dict[str, str]:
    found = re.search('name="form-key" value="([^"]*)', page)
    assert found, page
    return {"form-key": found[1]}


def sent(site: Site, sheet: str = SHEET) -> tuple[FlaskClient, str]:
    """Somebody who has signed in and sent the sheet, which was read, and the page of that."""
    client = site.signed_in()
    form = key(client.get("/publish/new").text) | {"dataset": "assets", "protocol": "dp-01"}
    file = (io.BytesIO(sheet.encode()), "premises.csv")
    answer = client.post("/publish/new", data=form | {"file": file}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    site.work()
    return client, answer.headers["Location"]


def field(page: str, written: str) -> str:
    """The name of the field of the form that asks what a value means."""
    return page.partition(f"“{written}” <span")[0].rpartition('for="')[2].partition('"')[0]


def state(site: Site) -> str:
    return Submissions(site.folder).of("kent")[0].state


def test_what_is_decided_is_published(site: Site) -> None:
    client, place = sent(site)
    assert state(site) == "needs decisions"
    page = client.get(f"{place}/decisions").text
    assert "“03/04/2021”" in page
    assert "“05/06/2021”" not in page  # one answer holds for the column
    assert re.search(r"<code>new: Peppercorn hold</code>", page)
    said = SAID | {field(page, "Peppercorn hold"): "new: Peppercorn", field(page, "Owned outright"): "Freehold"}
    answer = client.post(f"{place}/decisions", data=key(page) | said)
    assert answer.status_code == 303, answer.text
    site.work()
    assert state(site) == "checked"
    shown = client.get(place).text
    assert "Nothing stands against publishing this" in shown
    assert "adds 3 assets, 1 dataset" in shown
    client.post(f"{place}/publish", data=key(shown))
    site.work()
    assert state(site) == "published"
    lines = b"\n".join(releases.accepted(site.folder, releases.read(site.folder, "kent", "assets", 1))).decode()
    assert '"2021-04-03' in lines
    assert '"Whitstable"' in lines
    assert "confidentiality/partners>" in lines
    kept = releases.path_of(site.folder, "kent", "assets", 1) / MAPPINGS
    assert '"new: Peppercorn"' in kept.read_text(encoding="utf-8")
    assert lines.count("tenure-type/freehold>") == 2


def test_a_sure_column_is_changed_without_losing_what_was_said(site: Site) -> None:
    client, place = sent(site)
    page = client.get(f"{place}/decisions").text
    assert len(page) < 60_000
    assert 'name="column-0-2"' not in page  # the postcode is sure, and text
    again = client.post(f"{place}/decisions", data=key(page) | SAID | {"change": "0-2"})
    assert again.status_code == 200
    assert 'name="column-0-2"' in again.text
    assert "<option selected>Partners</option>" in again.text
    assert '<option value="day-first" selected>' in again.text
    assert state(site) == "needs decisions"
    client.post(f"{place}/decisions", data=key(page) | SAID | {"column-0-2": ""})
    site.work()
    assert state(site) == "checked"
    mapped = client.get(f"{place}/decisions").text
    assert "Not published" in mapped.partition("Postcode")[2][:900]


def test_one_field_for_two_columns_is_refused(site: Site) -> None:
    client, place = sent(site)
    page = client.get(f"{place}/decisions").text
    answer = client.post(f"{place}/decisions", data=key(page) | SAID | {"column-0-6": "AssetShape-holdingType"})
    assert answer.status_code == 400
    assert "Two columns are said to be “Buildings or land”" in answer.text
    for wrong in ("0-99", "9-0", "x", "-"):
        assert client.post(f"{place}/decisions", data=key(page) | {"change": wrong}).status_code == 200


def test_an_answer_that_cannot_be_used_is_told_beside_its_field(site: Site) -> None:
    client, place = sent(site)
    page = client.get(f"{place}/decisions").text
    owned = field(page, "Owned outright")
    answer = client.post(f"{place}/decisions", data=key(page) | SAID | {owned: "qwertz"})
    assert answer.status_code == 400
    told = answer.text.partition(f'id="{owned}-error"')[2].partition("</p>")[0]
    assert "“qwertz” is not in the code list." in told
    assert f'href="#{owned}"' in answer.text
    assert 'value="qwertz"' in answer.text
    assert state(site) == "needs decisions"


def test_a_registered_body_is_named_by_its_name_or_the_id_of_its_publisher(site: Site) -> None:
    surrey = PublisherBodies(site.folder).say(State(site.folder).publisher("surrey"), names=["Surrey County Council"])
    sheet = SHEET.replace(",Zorg", ",Owner").replace(",Canterbury", ",The County").replace(",Whitstable", ",The Crown")
    client, place = sent(site, sheet)
    page = client.get(f"{place}/decisions").text
    said = {name: value for name, value in SAID.items() if name != "column-0-6"} | {
        "value-0-0": "day-first",
        field(page, "The County"): "Surrey County Council",
        field(page, "The Crown"): "surrey",
    }
    answer = client.post(f"{place}/decisions", data=key(page) | said)
    assert answer.status_code == 303, answer.text
    kept = SubmissionFolder(site.folder, place.rpartition("/")[2]).mappings()
    assert kept is not None
    told = next(each for each in kept[0].values.values() if "The Crown" in each)
    assert told == {"The County": "Surrey County Council", "The Crown": surrey.iri}
    site.work()
    lines = b"\n".join(SubmissionFolder(site.folder, place.rpartition("/")[2]).lines()).decode()
    assert lines.count(f"<{surrey.iri}> .") == 3


def test_a_mended_file_is_sent_without_saying_anything_again(site: Site) -> None:
    client, place = sent(site)
    page = client.get(f"{place}/decisions").text
    client.post(f"{place}/decisions", data=key(page) | SAID | {field(page, "Owned outright"): "Freehold"})
    site.work()
    page = client.get(place).text
    assert "Send the mended file" in page
    address = f"{place}/mended"
    assert f'action="{address}"' in client.get(f"{place}/report", headers={"Accept": "text/html"}).text
    nothing = client.post(address, data=key(page), content_type="multipart/form-data")
    assert (nothing.status_code, "Choose a file" in nothing.text) == (400, True)
    picture = client.post(address, data=key(page) | {"file": (io.BytesIO(b"x"), "a.png")})
    assert (picture.status_code, "a.png: not a kind of file that is read" in picture.text) == (400, True)
    mended = SHEET.replace("Peppercorn hold", "Leasehold")
    answer = client.post(address, data=key(page) | {"file": (io.BytesIO(mended.encode()), "other.csv")})
    assert answer.status_code == 303, answer.text
    site.work()
    newer, older = Submissions(site.folder).of("kent")
    assert (newer.dataset, newer.protocol, newer.state) == (older.dataset, older.protocol, "checked")
    assert "“Peppercorn hold”" not in client.get(f"{answer.headers['Location']}/decisions").text
    assert older.state == "checked"  # nothing of it is lost
    assert client.get(place).status_code == 200


def test_a_file_that_is_never_read_loses_nothing_of_the_form(site: Site) -> None:
    client, _ = sent(site)
    form = key(client.get("/publish/new").text) | {"dataset": "assets", "title": "All that we own", "protocol": "dp-01"}
    answer = client.post("/publish/new", data=form | {"file": (io.BytesIO(b"x"), "plan.docx")})
    assert answer.status_code == 400
    assert "plan.docx: not a kind of file that is read" in answer.text
    assert 'value="All that we own"' in answer.text
    assert '<option value="dp-01" selected>' in answer.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("head.csv", "Asset code,Name\n", "head.csv: there is nothing below its first line (“Asset code, Name”)"),
        ("text.xlsx", "hello there", "text.xlsx: there is nothing below its first line"),
        ("bad.json", '{"a":', "bad.json, line 1"),
        ("bad.ttl", "<https://a.example> b", "bad.ttl, line 1"),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(site: Site, name: str, content: str, words: str) -> None:
    client, _ = sent(site)
    form = key(client.get("/publish/new").text) | {"dataset": "assets"}
    answer = client.post("/publish/new", data=form | {"file": (io.BytesIO(content.encode()), name)})
    site.work()
    page = client.get(answer.headers["Location"]).text
    assert words in page
    assert str(site.settings.data) not in page
    assert "Send the mended file" in page


def test_an_empty_file_is_told_on_the_form(site: Site) -> None:
    client, _ = sent(site)
    form = key(client.get("/publish/new").text) | {"dataset": "assets"}
    answer = client.post("/publish/new", data=form | {"file": (io.BytesIO(b""), "empty.csv")})
    assert (answer.status_code, "empty.csv: is empty" in answer.text) == (400, True)
