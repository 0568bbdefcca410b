"""Payments added up at publication: by financial year and category, each register apart, and told with their limits."""

import csv
import io
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from page_words import words

from kb import config
from kb.errors import NotFound
from kb.store.folder import DataFolder
from kb.store.payments.build import FILE, Sum, financial_year, read
from kb.store.publication import PublicationRequest, publish
from kb.store.snapshots import current_id
from kb.store.state import State
from web.site import create_app

CASE = Path(__file__).parent / "payments" / "harbour.ttl"
HARBOUR = f"/money?{urlencode({'place': 'https://area.example/id/place/harbour'})}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The payments, published twice, as two registers."""
    found = DataFolder(tmp_path_factory.mktemp("payments"))
    State(found).add_publisher("area", "https://area.example")
    requests = [PublicationRequest("area", name, (CASE,), background=True) for name in ("payments", "again")]
    publish(found, requests, config.load({}, data=found.root))
    return found


@pytest.fixture(scope="module")
def client(folder: DataFolder) -> FlaskClient:
    return create_app(config.load({}, data=folder.root)).test_client()


def test_each_register_is_added_up_by_itself(folder: DataFolder) -> None:
    id = current_id(folder)
    assert id is not None
    found = read(folder, id)
    assert [(each.register.rpartition("/")[2], each.year) for each in found] == [
        (register, year) for register in ("again", "payments") for year in ("", "2009-10", "2010-11")
    ]
    undated, first, second = found[3:]
    assert undated.all == Sum(1, "7")
    assert (first.all, first.months) == (Sum(1, "100.1"), 1)
    assert (second.all, second.months) == (Sum(3, "80.4"), 2), "two payments that are the same both count"
    assert (second.categories, second.rest) == ({"Roads": Sum(2, "100.4")}, Sum(1, "-20"))


def test_what_is_no_number_is_left_out_and_the_rest_is_added_up(tmp_path: Path) -> None:
    found = DataFolder(tmp_path)
    State(found).add_publisher("area", "https://area.example")
    case = CASE.with_name("no-numbers.ttl")
    publish(found, [PublicationRequest("area", "payments", (case,), background=True)], config.load({}, data=tmp_path))
    id = current_id(found)
    assert id is not None
    assert [(each.year, each.all) for each in read(found, id)] == [("2009-10", Sum(1, "100.1"))]


def test_the_page_tells_them_beside_the_counts_and_adds_nothing_to_them(client: FlaskClient) -> None:
    said = words(client, HARBOUR)
    assert "No count of public money in Harbour is recorded here: not published by Harbour Council." in said
    assert "They are no count of all that a body spends" in said
    assert "Payments in 2 of its 12 months only." in said
    assert "£80.40" in said
    assert "£160.80" not in said, "two registers are not added up"


def test_the_csv_has_each_year_and_category(client: FlaskClient) -> None:
    found = client.get(f"{HARBOUR}&table=payments&format=csv").text
    rows = [row for row in csv.DictReader(io.StringIO(found)) if row["register"].endswith("/payments")]
    assert [(row["year"], row["category"], row["payments"], row["total"]) for row in rows] == [
        ("no date", "all", "1", "7"),
        ("no date", "Parks", "1", "7"),
        ("2009-10", "all", "1", "100.1"),
        ("2009-10", "Roads", "1", "100.1"),
        ("2010-11", "all", "3", "80.4"),
        ("2010-11", "Roads", "2", "100.4"),
        ("2010-11", "others", "1", "-20"),
    ]
    query = client.get(f"{HARBOUR}&table=payments&format=rq").text
    asked = client.get(f"/sparql?{urlencode({'query': query, 'format': 'csv'})}").text
    answer = [row for row in csv.DictReader(io.StringIO(asked)) if row["register"].endswith("/payments")]
    totals = [float(row["total"]) for row in answer]
    assert sum(totals) == pytest.approx(187.5)


def test_they_are_added_up_again_where_the_file_is_absent(folder: DataFolder) -> None:
    id = current_id(folder)
    assert id is not None
    path = folder.snapshots / id / FILE
    before = path.read_bytes()
    path.unlink()
    with pytest.raises(NotFound, match="not added up"):
        read(folder, id)
    fresh = create_app(config.load({}, data=folder.root)).test_client()
    assert fresh.get(HARBOUR).status_code == 200
    other = PublicationRequest("area", "payments", (CASE,), background=True)
    publish(folder, [other], config.load({}, data=folder.root))
    now = current_id(folder)
    assert now is not None
    assert (folder.snapshots / now / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("month", "year"),
    [("2010-03", "2009-10"), ("2010-04", "2010-11"), ("1999-12", "1999-00"), ("2010", ""), ("", ""), ("soon-04", "")],
)
def test_a_financial_year_begins_in_april(month: str, year: str) -> None:
    assert financial_year(month) == year
