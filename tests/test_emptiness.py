"""Why an answer is empty: each file of tests/queries/empty/ with the reasons beside it, all of them and no other.

    tests/queries/empty/{name}.rq    a query that has an empty answer on data.trig of that folder
    tests/queries/empty/{name}.txt   what must be said, one reason a line

To write the reasons again after their words changed, and then read the difference:
    python -m tests.test_emptiness
"""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from absent import absent
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Quad, QueryBoolean, Store

from kb.ask.emptiness import MOST_REASONS, UNKNOWN, explain
from kb.ask.grammar import read as written
from kb.ask.query import read
from kb.ask.questions import questions
from web.emptiness import in_a_header

CASES = Path(__file__).parent / "queries" / "empty"
QUERIES = sorted(CASES.glob("*.rq"))


def invented() -> Store:
    """The graphs of data.trig, and the merge of all but drafts as the default graph."""
    store = Store()
    store.load(path=str(CASES / "data.trig"))
    for quad in [quad for quad in store if not quad.graph_name.value.endswith("/drafts")]:
        store.add(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
    return store


def reasons(store: Store, path: Path) -> str:
    return "".join(f"{reason}\n" for reason in explain(store, path.read_text(encoding="utf-8")))


@pytest.fixture(autouse=True)
def grammar() -> None:
    """Without the grammar, which has wheels for some versions of Python only, nothing is explained."""
    if written("ASK {}") is None:
        absent("tree-sitter-sparql")


@pytest.fixture(scope="module")
def store() -> Store:
    return invented()


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_an_empty_answer_is_explained(store: Store, path: Path) -> None:
    answer = store.query(path.read_text(encoding="utf-8"))
    assert not (bool(answer) if isinstance(answer, QueryBoolean) else list(answer)), "the answer is not empty"
    assert reasons(store, path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_reason_has_its_query() -> None:
    assert len(QUERIES) >= 40
    assert {path.stem for path in QUERIES} == {path.stem for path in CASES.glob("*.txt")}


def test_the_dataset_of_the_request_is_looked_at(store: Store) -> None:
    query = "PREFIX ww: <https://w3id.org/whatworks/def#>\nSELECT ?s WHERE { ?s ww:amount ?amount }"
    money = "https://area.example/id/graph/money"
    [reason] = explain(store, read(query, ["https://area.example/id/graph/pilots"]))
    assert f"is not in the graph that the query names, but in <{money}>" in str(reason)
    [reason] = explain(store, read(query, ["https://area.example/id/graph/mony"]))
    assert str(reason) == f"There is no graph <https://area.example/id/graph/mony>. Nearest: <{money}>."


def test_other_places_are_not_asked_why(store: Store) -> None:
    place = "http://127.0.0.1:9/sparql"
    query = f"SELECT * {{ ?p a <https://w3id.org/whatworks/def#Pilots> SERVICE <{place}> {{ ?p ?q ?r }} }}"
    assert explain(store, read(query, federated=[place])) == []


def test_relative_iris_start_from_the_base(store: Store) -> None:
    query = read("SELECT ?o { <kant> <https://w3id.org/whatworks/def#start> ?o }", base="https://area.example/id/pilot/")
    [reason] = explain(store, query)
    assert "Nearest: <https://area.example/id/pilot/kent>" in str(reason)


NO_PROPERTY = "Nothing here has the property <http://x.example/p>."


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "SELECT * {" + " ".join(f"?s{n} <http://x.example/p> ?s{n + 1} ." for n in range(100)) + "}",
            [NO_PROPERTY] * MOST_REASONS,
        ),
        ("SELECT * {" + "{" * 40 + "?s <http://x.example/p> ?o" + "}" * 40 + "}", [NO_PROPERTY]),
        (
            "SELECT * { VALUES ?s {" + " ".join(f"<http://x.example/{n}>" for n in range(5000)) + "} ?s ?p ?o }",
            ["each match, but never for the same ?s. Nothing here has the IRI <http://x.example/0>."],
        ),
        (
            "ASK { ?s a ?o FILTER(?o = <http://x.example/p>) FILTER(?o<1&&?s>2) }",
            ["These take away every row together: FILTER(?o = <http://x.example/p>), FILTER(?o<1&&?s>2)"],
        ),
    ],
    ids=["long", "deep", "values", "operators"],
)
def test_an_unusual_query_is_explained(store: Store, query: str, said: list[str]) -> None:
    found = [str(reason) for reason in explain(store, query)]
    assert len(found) == len(said)
    for reason, part in zip(found, said, strict=True):
        assert part in reason


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" + " UNION ".join(["{ ?s <http://x.example/p> ?o }"] * 100) + "}",
        "SELECT * { ?s <http://x.example/p> 'unclosed }",
        "SELECT * { ?s ?p ?o . << ?s ?p ?o >> ?q ?r }",
        "SELECT * { ?s <http://x.example/p> '''\n\"é\\u00e9''' }",
        f"SELECT * {{ ?s ?p ?o }} LIMIT {'9' * 5000}",
        "SELECT * { ?s <http://x.example/a b> ?o . ?s <rel> ?o }",
        "ASK { ?s " + "/".join(["<http://x.example/p>"] * 400) + " ?o }",
    ],
    ids=["probes", "unclosed", "triples", "quotes", "limit", "iris", "steps"],
)
def test_what_cannot_be_read_in_its_parts_or_has_too_many_is_left(store: Store, query: str) -> None:
    assert explain(store, query) == []


def test_the_grammar_follows_every_question() -> None:
    assert [question.id for question in questions() if written(question.text) is None] == []


EMPTY = urlencode({"query": "PREFIX ww: <https://w3id.org/whatworks/def#>\nSELECT * { ?x a ww:Pilots ; ww:thème ?y }"})
PILOTS = "Line 2, column 12: Nothing matches ?x a ww:Pilots. ww:Pilots is not in the vocabulary. Nearest: ww:Pilot."


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_a_program_reads_the_first_reason_in_a_header(client: FlaskClient, format: str) -> None:
    answer = client.get(f"/sparql?{EMPTY}&format={format}")
    assert answer.headers["X-Empty-Because"] == PILOTS
    assert "X-Empty-Because" in answer.headers["Access-Control-Expose-Headers"]
    for query in ("SELECT ?none {}", "SELECT * { ?s ?p ?o } LIMIT 1", "ASK { <x:a> <x:b> 1 }"):
        other = "json" if query.startswith("ASK") else format
        assert "X-Empty-Because" not in client.get(f"/sparql?{urlencode({'query': query, 'format': other})}").headers


@pytest.mark.parametrize("format", ["ttl", "jsonld", "rdf", "nt"])
def test_an_empty_graph_has_its_reason(client: FlaskClient, format: str) -> None:
    nothing = urlencode({"query": "CONSTRUCT WHERE { <x:a> ?p ?o }", "format": format})
    assert client.get(f"/sparql?{nothing}").headers["X-Empty-Because"].startswith("Line 1, column 19: Nothing matches")
    something = urlencode({"query": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2", "format": format})
    assert "X-Empty-Because" not in client.get(f"/sparql?{something}").headers


def test_a_page_gives_all_reasons(client: FlaskClient) -> None:
    html = {"Accept": "text/html"}
    page = client.get(f"/sparql?{EMPTY}", headers=html)
    assert "Nothing was found.</p>" in page.text
    assert ">Why</h2>" in page.text
    assert f"<li>{PILOTS}</li>" in page.text
    assert "ww:thème is not in the vocabulary. Nearest: ww:theme.</li>" in page.text
    assert ">Why</h2>" in client.get("/sparql?query=ASK%20%7B%3Cx:a%3E%20?p%20?o%7D", headers=html).text
    assert "Why" not in client.get("/sparql?query=ASK%20%7B%7D", headers=html).text


def test_an_explanation_that_takes_too_long_is_left_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.emptiness.SECONDS", 1e-9)
    page = client.get(f"/sparql?{EMPTY}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Why" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    answer = client.get(f"/sparql?{EMPTY}&format=csv")
    assert answer.status_code == 200
    assert "X-Empty-Because" not in answer.headers


def test_a_header_takes_a_reason() -> None:
    assert in_a_header(['No value is "Caffè"@it.\nNearest: …']) == 'No value is "Caff?"@it.?Nearest: ?'
    assert len(in_a_header(["x" * 500])) == 300


def test_where_nothing_is_found_that_is_said() -> None:
    assert "was not found" in str(UNKNOWN)


if __name__ == "__main__":
    for query in QUERIES:
        query.with_suffix(".txt").write_text(reasons(invented(), query), encoding="utf-8")
