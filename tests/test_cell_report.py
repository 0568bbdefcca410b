"""Every result of a check comes to the cell of a sheet, and is told there as whoever sent the sheet needs it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from absent import absent
from shape_cases import read_case
from written_sheet import WrittenSheets, written

from kb.intake.grid import Grid, Note
from kb.intake.spreadsheet.limits import Limits
from kb.intake.spreadsheet.read import read_grids
from kb.mapping.cell_report.completeness import share
from kb.mapping.cell_report.findings import NOWHERE, CellReport, Finding
from kb.mapping.cell_report.found import cell_report
from kb.mapping.cell_report.rows import in_words
from kb.mapping.cell_report.standing import Source
from kb.mapping.mapping import Mapping
from kb.mapping.places import Place, Problem, Thing
from kb.mapping.recognition import recognise
from kb.mapping.records import Around, Records, records
from kb.protocols import catalogue, check
from kb.protocols.columns import RecordColumns, record_columns
from kb.protocols.report import Report, Result

PROTOCOLS = [each.id for each in catalogue.protocols()]
CASES = Path(__file__).parent / "shapes"
REGISTER = (
    Path(__file__).parent.parent.parent / "shared" / "data" / "trafford" / "trafford_land_and_building_assets.csv"
)


@cache
def cases(protocol: str) -> tuple[Report, WrittenSheets]:
    """All cases of a protocol, checked as one submission, and written down as sheets."""
    lines = sorted({line for path in sorted((CASES / protocol).glob("*.ttl")) for line in read_case(path).lines})
    return check.check(lines, protocols=[protocol]), written(protocol, lines)


def nowhere(found: CellReport) -> list[object]:
    return [result for result, cells in found.located if any(cell.sheet == NOWHERE for cell in cells)]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_result_of_the_cases_has_its_place(protocol: str) -> None:
    report, sheets = cases(protocol)
    found = cell_report(report, sheets, (), sheets.sources)
    assert nowhere(found) == []
    assert len(list(found.located)) == len(report.results) > 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_cases_that_come_back_as_sheets_have_their_cells(protocol: str) -> None:
    """The cases written down, mapped, and checked again: a fault in a column that is there stands in a cell of it."""
    for source in cases(protocol)[1].sources:
        assert source.mapping is not None
        assert source.columns is not None
        made = records(source.grid, source.mapping, source.columns, Around("https://area.example"))
        report = check.check(made.lines, protocols=[protocol])
        found = cell_report(report, made.locator, made.problems, [source])
        assert nowhere(found) == []
        rows = {number for number, _ in source.grid.rows}
        for result, cells in found.located:
            assert cells, result
            for cell in cells:
                assert cell.row in rows, result
                assert (cell.heading in source.grid.headings) == (cell.column is not None), result


@dataclass
class OneByOne:
    """A locator that knows no spots: each result is looked for by itself."""

    places: Callable[[Result], Iterator[Place]]

    def spot(self, focus: str) -> None:
        return None

    def columns(self, result: Result, thing: Thing) -> tuple[int, ...]:
        raise NotImplementedError


@pytest.mark.parametrize("protocol", [*PROTOCOLS, "the register"])
def test_what_is_settled_once_is_what_is_found_one_by_one(protocol: str) -> None:
    """Of the cases written down twice, so that the second of each kind has been met, and of the real register."""
    if protocol == "the register":
        _, made, report, sources = register()
    else:
        source = max(cases(protocol)[1].sources, key=lambda each: len(each.grid.rows))
        assert source.mapping is not None
        assert source.columns is not None
        again = [(number + 1000, (*cells[:-1], cells[-1])) for number, cells in source.grid.rows]
        source = replace(source, grid=replace(source.grid, rows=[*source.grid.rows, *again]))
        made = records(source.grid, source.mapping, source.columns, Around("https://area.example"))
        report, sources = check.check(made.lines, protocols=[protocol]), [source]
    quick = cell_report(report, made.locator, made.problems, sources)
    plain = cell_report(report, OneByOne(made.locator.places), made.problems, sources)
    assert [*quick.findings()] == [*plain.findings()]
    assert [*quick.located] == [*plain.located]
    assert [result for result, _ in quick.located] == [*report.results]
    assert quick.completeness == plain.completeness


def test_the_real_register_is_told_by_the_columns_that_it_has() -> None:
    found, *_ = register()
    assert nowhere(found) == []
    told = {(each.rule.field, each.letter, each.heading) for each in found.findings()}
    assert ("UPRN", "D", "UPRN") in told
    assert ("Postcode", "J", "PostCode") in told
    assert ("Floor area GIA", "R", "BuildingSize") in told
    assert ("Condition", "", "Condition") in told
    wrong = next(each for each in found.findings() if each.value.written == "M32 OXZ")
    assert (wrong.row, wrong.letter, wrong.sentence) == (343, "J", "“M32 OXZ” is not a postcode.")
    assert wrong.value.suggestion == "Perhaps “M32 0XZ”."
    by_row = Counter((each.row, each.letter, each.heading, each.sentence) for each in found.findings())
    assert [place for place, number in by_row.items() if number > 1] == []
    assert len(found.groups) < 40
    assert sum(map(len, found.groups)) > 9000


@cache
def register() -> tuple[CellReport, Records, Report, list[Source]]:
    """The register of Trafford, mapped as it is proposed, and checked."""
    if not REGISTER.is_file():
        absent("the register of Trafford, shared/data/trafford, beside this checkout")
    grid = read_grids(REGISTER, Limits())[0]
    best = recognise(grid, "dp-01")[0]
    mapping = best.proposal.mapping(probable=True)
    made = records(grid, mapping, best.record, Around("https://trafford.example"))
    report = check.check(made.lines, protocols=["dp-01"])
    sources = [Source(grid, mapping, best.record)]
    return cell_report(report, made.locator, made.problems, sources), made, report, sources


ASSET = record_columns("dp-01")[0]


def small(*rows: str, headings: str, notes: tuple[Note, ...] = ()) -> tuple[CellReport, Source]:
    """Buildings in rows of cells with bars between, headed by what the protocol calls its columns; checked."""
    names = tuple(headings.split(" | "))
    mapping = Mapping("dp-01", "0.1.0", "AssetShape", {each: column(each).id for each in names})
    cells = [(number, tuple(cell.strip() for cell in row.split("|"))) for number, row in enumerate(rows, 2)]
    grid = Grid("halls.csv", "", 1, names, tuple(range(1, len(names) + 1)), cells, notes)
    source = Source(grid, mapping, ASSET)
    made = records(grid, mapping, ASSET, Around("https://area.example"))
    report = check.check(made.lines, protocols=["dp-01"])
    return cell_report(report, made.locator, made.problems, [source]), source


def column(heading: str) -> RecordColumns:
    found = ASSET.headed(heading)
    assert found is not None, heading
    return found


def of(found: CellReport, field: str) -> list[Finding]:
    return [each for each in found.findings() if each.rule.field == field]


def test_an_empty_cell_is_told_what_belongs_there() -> None:
    found, _ = small("Old hall | 1 |", "| 2 | Freehold", headings="Name | Identifier | Tenure")
    (empty,) = of(found, "Tenure")
    assert (empty.row, empty.letter, empty.rule.level, empty.value.written) == (2, "C", "should", "")
    assert empty.sentence == "Describe each interest by who holds it, on what tenure and since when."
    assert empty.value.suggestion == "Write one of: Freehold, Leasehold, Other."
    (name,) = of(found, "Name")
    assert (name.row, name.letter, name.rule.level) == (3, "A", "must")
    assert not found.conforms


def test_a_cell_that_cannot_be_read_is_told_of_once() -> None:
    found, _ = small("Old hall | 1 | Freehol'd or so", headings="Name | Identifier | Tenure")
    (tenure,) = of(found, "Tenure")
    assert tenure.value.written == "Freehol'd or so"
    assert tenure.rule.shape == ""
    results = [result for result, _ in found.located if result.shape.endswith("interest")]
    assert results, "the check itself misses the value, and the machine is told so"


def test_what_is_kept_from_the_public_is_not_asked_for() -> None:
    found, _ = small(
        "Old hall | 1 | Vacant | 1.3861 | 51.3897", "New hall | 2 | Operational | |",
        headings="Name | Identifier | Status | Longitude or easting | Latitude or northing",
    )  # fmt: skip
    (missing,) = [each for each in of(found, "Longitude and latitude") if each.rule.level == "should"]
    assert missing.row == 3
    assert any(each.row == 2 and each.rule.level == "note" and "not for everybody" in each.sentence
               for each in found.findings())  # fmt: skip


def test_a_field_without_a_column_is_one_group_however_many_rows() -> None:
    found, _ = small(*(f"Hall {each} | {each}" for each in range(1, 51)), headings="Name | Identifier")
    (group,) = [each for each in found.groups if found.rules[each.rule].field == "Condition"]
    assert (group.column, group.heading, len(group), len(group.values)) == (None, "Condition", 50, 1)
    assert in_words(group.rows) == "rows 2–51"


def test_a_note_of_reading_stands_last() -> None:
    found, _ = small("Old hall | 1", headings="Name | Identifier", notes=(Note("Read as “£”.", 2, 1),))
    last = list(found.findings())[-1]
    assert (last.rule.level, last.row, last.letter, last.sentence) == ("note", 2, "A", "Read as “£”.")


def test_a_must_of_mapping_stops_publication_though_the_check_found_nothing() -> None:
    _, source = small("Old hall | 1", headings="Name | Identifier")

    class Nothing:
        def places(self, result: object) -> list[Place]:
            return []

        def spot(self, focus: str) -> None:
            return None

    problem = Problem(Place("halls.csv", "", 2, 1, "Name", "?"), "must", "“?” is no name.")
    assert cell_report(Report(()), Nothing(), [], [source]).conforms
    assert not cell_report(Report(()), Nothing(), [problem], [source]).conforms


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], ""),
        ([NOWHERE], ""),
        ([5], "row 5"),
        ([3, 2, 2, 4], "rows 2–4"),
        ([2, 3, 5, 9, 10], "rows 2–3, 5 and 2 more"),
    ],
)
def test_rows_in_words(rows: list[int], words: str) -> None:
    assert in_words(rows, 2) == words


def test_completeness_is_what_is_given_and_sound() -> None:
    found, _ = small(
        "Old hall | 1 | 100062079337 | Freehold",
        "| 2 | 12 34 | Freehold",
        "New hall | 3 | | ",
        headings="Name | Identifier | UPRN | Tenure",
    )
    fields = {each.field: each for each in found.completeness}
    assert [(fields[name].filled, fields[name].sound) for name in ("Name", "UPRN", "Tenure")] == [
        (2, 2), (2, 1), (2, 2),
    ]  # fmt: skip
    assert (fields["Condition"].obligation, fields["Condition"].filled, fields["Condition"].sound) == ("Should", 0, 0)
    asked = [each for each in found.completeness if each.obligation != "May"]
    assert share(found.completeness) == sum(each.sound for each in asked) / (3 * len(asked))


def test_a_reason_counts_for_a_uprn() -> None:
    found, _ = small("Old hall | 1 | Not yet given", headings="Name | Identifier | Reason for no UPRN")
    uprn = next(each for each in found.completeness if each.field == "UPRN")
    assert (uprn.filled, uprn.sound) == (0, 1)
