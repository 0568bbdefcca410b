"""What a query was hardly meant to say: each file of tests/queries/oversights/ with the warnings beside it.

    tests/queries/oversights/{name}.rq    a query; on tests/queries/empty/data.trig
    tests/queries/oversights/{name}.txt   what must be said of it, one warning a line; nothing where all is well

To write the warnings again after their words changed, and then read the difference:
    python -m tests.test_oversights
"""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Store

from kb.ask.oversights import MOST, oversights
from kb.ask.query import GRAPHS, RESULTS, read
from kb.ask.questions import questions

CASES = Path(__file__).parent / "queries" / "oversights"
DATA = Path(__file__).parent / "queries" / "empty" / "data.trig"
QUERIES = sorted(CASES.glob("*.rq"))

MISSPELT = "PREFIX ww: <https://w3id.org/whatworks/def#>\nSELECT (COUNT(?gap) AS ?n) { ?f a ww:Findings }"
ROWS = "SELECT * { ?s ?p ?o } LIMIT 2"


@pytest.fixture(scope="module")
def store() -> Store:
    return invented()


def invented() -> Store:
    store = Store()
    store.load(path=str(DATA))
    return store


def warnings(store: Store, path: Path) -> str:
    return "".join(f"{warning}\n" for warning in oversights(store, read(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_what_is_hardly_meant_is_told(store: Store, path: Path) -> None:
    store.query(path.read_text(encoding="utf-8"))
    told = warnings(store, path)
    assert told == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert (not told) == path.stem.startswith("none-")
    assert told.count("\n") <= MOST


def test_every_warning_has_its_query() -> None:
    assert len(QUERIES) >= 25
    assert {path.stem for path in QUERIES} == {path.stem for path in CASES.glob("*.txt")}


def test_a_term_that_somebody_uses_is_no_oversight(store: Store) -> None:
    query = read("PREFIX ww: <https://w3id.org/whatworks/def#> ASK { ?s ww:ofTheirOwn ?o }")
    assert len(oversights(store, query)) == 1
    with_it = invented()
    with_it.update("INSERT DATA { <x:s> <https://w3id.org/whatworks/def#ofTheirOwn> 1 }")
    assert oversights(with_it, query) == ()


def test_no_question_that_ships_is_warned_of() -> None:
    assert {each.id: found for each in questions() if (found := oversights(Store(), read(each.text)))} == {}


@pytest.mark.parametrize("text", ["(SELECT ?a ", "{ SELECT ?a ", "SELECT * { ?a ww:b ?c FILTER(?a<1&&?c>2) "])
def test_any_text_is_looked_at(store: Store, text: str) -> None:
    oversights(store, read(f"SELECT * {{ {text * 60}"))


@pytest.mark.parametrize("format", RESULTS)
def test_a_program_reads_warnings_in_a_header(client: FlaskClient, format: str) -> None:
    warned = client.get(f"/sparql?{urlencode({'query': MISSPELT, 'format': format})}")
    assert warned.status_code == 200
    assert "?gap stands nowhere" in warned.headers["X-Warning"]
    assert "ww:Findings is not in the vocabulary. Nearest: ww:Finding." in warned.headers["X-Warning"]
    assert "X-Warning" in warned.headers["Access-Control-Expose-Headers"]
    fine = client.get(f"/sparql?{urlencode({'query': ROWS, 'format': format})}")
    assert "X-Warning" not in fine.headers


@pytest.mark.parametrize("format", GRAPHS)
def test_a_graph_has_its_warnings(client: FlaskClient, format: str) -> None:
    query = "PREFIX ww: <https://w3id.org/whatworks/def#> CONSTRUCT { ?s ww:labl ?o } { ?s ?p ?o }"
    warned = client.get(f"/sparql?{urlencode({'query': query, 'format': format})}")
    assert "ww:labl is not in the vocabulary." in warned.headers["X-Warning"]


def test_a_page_gives_the_warnings_before_the_answer(client: FlaskClient) -> None:
    page = client.get(f"/sparql?{urlencode({'query': MISSPELT})}", headers={"Accept": "text/html"})
    warning = "Line 2, column 35: ww:Findings is not in the vocabulary. Nearest: ww:Finding."
    assert 0 < page.text.index(warning) < page.text.index("<table")
    assert "X-Warning" in page.headers
    rows = client.get(f"/sparql?{urlencode({'query': ROWS})}", headers={"Accept": "text/html"})
    assert "govuk-warning-text" not in rows.text


if __name__ == "__main__":
    for each in QUERIES:
        each.with_suffix(".txt").write_text(warnings(invented(), each), encoding="utf-8")
