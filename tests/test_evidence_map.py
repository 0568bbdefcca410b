"""The evidence gap map: as its page, CSV and SPARQL tell it, which must agree; its filters; and its cells."""

import csv
import io
import json
import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from intervention_pages import HTML, LARGEST, page, words
from pyoxigraph import Literal, NamedNode

from kb.ask.binding import bind
from kb.ask.interventions.evidence import Evidence, evidence
from kb.ask.interventions.matrix import ELSEWHERE, UK, Filters, cell, matrix
from kb.ask.query import answer
from kb.ask.questions import question
from kb.namespaces import HOME
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshot, Snapshots

INTERVENTION = f"{HOME}/concept/intervention/"
DOMAIN = f"{HOME}/concept/outcome-domain/"


@pytest.fixture(scope="module")
def shipped(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


@pytest.fixture(scope="module")
def snapshot(shipped_folder: DataFolder) -> Snapshot:
    return Snapshots(shipped_folder).current()


@pytest.fixture(scope="module")
def known(snapshot: Snapshot) -> Evidence:
    return evidence(snapshot.store)


@pytest.mark.parametrize("grade", [0, 3])
def test_the_map_says_what_its_sparql_says(snapshot: Snapshot, known: Evidence, grade: int) -> None:
    names = ("better", "mixed", "changed", "noClearDifference", "worse", "notMeasured")
    for group in known.interventions.tops:
        text = bind(question("evidence-map").text, parent=NamedNode(group), grade=Literal(grade))
        rows = json.loads(answer(snapshot, text, "json"))["results"]["bindings"]
        asked = {
            (row["type"]["value"], row["area"]["value"]): (
                *(int(row[name]["value"]) for name in names),
                int(row["best"]["value"]) if "best" in row else None,
            )
            for row in rows
        }
        found = matrix(known, group, None, Filters(grade=grade))
        shown = {}
        for row in found.down():
            for column in found.across():
                here = found.cells.get((row, column))
                ways = ("better", "mixed", "moved", "none", "worse", "unmeasured")
                counts = tuple(here.effect.counts[way] if here else 0 for way in ways)
                shown[row, column] = (*counts, here.strength.best if here else None)
        assert asked == shown, group


def test_every_finding_is_on_the_map_and_empty_cells_are_there(known: Evidence) -> None:
    found = matrix(known, None, None, Filters())
    assert found.counted == len(known.findings)
    assert len(found.down()) >= 31
    assert len(found.across()) == len(set(found.across())) == 16
    assert (f"{INTERVENTION}reablement", f"{DOMAIN}housing") not in found.cells
    assert len(found.cells) < len(found.down()) * len(found.across())


def test_direction_and_strength_stand_apart_in_a_cell(known: Evidence) -> None:
    here = matrix(known, None, None, Filters()).cells[f"{INTERVENTION}reablement", f"{DOMAIN}cost-and-efficiency"]
    assert (here.effect.verdict, here.strength.best, len(here.findings)) == ("better", 3, 1)
    adverse = matrix(known, None, None, Filters()).cells[
        f"{INTERVENTION}closing-or-centralising-access-points", f"{DOMAIN}education"
    ]
    assert (adverse.effect.verdict, adverse.strength.best) == ("worse", 4), "sure, and bad"


FILTERS = [
    (Filters(grade=5), 7),
    (Filters(country=UK), 176),
    (Filters(country=ELSEWHERE), 42),
    (Filters(since=2020), None),
    (Filters(design=f"{HOME}/concept/study-design/randomised-trial"), None),
    (Filters(place_kind=f"{HOME}/concept/place-type/unitary"), None),
]


@pytest.mark.parametrize(("filters", "count"), FILTERS, ids=str)
def test_filters_leave_in_what_has_what_they_ask_and_nothing_else(
    known: Evidence, filters: Filters, count: int | None
) -> None:
    kept = [each for each in known.findings if filters.keeps(known, each)]
    assert 0 < len(kept) < len(known.findings)
    assert matrix(known, None, None, filters).counted == len(kept)
    for each in kept:
        assert filters.grade is None or (each.grade is not None and each.grade >= filters.grade)
        assert filters.since is None or (each.year is not None and each.year >= filters.since)
        assert filters.design is None or filters.design in each.designs
        assert filters.country != UK or any(known.british(place) for place in each.places)
        assert filters.country != ELSEWHERE or not all(known.british(place) for place in each.places)
    if count is not None:
        assert len(kept) == count


def test_a_filter_leaves_out_what_does_not_tell(known: Evidence) -> None:
    undated = [each for each in known.findings if each.year is None]
    assert undated
    assert not any(Filters(since=1900).keeps(known, each) for each in undated)


def test_the_united_kingdom_is_known_by_codes_and_what_lies_around(known: Evidence) -> None:
    place = f"{HOME}/id/place/"
    for name in ("kent", "glasgow", "peterborough", "wales", "great-britain", "england"):
        if place + name in known.places:
            assert known.british(place + name), name
    for name in ("australia", "new-york", "international", "baden-wuerttemberg"):
        assert not known.british(place + name), name


def test_the_page_shows_each_cell_with_its_words_and_a_way_in(shipped: FlaskClient) -> None:
    found = page(shipped, "/evidence-map")
    assert len(found) < LARGEST
    assert "216 findings; 83 of 544 cells hold something." in words(found)
    link = "/evidence-map/cell?intervention=intervention/reablement&amp;outcome=outcome-domain/cost-and-efficiency"
    [text] = re.findall(rf'<a href="{re.escape(link)}">(.*?)</a>', found)
    assert words(text) == "▲ Better ●●●○○ 3 of 5 1 finding"
    assert found.count('class="gap">none</td>') == 544 - 83, "what nobody looked at is there and says so"


def test_a_group_and_a_domain_are_looked_at_closely(shipped: FlaskClient) -> None:
    found = page(shipped, "/evidence-map?group=crime-and-justice&domain=safety-and-crime")
    headings = re.findall(r'role="columnheader" scope="col"><span>(.*?)</span>', found)
    assert {"Reoffending", "Recorded crime", "Domestic abuse"} <= set(headings)
    rows = [words(each) for each in re.findall(r'<th role="rowheader" scope="row">(.*?)</th>', found)]
    assert any(each.startswith("Problem-solving courts") for each in rows)
    assert len(rows) == 5
    named = page(shipped, "/evidence-map?group=problem-solving-courts")
    assert "Drug courts for adults" in named


def test_csv_has_a_row_for_each_cell_the_empty_ones_too(shipped: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(shipped.get("/evidence-map?format=csv").text)))
    assert len(rows) == 544
    assert sum(row["effect"] == "no evidence" for row in rows) == 544 - 83
    [here] = [
        row for row in rows if row["intervention"] == "Reablement" and row["outcome"] == "Cost and efficiency"
    ]
    assert (here["effect"], here["better"], here["best_grade"], here["findings"]) == ("better", "1", "3", "1")


def test_a_cell_lists_its_findings_and_keeps_the_filters(shipped: FlaskClient, known: Evidence) -> None:
    address = "/evidence-map/cell?intervention=crime-and-justice&outcome=reoffending"
    found = page(shipped, address)
    every = cell(known, f"{INTERVENTION}crime-and-justice", f"{HOME}/concept/outcome/reoffending", Filters())
    assert found.count('<li class="finding">') == len(every) == 8
    assert "6 for the better, 1 for the worse, 1 not measured" in words(found)
    sure = page(shipped, f"{address}&grade=5")
    assert sure.count('<li class="finding">') == 2
    assert "Only: evidence of level 5 or above. All 8 findings" in words(sure)
    assert 'href="/evidence-map?grade=5"' in sure


def test_an_empty_cell_says_that_nobody_has_looked(shipped: FlaskClient) -> None:
    told = words(page(shipped, "/evidence-map/cell?intervention=reablement&outcome=reoffending"))
    assert "Nobody is known to have measured this: no finding is on record." in told


WRONG = [
    ("/evidence-map?grade=9", 400),
    ("/evidence-map?country=france", 400),
    ("/evidence-map?since=soon", 400),
    ("/evidence-map?group=nothing", 404),
    ("/evidence-map?domain=nothing", 404),
    ("/evidence-map?design=nothing", 404),
    ("/evidence-map?place=nothing", 404),
    ("/evidence-map/cell", 404),
    ("/evidence-map/cell?intervention=reablement", 404),
    ("/evidence-map/cell?intervention=reablement&outcome=reoffending&page=2", 404),
]


@pytest.mark.parametrize(("address", "status"), WRONG)
def test_what_is_no_such_map_is_refused(shipped: FlaskClient, address: str, status: int) -> None:
    assert shipped.get(address, headers=HTML).status_code == status


def test_names_in_full_lead_to_the_same_map(shipped: FlaskClient) -> None:
    short = page(shipped, "/evidence-map?group=later-life")
    full = page(shipped, f"/evidence-map?group={quote(INTERVENTION + 'later-life', safe='')}")
    names = r'<th role="rowheader" scope="row"><a[^>]*>(.*?)</a>'
    assert re.findall(names, short) == re.findall(names, full) != []
