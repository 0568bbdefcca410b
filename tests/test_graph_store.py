"""Reading whole graphs: SPARQL 1.1 Graph Store HTTP Protocol §4.2 (indirect), §5.2, §5.6; writing is refused."""

from urllib.parse import quote

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import create_environ, run_wsgi_app

from web import caching, graph_store

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")

KENT = "https://kent.example/id/graph/places"
NAMED = f"/graphs?graph={quote(KENT, safe='')}"
DEFAULT = "/graphs?default"
UNKNOWN = f"/graphs?graph={quote('https://kent.example/id/graph/none', safe='')}"
TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}


def graph_at(client: FlaskClient, address: str, media_type: str) -> rdflib.Graph:
    answer = client.get(address, headers={"Accept": media_type})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return rdflib.Graph().parse(data=answer.data, format=TYPES[media_type])


@pytest.fixture(params=[graph_store.TIDIED, 2], ids=["tidied", "as-stored"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs are written by either of the two ways."""
    monkeypatch.setattr(graph_store, "TIDIED", request.param)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("media_type", TYPES)
def test_a_named_graph_is_what_a_query_finds_in_it(client: FlaskClient, media_type: str) -> None:
    query = quote(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{KENT}> {{ ?s ?p ?o }} }}")
    queried = rdflib.Graph().parse(data=client.get(f"/sparql?query={query}").data, format="turtle")
    assert len(queried) > 10
    assert graph_at(client, NAMED, media_type).isomorphic(queried)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("media_type", TYPES)
def test_the_default_graph_is_the_merge(client: FlaskClient, media_type: str) -> None:
    found = graph_at(client, DEFAULT, media_type)
    places = [rdflib.URIRef(f"https://{name}.example/id/place/kent") for name in ("kent", "surrey")]
    assert all((place, None, None) in found for place in places)
    assert len(found) > len(graph_at(client, NAMED, media_type))


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("address", [NAMED, DEFAULT])
def test_head_and_validators(client: FlaskClient, address: str) -> None:
    whole = client.get(address)
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    for header in ("Content-Type", "Content-Length", "ETag", "Vary", "Link", "X-Snapshot"):
        assert head.headers[header] == whole.headers[header], header
    assert whole.content_type == "text/turtle; charset=utf-8"
    assert "Accept" in whole.headers["Vary"]
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    repeat = client.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (repeat.status_code, repeat.data) == (304, b"")
    assert client.get(address, headers={"Accept": "application/n-triples"}).headers["ETag"] != whole.headers["ETag"]


def test_a_large_graph_is_sent_in_pieces(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_store, "TIDIED", 2)
    monkeypatch.setattr(graph_store, "PIECE", 256)
    monkeypatch.setattr(caching, "_LARGEST", 1000)
    pieces, status, headers = run_wsgi_app(app.wsgi_app, create_environ(NAMED))
    lengths = [len(piece) for piece in pieces]
    pieces.close()  # type: ignore[attr-defined]
    assert status == "200 OK"
    assert len(lengths) > 3
    assert max(lengths) == 256
    assert sum(lengths) == int(headers["Content-Length"])


def test_an_unknown_graph_is_404(client: FlaskClient) -> None:
    for method in ("GET", "HEAD"):
        answer = client.open(UNKNOWN, method=method)
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "/datasets" in client.get(UNKNOWN).text
    twice = f"/graphs?graph={quote(quote(KENT, safe=''), safe='')}"
    assert client.get(twice).status_code == 400


@pytest.mark.parametrize(
    "parameters",
    [f"{NAMED[8:]}&default", f"{NAMED[8:]}&{NAMED[8:]}", "graph=", "graph=places", "graph=%3Chttp%3A//x.example%3E"],
)
def test_an_address_that_names_no_graph_or_two_is_400(client: FlaskClient, parameters: str) -> None:
    assert client.get(f"/graphs?{parameters}").status_code == 400


def test_the_name_of_a_graph_leads_to_its_triples(client: FlaskClient) -> None:
    """Direct identification (§4.1), by 303, since the name is the graph's and not a document's."""
    direct = KENT.removeprefix("https://kent.example")
    whole = graph_at(client, NAMED, "text/turtle")
    for address in (direct, f"{direct}.nt", f"{direct}?format=rdf"):
        assert client.get(address).status_code == 303
        answer = client.get(address, follow_redirects=True)
        assert rdflib.Graph().parse(data=answer.data, format=TYPES[answer.mimetype]).isomorphic(whole), address
    page = client.get(direct, headers={"Accept": "text/html"}, follow_redirects=True)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert client.head(direct, follow_redirects=True).status_code == 200
    assert client.put(direct).status_code == 405


def test_people_are_led_to_pages(client: FlaskClient) -> None:
    answer = client.get(NAMED, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.location) == (303, f"/graph?uri={quote(KENT, safe='')}")
    assert "Accept" in answer.headers["Vary"]
    bare = client.get("/graphs")
    assert (bare.status_code, bare.location) == (303, "/datasets")
    assert client.get(NAMED, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"{NAMED}&format=nt", headers={"Accept": "text/html"}).mimetype == "application/n-triples"


@pytest.mark.parametrize("address", [DEFAULT, "/graphs"])
@pytest.mark.parametrize("method", graph_store.WRITES)
def test_only_the_graph_of_a_dataset_is_written(client: FlaskClient, address: str, method: str) -> None:
    before = client.get(DEFAULT).data
    answer = client.open(address, method=method, data="<a:a> <a:b> <a:c> .", content_type="text/turtle")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "name the graph of a dataset" in answer.text
    assert client.get(DEFAULT).data == before


def test_options_list_what_reads(client: FlaskClient) -> None:
    answer = client.options(NAMED, headers={"Origin": "https://x.example", "Access-Control-Request-Method": "GET"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PUT, POST, DELETE"
