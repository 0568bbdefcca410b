"""Registers as public bodies published them become records: what is known of their defects is told with its cell.

The files lie in ../shared/data; where they are absent, so are these tests.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from absent import absent

from kb.intake.grid import Grid
from kb.intake.spreadsheet.limits import Limits
from kb.intake.spreadsheet.read import read_grids
from kb.mapping.earlier import Earlier
from kb.mapping.mapping import Mapping
from kb.mapping.records import Around, Records, records
from kb.mapping.values.area import Area
from kb.mapping.values.geocoding import Postcodes
from kb.protocols.check import check
from kb.protocols.columns import record_columns
from kb.protocols.report import Report

DATA = Path(__file__).parents[2] / "shared" / "data"
BASE = "https://data.area.example"


def mapping(constants: dict[str, str], **columns: str) -> Mapping:
    ids = {heading: f"AssetShape-{id}" for heading, id in columns.items()}
    said = {f"AssetShape-{id}": words for id, words in constants.items()}
    return Mapping("dp-01", "0.1.0", "AssetShape", columns=ids, constants=said)


TRAFFORD = mapping(
    {"accessRights": "public", "status": "current"},
    OrganisationURI="reportedBy",
    EffectiveDate="modified",
    UPRN="uprn",
    AssetCode="identifier",
    PropertyName="prefLabel",
    StreetNumber="address-locatorDesignator",
    StreetName="address-thoroughfare",
    PostTown="address-postName",
    PostCode="address-postCode",
    CoordinateReferenceSystem="position-wkt-crs",
    GeoX="position-wkt-x",
    GeoY="position-wkt-y",
    TenureType="interest-tenureType",
    TenureDetail="interest-tenureDetail",
    OtherDetail="description",
    HoldingType="holdingType",
    BuildingSize="measurement-floorAreaGia",
    LandArea="measurement-siteArea",
    EnergyRating="measurement-energyRating",
)
POLICE = mapping(
    {"useClass": "police front counter"},
    station_name="prefLabel",
    latitude="position-wkt-y",
    longitude="position-wkt-x",
    postcode="address-postCode",
    address="address-fullAddress",
)


def grid(path: str, **only: str) -> Grid:
    """The file; with `only` the rows whose column says so."""
    if not (DATA / path).exists():
        absent(f"../shared/data/{path}")
    found = read_grids(DATA / path, Limits())[0]
    wanted = [(found.headings.index(heading), words) for heading, words in only.items()]
    rows = [row for row in found.rows if all(row[1][position] == words for position, words in wanted)]
    return Grid(found.file, found.sheet, found.heading_row, found.headings, found.positions, rows)


def made(found: Grid, meant: Mapping, area: Area, postcodes: Postcodes | None = None, before: bool = False) -> Records:
    about = record_columns("dp-01")[0]
    around = Around(BASE, area=area, postcodes=postcodes)
    result = records(found, meant, about, around)
    if before:
        again = Around(BASE, area=area, postcodes=postcodes, earlier=Earlier(result.lines, about.class_))
        return records(found, meant, about, again)
    return result


@cache
def trafford() -> Records:
    area = Area.box("Trafford", -2.48, 53.35, -2.2, 53.49)
    found = grid("trafford/trafford_land_and_building_assets.csv")
    return made(found, TRAFFORD, area)


@cache
def trafford_report() -> Report:
    return check(trafford().lines, protocols=["dp-01"])


def test_every_asset_of_the_register_is_a_record() -> None:
    assert len(trafford().things) == 608
    assert all(len(rows) == 1 for rows in trafford().things.values())


def test_its_known_defects_are_told_with_their_cells() -> None:
    told = {(each.place.heading, each.sentence.partition(".")[0].partition(",")[0]) for each in trafford().problems}
    assert ("GeoX", "The axes were exchanged: latitude stood for longitude") in told
    assert ("GeoX", "The point lies outside Trafford") in told
    assert ("PostCode", "“M32 OXZ” is not a postcode") in told
    exchanged = [each for each in trafford().problems if each.sentence.startswith("The axes")]
    assert [each.place.written for each in exchanged] == ["53.457484"]


def test_stray_points_are_told_where_no_area_is_known() -> None:
    found = grid("trafford/trafford_land_and_building_assets.csv")
    result = records(found, TRAFFORD, record_columns("dp-01")[0], Around(BASE))
    stray = {each.place.row for each in result.problems if "where most of this sheet's points are" in each.sentence}
    towns = {cells[found.headings.index("PostTown")] for number, cells in found.rows if number in stray}
    assert towns == {"Warrington", "Wigan"}


def test_nothing_of_a_vacant_asset_leads_to_its_door() -> None:
    shapes = {each.shape.rpartition("#")[2] for each in trafford_report().results if each.severity == "Violation"}
    assert shapes == {"AssetShape-whereabouts"}
    told = [each for each in trafford().problems if each.sentence.startswith("This record is not for everybody")]
    assert Counter(each.place.heading for each in told) == {"TenureDetail": 187, "PropertyName": 4}


def test_every_result_leads_to_its_row() -> None:
    results = trafford_report().results
    assert len(results) > 5_000
    assert all(next(trafford().locator.places(each)).row for each in results)


def test_partial_postcodes_are_taken_as_they_are() -> None:
    assert len([line for line in trafford().lines if re.search(rb'postCode> "M[0-9]+" \.$', line)]) > 150


def test_the_same_register_a_year_later_is_matched_to_the_last_record() -> None:
    found = grid("trafford/trafford_land_and_building_assets.csv")
    again = made(found, TRAFFORD, Area.box("Trafford", -2.48, 53.35, -2.2, 53.49), before=True)
    assert Counter(each.by for each in again.matching.matched) == {"key": 608}
    assert not again.matching.new
    assert not again.matching.gone
    assert again.lines == trafford().lines


def test_new_asset_codes_keep_the_addresses_of_what_they_name() -> None:
    found = grid("trafford/trafford_land_and_building_assets.csv")
    position = found.headings.index("AssetCode")
    recoded = [
        (row, (*cells[:position], f"NEW-{row}", *cells[position + 1 :])) for row, cells in found.rows
    ]
    about = record_columns("dp-01")[0]
    before = Earlier(trafford().lines, about.class_)
    later = Grid(found.file, "", 1, found.headings, found.positions, recoded)
    matching = records(later, TRAFFORD, about, Around(BASE, earlier=before)).matching
    by = Counter(each.by for each in matching.matched)
    assert by["uprn"] > 100
    assert by["name"] > 100
    assert len(matching.new) == len(matching.gone) == 608 - sum(by.values())
    assert set(matching.kept.values()) <= set(trafford().things)


def test_a_building_with_a_row_for_each_team_is_one_record() -> None:
    found = grid("police_stations/station.tsv", force_id="kent")
    result = made(found, POLICE, Area.box("Kent", 0.0, 50.9, 1.5, 51.55), Postcodes(DATA / "postcodes_kent"))
    assert len(found.rows) == 308
    assert len(result.things) == 12
    assert sum(map(len, result.things.values())) == 308
    assert not [each for each in result.problems if each.level == "must"]


@pytest.mark.parametrize(("postcode", "precision"), [("CT1 1AA", "postcode"), ("CT9", "outward-code")])
def test_code_point_open_puts_postcodes_on_the_map(postcode: str, precision: str) -> None:
    if not (DATA / "postcodes_kent").exists():
        absent("../shared/data/postcodes_kent")
    middle = Postcodes(DATA / "postcodes_kent").find(postcode)
    assert middle is not None
    assert middle.precision == precision
    assert Area.box("Kent", 0.0, 50.9, 1.5, 51.55).holds(middle.point)
