"""First proposals for what areas really have: tests/mapping/protocols.csv and pairs.csv say what is right."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from kb.intake.grid import Grid
from kb.intake.spreadsheet.limits import Limits
from kb.intake.spreadsheet.read import read_grids
from kb.mapping.cell_kinds import fit, samples
from kb.mapping.proposal import CERTAIN, propose
from kb.mapping.recognition import Recognised, recognise
from kb.mapping.words import rows, with_record, words
from kb.protocols.catalogue import protocols
from kb.protocols.columns import record_columns
from tests.absent import absent

HERE = Path(__file__).parent
DATA = HERE.parent.parent / "shared" / "data"
HELD_OUT = {
    "fire_stations/stations-avon.xlsx",
    "libraries/libraries_england_2023.csv",
    "trafford/trafford_leisure_centres.csv",
    "authorities/uk_local_authorities_current.csv",
    "evaluations_uk/rsm-data-2023-07-21.csv",
}
"""Not looked at while the words and thresholds were chosen; the score of the first run is in docs/architecture.md."""


def table(name: str) -> list[dict[str, str]]:
    with (HERE / "mapping" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FILES = {row["path"]: row for row in table("protocols.csv")}
PAIRS = table("pairs.csv")


@cache
def grid(path: str) -> Grid:
    if not (DATA / path).exists():
        absent(f"../shared/data/{path}")
    return read_grids(DATA / path, Limits())[0]


def invented(headings: str, *cells: str, file: str = "sheet.csv") -> Grid:
    found = tuple(each.strip() for each in headings.split("|"))
    lines = [(row, tuple(each.strip() for each in line.split("|"))) for row, line in enumerate(cells, start=2)]
    lines = [(row, found_cells + ("",) * (len(found) - len(found_cells))) for row, found_cells in lines]
    return Grid(file, "", 1, found, tuple(range(1, len(found) + 1)), lines)


def first(path: str) -> Recognised | None:
    """The proposal where the protocol is told, as `whatworks check --protocol` and a publisher's page have it."""
    found = recognise(grid(path), FILES[path]["protocol"] or None)
    return found[0] if found else None


def test_the_first_proposal_is_right_for_nine_of_ten_headings(capsys: pytest.CaptureFixture[str]) -> None:
    right, filled, all_filled, of = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for path in FILES:
        found = first(path)
        proposed = {each.heading: each.column or "" for each in found.proposal.headings} if found else {}
        for pair in (each for each in PAIRS if each["path"] == path):
            is_right = proposed.get(pair["heading"], "") == pair["column"]
            right[path] += is_right
            of[path] += 1
            filled[path] += is_right and bool(pair["column"])
            all_filled[path] += bool(pair["column"])
    with capsys.disabled():
        print()
        for path in FILES:
            held = " held out" if path in HELD_OUT else ""
            print(f"{right[path]:4} of {of[path]:3} ({filled[path]:2} of {all_filled[path]:2} fields) {path}{held}")
        print(f"{right.total():4} of {of.total():3} ({filled.total()} of {all_filled.total()} fields) in all")
    assert set(of) == {each["path"] for each in PAIRS}
    assert right.total() >= 0.9 * of.total()
    assert filled.total() >= 0.9 * all_filled.total()


def test_every_heading_of_every_file_has_its_pair() -> None:
    for path in FILES:
        assert [each["heading"] for each in PAIRS if each["path"] == path] == list(grid(path).headings), path


MISTAKEN = {
    "authorities/lookup_name_to_registry.csv": "two headings that any list may have",
    "population/mye24tablesew.csv": "a year's population by age, one column each, is not seen to be observations",
    "trafford/libraries.geojson": "libraries are premises as well as points of access",
    "lgsl/services.csv": "a list of kinds of services looks like services",
}


@pytest.mark.parametrize("path", FILES)
def test_the_protocol_is_recognised_without_being_told(path: str) -> None:
    found = recognise(grid(path))
    record = found[0].record.id if found else ""
    assert (record != FILES[path]["record"]) == (path in MISTAKEN), [each.record.id for each in found]


def test_all_that_the_tables_of_words_name_exists() -> None:
    records = {record.id: record for each in protocols() for record in record_columns(each.id)}
    fields = {column.id.partition("-")[2] or column.id for record in records.values() for column in record.columns}
    for name in ("synonyms.csv", "constants.csv"):
        assert {row["field"] for row in rows(name)} <= fields, name
    assert {row["record"] for row in rows("record_words.csv")} <= set(records)
    for name in ("synonyms.csv", "personal.csv", "unheld.csv", "record_words.csv"):
        lines = [tuple(row.values()) for row in rows(name)]
        assert all(all(line) for line in lines), name
        assert len(lines) == len({line[:2] for line in lines}), name


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("PropertyName", ("property", "name")),
        ("UPRN", ("uprn",)),
        ("Trans No", ("transaction", "number")),
        ("LAD13CD", ("lad", "cd")),
        ("Author(s)", ("author",)),
        ("2023", ("2023",)),
        ("unit_elec_saved_pa", ("unit", "elec", "saved", "pa")),
        ("", ()),
    ],
)
def test_words_of_a_heading(heading: str, expected: tuple[str, ...]) -> None:
    assert words(heading) == expected


def test_what_a_record_is_called_stands_for_any_such_word() -> None:
    assert with_record(words("Name of fire station"), "AssetShape") == ("name", "{record}")
    assert with_record(words("police station"), "PaymentShape") == ("police", "station")


def proposed(found: Grid, protocol: str) -> dict[str, str | None]:
    best = recognise(found, protocol)[0]
    return {each.heading: each.column for each in best.proposal.headings}


def test_names_e_mail_and_telephone_of_people_are_not_published_and_say_why() -> None:
    headings = "Site manager | How to reach | Ring | Property name | UPRN"
    found = invented(headings, "A B | a@example.org | 01622 000000 | C | 1")
    best = recognise(found, "dp-01")[0].proposal
    assert {each.heading: each.column for each in best.headings[:3]} == dict.fromkeys(found.headings[:3], "")
    assert [each.reason for each in best.headings[:3]] == [
        "the name of a person is not published",
        "an e-mail address is not published",
        "a telephone number is not published",
    ]
    assert all(each.certain for each in best.headings)


def test_the_template_is_taken_as_it_is_whatever_its_cells_say() -> None:
    (asset, *_) = record_columns("dp-01")
    found = invented(" | ".join(column.heading for column in asset.columns), "?")
    assert proposed(found, "dp-01") == {column.heading: column.id for column in asset.columns}


def test_address_lines_share_a_field_and_years_of_a_status_do_not() -> None:
    found = invented("UPRN | Address line 1 | Address line 2 | Status 2022 | Status 2023", "1 | 1 High St | A | x | y")
    columns = proposed(found, "dp-01")
    assert columns["Address line 1"] == columns["Address line 2"] == "AssetShape-address-fullAddress"
    assert columns["Status 2022"] != columns["Status 2023"]


def test_cells_that_contradict_the_name_make_a_question() -> None:
    (asset, *_) = record_columns("dp-01")
    found = invented("UPRNs | Name", "Freehold | Hall", "Leasehold | Office")
    (uprn, _) = propose(found, "dp-01", asset).headings
    assert uprn.column is None
    assert any("do not look like it" in each.reason for each in uprn.candidates)


def test_cells_alone_suggest_a_field() -> None:
    found = invented("Bezeichnung | Wo", "Rathaus | ME10 3HT", "Amt | ME14 1XX")
    (asset, *_) = record_columns("dp-01")
    where = propose(found, "dp-01", asset).headings[1]
    assert where.column is None
    assert where.candidates[0].column == "AssetShape-address-postCode"
    suits = fit(samples(found)[1], asset.column("AssetShape-address-postCode"))
    assert suits is not None
    assert suits.share == 1


def test_what_is_said_once_is_proposed_or_asked() -> None:
    (payment, *_) = record_columns("dp-13")
    found = invented("Supplier | Date paid | Net amount", "Acme | 2024-01-02 | 600.00")
    named = propose(found, "dp-13", payment, publisher="Swale Borough Council")
    assert named.constants == {"PaymentShape-currency": "GBP", "PaymentShape-payer": "Swale Borough Council"}
    asked = propose(found, "dp-13", payment)
    assert [each.text for each in asked.questions] == ["Which body paid?"]


def test_a_mapping_takes_what_is_certain() -> None:
    (asset, *_) = record_columns("dp-01")
    proposal = propose(invented("UPRN | Property nmae | Colour", "1 | Hall | red"), "dp-01", asset)
    assert proposal.mapping().columns == {
        each.heading: each.column
        for each in proposal.headings
        if each.column is not None and each.confidence >= CERTAIN
    }
    assert "Colour" not in proposal.mapping(probable=True).columns
    assert {each.heading for each in proposal.undecided} >= {"Colour"}
