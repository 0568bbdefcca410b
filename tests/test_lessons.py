"""Lessons by theme: which places report each, how they agree or contradict, and what speaks against them."""

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, read


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def shipped(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


def rows(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/lessons?{query}&format=csv")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_themes_are_told_with_places_and_with_what_went_wrong(shipped: FlaskClient) -> None:
    page = read(shipped, "/lessons")
    assert page.text("h1") == ["Lessons"]
    table = dict(zip(page.text("th")[5:], zip(*[iter(page.text("td"))] * 4, strict=True), strict=False))
    lessons, places, results, agree = table["Evaluation"]
    assert (int(lessons), int(places) > 5) == (60, True)
    for said in ("for the better", "no clear difference", "for the worse"):
        assert said in results
    assert agree
    assert [int(row[0]) for row in table.values()] == sorted((int(row[0]) for row in table.values()), reverse=True)


def test_a_theme_a_stage_and_a_place_narrow_the_list(shipped: FlaskClient) -> None:
    every = rows(shipped, "")
    data = rows(shipped, "theme=data")
    assert 0 < len(data) < len(every) == 153
    assert all("Data" in row["themes"].split("; ") for row in data)
    staged = rows(shipped, "theme=data&stage=exploring")
    assert {row["lesson"] for row in staged} < {row["lesson"] for row in data}
    assert {row["stages"] for row in staged} == {"Exploring"}
    kent = rows(shipped, "place=kent")
    assert kent
    assert rows(shipped, "place=place/kent") == kent
    assert {row["lesson"] for row in kent} < {row["lesson"] for row in rows(shipped, "place=south-east")}, "within it"
    assert rows(shipped, "theme=lesson-theme/data") == data


def test_lessons_name_who_agrees_and_who_contradicts(town: FlaskClient) -> None:
    text = words(town.get("/lessons?theme=data", headers=HTML).text)
    assert "2 lessons from 2 places. 1 pair of lessons is recorded as saying the same, 1 as contradicting" in text
    assert "Says otherwise Open late" in text
    assert "Says otherwise Open early" in text, "whichever of the two says so"
    assert "1 result or claim: 1 for the worse" in text
    assert text.index("Open early") < text.index("Open late"), "the better supported first"


def test_the_table_is_whole_and_holds_no_formula(town: FlaskClient) -> None:
    found = {row["name"]: row for row in rows(town, "theme=data")}
    assert found["Open late"]["statement"] == "'=Nobody comes before work."
    assert found["Open early"]["says otherwise"] == "Open late"
    assert found["Open early"]["says the same"] == "Early is better"
    assert (found["Open early"]["results for the better"], found["Open early"]["for the worse"]) == ("0", "1")
    assert found["Open early"]["places"] == "The town"


@pytest.mark.parametrize("query", ["theme=datas", "stage=x", "place=nowhere", "place=https://area.example/id/place/none"])
def test_what_is_no_choice_is_refused_with_words(shipped: FlaskClient, query: str) -> None:
    answer = shipped.get(f"/lessons?{query}", headers=HTML)
    assert answer.status_code == 400
    assert re.search(r"no (code|such place)", answer.text)


def test_places_are_listed_by_kind_and_region(shipped: FlaskClient) -> None:
    page = read(shipped, "/places?type=non-metropolitan-district&region=place/south-east")
    assert "Dover" in page.text("th")
    assert "Manchester" not in page.text("th")
    kent = read(shipped, "/places?type=two-tier-county")
    cells = dict(zip(kent.text("th")[7:], zip(*[iter(kent.text("td"))] * 6, strict=True), strict=False))
    assert cells["Kent"][0] == "Two-tier county"
    assert int(cells["Kent"][2]) > 3
    for wrong in ("type=x", "region=nowhere"):
        assert shipped.get(f"/places?{wrong}", headers=HTML).status_code == 400


def test_places_with_a_point_are_on_a_map(town: FlaskClient) -> None:
    text = town.get("/places?region=https://area.example/id/place/coast", headers=HTML).text
    assert "Map of these places" in text
    assert "<title>The town</title>" in text
    assert "Map of these places" not in town.get("/places?type=region", headers=HTML).text
