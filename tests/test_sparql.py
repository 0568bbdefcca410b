"""The endpoint against SPARQL 1.1 Protocol §2.1, by hand and through an independent client."""

import csv
import io
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import rdflib
from flask.testing import FlaskClient
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from kb import config
from kb.namespaces import PREFIXES
from kb.store.folder import DataFolder
from web.site import create_app

LABELS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?label WHERE { <https://kent.example/id/place/kent> skos:prefLabel ?label } ORDER BY ?label"""
SELECT = urlencode({"query": LABELS})
CONSTRUCT = "CONSTRUCT WHERE { <https://kent.example/id/place/thanet> ?p ?o }"
DIRECT = "application/sparql-query"
SD = rdflib.Namespace(PREFIXES["sd"])


def forms(client: FlaskClient, query: str, **headers: str) -> list[Any]:
    """The answers to one query by each of the three operations."""
    return [
        client.get(f"/sparql?{urlencode({'query': query})}", headers=headers),
        client.post("/sparql", data={"query": query}, headers=headers),
        client.post("/sparql", data=query.encode(), content_type=f"{DIRECT}; charset=UTF-8", headers=headers),
    ]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+xml, application/rdf+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_one_query_by_each_operation_and_format(client: FlaskClient, accept: str, media_type: str) -> None:
    for answer in forms(client, LABELS, Accept=accept):
        assert (answer.status_code, answer.content_type) == (200, media_type)
        assert "Caint" in answer.text
        assert answer.headers["X-Snapshot"].startswith("000001-")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Accept" in answer.headers["Vary"]


def test_results_are_right(client: FlaskClient) -> None:
    found = json.loads(client.get(f"/sparql?{SELECT}").data)
    assert [(row["label"]["value"], row["label"]["xml:lang"]) for row in found["results"]["bindings"]] == [
        ("Caint", "cy"),
        ("Kent", "en"),
    ]
    table = csv.reader(io.StringIO(client.get(f"/sparql?{SELECT}&format=csv").text))
    assert list(table) == [["label"], ["Caint"], ["Kent"]]
    assert json.loads(client.get("/sparql?query=ASK{}").data)["boolean"] is True


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle; charset=utf-8"),
        ("application/sparql-results+xml, application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
    ],
)
def test_graphs_have_graph_formats(client: FlaskClient, accept: str, media_type: str) -> None:
    for answer in forms(client, CONSTRUCT, Accept=accept):
        assert (answer.status_code, answer.content_type) == (200, media_type)
        assert b"place/kent" in answer.data


def test_the_default_graph_is_the_merge(client: FlaskClient) -> None:
    both = """PREFIX ww: <https://w3id.org/whatworks/def#>
      ASK { <https://kent.example/id/place/kent> a ?c ; ww:within <https://surrey.example/id/place/woking> }"""
    assert all(json.loads(answer.data)["boolean"] for answer in forms(client, both))
    one = {"default-graph-uri": "https://surrey.example/id/graph/others"}
    assert json.loads(client.get(f"/sparql?{urlencode({'query': both, **one})}").data)["boolean"] is False
    assert json.loads(client.post("/sparql", data={"query": both, **one}).data)["boolean"] is False
    direct = client.post(f"/sparql?{urlencode(one)}", data=both, content_type=DIRECT)
    assert json.loads(direct.data)["boolean"] is False


def test_malformed_queries_say_where(client: FlaskClient) -> None:
    for answer in forms(client, "SELECT * {\n ?s ?p "):
        assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
        assert "line 2, column 8" in answer.text
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Snapshot" in answer.headers
    for answer in forms(client, "SELECT * {} garbage", Accept="application/json"):
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
        assert json.loads(answer.data)["line"] == 1
    page = client.get("/sparql?query=SELEC", headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert 'id="query-error"' in page.text
    assert ">\nSELEC</textarea>" in page.text


def test_requests_that_are_no_query(client: FlaskClient) -> None:
    ask = {"query": "ASK {}"}
    two = "query=ASK%7B%7D&query=ASK%7B%7D"
    form = "application/x-www-form-urlencoded"
    assert client.get(f"/sparql?{two}").status_code == 400
    assert client.post("/sparql", data=two, content_type=form).status_code == 400
    assert client.post("/sparql?query=ASK%7B%7D", data="ASK {}", content_type=DIRECT).status_code == 400
    assert client.post("/sparql", data={}, content_type=form).status_code == 400
    assert client.get("/sparql?query=").status_code == 400
    assert client.post("/sparql", data="ASK {}", content_type="text/plain").status_code == 415
    assert client.post("/sparql", data="ASK {}").status_code == 415
    wide = client.post("/sparql", data="ASK {}".encode("utf-16"), content_type=f"{DIRECT}; charset=UTF-16")
    assert wide.status_code == 415
    assert client.post("/sparql", data=b"ASK { ?s ?p '\xff' }", content_type=DIRECT).status_code == 400
    assert client.get("/sparql?query=ASK%7B?s%20?p%20'%FF'%7D").status_code == 400
    assert client.post("/sparql", data=b" " * 2_000_000, content_type=DIRECT).status_code == 413
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.open("/sparql", method=method, data=ask)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_post_has_its_query_in_the_body(client: FlaskClient) -> None:
    """One in the address too would be two queries (§2.1.4); graphs and the format may be named in either place."""
    ask = "query=ASK%7B?s?p?o%7D"
    form = "application/x-www-form-urlencoded"
    for body, content_type in (("ASK {}", DIRECT), (ask, form), ("", form)):
        assert client.post(f"/sparql?{ask}", data=body, content_type=content_type).status_code == 400
    nowhere = urlencode({"default-graph-uri": "https://kent.example/id/graph/none"})
    for address, body in ((f"/sparql?{nowhere}", ask), ("/sparql", f"{ask}&{nowhere}")):
        answer = client.post(address, data=body, content_type=form)
        assert json.loads(answer.data)["boolean"] is False
    for address, body in (("/sparql?format=xml", ask), ("/sparql", f"{ask}&format=xml")):
        answer = client.post(address, data=body, content_type=form)
        assert answer.content_type == "application/sparql-results+xml"


def test_a_question_in_a_post_is_refused(client: FlaskClient) -> None:
    """The query in the body would be answered in its place."""
    asked, ask = "question=lessons-by-stage", "query=ASK%7B%7D"
    form = "application/x-www-form-urlencoded"
    for address, body, content_type in (
        (f"/sparql?{asked}", "ASK {}", DIRECT),
        (f"/sparql?{asked}", ask, form),
        ("/sparql", f"{ask}&{asked}", form),
        ("/sparql", asked, form),
    ):
        refused = client.post(address, data=body, content_type=content_type)
        assert refused.status_code == 400
        assert "asked by GET" in refused.text


def test_a_chunked_body_is_never_cut(client: FlaskClient) -> None:
    """werkzeug stops at the limit without an error, which leaves a query that still parses."""
    limit = client.application.config["MAX_CONTENT_LENGTH"]
    sizes = {limit - 1: 400, limit: 413, limit + 1: 413, 3 * limit: 413}
    for size, status in sizes.items():
        for start, content_type in ((b"ASK {} #", DIRECT), (b"query=ASK{}%23", "application/x-www-form-urlencoded")):
            body = start.ljust(size - 8, b"a") + b"\ngarbage"
            if content_type != DIRECT:
                body = start.ljust(size - 10, b"a") + b"%0Agarbage"
            answer = client.post(
                "/sparql",
                input_stream=io.BytesIO(body),
                content_type=content_type,
                environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
            )
            assert answer.status_code == status, (size, content_type)
            assert status == 400 or str(limit) in answer.text


def test_relative_iris_start_from_the_endpoint(client: FlaskClient) -> None:
    for answer in forms(client, "CONSTRUCT { <s> <p> 1 } WHERE {}"):
        graph = rdflib.Graph().parse(data=answer.data, format="turtle")
        assert [str(term) for term in next(iter(graph))[:2]] == ["http://localhost/s", "http://localhost/p"]


def test_no_dataset_is_fetched(client: FlaskClient) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        place = f"http://127.0.0.1:{listener.getsockname()[1]}/data.nt"
        where = "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        for graph in (place, Path(__file__).as_uri()):
            for clause in (f"FROM <{graph}>", f"FROM NAMED <{graph}>"):
                for answer in forms(client, f"SELECT * {clause} {where}"):
                    assert json.loads(answer.data)["results"]["bindings"] == []
            for name in ("default-graph-uri", "named-graph-uri"):
                answer = client.get(f"/sparql?{urlencode({'query': 'ASK { ?s ?p ?o }', name: graph})}")
                assert answer.status_code == 200
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_updates_are_refused(client: FlaskClient) -> None:
    drop = "DROP ALL"
    answers = [
        *forms(client, drop),
        client.post("/sparql", data=drop, content_type="application/sparql-update"),
        client.post("/sparql", data={"update": drop}),
        client.get(f"/sparql?{urlencode({'update': drop})}"),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "whatworks publish" in answer.text
    for answer in forms(client, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"):
        assert answer.status_code == 403


def test_no_acceptable_format(client: FlaskClient) -> None:
    for answer in forms(client, "ASK {}", Accept="image/png"):
        assert answer.status_code == 406
        assert "application/sparql-results+json" in answer.text
    assert client.get("/sparql?query=ASK%7B%7D&format=ttl").status_code == 406


def test_without_a_query_the_endpoint_describes_itself(client: FlaskClient) -> None:
    answer = client.get("/sparql", base_url="https://data.example")
    assert answer.content_type == "text/turtle; charset=utf-8"
    graph = rdflib.Graph().parse(data=answer.data, format="turtle")
    [service] = graph.subjects(rdflib.RDF.type, SD.Service)
    assert graph.value(service, SD.endpoint) == rdflib.URIRef("https://data.example/sparql")
    assert graph.value(service, SD.supportedLanguage) == SD.SPARQL11Query
    named = set(graph.objects(service, SD.resultFormat))
    formats = {format.removeprefix("http://www.w3.org/ns/formats/") for format in named}
    results = {f"SPARQL_Results_{name}" for name in ("JSON", "XML", "CSV", "TSV")}
    assert formats == {"Turtle", "N-Triples", "RDF_XML", "JSON-LD"} | results
    assert set(graph.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    dataset = graph.value(service, SD.defaultDataset)
    assert graph.value(service, SD.availableGraphs) == dataset
    assert graph.value(graph.value(dataset, SD.defaultGraph), rdflib.RDF.type) == SD.Graph
    names = {str(name) for name in graph.objects(None, SD.name)}
    assert {"https://kent.example/id/graph/places", "https://surrey.example/id/graph/others"} <= names
    assert client.get("/sparql", headers={"Accept": "application/rdf+xml"}).content_type == "application/rdf+xml"


def test_the_description_names_the_public_address(data_folder: DataFolder) -> None:
    settings = config.load({"WHATWORKS_PUBLIC_URL": "https://data.example/kb/"}, data=data_folder.root)
    client = create_app(settings).test_client()
    for media_type, format in (("text/turtle", "turtle"), ("application/rdf+xml", "xml")):
        answer = client.get("/sparql", base_url="http://10.0.0.7:8000", headers={"Accept": media_type})
        graph = rdflib.Graph().parse(data=answer.data, format=format)
        assert list(graph.objects(None, SD.endpoint)) == [rdflib.URIRef("https://data.example/kb/sparql")]
        assert b"10.0.0.7" not in answer.data


def test_people_get_an_editor_and_a_table(client: FlaskClient) -> None:
    page = {"Accept": "text/html,*/*;q=0.8"}
    editor = client.get("/sparql", headers=page)
    assert '<textarea' in editor.text
    assert '<label class="govuk-label govuk-label--m" for="query">' in editor.text
    table = client.get(f"/sparql?{SELECT}", headers=page).text
    assert ">2 rows</caption>" in table
    assert 'scope="col" title="?label">Label</th>' in table
    assert '<span lang="cy">Caint</span>' in table
    named = client.get("/sparql?query=SELECT(<https://kent.example/id/place/kent>AS?x){}", headers=page).text
    assert 'href="/doc/place/kent" title="&lt;https://kent.example/id/place/kent&gt;">Kent</a>' in named
    assert ">Yes</p>" in client.get("/sparql?query=ASK{}", headers=page).text
    assert "ww:within" in client.get(f"/sparql?{urlencode({'query': CONSTRUCT})}", headers=page).text


def test_what_is_shown_is_escaped(client: FlaskClient) -> None:
    attack = "<script>alert(1)</script>"
    for query in (f'SELECT ("{attack}" AS ?x) {{}}', f"SELECT {attack}"):
        answer = client.get(f"/sparql?{urlencode({'query': query})}", headers={"Accept": "text/html"})
        assert attack not in answer.text
        assert "&lt;script&gt;" in answer.text


def test_validators_and_answers_that_vary(client: FlaskClient) -> None:
    tag = client.get(f"/sparql?{SELECT}").headers["ETag"]
    assert client.get(f"/sparql?{SELECT}", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"/sparql?{SELECT}&format=xml").headers["ETag"] != tag
    now = client.get("/sparql?query=SELECT(NOW()AS?n){}")
    assert "ETag" not in now.headers
    assert now.headers["Cache-Control"] == "no-store"


def test_preflight(client: FlaskClient) -> None:
    headers = {"Origin": "https://yasgui.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/sparql", headers=headers)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def wrapped(server: str, query: str, format: str) -> SPARQLWrapper:
    wrapper = SPARQLWrapper(f"{server}/sparql")
    wrapper.setQuery(query)
    wrapper.setReturnFormat(format)
    return wrapper


@pytest.mark.parametrize(("method", "request_method"), [("GET", URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_an_independent_client_by_each_operation(server: str, method: str, request_method: str) -> None:
    wrapper = wrapped(server, LABELS, JSON)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(request_method)
    found = wrapper.queryAndConvert()
    assert [row["label"]["value"] for row in found["results"]["bindings"]] == ["Caint", "Kent"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_an_independent_client_in_each_format(server: str) -> None:
    assert wrapped(server, LABELS, XML).queryAndConvert().getElementsByTagName("result").length == 2
    assert wrapped(server, LABELS, CSV).queryAndConvert().split() == [b"label", b"Caint", b"Kent"]
    graph = rdflib.Graph().parse(data=wrapped(server, CONSTRUCT, TURTLE).queryAndConvert(), format="turtle")
    assert len(graph) == 3
    assert len(wrapped(server, CONSTRUCT, XML).queryAndConvert()) == 3
    with pytest.raises(QueryBadFormed, match="line 1, column 7"):
        wrapped(server, "SELECT", JSON).query()
