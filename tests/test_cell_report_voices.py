"""One report said in three voices: the sheet back, the machine's graph and JSON, the manager's figures; and kept."""

import csv
import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import rdflib
from pyoxigraph import RdfFormat
from rdflib.namespace import RDF, SH
from test_cell_report import small

from kb.errors import ReleaseDamaged
from kb.intake.grid import Note
from kb.mapping.cell_report import workbook
from kb.mapping.cell_report.findings import CellReport
from kb.mapping.cell_report.overview import overview
from kb.mapping.cell_report.stored import read, read_overview, store
from kb.mapping.cell_report.summary import point, summary
from kb.mapping.cell_report.text import text
from kb.mapping.cell_report.validation import json_lines, write_rdf
from kb.namespaces import PREFIXES

WW = rdflib.Namespace(PREFIXES["ww"])
EVIL = '=HYPERLINK("https://evil.example";"Click")'


@pytest.fixture(scope="module")
def found() -> CellReport:
    """A few buildings with a fault of each kind."""
    report, _ = small(
        "Old hall | 0017 | 1e5 | Feu duty | CT9 1RE",
        f"{EVIL} | 18 | 100062079337 | Freehold |",
        " | 19 | | Freehold | XX",
        *(f"Hall {each} | {each} | | Freehold | CT9 1RE" for each in range(100, 140)),
        headings="Name | Identifier | UPRN | Tenure | Postcode",
        notes=(Note("Two rows above the headings were left out.", 1),),
    )
    return report


def book(report: CellReport, path: Path) -> openpyxl.Workbook:
    workbook.write_workbook(report, path)
    return openpyxl.load_workbook(path)


def test_the_workbook_lists_everything_and_marks_the_cells_where_they_stood(found: CellReport, tmp_path: Path) -> None:
    made = book(found, tmp_path / "back.xlsx")
    assert made.sheetnames == ["To put right", "halls"]
    listed = [[cell.value for cell in row] for row in made["To put right"].iter_rows(min_row=2)]
    assert listed[0] == ["What", "Sheet", "Row", "Column", "Heading", "Value", "What is asked", "Suggestion"]
    name = next(line for line in listed if line[4] == "Name" and line[2] == 4)
    assert name[0] == "Must"
    assert name[3] == "A"
    assert any(line[4] == "Condition" and line[2] == "2–44" for line in listed), "many empty cells are one line"
    sheet = made["halls"]
    assert [cell.value for cell in sheet[1]] == [
        "Name", "Identifier", "UPRN", "Tenure", "Postcode", "What to put right",
    ]  # fmt: skip
    assert [sheet["A2"].value, sheet["B2"].value, sheet["B3"].value, sheet["C3"].value] == [
        "Old hall", "0017", 18, 100062079337,
    ]  # fmt: skip
    assert sheet["A4"].fill.start_color.rgb.endswith(workbook.COLOURS["must"])
    assert sheet["A4"].comment.text.startswith("Must: Give the name")
    assert sheet["D2"].fill.start_color.rgb.endswith(workbook.COLOURS["should"])
    assert "Feu duty" in sheet["D2"].comment.text
    assert sheet["F4"].value.rpartition("Must: ")[2].startswith("A\nShould: ")
    assert "Condition" not in sheet["F4"].value, "what no row has is in the list alone"
    assert sheet["B100"].value is None


def test_no_cell_of_the_workbook_is_a_formula(found: CellReport, tmp_path: Path) -> None:
    made = book(found, tmp_path / "back.xlsx")
    assert made["halls"]["A3"].value == EVIL
    for sheet in made:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert not str(cell.value or "").startswith("=") or cell.quotePrefix, cell.coordinate


def test_what_is_beyond_the_bounds_of_the_workbook_is_said(
    found: CellReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "COMMENTS", 2)
    monkeypatch.setattr(workbook, "LINES", 3)
    made = book(found, tmp_path / "back.xlsx")
    comments = [cell.coordinate for row in made["halls"].iter_rows() for cell in row if cell.comment]
    assert len(comments) == 2
    assert "A4" in comments
    assert "2 cells" in made["To put right"]["A1"].value
    assert [row[0].value for row in made["To put right"].iter_rows()][-1].startswith("The list ends after 3 lines")
    assert len(list(made["To put right"].iter_rows())) == 6


def test_names_of_sheets_and_marks_that_xml_refuses_are_mended(tmp_path: Path) -> None:
    report, source = small("Old \x07hall | 1", headings="Name | Identifier")
    made = book(report, tmp_path / "back.xlsx")
    assert made["halls"]["A2"].value == "Old \N{REPLACEMENT CHARACTER}hall"


def test_a_kept_report_is_the_report(found: CellReport, tmp_path: Path) -> None:
    first, second = tmp_path / "first.gz", tmp_path / "second.gz"
    assert store(found, first) == overview(found) == read_overview(first)
    again = read(first)
    assert (again.groups, again.rules, again.sheets, again.completeness) == (
        found.groups, found.rules, found.sheets, found.completeness,
    )  # fmt: skip
    assert list(again.located) == list(found.located)
    assert [list(rows) for rows in again.contents] == [list(rows) for rows in found.contents]
    store(again, second)
    assert first.read_bytes() == second.read_bytes()
    assert b"halls.csv" in gzip.decompress(first.read_bytes())


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b'{"form": 99}\n'), gzip.compress(b"[]\n")])
def test_a_damaged_file_is_said_to_be_one(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cells.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(ReleaseDamaged, match="cells"):
        read_overview(path)
    with pytest.raises(ReleaseDamaged, match="cells"):
        read(path)


@pytest.mark.parametrize(("format", "name"), [(RdfFormat.TURTLE, "turtle"), (RdfFormat.N_TRIPLES, "nt")])
def test_the_machine_gets_every_result_with_its_cell(found: CellReport, format: RdfFormat, name: str) -> None:
    out = io.BytesIO()
    write_rdf(found, out, format)
    graph = rdflib.Graph().parse(data=out.getvalue(), format=name)
    report = graph.value(predicate=RDF.type, object=SH.ValidationReport)
    assert graph.value(report, SH.conforms) == rdflib.Literal(False)
    results = list(graph.objects(report, SH.result))
    assert len(results) == len(list(found.located))
    for result in results:
        for asked in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape, WW.cell):
            assert graph.value(result, asked) is not None, (result, asked)
    cells = set(graph.subjects(RDF.type, WW.Cell))
    assert {str(graph.value(cell, WW.fileName)) for cell in cells} == {"halls.csv"}
    messages = {str(graph.value(each, SH.resultMessage)): each for each in graph.objects(report, WW.cellProblem)}
    cell = graph.value(next(each for message, each in messages.items() if "Feu duty" in message), WW.cell)
    assert [graph.value(cell, each).toPython() for each in (WW.rowNumber, WW.columnNumber, WW.writtenValue)] == [
        2, 4, "Feu duty",
    ]  # fmt: skip


def test_turtle_is_the_same_each_time(found: CellReport) -> None:
    one, other = io.BytesIO(), io.BytesIO()
    write_rdf(found, one)
    write_rdf(found, other)
    assert one.getvalue() == other.getvalue()


def test_json_lists_every_finding_with_its_cell(found: CellReport) -> None:
    told = json.loads("".join(json_lines(found)))
    assert (told["conforms"], told["counts"]["must"]) == (False, found.count("must"))
    assert len(told["findings"]) == sum(map(len, found.groups))
    tenure = next(each for each in told["findings"] if each["value"] == "Feu duty")
    assert (tenure["file"], tenure["cell"], tenure["heading"], tenure["level"]) == (
        "halls.csv", "D2", "Tenure", "should",
    )  # fmt: skip


def test_text_names_file_row_column_and_heading(found: CellReport) -> None:
    told = text(found)
    assert "Must (put right before this can be published): halls.csv\n  Name (column A): row 4 has no value." in told
    assert "Condition (no column): all 43 rows have no value: 2–44. Give the condition" in told
    assert told.count("Condition (no column)") == 1
    assert "row 2: “Feu duty”" in told


def test_the_manager_gets_counts_by_field_and_rule(found: CellReport) -> None:
    told = summary(overview(found), [point(overview(found), "Submission 1", "2026-11-01T00:00:00Z")])
    fields = {each.field: each for each in told.fields}
    assert (fields["Name"].must, fields["Name"].filled, fields["Name"].rows) == (1, 42, 43)
    assert (fields["Condition"].should, fields["Condition"].share) == (43, 0)
    assert sum(each.must for each in told.fields) == told.counts["must"]
    assert sum(each.count for each in told.rules if each.level == "should") == told.counts["should"]
    assert told.trend[0].completeness == told.completeness
    rows = list(csv.DictReader(io.StringIO(told.csv())))
    assert [row["field"] for row in rows] == [each.field for each in told.fields]
    assert json.loads(json.dumps(told.json()))["completeness_rule"]


def test_a_table_for_a_spreadsheet_holds_no_formula(found: CellReport) -> None:
    told = summary(overview(found))
    evil = replace(told, fields=(replace(told.fields[0], sheet="=1+1"),))
    assert list(csv.DictReader(io.StringIO(evil.csv())))[0]["sheet"] == "'=1+1"
