"""Pages with an answer: what they lead to is of the snapshot that they were read from, whatever is published then."""

import csv
import io
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from store_cases import new_folder, publish_one

from kb import config
from kb.store.folder import DataFolder
from web.site import create_app

QUERY = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
GRAPH = "DESCRIBE <https://kent.example/id/asset/1>"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    return folder


@pytest.fixture
def client(folder: DataFolder) -> FlaskClient:
    return create_app(config.load({}, data=folder.root)).test_client()


def files(client: FlaskClient, address: str) -> list[str]:
    """The addresses of the answer in other formats, as the page lists them to people."""
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200
    links = [link for link in Reading(answer.text).all("a") if "alternate" in (link.get("rel") or "").split()]
    assert links
    return [unescape(link["href"] or "") for link in links]


@pytest.mark.parametrize(
    "address",
    [
        f"/sparql?{urlencode({'query': QUERY})}",
        f"/sparql?{urlencode({'query': GRAPH})}",
        "/questions/claimed-savings",
        "/questions/lessons-by-stage?theme=theme/offenders",
    ],
)
def test_the_formats_of_an_answer_are_of_its_snapshot(client: FlaskClient, folder: DataFolder, address: str) -> None:
    read = client.get(address, headers=HTML).headers["X-Snapshot"]
    found = files(client, address)
    publish_one(folder, "assets", "assets-2.ttl")
    assert client.get(address, headers=HTML).headers["X-Snapshot"] != read
    for each in found:
        answer = client.get(each)
        assert answer.status_code == 200
        assert answer.headers["X-Snapshot"] == read


def test_so_are_those_of_a_short_link(client: FlaskClient, folder: DataFolder) -> None:
    """One that names no snapshot leads to the answer of today; what is taken from there is that answer."""
    link = client.post("/q", data={"query": QUERY}).headers["Location"]
    before = client.get(link, headers={"Accept": "text/csv"}).text
    [table] = [each for each in files(client, link) if "csv" in each]
    publish_one(folder, "assets", "assets-2.ttl")
    assert list(csv.reader(io.StringIO(client.get(table).text))) == list(csv.reader(io.StringIO(before)))
    assert client.get(link, headers={"Accept": "text/csv"}).text != before
