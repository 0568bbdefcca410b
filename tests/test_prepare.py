"""Files of all kinds become one submission: which are sheets, by what mapping they are read, what is to be decided."""

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from kb.config import load
from kb.errors import BadInput, NotFound
from kb.mapping.cell_report.found import Source, cell_report
from kb.mapping.cell_report.workbook import write_workbook
from kb.mapping.classes import classes_of
from kb.mapping.csvw import csvw
from kb.mapping.mapping import Mapping, read_mappings, written_mappings
from kb.mapping.prepare import Prepared, prepare
from kb.mapping.submitted import is_sheet
from kb.mapping.values.dates import PAIRS, with_word
from kb.mapping.values.names import Known, Names
from kb.namespaces import expand
from kb.protocols.check import check
from kb.protocols.report import Severity
from kb.store.decisions import decided, decisions
from kb.store.decisions import read as read_decisions
from kb.store.decisions import written as written_decisions
from tests.absent import absent

BASE = "https://data.swale.example"
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
REGISTER = """Asset code,Property name,Post code,Council,Site manager
SW-1,Swale House,ME10 3HT,Swale Borough Council,A Person
SW-2,Depot,ME12,Swale Borough Council,B Person
"""
BODY = classes_of(expand("org:FormalOrganization"))
COUNCIL = Known(f"{BASE}/id/organisation/swale", BODY, ("Swale Borough Council",))
MAPPING = Mapping(
    "dp-01",
    "0.1.0",
    "AssetShape",
    {"Nummer": "AssetShape-identifier", "Name": "AssetShape-prefLabel", "Notes": ""},
    {"AssetShape-reportedBy": "Swale Borough Council"},
)


def prepared(*paths: Path, protocol: str | None = None, mappings: tuple[Mapping, ...] = ()) -> Prepared:
    return prepare(
        paths,
        base=BASE,
        genid=f"{BASE}/.well-known/genid/test-",
        graph=None,
        settings=load(),
        protocol=protocol,
        mappings=mappings,
        names=Names([COUNCIL]),
    )


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book[book.sheetnames[0]]
    book.save(path)
    return path


def test_a_sheet_without_a_mapping_is_read_by_what_is_certain(tmp_path: Path) -> None:
    found = prepared(written(tmp_path / "register.csv", REGISTER), protocol="dp-01")
    assert found.lines == sorted(set(found.lines))
    text = b"\n".join(found.lines).decode()
    assert f"<{BASE}/id/asset/sw-1>" in text
    assert f"<{COUNCIL.iri}>" in text
    assert "A Person" not in text
    assert found.undecided == ()
    report = check(found.lines, protocols=["dp-01"])
    assert report.conforms
    places = [place for result in report.results for place in found.locator.places(result)]
    assert {place.row for place in places} == {2, 3}


def test_rdf_tables_and_sheets_come_together(tmp_path: Path) -> None:
    table = written(tmp_path / "place.csv", "Identifier,Name,Description\nswale,Swale,A district.\n")
    rdf = written(tmp_path / "more.ttl", f"<{BASE}/id/asset/x> a <https://w3id.org/whatworks/def#Asset> .")
    sheet = written(tmp_path / "register.csv", REGISTER)
    assert [is_sheet(path) for path in (table, rdf, sheet)] == [False, False, True]
    text = b"\n".join(prepared(table, rdf, sheet).lines).decode()
    assert all(f"<{BASE}/id/{each}>" in text for each in ("place/swale", "asset/x", "asset/sw-2"))


@pytest.mark.parametrize(
    ("name", "content", "sheet"),
    [
        ("asset.csv", "Identifier,Name,Title number\n", False),
        ("asset.csv", "AssetCode,PropertyName,UPRN\n", True),
        ("anything.csv", "Identifier,Name\n", True),
        ("points.json", '{"type": "FeatureCollection", "features": []}', True),
        ("data.json", '{"@context": {}, "@id": "https://a.example/"}', False),
        ("data.json", "[[[[", False),
        ("data.trig", "", False),
        ("register.xlsx", "", True),
        ("points.geojson", "{}", True),
    ],
)
def test_what_is_a_sheet(tmp_path: Path, name: str, content: str, sheet: bool) -> None:
    assert is_sheet(written(tmp_path / name, content)) is sheet


def test_a_saved_mapping_is_found_by_its_headings_and_goes_before_any_proposal(tmp_path: Path) -> None:
    path = written(tmp_path / "liste.csv", "nummer,NAME,Notes,Postcode\n7,Depot,kept private,ME10 3HT\n")
    other = Mapping("dp-13", "0.1.0", "PaymentShape", {"Supplier": "PaymentShape-payee", "Paid": "PaymentShape-date"})
    found = prepared(path, mappings=(other, MAPPING))
    (used,) = found.mappings
    assert used.columns == {
        "nummer": "AssetShape-identifier",
        "NAME": "AssetShape-prefLabel",
        "Notes": "",
        "Postcode": "AssetShape-address-postCode",
    }
    text = b"\n".join(found.lines).decode()
    assert f"<{BASE}/id/asset/7>" in text
    assert COUNCIL.iri in text
    assert "kept private" not in text


def test_what_a_new_version_leaves_open_is_to_be_decided(tmp_path: Path) -> None:
    path = written(tmp_path / "liste.csv", "Nummer,Name,Notes\n7,Depot,x\n")
    old = replace(MAPPING, version="0.0.1", columns={**MAPPING.columns, "Notes": "AssetShape-oldField"})
    found = prepared(path, mappings=(old,))
    assert "decide anew what “Notes” is" in found.undecided[0].sentence
    assert found.mappings[0].version != "0.0.1"


def test_columns_that_nobody_knows_and_sheets_of_no_protocol_are_asked_about(tmp_path: Path) -> None:
    strange = written(tmp_path / "strange.csv", "Frobs,Whatsits\n1,2\n")
    found = prepared(strange)
    assert found.lines == []
    assert [each.sentence.split(":")[0] for each in found.undecided] == ["No protocol fits the headings of this sheet"]
    told = prepared(strange, protocol="dp-01")
    assert {each.heading for each in told.undecided} == {"Frobs", "Whatsits"}


def test_what_is_not_plainly_of_a_protocol_is_said_to_be_taken_for_it(tmp_path: Path) -> None:
    path = written(tmp_path / "services.csv", "Identifier,Label,Description\n1,Lending,Lends books.\n")
    (said, *_) = prepared(path).undecided
    assert said.sentence == "It was taken for dp-11, Public service: say so if it is not."
    assert not any("taken for" in each.sentence for each in prepared(path, protocol="dp-11").undecided)


def test_the_sheets_of_a_workbook_link_to_each_other_by_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        {
            "Services": [["Service title", "Service code", "Competent authority"], ["Lending", "s1", "Readers"]],
            "Organisations": [["Organisation name", "Organisation code", "Kind of body"], ["Readers", "o1", "other"]],
        },
    )
    found = prepared(path)
    assert [each.mapped.record.id for each in found.sheets if each.mapped.record] == [
        "PublicServiceShape",
        "OrganisationShape",
    ]
    assert any(f"<{BASE}/id/organisation/o1> ." in line.decode() for line in found.lines)
    assert found.readable


def test_a_template_says_its_protocol_and_its_guidance_is_no_record(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "filled-in.xlsx",
        {
            "About": [["Protocol", "dp-01"], ["Version", "0.1.0"]],
            "Assets": [
                ["Identifier", "Name", "Reporting body"],
                ["[Guidance] A key of your own", "What it is called", ""],
                ["[Example] KCC-04417", "Margate Library", ""],
                ["SW-1", "Swale House", ""],
            ],
            "Said once": [["Sheet", "Column", "Value"], ["Assets", "Reporting body", "Swale Borough Council"]],
        },
    )
    found = prepared(path)
    text = b"\n".join(found.lines).decode()
    assert f"<{BASE}/id/asset/sw-1>" in text
    assert COUNCIL.iri in text
    assert "Margate" not in text
    assert len(found.sheets) == 1
    decided = decisions(found, "")[0]
    assert (decided.rows, decided.columns[0].samples) == (1, ("SW-1",))


def test_a_marked_workbook_that_was_mended_is_the_sheet_again(tmp_path: Path) -> None:
    text = "Asset code,Property name,Post code,Holding type\nSW-1,Swale House,ME10,Zorg\n"
    sheet = written(tmp_path / "register.csv", text)
    first = prepared(sheet, protocol="dp-01")
    report = check(first.lines, protocols=["dp-01"])
    sources = [Source(each.grid, each.mapped.mapping, each.mapped.record) for each in first.sheets]
    marked = tmp_path / "register-checked.xlsx"
    write_workbook(cell_report(report, first.locator, first.problems, sources), marked)
    book = openpyxl.load_workbook(marked)
    assert [*book.sheetnames] == ["To put right", "register"]
    assert book["register"]["E1"].value == "What to put right"
    book["register"]["D2"] = "Buildings"
    book.save(marked)
    again = prepared(marked, protocol="dp-01")
    assert [each.grid.headings for each in again.sheets] == [first.sheets[0].grid.headings]
    assert not [each for each in again.undecided if "put right" in each.sentence]
    assert again.notes == first.notes
    assert b"holding-type/building" in b"\n".join(again.lines)


def test_an_unknown_protocol_and_an_unreadable_file_raise(tmp_path: Path) -> None:
    path = written(tmp_path / "register.csv", REGISTER)
    with pytest.raises(NotFound, match="dp-99"):
        prepared(path, protocol="dp-99")
    with pytest.raises(BadInput):
        prepared(written(tmp_path / "empty.xlsx", ""))


def test_several_mappings_are_one_file() -> None:
    assert read_mappings(written_mappings([MAPPING])) == [MAPPING]
    both = [MAPPING, replace(MAPPING, sheet="Second")]
    assert read_mappings(written_mappings(both)) == both
    with pytest.raises(BadInput, match="no mapping file"):
        read_mappings("{")
    with pytest.raises(BadInput, match="no mapping file"):
        read_mappings("[1]")


def test_a_mapping_as_csvw() -> None:
    found = json.loads(csvw(MAPPING, "liste.csv", BASE, ["Nummer", "Name", "Notes", "Postcode"]))
    assert found["@context"][0] == "http://www.w3.org/ns/csvw"
    columns = {each["titles"]: each for each in found["tableSchema"]["columns"] if "titles" in each}
    assert columns["Name"]["propertyUrl"] == expand("skos:prefLabel")
    assert columns["Notes"]["suppressOutput"] is True
    assert columns["Postcode"]["suppressOutput"] is True
    assert found["tableSchema"]["aboutUrl"] == f"{BASE}/id/asset/{{{columns['Nummer']['name']}}}"
    names = [each["name"] for each in found["tableSchema"]["columns"]]
    assert len(names) == len(set(names))
    assert [each["default"] for each in found["tableSchema"]["columns"] if each.get("virtual")] == [
        "Swale Borough Council"
    ]


def test_the_trafford_register_end_to_end() -> None:
    path = DATA / "trafford" / "trafford_land_and_building_assets.csv"
    if not path.exists():
        absent("../shared/data/trafford")
    trafford = Known(f"{BASE}/id/organisation/trafford", COUNCIL.classes, ("Trafford Council",))
    found = prepare(
        [path], base=BASE, genid=f"{BASE}/genid/", graph=None, settings=load(), names=Names([trafford])
    )
    assert found.undecided == ()
    assert found.sheets[0].records is not None
    assert len(found.sheets[0].records.things) == 608
    report = check(found.lines, protocols=["dp-01"])
    violations = [each for each in report.results if each.severity is Severity.VIOLATION]
    cells = {place.row for each in violations for place in found.locator.places(each)}
    assert cells == {405, 496, 584}
    swapped = [problem for problem in found.problems if "axes" in problem.sentence]
    assert [problem.place.row for problem in swapped] == [387]
    assert all(any(found.locator.places(result)) for result in report.results)


def test_the_name_of_the_publishing_body_means_no_other() -> None:
    neighbour = Known("https://data.medway.example/id/organisation/swale", BODY, ("Swale Borough Council", "SBC"))
    place = Known("https://data.swale.example/id/place/swale", (expand("ww:Place"),), ("Swale Borough Council",))
    names = Names([neighbour, place]).with_own(COUNCIL)
    assert names.among(BODY).exact("swale borough council") == [COUNCIL.iri]
    assert names.among(BODY).exact("SBC") == [neighbour.iri]
    assert names.among([expand("ww:Place")]).exact("Swale Borough Council") == [place.iri]
    assert len(Names([neighbour, COUNCIL]).among(BODY).exact("Swale Borough Council")) == 2


def test_each_question_about_dates_has_its_own_answers_and_both_are_kept(tmp_path: Path) -> None:
    heading = "Number,Name,Changed,Published\n"
    rows = "1,Hall,03/04/2023,2009-10\n2,Depot,05/06/2023,2010-11\n"
    mapping = replace(MAPPING, columns={
        "Number": "AssetShape-identifier", "Name": "AssetShape-prefLabel", "Changed": "AssetShape-modified",
    })  # fmt: skip
    both = replace(mapping, columns={**mapping.columns, "Published": "AssetShape-modified"})
    [sheet] = decisions(prepared(written(tmp_path / "a.csv", heading + rows), mappings=(both,)), "")
    asked = {each.written: each for each in sheet.values if each.dates}
    assert asked["03/04/2023"].dates == ("day-first", "month-first")
    assert asked["2009-10"].dates == ("month", "financial-year")
    [again] = read_decisions(json.loads(json.dumps(written_decisions([sheet]))))
    assert again.values == sheet.values
    places = {each.written: place for place, each in enumerate(sheet.values)}
    answers = {f"value-0-{places['03/04/2023']}": "day-first", f"value-0-{places['2009-10']}": "financial-year"}
    dates = decided(sheet, answers, 0).dates
    assert {word for said in dates.values() for word in said.split()} == {"day-first", "financial-year"}
    assert with_word("day-first financial-year", "month") == "day-first month"
    page = (Path(__file__).parent.parent / "web" / "templates" / "decisions.html").read_text("utf-8")
    assert all(f'"{word}": "' in page for pair in PAIRS for word in pair)
