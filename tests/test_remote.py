"""A SPARQL endpoint elsewhere is asked over HTTP, and says in one line what it does not answer."""

import json

import pytest
from pyoxigraph import RdfFormat, parse

from kb.errors import BadInput
from kb.store.remote import ask

LABELS = """
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?label WHERE { <https://kent.example/id/place/thanet> skos:prefLabel ?label }
"""
GRAPH = "DESCRIBE <https://kent.example/id/place/thanet>"


def test_a_table_comes_as_csv_unless_another_format_is_asked_for(server: str) -> None:
    assert ask(f"{server}/sparql", LABELS, None) == b"label\r\nThanet\r\n"
    rows = json.loads(ask(f"{server}/sparql", LABELS, "json"))["results"]["bindings"]
    assert [row["label"]["value"] for row in rows] == ["Thanet"]


@pytest.mark.parametrize(("format", "form"), [(None, RdfFormat.TURTLE), ("nt", RdfFormat.N_TRIPLES)])
def test_a_graph_comes_as_turtle_unless_another_format_is_asked_for(
    server: str, format: str | None, form: RdfFormat
) -> None:
    assert len(list(parse(ask(f"{server}/sparql", GRAPH, format), format=form))) == 3


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/sparql", "SELECT ?s WHERE { ?s ?p }", "line 1"),
        ("/sparql", "SELEC ?s", "line 1"),
        ("/nowhere", LABELS, "nowhere"),
    ],
)
def test_what_the_endpoint_refuses_is_said_in_one_line(server: str, path: str, query: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask(f"{server}{path}", query, None)
    assert str(refused.value).startswith(f"{server}{path}: ")
    assert words in str(refused.value)
    assert "b'" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("http://127.0.0.1:9/", "cannot be reached"),
        ("ftp://elsewhere.example/", "not an http or https URL"),
        ("http:///sparql", "not an http or https URL"),
        ("http://[/sparql", "not a URL"),
    ],
)
def test_what_is_no_endpoint(endpoint: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        ask(endpoint, LABELS, None)
