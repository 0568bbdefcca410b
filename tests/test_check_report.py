"""The report of a check over HTTP: one file and one address, three voices, by what the client accepts."""

import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import rdflib
from chromium import inaccessible, watched
from conftest import served
from flask import Flask
from flask.testing import FlaskClient
from rdflib.namespace import RDF, SH
from test_cell_report import small

from kb.intake.grid import Note
from kb.mapping.cell_report.stored import NAME, read_overview, store
from kb.mapping.cell_report.summary import point
from web import check_report
from web.check_report import Subject
from web.site import create_app

ADDRESS = "/submissions/17/report"
LONG = "Hall-with-a-name-that-has-no-place-to-break-it-and-goes-on-for-longer-than-a-telephone-is-wide-0001"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a sheet with faults of every kind, as a submission keeps it."""
    found, _ = small(
        "Old hall | 1 | 1e5 | Feu duty | CT9 1RE",
        f" | {LONG} | | {LONG} | XX",
        *(f"<b>Hall</b> {each} | {each} | | Freehold | CT9 1RE" for each in range(100, 140)),
        headings="Name | Identifier | UPRN | Tenure | Postcode",
        notes=(Note("Two rows above the headings were left out.", 1),),
    )
    path = tmp_path_factory.mktemp("submission") / NAME
    store(found, path)
    return path


@pytest.fixture(scope="module")
def reporting(kept: Path, site: Flask) -> Flask:
    """A site with that report at an address, as submissions have it."""
    app = create_app(site.config["SETTINGS"])
    subject = Subject("Buildings of Swale", ADDRESS, [{"text": "Submissions", "href": "/submissions"}])
    found = read_overview(kept)
    trend = [point(found, f"Submission {each}", f"2026-11-0{each}T10:00:00Z") for each in (1, 2, 3)]
    app.add_url_rule(ADDRESS, "checked", lambda: check_report.report(kept, subject))
    app.add_url_rule(f"{ADDRESS}.xlsx", "marked", lambda: check_report.workbook(kept, subject))
    app.add_url_rule(f"{ADDRESS}/summary", "figures", lambda: check_report.manager(kept, subject, trend))
    app.add_url_rule("/badge.svg", "badge", lambda: check_report.badge("dp-01 <x>", found.conforms, found.completeness))
    return app


@pytest.fixture
def asking(reporting: Flask) -> FlaskClient:
    """A client that reads each answer to its end, as a browser does, so that its turn is given back."""

    class Reading(FlaskClient):
        def open(self, *args, **named):
            return super().open(*args, **(named | {"buffered": True}))

    return Reading(reporting, reporting.response_class)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("text/plain", "text/plain"),
    ],
)
def test_one_address_speaks_as_it_is_asked(asking: FlaskClient, accept: str, media_type: str) -> None:
    answer = asking.get(ADDRESS, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept" in answer.headers["Vary"]
    assert answer.get_data()


def test_the_three_voices_say_the_same(asking: FlaskClient) -> None:
    told = json.loads(asking.get(ADDRESS, headers={"Accept": "application/json"}).data)
    graph = rdflib.Graph().parse(data=asking.get(f"{ADDRESS}?format=ttl").data, format="turtle")
    report = graph.value(predicate=RDF.type, object=SH.ValidationReport)
    figures = json.loads(asking.get(f"{ADDRESS}/summary", headers={"Accept": "application/json"}).data)
    assert graph.value(report, SH.conforms).toPython() is told["conforms"] is figures["conforms"] is False
    assert figures["counts"] == told["counts"]
    page = asking.get(ADDRESS, headers={"Accept": "text/html"}).text
    assert f"in {told['counts']['must']} rows" in page


def test_what_is_not_offered_is_refused(asking: FlaskClient) -> None:
    assert asking.get(ADDRESS, headers={"Accept": "image/png"}).status_code == 406


def test_the_page_tells_cell_value_and_what_to_do(asking: FlaskClient) -> None:
    page = asking.get(ADDRESS, headers={"Accept": "text/html"}).text
    assert "Feu duty" in page
    assert "Condition: 42 rows without a value" in page
    assert "Two rows above the headings were left out." in page
    assert "<b>Hall" not in page
    assert f'href="{ADDRESS}.xlsx"' in page


def test_the_sheet_comes_back_as_a_file(asking: FlaskClient) -> None:
    answer = asking.get(f"{ADDRESS}.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=buildings-of-swale-checked.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames == ["To put right", "halls"]


def test_figures_are_a_table_too(asking: FlaskClient) -> None:
    table = asking.get(f"{ADDRESS}/summary?format=csv").text.splitlines()
    assert table[0] == "sheet,field,obligation,rows,filled,sound,must,should,may"
    assert "halls.csv,Name,Must,42,41,41,1,0,0" in table


def test_a_badge_says_in_words_what_it_shows(asking: FlaskClient) -> None:
    drawing = ET.fromstring(asking.get("/badge.svg").data)
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == "dp-01 <x>: does not conform"
    assert drawing[0].text == drawing.get("aria-label")


@pytest.mark.parametrize(
    ("conforms", "share", "words"),
    [(True, 0.866, "87% complete"), (True, None, "conforms"), (False, 1.0, "does not conform")],
)
def test_a_badge_never_hides_a_must(reporting: Flask, conforms: bool, share: float | None, words: str) -> None:
    with reporting.test_request_context("/badge.svg"):
        drawing = check_report.badge("register", conforms, share).get_data(as_text=True)
    assert f'aria-label="register: {words}"' in drawing


@pytest.fixture(scope="module")
def reporting_address(reporting: Flask) -> Iterator[str]:
    with served(reporting) as address:
        yield address


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", [ADDRESS, f"{ADDRESS}/summary"])
def test_the_pages_are_sound(browser, reporting_address: str, path: str, width: int) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": width, "height": 800})
    faults = watched(page, reporting_address)
    response = page.goto(reporting_address + path)
    assert response.status == 200
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert faults + inaccessible(page) == []
    page.close()
