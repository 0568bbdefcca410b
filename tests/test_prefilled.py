"""Templates with what is published already: filled in, read back and made into the same records again."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from flask.testing import FlaskClient
from openpyxl import load_workbook
from pyoxigraph import Quad, RdfFormat, parse

from kb import config
from kb.intake.grid import Grid
from kb.intake.spreadsheet.limits import limits_of
from kb.intake.spreadsheet.read import read_grids
from kb.mapping.mapping import Mapping
from kb.mapping.records import Around, records
from kb.mapping.sheets import sheet_mapping
from kb.protocols.columns import RecordColumns, record_columns
from kb.protocols.templates.prefilled import prefilled
from kb.protocols.templates.tables import table
from kb.protocols.templates.workbook import workbook

BASE = "https://area.example"
KENT = "https://w3id.org/whatworks/id/organisation/kent-county-council"
ASSET = {
    "Name": "=Margate Library", "Identifier": "007", "UPRN": "000100062079", "Other names": "Gateway",
    "Description": "Two floors; shared.", "Listed building": "no", "Reporting body": KENT, "Uses": "Library; Gateway",
    "Holder": KENT, "Tenure": "Freehold", "Held from": "1974-04",
    "Holder 2": "https://area.example/id/organisation/thanet", "Tenure 2": "Leasehold", "Lease expires 2": "2031-03-31",
    "Postcode": "CT9 1RE", "Street": "Cecil Square", "Longitude and latitude": "POINT(1.3862 51.3896)",
    "Floor area GIA": "1240.5", "Running cost a year": "182000", "Condition": "B: satisfactory", "Energy rating": "D",
    "Measured on": "2009-03-31", "Status of figure": "Normal value", "Price basis": "Nominal",
    "Energy certificate": "Display energy certificate",
    "What was measured 2": "Footfall", "Figure 2": "52400", "Unit 2": "Count", "Measured on 2": "2008",
    "Record status": "Current", "Record changed on": "2010-05",
}  # fmt: skip


def record(protocol: str, id: str) -> RecordColumns:
    return next(each for each in record_columns(protocol) if each.id == id)


def made(grid: Grid, mapping: Mapping, about: RecordColumns) -> list[bytes]:
    done = records(grid, mapping, about, Around(BASE))
    assert [(each.place.heading, each.sentence) for each in done.problems if each.level != "note"] == []
    return done.lines


def triples(lines: list[bytes]) -> Iterator[Quad]:
    return parse(b"\n".join(lines), format=RdfFormat.N_TRIPLES)


def sheet(about: RecordColumns, cells: dict[str, str]) -> tuple[Grid, Mapping]:
    grid = Grid("x.csv", "", 1, tuple(cells), tuple(range(1, len(cells) + 1)), [(2, tuple(cells.values()))])
    columns = {heading: column.id for heading in cells if (column := about.headed(heading))}
    assert set(columns) == set(cells)
    return grid, Mapping("dp-01", "0.1.0", about.id, columns)


def read_back(path: Path, protocol: str, name: str) -> list[bytes]:
    """The lines of one sheet, whose headings are known for sure."""
    grids = read_grids(path, limits_of(config.load({})))
    mapped = sheet_mapping(next(each for each in grids if each.sheet == name), protocol, [])
    assert (mapped.mapping, mapped.undecided) != (None, ())
    assert mapped.mapping is not None
    assert mapped.record is not None
    assert [each.heading for each in mapped.undecided] == []
    return made(mapped.grid, mapped.mapping, mapped.record)


def test_an_asset_goes_through_the_workbook_and_back(tmp_path: Path) -> None:
    about = record("dp-01", "AssetShape")
    lines = made(*sheet(about, ASSET), about)
    found = prefilled(about, triples(lines))
    assert found.left_out == {}
    said = {about.column(id).heading: text for id, text in found.rows[0].items()}
    assert said["Holder 2"] == ASSET["Holder 2"]
    path = tmp_path / "dp-01.xlsx"
    path.write_bytes(workbook("dp-01", {about.id: found.rows}))
    assert read_back(path, "dp-01", "Asset") == lines


def test_an_asset_goes_through_csv_and_back(tmp_path: Path) -> None:
    about = record("dp-01", "AssetShape")
    lines = made(*sheet(about, ASSET), about)
    path = tmp_path / "dp-01-asset.csv"
    path.write_text(table(about, prefilled(about, triples(lines), labels=False).rows), encoding="utf-8", newline="")
    assert read_back(path, "dp-01", "") == lines


def test_what_no_column_holds_is_told() -> None:
    about = record("dp-06", "MembershipShape")
    said = """
        @prefix ww: <https://w3id.org/whatworks/def#> .
        <https://area.example/id/m> a <http://www.w3.org/ns/org#Membership> ; ww:note "Un"@fr, "One"@en ;
            <https://area.example/def#mood> "good" .
    """
    found = prefilled(about, parse(said, format=RdfFormat.TURTLE))
    assert found.rows == [{"MembershipShape-note": "One", "identifier": "m"}]
    assert found.left_out == {"https://w3id.org/whatworks/def#note": 1, "https://area.example/def#mood": 1}


def test_a_public_graph_comes_as_a_workbook(reader: FlaskClient) -> None:
    """Invented facts that were not made from a sheet: what their rows cannot say stands on the first sheet."""
    graph = "https://area.example/id/graph/kent"
    book = load_workbook(BytesIO(reader.get("/protocols/dp-03.xlsx", query_string={"graph": graph}).data))
    names = [row[1].value for row in book["Lesson"].iter_rows(min_row=5) if row[1].value]
    assert "Lesson 001" in names
    told = {row[0].value: row[1].value for row in book["About"].iter_rows() if row[1].value}
    assert int(told["ww:Pilot"]) > 0, "records of another protocol, which the workbook would take away"
    assert reader.get("/protocols/dp-03.xlsx?graph=https://area.example/x").status_code == 404
