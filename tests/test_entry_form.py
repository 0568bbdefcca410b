"""One record entered in a form: its questions, what is wrong with the answers, and the row that they make."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from page_reading import HTML, Reading, read

from kb.protocols import catalogue
from kb.protocols.columns import RecordColumns, record_columns
from kb.protocols.templates.entry import grid, sections
from kb.protocols.templates.tables import record_named, slug
from kb.protocols.templates.workbook import FIRST_ROW
from kb.store.processor_time import processor_time
from web import turns

FORM = "/protocols/dp-03/lesson-learned/new"
LESSON = {
    "ClaimShape-identifier": "one-desk",
    "ClaimShape-prefLabel": "=Begin with one desk",
    "ClaimShape-statement": "A month at one desk showed us; nobody knew it before.",
    "ClaimShape-observedIn": "Kent",
    "ClaimShape-hadPrimarySource": "https://data.swale.example/id/source/desk-review",
    "LessonLearnedShape-lessonTheme": ["Mapping", "Data collection"],
    "ClaimShape-assessment-grade": "Asserted",
}
TYPES = [(protocol.id, record) for protocol in catalogue.protocols() for record in record_columns(protocol.id)]


def send(reader: FlaskClient, answers: dict[str, Any], do: str = "check", form: str = FORM) -> Any:
    return reader.post(form, data=answers | {"do": do}, headers=HTML)


@pytest.mark.parametrize(("id", "record"), TYPES, ids=[f"{id}-{slug(record)}" for id, record in TYPES])
def test_every_column_is_a_labelled_question_with_a_hint(reader: FlaskClient, id: str, record: RecordColumns) -> None:
    page = read(reader, f"/protocols/{id}/{slug(record)}/new")
    asked = [entry for section in sections(record) for entry in (*section.asked, *section.further)]
    named = {each.get("name") for tag in ("input", "select", "textarea") for each in page.all(tag)}
    assert {entry.id for entry in asked} <= named
    points = [each.id for each in record.columns if not each.part and each.id not in {entry.id for entry in asked}]
    assert all("position" in each for each in points), "only WKT is left out, for its parts"
    ids = [str(attributes["id"]) for _, attributes in page.elements if attributes.get("id")]
    assert len(set(ids)) == len(ids)
    controls = [each["id"] for tag in ("input", "select", "textarea") for each in page.all(tag) if each.get("id")]
    assert set(controls) == {each["for"] for each in page.all("label")}
    hints = [each["aria-describedby"] for _, each in page.elements if each.get("aria-describedby")]
    assert set(" ".join(map(str, hints)).split()) <= set(ids)


def test_what_must_be_there_and_is_not_is_said_once_and_leads_to_its_question(reader: FlaskClient) -> None:
    answer = send(reader, {"ClaimShape-statement": "A month at one desk."})
    assert answer.status_code == 422
    page = Reading(answer.text)
    assert page.text("title")[0].startswith("Error: ")
    ids = {attributes.get("id") for _, attributes in page.elements}
    links = [str(each["href"]) for each in page.all("a") if str(each.get("href")).startswith("#")]
    wrong = [link[1:] for link in links if link != "#main-content"]
    assert wrong == [
        "ClaimShape-identifier", "LessonLearnedShape-lessonTheme", "ClaimShape-observedIn",
        "ClaimShape-hadPrimarySource", "ClaimShape-assessment-grade",
    ]  # fmt: skip
    assert set(wrong) <= ids
    assert page.text("textarea")[1:2] == ["A month at one desk."]


def test_nothing_filled_in_is_said(reader: FlaskClient) -> None:
    answer = send(reader, {})
    assert (answer.status_code, "Nothing is filled in yet." in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("column", "written", "status", "words"),
    [
        ("ClaimShape-start", "sometime", 422, "Start: “sometime” is not a date."),
        ("ClaimShape-observedIn", "Nowhere-on-Sea", 422, "Observed in: “Nowhere-on-Sea” is not known"),
        ("LessonLearnedShape-lessonTheme", "Gardening", 422, "Lesson theme: “Gardening” is not in the code list"),
    ],
)
def test_what_cannot_be_read_is_said_of_its_question(
    reader: FlaskClient, column: str, written: str, status: int, words: str
) -> None:
    answer = send(reader, LESSON | {column: written})
    assert answer.status_code == status
    assert words in answer.text


def test_a_long_answer_is_refused_before_any_pattern_reads_it(reader: FlaskClient) -> None:
    long = "1" + " " * 24_000 + "x"
    answer = send(reader, LESSON | {"LessonLearnedShape-lessonTheme": long})
    assert "has 24,002 characters, and up to 2,000 are read here" in answer.text
    record = record_named("dp-01", "asset")
    easting, northing = (next(each for each in record.columns if each.part == part) for part in ("x", "y"))
    answers = {record.key.id: "hall", easting.id: long, northing.id: "165000"}
    with processor_time(15, "answering takes too long"):
        answer = send(reader, answers, form="/protocols/dp-01/asset/new")
    assert answer.status_code == 422


def test_a_record_that_conforms_is_shown_with_what_would_make_it_better(reader: FlaskClient) -> None:
    answer = send(reader, LESSON)
    assert answer.status_code == 200
    assert "This record can be published." in answer.text
    assert "What would make it better" in answer.text
    kept = [(each["name"], each["value"]) for each in Reading(answer.text).all("input") if each["type"] == "hidden"]
    assert ("LessonLearnedShape-lessonTheme", "Data collection") in kept
    again = send(reader, LESSON, "change")
    assert again.status_code == 200
    assert 'value="Data collection" checked' in again.text


def test_the_record_is_taken_away_as_a_row_of_the_template(reader: FlaskClient) -> None:
    table = send(reader, LESSON, "csv")
    assert (table.status_code, table.mimetype) == (200, "text/csv")
    heading, row = csv.reader(StringIO(table.text))
    said = {name: cell for name, cell in zip(heading, row, strict=True) if cell}
    assert said["Lesson theme"] == "Mapping;Data collection"
    assert said["Name"] == "'=Begin with one desk", "no formula"
    book = load_workbook(BytesIO(send(reader, LESSON, "xlsx").data))
    cells = {book["Lesson"].cell(1, cell.column).value: cell.value for cell in book["Lesson"][FIRST_ROW] if cell.value}
    assert cells == said


def test_a_record_with_faults_is_no_file(reader: FlaskClient) -> None:
    assert send(reader, {"ClaimShape-statement": "x"}, "csv").status_code == 422


def test_answers_become_a_sheet_of_one_row() -> None:
    record = record_named("dp-03", "lesson-learned")
    answers = {"ClaimShape-statement": [" a "], "LessonLearnedShape-lessonTheme": ["Mapping", " "], "x": ["y"]}
    sheet = grid(record, answers)
    assert (sheet.headings, sheet.heading_row) == (("Statement", "Lesson theme"), 1)
    assert list(sheet.rows) == [(2, ("a", "Mapping"))]


def test_unknown_forms_are_not_found(reader: FlaskClient) -> None:
    for address in ("/protocols/dp-03/x/new", "/protocols/dp-99/claim/new"):
        assert reader.get(address, headers=HTML).status_code == 404


def test_the_page_of_a_protocol_leads_to_its_templates(reader: FlaskClient, tmp_path: Path) -> None:
    links = [str(each.get("href")) for each in read(reader, "/protocols/dp-03").all("a")]
    for address, type_ in {
        "/protocols/dp-03.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "/protocols/dp-03-lesson-learned.csv": "text/csv",
        "/protocols/dp-03-metadata.json": "application/csvm+json",
        FORM: "text/html",
    }.items():
        assert address in links
        answer = reader.get(address, headers=HTML)
        assert (answer.status_code, answer.mimetype) == (200, type_)
    table = reader.get("/protocols/dp-03-lesson-learned.csv")
    assert '</protocols/dp-03-metadata.json>; rel="describedby"; type="application/csvm+json"' in table.headers["Link"]
    assert table.headers["Content-Disposition"] == "attachment; filename=dp-03-lesson-learned.csv"
    first = reader.get("/protocols/dp-03.csv")
    assert (first.status_code, first.headers["Location"]) == (303, "/protocols/dp-03-claim.csv")
    for missing in ("dp-99.xlsx", "dp-03-x.csv", "x.csv", "x-metadata.json"):
        assert reader.get(f"/protocols/{missing}").status_code == 404


def test_records_are_checked_a_few_at_a_time(site: Flask, reader: FlaskClient) -> None:
    with site.app_context():
        taken = turns.of("records")
    with taken.taken("127.0.0.1"), taken.taken("127.0.0.1"):
        assert send(reader, LESSON).status_code == 429
        assert send(reader, LESSON, "change").status_code == 200
    assert send(reader, LESSON).status_code == 200


def test_what_else_is_wrong_with_a_record_without_a_name_is_told_too(reader: FlaskClient) -> None:
    page = send(reader, {"ClaimShape-hadPrimarySource": "Desk review 2025"}).text
    assert "Give it a name, or an identifier of your own" in page
    assert "“Desk review 2025” is not known" in page
