"""Links that lead to nothing and records held twice are told at their cells, before anything is published."""

from pathlib import Path

import pytest

from kb.config import Settings, load
from kb.mapping.mapping import Mapping
from kb.mapping.places import Problem
from kb.store.folder import DataFolder
from kb.store.preparation import content
from kb.store.publication import PublicationRequest, publish
from kb.store.state import Publisher, State

SWALE = "https://data.swale.example"
HEADINGS = "Code,Name,Postcode,Body,Holder,Part\n"
MAPPING = Mapping(
    "dp-01",
    "0.1.0",
    "AssetShape",
    {
        "Code": "AssetShape-identifier",
        "Name": "AssetShape-prefLabel",
        "Postcode": "AssetShape-address-postCode",
        "Body": "AssetShape-reportedBy",
        "Holder": "AssetShape-interest-holder",
        "Part": "AssetShape-isPartOf",
    },
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(data=tmp_path / "data")


@pytest.fixture
def swale(settings: Settings) -> Publisher:
    return State(DataFolder(settings.data)).add_publisher("swale", SWALE)


def told(settings: Settings, publisher: Publisher, dataset: str, path: Path) -> list[tuple[int | None, str, str]]:
    found = content(DataFolder(settings.data), publisher, dataset, [path], settings, mappings=[MAPPING])
    return [_told(each) for each in found.prepared.problems if each.level == "should"]


def _told(problem: Problem) -> tuple[int | None, str, str]:
    return problem.place.row, problem.place.heading, problem.sentence


def test_links_to_nothing_are_told_at_their_cells(settings: Settings, swale: Publisher, tmp_path: Path) -> None:
    sheet = tmp_path / "register.csv"
    sheet.write_text(
        HEADINGS
        + f"1,Hall,ME10 3HT,swale,{SWALE}/id/organisation/nobody,\n"
        + f"2,Annexe,ME10 3HT,swale,swale,{SWALE}/id/asset/1\n"
        + f"3,Shed,ME10 3HT,swale,https://elsewhere.example/id/x,{SWALE}/id/asset/7\n"
    )
    said = "which neither this file nor anything published describes."
    assert told(settings, swale, "buildings", sheet) == [
        (2, "Holder", f"It leads to {SWALE}/id/organisation/nobody, {said}"),
        (4, "Part", f"It leads to {SWALE}/id/asset/7, {said}"),
    ]


def test_what_another_dataset_describes_is_known_and_held_twice_is_told(
    settings: Settings, swale: Publisher, tmp_path: Path
) -> None:
    folder, sheet = DataFolder(settings.data), tmp_path / "register.csv"
    sheet.write_text(HEADINGS + "7,Tower,ME10 3HT,swale,,\n")
    lines = content(folder, swale, "towers", [sheet], settings, mappings=[MAPPING]).lines
    publish(folder, [PublicationRequest("swale", "towers", (), lines=lines)], settings)
    assert told(settings, swale, "towers", sheet) == []
    sheet.write_text(HEADINGS + f"3,Shed,ME10 3HT,swale,,{SWALE}/id/asset/7\n7,Tower,ME10 3HT,swale,,\n")
    (twice,) = told(settings, swale, "buildings", sheet)
    graph = f"{SWALE}/id/graph/towers"
    assert twice == (3, "", f"Another dataset describes this record too: {graph}. Both are shown as one.")
    sheet.write_text(HEADINGS + f"3,Shed,ME10 3HT,swale,,{SWALE}/id/asset/7\n")
    assert told(settings, swale, "buildings", sheet) == []


def test_that_links_of_much_are_not_looked_for_is_said(
    settings: Settings, swale: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.store.open_links.LARGE", 10)
    sheet = tmp_path / "register.csv"
    sheet.write_text(HEADINGS + f"1,Hall,ME10 3HT,swale,{SWALE}/id/organisation/nobody,\n")
    assert told(settings, swale, "buildings", sheet) == []
    found = content(DataFolder(settings.data), swale, "buildings", [sheet], settings, mappings=[MAPPING])
    [note] = [each.sentence for each in found.prepared.problems if "not looked for" in each.sentence]
    assert note.endswith("and it is done up to 10.")
