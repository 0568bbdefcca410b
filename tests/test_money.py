"""The pages of public money counted in a place: what they say, draw and give as data."""

import csv
import io
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, read
from page_words import words
from pyoxigraph import Store

from kb import config
from kb.ask import counting
from kb.namespaces import HOME, thing
from kb.store.folder import DataFolder
from web.site import create_app

EXAMPLE = "https://data.example.org"


@pytest.fixture(scope="module")
def shipped(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


@pytest.fixture(scope="module")
def invented(invented_folder: DataFolder) -> FlaskClient:
    return create_app(config.load({}, data=invented_folder.root)).test_client()


def money(slug: str, base: str = HOME, **more: str) -> str:
    return f"/money?{urlencode({'place': thing(base, 'place', slug)} | more)}"


def test_kents_count_is_told_with_all_that_it_lacks(shipped: FlaskClient) -> None:
    said = words(shipped, money("kent"))
    assert "Public money counted in Kent" in said
    assert "In all £8.3 billion, year not stated." in said
    assert "By function: not published by Kent County Council." in said
    assert "By body: not published by Kent County Council." in said
    assert "Not put into real prices, since the account does not say in whose prices it is." in said
    assert "Not given: the account does not name the year. The population recorded is of 2024." in said
    assert "Kent Police : not published by Kent Police" in said
    assert not read(shipped, money("kent")).all("rect"), "one figure is no chart"


def test_birmingham_is_drawn_by_body_beside_its_table(shipped: FlaskClient) -> None:
    page = read(shipped, money("birmingham"))
    [drawing] = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert drawing["aria-labelledby"] == "chart-1-body-title"
    assert len([rect for rect in page.all("rect") if "chart__part" in str(rect.get("class"))]) == 8
    said = words(shipped, money("birmingham"))
    assert said.count("£3.657 billion") == 2, "at its bar and in the table"
    assert "50.1%" in said
    assert "Not given: no population of 2008 within these borders is recorded here." in said
    assert "does not say whether money that one body passes to another stands in both" in said
    assert "By function: not published by Be Birmingham." in said
    assert "7.016" not in said, "the bodies are not added up"
    assert said.count("Contradicted") == 2


def test_money_that_is_counted_twice_is_told_at_its_bar_and_by_itself(invented: FlaskClient) -> None:
    said = words(invented, money("northshire", EXAMPLE))
    at = said.count("The same money stands in the figure of Primary care trust too.")
    assert at == 4, "in the drawings and tables of two counts"
    assert "Counted twice This money stands in the figures of two bodies" in said
    assert "Stands within Public order and safety – police force (nationally controlled), and is no further" in said
    assert "It is not made up by adding the figures." in said


def test_per_head_only_with_the_people_of_that_year(invented: FlaskClient) -> None:
    assert "Health, 2009-10 £210 million 140,000 £1,500" in words(invented, money("seaton", EXAMPLE))
    midcity = words(invented, money("midcity", EXAMPLE))
    assert "Not given: no population of 2009 within these borders is recorded here." in midcity
    assert "£1,666" not in midcity, "£1.5 billion of the 900,000 of another year"


def test_figures_as_csv_and_their_query_agree(shipped: FlaskClient, shipped_site: Flask) -> None:
    found = shipped.get(money("birmingham", table="figures", format="csv"))
    assert found.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert len(rows) == 10
    assert {row["currency"] for row in rows} == {"GBP"}
    assert sum(row["body"] == "Police" and row["amount"] == "239000000" for row in rows) == 1
    query = shipped.get(money("birmingham", table="figures", format="rq"))
    assert query.mimetype == "application/sparql-query"
    asked = shipped.get(f"/sparql?{urlencode({'query': query.text, 'format': 'csv'})}")
    figures = {row["figure"] for row in csv.DictReader(io.StringIO(asked.text))}
    assert figures == {row["address"] for row in rows}


def test_of_figures_that_a_page_cannot_show_none_is_said_to_be_unpublished(
    shipped: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shipped.get(money("birmingham", table="figures", format="csv")).text
    bodies = shipped.get(money("birmingham", table="bodies", format="csv")).text
    monkeypatch.setattr(counting, "MOST", 3)
    monkeypatch.setattr("web.money.ROWS_AT_ONCE", 4)
    # The address is one of its own, since answers are kept by address.
    assert shipped.get(money("birmingham", table="figures", format="csv", few="3")).text == whole, "the CSV has all"
    assert shipped.get(money("birmingham", table="bodies", format="csv", few="3")).text == bodies
    said = words(shipped, money("birmingham", few="3"))
    assert "The first 3 are here" in said
    assert "Total of all functions and bodies: not among the figures read here." in said
    assert "not published by" not in said.partition("Payments that its bodies")[0]


@pytest.mark.parametrize("table", ["people", "words", "bodies"])
def test_every_table_has_its_data_and_its_query(shipped: FlaskClient, table: str) -> None:
    found = list(csv.DictReader(io.StringIO(shipped.get(money("kent", table=table, format="csv")).text)))
    assert found
    assert all(row["address"].startswith(HOME) for row in found)
    list(Store().query(shipped.get(money("kent", table=table, format="rq")).text))


def test_a_place_without_a_count_says_whose_it_would_be(shipped: FlaskClient) -> None:
    said = words(shipped, money("croydon"))
    assert "No count of public money in Croydon is recorded here: not published by" in said


def test_the_places_are_listed_and_found_by_name(shipped: FlaskClient) -> None:
    page = read(shipped, "/money?q=LONDON+cit")
    links = [link["href"] for link in page.all("a") if "place=" in str(link.get("href"))]
    assert links.count(money("kent")) == 1
    said = words(shipped, "/money?q=zzz")
    assert "by 8 kinds of body" in said
    assert "No place here has “zzz” in its name" in said
    rows = list(csv.DictReader(io.StringIO(shipped.get("/money?format=csv").text)))
    assert [row["place"] for row in rows if row["bodies"] == "8"] == ["Birmingham"]


@pytest.mark.parametrize(
    ("address", "status"),
    [(money("nowhere"), 404), ("/money?place=no+address", 404), (money("kent", table="x"), 400)],
)
def test_what_is_not_there_is_said(shipped: FlaskClient, address: str, status: int) -> None:
    assert shipped.get(address, headers=HTML).status_code == status


def test_a_page_stays_small(shipped: FlaskClient) -> None:
    assert len(shipped.get(money("birmingham"), headers=HTML).data) < 100_000
