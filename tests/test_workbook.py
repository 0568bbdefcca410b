"""The templates as workbooks: read back by two libraries, with what a spreadsheet checks and what is never imported."""

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from kb import config
from kb.errors import NotFound
from kb.formula import safe, unsafe
from kb.intake.grid import Grid
from kb.protocols import catalogue
from kb.protocols.background import background
from kb.protocols.columns import record_columns
from kb.protocols.templates.marks import Identity, constants, identity, is_guidance_row, without_guidance
from kb.protocols.templates.workbook import FIRST_ROW, sheet_names, workbook

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def opened(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def read(content: bytes) -> dict[str, list[list[str]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {
        name: [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def grids(content: bytes) -> list[Grid]:
    """Every sheet as it stands, headed by its first row."""
    return [
        Grid("t.xlsx", name, 1, tuple(rows[0]), tuple(range(1, len(rows[0]) + 1)),
             [(number, tuple(row)) for number, row in enumerate(rows[1:], 2)])
        for name, rows in read(content).items()
    ]  # fmt: skip


def rule(sheet: Worksheet, heading: str) -> DataValidation:
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == heading)
    return next(each for each in sheet.data_validations.dataValidation if f"{letter}{FIRST_ROW}" in each.sqref)


@pytest.mark.parametrize("protocol", catalogue.protocols(), ids=lambda each: each.id)
def test_each_record_type_is_a_sheet_headed_by_its_fields(protocol: catalogue.Protocol) -> None:
    sheets = read(workbook(protocol.id))
    for name, record in sheet_names(record_columns(protocol.id)).items():
        rows = sheets[name]
        assert rows[0] == [column.heading for column in record.columns]
        assert [cell.removeprefix("[Asked] ") for cell in rows[1]] == [column.obligation for column in record.columns]
        assert all(rows[2])
        assert [is_guidance_row(row) for row in rows] == [False, True, True, True]
    assert list(sheets)[:2] + list(sheets)[-1:] == ["About", "Said once", "Lists"]


@pytest.mark.parametrize("protocol", catalogue.protocols(), ids=lambda each: each.id)
def test_no_cell_is_a_formula_or_could_become_one(protocol: catalogue.Protocol) -> None:
    for sheet in opened(workbook(protocol.id)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert not str(cell.value or "").startswith(FORMULA), (sheet.title, cell.coordinate, cell.value)


def test_required_columns_are_told_by_word_and_by_colour() -> None:
    sheet = opened(workbook("dp-03"))["Lesson"]
    colours = {sheet.cell(2, cell.column).value.split()[-1]: cell.fill.fgColor.rgb for cell in sheet[1]}
    assert set(colours) == {"Must", "Should", "May"}
    assert len(set(colours.values())) == 3
    assert sheet.freeze_panes == "B2"


def test_values_are_checked_by_the_spreadsheet() -> None:
    book = opened(workbook("dp-01"))
    sheet, lists = book["Asset"], book["Lists"]
    tenure = rule(sheet, "Tenure")
    assert (tenure.type, tenure.errorStyle) == ("list", "warning")
    place = tenure.formula1.partition("!")[2].replace("$", "")
    assert [cell.value for (cell,) in lists[place]] == ["Freehold", "Leasehold", "Other"]
    assert rule(sheet, "Uses").errorStyle == "information"
    assert [rule(sheet, name).type for name in ("Lease expires", "Running cost a year", "Workstations", "Name")] == [
        "date", "decimal", "whole", None,
    ]  # fmt: skip
    yes_no = rule(sheet, "Listed building").formula1.partition("!")[2].replace("$", "")
    assert [cell.value for (cell,) in lists[yes_no]] == ["yes", "no"]
    assert all(len(each.prompt) <= 255 for each in sheet.data_validations.dataValidation)


def test_keys_and_half_dates_stay_text_in_a_spreadsheet() -> None:
    sheet = opened(workbook("dp-01"))["Asset"]
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert [formats[name] for name in ("Identifier", "UPRN", "Held from", "Lease expires")] == [
        "@", "@", "@", "yyyy-mm-dd",
    ]  # fmt: skip


def test_a_template_is_known_again() -> None:
    content = workbook("dp-03")
    assert identity(grids(content)) == Identity("dp-03", catalogue.protocol("dp-03").version)
    properties = opened(content)
    assert properties.properties.identifier == catalogue.protocol("dp-03").iri
    assert {each.name: each.value for each in properties.custom_doc_props.props} == {
        "whatworks-protocol": "dp-03",
        "whatworks-version": catalogue.protocol("dp-03").version,
    }
    assert identity([Grid("x.csv", "", 1, ("Protocol", "Name"), (1, 2), [(2, ("a", "b"))])]) is None


def test_what_is_said_once_is_read_and_its_example_is_not() -> None:
    book = opened(workbook("dp-13"))
    assert constants(grids(workbook("dp-13"))) == {}
    for place, text in enumerate(("Payment", "Currency", "Pound sterling"), 1):
        book["Said once"].cell(4, place).value = text
    saved = BytesIO()
    book.save(saved)
    assert constants(grids(saved.getvalue())) == {"Payment": {"Currency": "Pound sterling"}}


def test_of_a_sheet_only_the_records_are_read() -> None:
    row = {"MembershipShape-member": "Kent", "MembershipShape-note": "From 2009."}
    sheet = next(each for each in grids(workbook("dp-06", {"MembershipShape": [row]})) if each.sheet == "Membership")
    for shown in (sheet, replace(sheet, rows=[*sheet.rows][::-1])):
        bare = without_guidance(shown)
        ((number, cells),) = bare.rows
        said = {heading: cell for heading, cell in zip(bare.headings, cells, strict=True) if cell}
        assert (number, said) == (FIRST_ROW, {"Member": "Kent", "Note": "From 2009."})
        assert [note.text for note in bare.notes] == ["3 rows explain the template and were not read"]
        assert bare.rows[-1:] == [bare.rows[0]]


def test_a_sheet_of_no_template_is_left_alone() -> None:
    lists = Grid("x.xlsx", "Lists", 1, ("Name",), (1,), [(2, ("Hall",))])
    assert without_guidance(lists) is lists


def test_a_marked_cell_is_enough_wherever_its_column_went() -> None:
    assert is_guidance_row(["Freehold", "", "[example] Margate Library"])
    assert not is_guidance_row(["An [Example] in the middle", "Freehold", ""])
    assert not is_guidance_row([])


def test_the_same_protocol_gives_the_same_bytes() -> None:
    assert workbook("dp-06") == workbook("dp-06")


def test_rows_that_are_there_already_stand_below_the_example() -> None:
    row = {
        "AssetShape-prefLabel": "=HYPERLINK(1)", "AssetShape-identifier": "007",
        "AssetShape-measurement-runningCost": "182000", "AssetShape-interest-holder~2": "Kent County Council",
    }  # fmt: skip
    sheet = opened(workbook("dp-01", {"AssetShape": [row]}))["Asset"]
    cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[FIRST_ROW] if cell.value is not None}
    assert {heading: cell.value for heading, cell in cells.items()} == {
        "Name": "'=HYPERLINK(1)", "Identifier": "007", "Running cost a year": 182000, "Holder 2": "Kent County Council",
    }  # fmt: skip
    assert unsafe(cells["Name"].value) == "=HYPERLINK(1)"
    assert (cells["Name"].data_type, cells["Running cost a year"].data_type) == ("s", "n")


@pytest.mark.parametrize("text", ["=1+1", "+44 1233", "-0.5", "@x", "'quoted'", "", "plain", "'=1"])
def test_what_is_made_safe_can_be_read_again(text: str) -> None:
    assert unsafe(safe(text)) == text
    assert not safe(text).startswith(FORMULA)


def test_a_changed_shape_changes_the_template(tmp_path: Path) -> None:
    shapes = shutil.copytree(config.shipped("shapes"), tmp_path / "shapes")
    file = shapes / "dp-08.ttl"
    text = file.read_text(encoding="utf-8")
    assert text.count('sh:name "Challenge"@en') == 1
    file.write_text(
        text.replace('sh:name "Challenge"@en', 'sh:name "What was the matter"@en')
        + """
wws:CaseStudyShape sh:property wws:CaseStudyShape-polarity .
wws:CaseStudyShape-polarity a sh:PropertyShape ; sh:path <https://w3id.org/whatworks/def#polarity> ;
    sh:name "Outcome for residents"@en ; sh:description "Whether it helped them."@en ; sh:order 99 ;
    sh:minCount 1 ; sh:maxCount 1 ; sh:severity sh:Violation ;
    ww:codeList <https://w3id.org/whatworks/concept/polarity> .
""",
        encoding="utf-8",
    )
    book = opened(workbook("dp-08", shapes=shapes))
    headings = {cell.value: cell.column for cell in book["Case study"][1]}
    assert "What was the matter" in headings
    assert "Challenge" not in headings
    assert "Must" in book["Case study"].cell(2, headings["Outcome for residents"]).value
    assert rule(book["Case study"], "Outcome for residents").type == "list"


def test_names_of_sheets_are_ones_that_a_spreadsheet_takes() -> None:
    for protocol in catalogue.protocols():
        names = sheet_names(record_columns(protocol.id), background())
        assert len(names) == len(record_columns(protocol.id))
        assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_an_unknown_protocol() -> None:
    with pytest.raises(NotFound, match="no protocol 'dp-99'"):
        workbook("dp-99")
