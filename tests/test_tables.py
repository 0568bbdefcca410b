"""The templates as CSV with CSVW metadata: held to the W3C's rules, and read by a CSVW library with rows in them."""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW

from kb.errors import NotFound
from kb.protocols import catalogue
from kb.protocols.columns import record_columns
from kb.protocols.templates.tables import file_name, metadata, record_named, slug, table

PROTOCOLS = [each.id for each in catalogue.protocols()]
COLUMN = {
    "name", "titles", "required", "datatype", "propertyUrl", "valueUrl", "aboutUrl", "lang", "separator", "virtual",
    "suppressOutput",
}  # fmt: skip
"""Properties of a column that are used here, of Metadata Vocabulary for Tabular Data §5.6 and §5.7."""

ASSET = {
    "AssetShape-prefLabel": "Margate Library", "AssetShape-identifier": "007", "AssetShape-useClass": "library;office",
    "AssetShape-interest-tenureType": "freehold", "AssetShape-interest-leaseExpiry": "2030-03-31",
    "AssetShape-measurement-floorAreaGia": "1240.5", "AssetShape-occupation-workstations": "12",
    "AssetShape-listedBuilding": "yes", "AssetShape-uprn": "100062079337",
}  # fmt: skip


def described(folder: Path, id: str, rows: dict[str, list[dict[str, str]]]) -> CSVW:
    """The metadata of a protocol beside its tables, as the library opens them."""
    for record in record_columns(id):
        text = table(record, rows.get(record.id, []))
        (folder / file_name(id, record)).write_text(text, encoding="utf-8", newline="")
    path = folder / f"{id}-metadata.json"
    path.write_text(json.dumps(metadata(id)), encoding="utf-8")
    return CSVW(str(path), validate=True)


@pytest.mark.parametrize("id", PROTOCOLS)
def test_columns_are_described_in_the_order_of_the_file(id: str) -> None:
    for record, described_table in zip(record_columns(id), metadata(id)["tables"], strict=True):
        columns: list[dict[str, Any]] = described_table["tableSchema"]["columns"]
        headings = next(csv.reader(StringIO(table(record))))
        assert [each["titles"] for each in columns if not each.get("virtual")] == headings
        names = [each["name"] for each in columns]
        assert len(set(names)) == len(names)
        virtual = [bool(each.get("virtual")) for each in columns]
        assert virtual == sorted(virtual), "virtual columns come last (§5.5.1)"
        for each in columns:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", each["name"])
            assert {key for key in each if ":" not in key} <= COLUMN
            template = each.get("valueUrl", "") + each.get("aboutUrl", "")
            assert set(re.findall(r"\{\+?([^}]*)\}", template)) <= set(names)
            assert not ("separator" in each and "valueUrl" in each), "one address cannot be made of several values"
            if isinstance(each.get("datatype"), dict) and each["datatype"]["base"] == "string":
                re.compile(each["datatype"]["format"])


@pytest.mark.parametrize("id", PROTOCOLS)
def test_a_library_finds_the_metadata_and_the_tables_in_order(tmp_path: Path, id: str) -> None:
    assert described(tmp_path, id, {}).is_valid


def test_values_are_what_the_metadata_says(tmp_path: Path) -> None:
    opened = described(tmp_path, "dp-01", {"AssetShape": [ASSET]})
    assert opened.is_valid
    (row,) = opened.tables[0]
    assert (row["AssetShape_useClass"], row["AssetShape_listedBuilding"]) == (["library", "office"], True)
    assert str(row["AssetShape_measurement_floorAreaGia"]) == "1240.5"
    assert row["AssetShape_interest_leaseExpiry"].date().isoformat() == "2030-03-31"


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("AssetShape-uprn", "1E+11"),
        ("AssetShape-interest-leaseExpiry", "31/03/2030"),
        ("AssetShape-occupation-workstations", "a dozen"),
        ("AssetShape-prefLabel", ""),
    ],
)
@pytest.mark.filterwarnings("always::UserWarning")
def test_a_wrong_value_is_found_by_the_library(tmp_path: Path, column: str, wrong: str) -> None:
    assert not described(tmp_path, "dp-01", {"AssetShape": [ASSET | {column: wrong}]}).is_valid


def test_a_code_and_a_link_become_addresses() -> None:
    columns = {each["name"]: each for each in metadata("dp-01")["tables"][0]["tableSchema"]["columns"]}
    assert columns["AssetShape_interest_tenureType"]["valueUrl"] == (
        "https://w3id.org/whatworks/concept/tenure-type/{AssetShape_interest_tenureType}"
    )
    assert columns["AssetShape_reportedBy"]["valueUrl"] == "{+AssetShape_reportedBy}"
    assert columns["AssetShape_prefLabel"]["required"]
    assert not columns["AssetShape_reportedBy"]["required"], "the holder of an interest does instead"


def test_a_cell_that_would_be_a_formula_is_made_safe() -> None:
    assert table(record_columns("dp-01")[0], [{"AssetShape-prefLabel": "=1+1"}]).splitlines()[1].startswith("'=1+1,")


def test_a_further_thing_of_a_kind_has_columns_at_the_end() -> None:
    text = table(record_columns("dp-01")[0], [{"AssetShape-interest-holder~2": "Kent County Council"}])
    heading, row = csv.reader(StringIO(text))
    assert (heading[-1], row[-1]) == ("Holder 2", "Kent County Council")


def test_record_types_are_found_by_their_name_in_addresses() -> None:
    assert record_named("dp-03", "lesson-learned").id == "LessonLearnedShape"
    for id in PROTOCOLS:
        names = [slug(record) for record in record_columns(id)]
        assert len(set(names)) == len(names)
    with pytest.raises(NotFound, match="dp-03 has no record type 'x'; it has claim, lesson-learned, barrier"):
        record_named("dp-03", "x")
