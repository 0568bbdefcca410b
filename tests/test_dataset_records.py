"""The page of a dataset: how many records of which kinds it holds, their list, their map and their table."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb import config
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.state import State
from web.site import create_app

HTML = {"Accept": "text/html"}
_ACCEPTS = ("text/html", "text/html, x-other/form;q=0.1")
"""Two that mean the same, so that the second answer is made anew."""

CASES = Path(__file__).parent / "dataset_records"
GRAPH = "https://area.example/id/graph/estate"
LIST = f"/graph/records?uri={quote(GRAPH, safe='')}"


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An estate of two assets and a place, and another dataset with assets of its own."""
    settings = config.load({}, data=tmp_path_factory.mktemp("records"))
    folder = DataFolder(settings.data)
    State(folder).add_publisher("area", "https://area.example")
    for name in ("estate", "others"):
        register_unchecked(folder, "area", name)
    other = Path(__file__).parent / "comparability" / "assets" / "one.ttl"
    estate = PublicationRequest("area", "estate", (CASES / "assets.ttl",))
    publish(folder, [estate, PublicationRequest("area", "others", (other,))], settings)
    return create_app(settings)


@pytest.fixture
def reader(area: Flask) -> FlaskClient:
    return area.test_client()


@pytest.mark.parametrize(
    "address",
    ["/datasets/area/estate", f"/graph?uri={quote(GRAPH, safe='')}", "/doc/dataset/estate"],
)
def test_every_page_of_a_dataset_says_what_it_holds(reader: FlaskClient, address: str) -> None:
    page = reader.get(address, headers=HTML, follow_redirects=True).text
    assert re.search(r"<strong>2</strong> assets", page)
    assert re.search(r"<strong>1</strong> place<", page)
    assert "(1 record has no point here)" in page
    assert "kind=Asset&amp;format=csv" in page
    assert "Datasets</strong>" not in page, "its own description is no record"


def test_the_map_of_a_dataset_is_kept_for_it_alone(reader: FlaskClient) -> None:
    first, again = (reader.get("/datasets/area/estate", headers={"Accept": accept}).text for accept in _ACCEPTS)
    other = reader.get("/datasets/area/others", headers=HTML).text
    assert "(1 record has no point here)" in first
    assert first == again
    assert "(1 record has no point here)" not in other


def test_the_page_of_a_dataset_leads_with_words_not_counts_of_triples(reader: FlaskClient) -> None:
    page = reader.get("/datasets/area/estate", headers=HTML).text
    told = ("Our estate</h1>", "2</strong> assets", ">Turtle</a>", "Licence", ">Release 1<")
    order = [page.index(each) for each in told]
    assert order == sorted(order)
    assert page.index("<dt>Triples") > page.index("For linked data")


def test_the_list_has_only_this_dataset_by_name(reader: FlaskClient) -> None:
    page = reader.get(f"{LIST}&kind=Asset", headers=HTML).text
    assert page.index("Depot") < page.index("Town Hall")
    for words in ("TMBC-1", "TMBC-2", "CT9 1RE", "2 assets, by name"):
        assert words in page
    assert page.count('role="rowheader"') == 2


def test_the_table_has_the_columns_of_the_template_that_are_filled(reader: FlaskClient) -> None:
    sent = reader.get(f"{LIST}&kind=Asset&format=csv")
    assert sent.mimetype == "text/csv"
    assert "estate-asset.csv" in sent.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(sent.text)))
    assert [(row["Name"], row["Identifier"], row["Postcode"]) for row in rows] == [
        ("Depot", "TMBC-2", ""),
        ("Town Hall", "TMBC-1", "CT9 1RE"),
    ]
    assert all(any(row[heading] for row in rows) for heading in rows[0])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{LIST}&kind=Pilot", 404),
        (f"{LIST}&kind=Dataset", 404),
        (f"{LIST}&kind=Asset&page=2", 404),
        ("/graph/records?uri=https://area.example/id/graph/none&kind=Asset", 404),
        ("/graph/records", 400),
    ],
)
def test_what_is_not_there(reader: FlaskClient, address: str, status: int) -> None:
    assert reader.get(address, headers=HTML).status_code == status


def test_the_identifier_stands_in_the_main_table(reader: FlaskClient) -> None:
    page = reader.get("/doc/asset/hall", headers=HTML).text
    assert "TMBC-1" in page.partition('id="main-content"')[2].partition("About this record")[0]
