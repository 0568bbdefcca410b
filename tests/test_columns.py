"""The columns of record types: what a template, an entry form and a mapping are made from."""

import shutil
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kb import config
from kb.errors import BadInput
from kb.mapping.cell_kinds import Cells, fit
from kb.namespaces import compact, expand
from kb.protocols import catalogue
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.protocols.templates.entry import sections
from kb.protocols.templates.tables import metadata, table
from kb.protocols.templates.workbook import workbook
from kb.protocols.templates.writing import kind

CONCEPT = "https://w3id.org/whatworks/concept"


def record(protocol: str, id: str) -> RecordColumns:
    return next(each for each in record_columns(protocol) if each.id == id)


def headed(protocol: str, id: str, heading: str) -> Column:
    found = record(protocol, id).headed(heading)
    assert found is not None, heading
    return found


@pytest.mark.parametrize("protocol", catalogue.protocols(), ids=lambda each: each.id)
def test_headings_and_ids_are_unique_and_each_type_has_a_key(protocol: catalogue.Protocol) -> None:
    for each in record_columns(protocol.id):
        for said in ("heading", "id"):
            counted = Counter(getattr(column, said).casefold() for column in each.columns)
            assert [text for text, n in counted.items() if n > 1] == [], (each.id, said)
        assert each.key.heading in ("Identifier", "Transaction"), each.id
        assert all(column.description and column.field.examples for column in each.columns), each.id


def test_a_lesson_has_what_every_claim_has_in_its_place() -> None:
    lesson = record("dp-03", "LessonLearnedShape")
    headings = [column.heading for column in lesson.columns]
    assert {"Identifier", "Statement", "Source", "Grade", "Lesson theme", "Recommendation"} <= set(headings)
    groups = [column.field.group.label for column in lesson.columns if column.field.group]
    assert list(dict.fromkeys(groups)) == [
        "What it is called", "What is said", "Where and when", "Who says so", "How well it is supported",
        "About the record",
    ]  # fmt: skip
    assert headings.index("Statement") < headings.index("Lesson theme") < headings.index("Source")


def test_columns_come_from_the_protocol_that_another_profiles() -> None:
    assert headed("dp-07", "CustomerInsightShape", "Statement").id == "ClaimShape-statement"


def test_of_two_fields_for_one_value_the_nearer_is_kept() -> None:
    shared = headed("dp-11", "GatewayShape", "Shared by")
    assert (shared.id, shared.obligation) == ("GatewayShape-sharedBy", "Should")
    assert headed("dp-11", "AccessPointShape", "Shared by").obligation == "May"


def test_records_without_a_key_of_their_own_have_a_column_for_one() -> None:
    key = headed("dp-06", "MembershipShape", "Identifier")
    assert (key.id, key.obligation, key.leading) == ("identifier", "May", None)
    assert record("dp-06", "MembershipShape").columns[0] is key


def test_a_measure_has_a_column_of_its_own() -> None:
    cost = headed("dp-01", "AssetShape", "Running cost a year")
    assert (cost.id, cost.thing) == ("AssetShape-measurement-runningCost", "AssetShape-measurement/runningCost")
    assert (compact(cost.leading or ""), compact(cost.path)) == ("ww:measurement", "ww:value")
    assert dict(cost.fixed) == {
        expand("ww:metric"): f"{CONCEPT}/asset-metric/running-cost",
        expand("ww:unit"): f"{CONCEPT}/currency/gbp",
    }
    assert (cost.obligation, cost.field.datatype) == ("Should", expand("xsd:decimal"))
    assert headed("dp-01", "AssetShape", "Floor area NIA").obligation == "May"
    assert headed("dp-01", "SiteShape", "Running cost a year").obligation == "May"


def test_a_rating_has_the_list_of_its_measure() -> None:
    condition = headed("dp-01", "AssetShape", "Condition")
    assert [each.iri for each in condition.code_lists] == [f"{CONCEPT}/condition"]


def test_what_is_said_of_a_figure_holds_for_those_it_can_be_said_of() -> None:
    def holds_for(heading: str) -> set[str]:
        return {each.rpartition("/")[2] for each in headed("dp-01", "AssetShape", heading).holds_for}

    assert holds_for("Energy certificate") == {"energyRating"}
    assert holds_for("Price basis") == {"runningCost", "requiredMaintenance", "bookValue", "marketValue"}
    assert {"floorAreaGia", "runningCost", "conditionRating"} <= holds_for("Measured on")
    assert holds_for("Figure") == holds_for("What was measured") == holds_for("Holder") == set()


def test_lists_and_kinds_of_links_come_from_the_vocabulary_where_shapes_are_silent() -> None:
    unit = headed("dp-01", "AssetShape", "Unit")
    assert [each.name for each in unit.code_lists] == ["Units", "Currencies"]
    assert headed("dp-04", "FindingShape", "Grade").code_lists[0].iri == f"{CONCEPT}/evidence-strength"
    assert [compact(each) for each in headed("dp-01", "AssetShape", "Holder").links_to] == ["org:Organization"]
    assert headed("dp-01", "AssetShape", "Tenure").links_to == ()


def test_a_second_thing_of_a_kind_has_numbered_columns() -> None:
    asset = record("dp-01", "AssetShape")
    second = headed("dp-01", "AssetShape", "Holder 2")
    assert (second.id, second.thing) == ("AssetShape-interest-holder~2", "AssetShape-interest/2")
    assert asset.column(second.id) == second
    assert [asset.headed(name) for name in ("Postcode 2", "Holder 1", "Name 2", "Running cost a year 2")] == [None] * 4
    with pytest.raises(KeyError):
        asset.column("AssetShape-address-postCode~2")


def test_what_must_not_be_said_has_no_column() -> None:
    assert record("dp-14", "PostShape").headed("Holder withheld") is None


def test_a_point_may_be_written_in_three_columns() -> None:
    parts = [c for c in record("dp-01", "AssetShape").columns if c.thing == "AssetShape-position" and "WKT" in c.path]
    assert [column.part for column in parts] == ["x", "y", "crs", ""]


def test_a_template_column_that_says_not_what_it_fixes_is_refused(tmp_path: Path) -> None:
    shapes = shutil.copytree(config.shipped("shapes"), tmp_path / "shapes")
    with (shapes / "dp-15.ttl").open("a", encoding="utf-8") as file:
        file.write("\nwws:half a ww:TemplateColumn ; ww:fills wws:IndicatorObservationShape-obsValue .\n")
    with pytest.raises(BadInput, match="half: a ww:TemplateColumn has ww:fills and ww:fixes"):
        record_columns("dp-15", shapes=shapes)


def test_a_changed_shape_changes_every_form_of_the_protocol(tmp_path: Path) -> None:
    """Columns, workbook, CSV, its metadata and the entry form, with no code changed."""
    shapes = shutil.copytree(config.shipped("shapes"), tmp_path / "shapes")
    with (shapes / "dp-03.ttl").open("a", encoding="utf-8") as file:
        file.write("""
            wws:ClaimShape sh:property wws:ClaimShape-polarity .
            wws:ClaimShape-polarity a sh:PropertyShape ; sh:path <https://w3id.org/whatworks/def#polarity> ;
                sh:name "Which way"@en ; sh:description "Whether it helped."@en ; skos:example "x"@en ;
                sh:order 99 ; sh:group wws:group-dp-03-record ;
                sh:minCount 1 ; sh:maxCount 1 ; sh:severity sh:Violation ;
                ww:codeList <https://w3id.org/whatworks/concept/polarity> .
        """)
    (lesson,) = [each for each in record_columns("dp-07", shapes=shapes) if each.id == "CustomerInsightShape"]
    assert lesson.columns[-1].heading == "Which way"
    book = load_workbook(BytesIO(workbook("dp-07", shapes=shapes)))
    assert book["Customer insight"].cell(2, len(lesson.columns)).value == "Must"
    assert table(lesson).rstrip().endswith(",Which way")
    described = metadata("dp-07", shapes=shapes)["tables"][0]["tableSchema"]["columns"][-2]
    assert (described["titles"], described["required"]) == ("Which way", True)
    asked = sections(lesson)[-1].asked[-1]
    assert (asked.column.heading, asked.control, len(asked.choices)) == ("Which way", "radios", 3)


def test_what_a_column_takes_is_no_matter_of_its_words() -> None:
    for protocol in catalogue.protocols():
        for column in (each for about in record_columns(protocol.id) for each in about.columns):
            reworded = replace(column, field=replace(column.field, kind="reworded"))
            assert kind(reworded) == kind(column)
            for cells in (Cells(("12", "13.5")), Cells(("a", "b"))):
                assert fit(cells, reworded) == fit(cells, column)
