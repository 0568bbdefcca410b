"""Sheets become records: each folder of tests/mapping/records/.

    sheet.csv      what an area has          mapping.json   what its columns mean
    earlier.csv    what it had the year before, read by the same mapping (where the case is about that)
    records.ttl    what becomes of it        problems.txt   what is said of its cells
    matching.txt   what was found again      questions.txt  what has to be decided

To write the last four again after a change, and then read the difference:
    python -m tests.test_records
"""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.intake.grid import Grid
from kb.mapping.earlier import Earlier
from kb.mapping.mapping import Mapping, read_mapping
from kb.mapping.places import Place
from kb.mapping.records import Around, Records, records
from kb.mapping.values.area import Area
from kb.mapping.values.geocoding import Postcodes
from kb.mapping.values.names import Known, Names
from kb.namespaces import PREFIXES, expand, thing
from kb.protocols.check import check
from kb.protocols.columns import RecordColumns, record_columns

HERE = Path(__file__).parent / "mapping"
CASES = sorted(each for each in (HERE / "records").iterdir() if each.is_dir())
BASE = "https://data.area.example"
COUNCIL = Known(thing(BASE, "organisation", "example"), (expand("org:Organization"),), ("Example Council",))
AREA = Area.box("the area", 0.9, 51.1, 1.5, 51.5)


def grid(path: Path) -> Grid:
    with path.open(encoding="utf-8", newline="") as file:
        headings, *rows = csv.reader(file)
    cells = [(number, tuple(each.strip() for each in row)) for number, row in enumerate(rows, 2)]
    return Grid(path.name, "", 1, tuple(headings), tuple(range(1, len(headings) + 1)), cells)


def about(mapping: Mapping) -> RecordColumns:
    return next(each for each in record_columns(mapping.protocol) if each.id == mapping.record)


def made(case: Path) -> Records:
    mapping = read_mapping((case / "mapping.json").read_text(encoding="utf-8"))
    around = Around(BASE, Names([COUNCIL]), AREA, Postcodes(HERE / "postcodes"))
    if (case / "earlier.csv").exists():
        before = records(grid(case / "earlier.csv"), mapping, about(mapping), around)
        earlier = Earlier(before.lines, about(mapping).class_)
        around = Around(around.base, around.names, around.area, around.postcodes, earlier)
    return records(grid(case / "sheet.csv"), mapping, about(mapping), around)


def turtle(result: Records) -> str:
    quads = ox.parse(b"\n".join(result.lines), format=ox.RdfFormat.N_TRIPLES)
    written = ox.serialize(quads, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES | {"id": f"{BASE}/id/"}) or b""
    lines = written.decode().splitlines()
    body = [line for line in lines if not line.startswith("@prefix")]
    used = {name for line in body for name in re.findall(r"(?:^|[\s^])([a-z-]+:)", line)}
    heads = sorted(line for line in lines if line.startswith("@prefix") and line.split()[1] in used)
    return "\n".join([*heads, "", *body]) + "\n"


def where(place: Place) -> str:
    row = f"row {place.row}" if place.row else "sheet"
    return f"{row}, {place.heading or '–'}" + (f", “{place.written}”" if place.written else "")


def problems(result: Records) -> str:
    said = ((where(each.place), each.level, f"{each.sentence} {each.suggestion}".strip()) for each in result.problems)
    return "".join(f"{': '.join(each)}\n" for each in said)


def matching(result: Records) -> str:
    found = result.matching
    lines = [f"matched by {each.by}: {each.iri}" for each in found.matched]
    lines += [f"new: {each}" for each in found.new] + [f"gone: {each}" for each in found.gone]
    return "".join(f"{line}\n" for line in lines)


def questions(result: Records) -> str:
    return "".join(
        f"{each.column}: {each.written}: {each.rows} rows, first {each.row}: {' | '.join(each.choices)}"
        f"{' (dates)' if each.dates else ''}\n"
        for each in result.questions
    )


WRITTEN: dict[str, Callable[[Records], str]] = {
    "records.ttl": turtle,
    "problems.txt": problems,
    "matching.txt": matching,
    "questions.txt": questions,
}


@pytest.mark.parametrize("file", WRITTEN)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_sheet_becomes_this(case: Path, file: str) -> None:
    assert WRITTEN[file](made(case)) == (case / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_lines_are_sorted_and_unique(case: Path) -> None:
    lines = made(case).lines
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_every_result_of_the_check_leads_to_a_row(case: Path) -> None:
    result = made(case)
    mapping = read_mapping((case / "mapping.json").read_text(encoding="utf-8"))
    found = check(result.lines, protocols=[mapping.protocol]).results
    own = [each for each in found if each.focus.startswith(BASE)]
    assert own
    for each in own:
        places = list(result.locator.places(each))
        assert places, each
        assert all(place.row and place.heading for place in places), (each, places)


def test_nothing_that_leads_to_a_withheld_door_is_in_the_lines() -> None:
    written = b"\n".join(made(HERE / "records" / "withheld").lines).decode()
    assert "100012797621" in written
    for number in range(2, 10):
        assert f"10001279762{number}" not in written
    assert written.count("Quay Street") == 1
    assert written.count("POINT(1.0943 51.2847)") == 1


def test_a_point_that_nothing_names_has_no_place() -> None:
    result = made(HERE / "records" / "key")
    other = check(result.lines, protocols=["dp-01"]).results[0]
    assert list(result.locator.places(other._replace(focus="https://elsewhere.example/x"))) == []


if __name__ == "__main__":
    for folder in CASES:
        for name, write in WRITTEN.items():
            (folder / name).write_text(write(made(folder)), encoding="utf-8")
