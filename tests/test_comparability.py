"""How far areas can be compared: each folder of tests/comparability has two areas' assets, and what is said of them."""

import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, QuerySolutions

from kb import config
from kb.ask.comparability import Comparability, Holding, comparability, holders
from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked, rollback
from kb.store.readable import Store
from kb.store.snapshots import Snapshots
from kb.store.state import State
from web import comparing
from web.site import create_app

CASES = sorted(path for path in (Path(__file__).parent / "comparability").iterdir() if path.is_dir())
AREAS = ("one", "two")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Both areas' assets of every case, a dataset named after each."""
    found = DataFolder(tmp_path_factory.mktemp("comparability"))
    requests = []
    for area in AREAS:
        State(found).add_publisher(area, f"https://{area}.example")
        for case in CASES:
            register_unchecked(found, area, case.name)
            requests.append(PublicationRequest(area, case.name, (case / f"{area}.ttl",)))
    publish(found, requests, config.load({}, data=found.root))
    return found


@pytest.fixture(scope="module")
def store(folder: DataFolder) -> Store:
    return Snapshots(folder).current().store


@pytest.fixture(scope="module")
def area_site(folder: DataFolder) -> Flask:
    return create_app(config.load({}, data=folder.root))


@pytest.fixture
def reader(area_site: Flask) -> FlaskClient:
    return area_site.test_client()


def datasets(case: str) -> list[str]:
    return [f"https://{area}.example/id/dataset/{case}" for area in AREAS]


def told(found: Comparability) -> str:
    lines = [found.sentence]
    for each in found.held:
        shares = ", ".join(f"{holding.filled} of {holding.records}" for holding in each.holdings)
        lines.append(f"{each.measure.name} ({shares}): {'; '.join(each.reasons) or 'comparable'}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_said_of_two_areas(store: Store, case: Path) -> None:
    found = comparability(store, "dp-01", datasets(case.name))
    assert told(found) == (case / "expected.txt").read_text(encoding="utf-8")


def test_anybody_can_ask_for_it(store: Store) -> None:
    """Over SPARQL, from the catalogue, without this code."""
    query = """
        PREFIX ww: <https://w3id.org/whatworks/def#>
        PREFIX wws: <https://w3id.org/whatworks/shapes#>
        SELECT ?dataset (?filled / ?records AS ?share) {
          ?dataset ww:holdsMeasure [
            ww:ofField wws:AssetShape-primaryUse ; ww:filledCount ?filled ; ww:recordCount ?records ;
            ww:usesCodeList <https://w3id.org/whatworks/concept/asset-use> ]
        } ORDER BY ?dataset"""
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    shares = {dataset.value: round(float(share.value), 2) for dataset, share in found}
    assert shares == dict(zip(datasets("assets"), (0.67, 0.5), strict=True))


def test_a_page_an_officer_understands(reader: FlaskClient) -> None:
    offered = reader.get("/compare/data?protocol=dp-01", headers={"Accept": "text/html"}).text
    for dataset in datasets("assets"):
        assert f'value="{dataset}"' in offered
    query = "&".join(["protocol=dp-01", *(f"dataset={dataset}" for dataset in datasets("assets"))])
    page = reader.get(f"/compare/data?{query}", headers={"Accept": "text/html"}).text
    assert "Comparable on 1 of 3 measures." in page
    assert "Main use" in page.partition("Cannot be compared yet")[0]
    assert "fills it for 25% of its records" in page
    answer = json.loads(reader.get(f"/compare/data?{query}").data)
    assert answer["sentence"] == "comparable on 1 of 3 measures"
    rows = list(csv.DictReader(io.StringIO(reader.get(f"/compare/data?{query}&format=csv").text)))
    assert len(rows) == 6
    assert [row["share"] for row in rows if row["measure"] == "Main use"] == ["0.6667", "0.5000"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("protocol=dp-99&dataset=https://one.example/id/dataset/assets", 404),
        ("protocol=dp-99", 404),
        ("protocol=a%20b", 404),
        ("protocol=%3C%00", 404),
        (f"protocol=dp-{'9' * 5000}", 404),
        ("protocol=dp-01&dataset=https://one.example/id/dataset/nothing", 400),
        ("protocol=dp-01&dataset=https://one.example/id/dataset/assets", 400),
        ("", 400),
    ],
)
def test_what_cannot_be_compared_is_refused(reader: FlaskClient, query: str, status: int) -> None:
    assert reader.get(f"/compare/data?{query}&format=json").status_code == status
    assert reader.get("/compare/data", headers={"Accept": "text/html"}).status_code == 200


def test_counts_go_with_the_content(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    State(folder).add_publisher("one", "https://one.example")
    register_unchecked(folder, "one", "assets")
    settings = config.load({}, data=tmp_path)
    publish(folder, [PublicationRequest("one", "assets", (CASES[0] / "one.ttl",))], settings)
    assert len(holders(Snapshots(folder).current().store, "dp-01")) == 1
    rollback(folder, "one", "assets", 0, settings)
    emptied = Snapshots(folder).current().store
    assert holders(emptied, "dp-01") == {}
    node = NamedNode("https://w3id.org/whatworks/def#MeasureCoverage")
    assert list(emptied.quads_for_pattern(None, None, node)) == []
    latest = releases.latest(folder, "one", "assets")
    assert latest is not None
    assert latest.coverage == {}


def test_no_text_of_the_table_is_a_formula() -> None:
    record = SimpleNamespace(record=SimpleNamespace(name="@record"))
    measure = SimpleNamespace(key="Asset/use", name="\t=1+1", record=record)
    held = SimpleNamespace(measure=measure, reasons=("'=2", "x"), comparable=False, holdings=[Holding(4, 1)])
    table = comparing._csv(SimpleNamespace(held=[held], datasets=["https://one.example/d"]))  # type: ignore[arg-type]
    [row] = csv.DictReader(io.StringIO(table))
    assert {"'\t=1+1", "'@record", "''=2; x"} <= set(row.values())
