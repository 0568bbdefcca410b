"""The list of interventions: filtered, sorted and grouped by its address, and what it says of an outcome."""

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from intervention_pages import HTML, LARGEST, page, words


@pytest.fixture(scope="module")
def shipped(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


def test_what_was_meant_for_an_outcome_and_never_measured_stands_below_what_was_found(shipped: FlaskClient) -> None:
    found = page(shipped, "/interventions?outcome=reoffending")
    assert 'href="#unmeasured">4 more were meant for it, with nothing found on record.</a>' in found
    assert found.index("9 findings") < found.index('<form class="filter'), "the answer comes before the choices"
    told = words(found.partition('id="unmeasured"')[2])
    assert "Starting Over: one service against reoffending in three west London boroughs" in told
    assert "Drug courts for adults" not in told
    assert "5 replicated" in told, "the scale in words"
    for filtered in ("&effect=better", "&group=crime-and-justice"):
        assert 'id="unmeasured"' not in page(shipped, f"/interventions?outcome=reoffending{filtered}")
    assert 'id="unmeasured"' not in page(shipped, "/interventions")


def rows(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/interventions?format=csv{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_one_address_tells_everything_that_was_tried_for_reoffending_and_how_sure_we_are(shipped: FlaskClient) -> None:
    found = page(shipped, "/interventions?outcome=reoffending")
    told = words(found)
    assert "9 findings on 8 interventions: 7 for the better, 1 for the worse, 1 not measured." in told
    assert "With evidence of level 3 or above , where somebody compared" in told
    assert "7 for the better, 1 for the worse. Counted, not pooled." in told
    names = re.findall(r'scope="row" role="rowheader"><a[^>]*>(.*?)</a>', found)
    assert names[0] == "Drug courts for adults"
    assert names[-2:] == ["Short prison sentence in place of a court order", "Integrated offender management"]
    ways = re.findall(r'data-label="Effect"><b class="effect effect--([a-z]+)"', found)
    assert ways == ["better"] * 6 + ["worse", "unmeasured"], "adverse and unmeasured ones stand in the same list"


def test_how_much_stands_beside_which_way_where_the_list_is_about_one_outcome(shipped: FlaskClient) -> None:
    told = words(page(shipped, "/interventions?outcome=reoffending"))
    assert "1 for the better share 50% (comparison, up to 3 years); share 38% (intervention, up to 3 years)" in told
    assert "2 for the better One of 2 as sure: percentage change −7.5%" in told, "of several findings one is shown"
    harm = words(page(shipped, "/interventions?outcome=violent-crime&effect=worse"))
    assert "percentage change 11%" in harm, "the size of an unintended harm is told as that of a benefit is"
    for several in ("/interventions", "/interventions?outcome=crime"):
        assert 'class="size"' not in page(shipped, several), "of several outcomes no size stands for all"
    assert "−56" not in words(page(shipped, "/interventions?outcome=book-loans")), "another finding contradicts it"


FILTERS = [
    ("&outcome=reoffending&effect=worse", ["Short prison sentence in place of a court order"]),
    ("&outcome=reoffending&evidence=5", ["Drug courts for adults", "Restorative justice conferences, face to face"]),
    ("&group=later-life&level=type&sort=name", 5),
    ("&level=group", 8),
    ("&level=type", 31),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_the_list_is_filtered_by_address(shipped: FlaskClient, query: str, expected: list[str] | int) -> None:
    names = [row["intervention"] for row in rows(shipped, query)]
    assert names == expected if isinstance(expected, list) else len(names) == expected


def test_theme_and_outcome_narrow_together(shipped: FlaskClient) -> None:
    offenders = {row["intervention"] for row in rows(shipped, "&theme=offenders")}
    both = {row["intervention"] for row in rows(shipped, "&theme=offenders&outcome=reoffending")}
    assert "Community Initiative to Reduce Violence" in offenders
    assert "Drug courts for adults" in both
    assert both == {row["intervention"] for row in rows(shipped, "&outcome=reoffending")}
    assert rows(shipped, "&theme=older-people&outcome=reoffending") == []


@pytest.mark.parametrize("sort", ["name", "effect", "evidence", "places", "studies"])
def test_the_list_is_sorted_by_address(shipped: FlaskClient, sort: str) -> None:
    found = rows(shipped, f"&sort={sort}")
    keys = {
        "name": lambda row: row["intervention"].casefold(),
        "effect": lambda row: ["better", "mixed", "moved", "none", "worse", "unmeasured"].index(row["effect"]),
        "evidence": lambda row: -int(row["best_grade"] or -1),
        "places": lambda row: -int(row["places"]),
        "studies": lambda row: -int(row["studies"]),
    }
    order = [keys[sort](row) for row in found]
    assert order == sorted(order)


def test_the_list_stands_by_group_in_pages(shipped: FlaskClient) -> None:
    every = rows(shipped)
    assert every[0]["intervention"] == every[0]["group"] == "Access and channels"
    first, last = page(shipped, "/interventions"), page(shipped, f"/interventions?page={-(-len(every) // 50)}")
    assert f"{len(every)} in all; these are 1 to 50" in words(first)
    assert len(first) < LARGEST
    assert "Next" not in words(re.findall(r'<nav class="govuk-pagination".*?</nav>', last, re.DOTALL)[0])
    assert shipped.get("/interventions?page=99", headers=HTML).status_code == 404


WRONG = [
    ("outcome=nothing", 404),
    ("theme=nothing", 404),
    ("group=nothing", 404),
    ("evidence=6", 400),
    ("evidence=x", 400),
    ("effect=good", 400),
    ("sort=cost", 400),
    ("level=all", 400),
]


@pytest.mark.parametrize(("query", "status"), WRONG)
def test_what_is_no_filter_is_refused_in_words(shipped: FlaskClient, query: str, status: int) -> None:
    answer = shipped.get(f"/interventions?{query}", headers=HTML)
    assert answer.status_code == status
    assert query.partition("=")[0] + "=" in answer.text


def test_nothing_found_helps(shipped: FlaskClient) -> None:
    told = words(page(shipped, "/interventions?outcome=reoffending&effect=none"))
    assert "Nothing on record is all of that. Show all interventions" in told


def test_the_heading_says_what_the_list_is_narrowed_to(shipped: FlaskClient) -> None:
    assert re.search(r"<h1[^>]*>Interventions: Assets</h1>", page(shipped, "/interventions?theme=assets"))
    assert re.search(r"<h1[^>]*>Interventions</h1>", page(shipped, "/interventions"))


def test_outcomes_of_the_same_domain_are_a_link_away(shipped: FlaskClient) -> None:
    found = page(shipped, "/interventions?outcome=reoffending")
    near = found[found.index("Near it, and counted apart") :].partition("</p>")[0]
    assert ">Reoffending<" not in near
    links = re.findall(r'href="(/interventions\?outcome=[^"]+)">([^<]+)</a> \((\d+) finding', near)
    assert len(links) > 2
    for href, _, count in links:
        assert f"<strong>{count} finding" in page(shipped, href)
