"""Things, their documents and their links, over HTTP and as `kb.ask.resource` reads them."""

import gzip
import http.client
import json
import re
import urllib.request
from urllib.parse import quote

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, Store

from kb.ask.resource import describe, graph_of
from kb.errors import NotFound
from kb.namespaces import PREFIXES

KENT = "https://kent.example/id/place/kent"
PAGE = {"Accept": "text/html"}
TYPES = {
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
    "html": "text/html; charset=utf-8",
}


def test_a_thing_leads_to_its_document(client: FlaskClient) -> None:
    answer = client.get("/id/place/kent")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/doc/place/kent")
    assert "Accept" in answer.headers["Vary"]
    assert client.get("/id/place/kent.ttl?page=1").headers["Location"] == "/doc/place/kent.ttl?page=1"
    assert client.get("/id/place/nowhere").status_code == 404


@pytest.mark.parametrize("suffix", TYPES)
def test_a_document_in_each_format_by_parameter_suffix_and_header(client: FlaskClient, suffix: str) -> None:
    by_suffix = client.get(f"/doc/place/kent.{suffix}")
    by_parameter = client.get(f"/doc/place/kent?format={suffix}")
    by_header = client.get("/doc/place/kent", headers={"Accept": TYPES[suffix]})
    for answer in (by_suffix, by_parameter, by_header):
        assert (answer.status_code, answer.content_type) == (200, TYPES[suffix])
        assert b"Thanet" in answer.data if suffix == "html" else b"place/thanet" in answer.data
        assert "Accept" in answer.headers["Vary"]


def test_the_description_holds_nested_nodes_and_no_links_from_elsewhere(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/doc/place/kent").data, format="turtle")
    subjects = {str(subject) for subject in graph.subjects()}
    assert KENT in subjects
    assert len(subjects) == 2
    assert len(graph) == 8
    assert rdflib.Literal("1432100", datatype=rdflib.XSD.integer) in set(graph.objects())


def test_links_announce_the_other_formats(client: FlaskClient) -> None:
    answer = client.get("/doc/place/kent", headers=PAGE)
    links = ", ".join(answer.headers.get_all("Link")).split(", ")
    assert '</doc/place/kent?format=jsonld>; rel="alternate"; type="application/ld+json"' in links
    assert '</doc/place/kent>; rel="canonical"' in links
    for link in links:
        assert client.get(link[1 : link.index(">")]).status_code == 200
    assert '<link rel="alternate" type="text/turtle"' in answer.text


def test_the_page_names_everything_and_says_where_it_stands(client: FlaskClient) -> None:
    text = client.get("/doc/place/kent", headers=PAGE).text
    assert ">Kent</h1>" in text
    assert '<a class="govuk-link" href="/doc/place/woking"' in text
    assert 'lang="cy">Caint<' in text
    assert "1,432,100" in text
    assert "What else links here" in text
    assert ">Elsewhere</a>" in text
    assert re.findall(r'stated in <a class="govuk-link" href="[^"]+">([^<]+)', text) == ["others", "places"]
    assert "https%3A%2F%2Fsurrey.example%2Fid%2Fgraph%2Fothers" in text


def test_the_same_path_under_two_bases_is_told_apart(client: FlaskClient) -> None:
    assert ">Kent</h1>" in client.get("/doc/place/kent", headers=PAGE).text
    other = client.get(f"/resource?uri={quote('https://surrey.example/id/place/kent', safe='')}", headers=PAGE)
    assert "Kent as seen from Surrey</h1>" in other.text
    canonical = "</resource?uri=https%3A%2F%2Fsurrey.example%2Fid%2Fplace%2Fkent>; rel=\"canonical\""
    assert canonical in other.headers.get_all("Link")


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("a%3Eb", "An encoded sign"),
        ("a%3eb", "An encoded sign"),
        ("two%20words", "Two words"),
        ("caf%C3%A9", "Another script"),
        ("with%2Fslash", "An encoded slash"),
        ("it's", "An apostrophe"),
        ("it%27s", "An apostrophe"),
        ("end/", "A slash at the end"),
        ("a//b", "Two slashes"),
        ("v1.ttl", "A name like a file"),
    ],
)
def test_every_spelling_of_a_path_leads_to_its_thing(server: str, path: str, label: str) -> None:
    host = server.removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"/id/place/{path}", headers=PAGE)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303
    connection.request("GET", answer.headers["Location"], headers=PAGE)
    answer = connection.getresponse()
    assert f">{label}</h1>" in answer.read().decode()
    connection.close()


def test_a_suffix_after_a_name_like_a_file(client: FlaskClient) -> None:
    assert client.get("/doc/place/v1.ttl", headers=PAGE).content_type == TYPES["html"]
    assert client.get("/doc/place/v1.ttl.nt").content_type == TYPES["nt"]
    assert client.get("/doc/place/end").status_code == 404


def test_any_iri_has_a_page(client: FlaskClient) -> None:
    elsewhere = client.get("/resource?uri=http%3A%2F%2Felsewhere.example%2Fx%3Fy%3D1%23z", headers=PAGE)
    assert ">Elsewhere</h1>" in elsewhere.text
    for only_used in (f"{PREFIXES['dcterms']}title", "https://w3id.org/whatworks/def#Place"):
        turtle = client.get(f"/resource?uri={quote(only_used, safe='')}")
        assert len(rdflib.Graph().parse(data=turtle.data, format="turtle")) > 0
    assert client.get("/resource?uri=http://unknown.example/").status_code == 404
    assert client.get("/resource?uri=not+an+iri").status_code == 404
    assert client.get("/resource").status_code == 400


def test_validators_differ_by_format_and_coding(client: FlaskClient) -> None:
    long = "/doc/place/kent"
    plain = client.get(long, headers=PAGE)
    packed = client.get(long, headers={**PAGE, "Accept-Encoding": "br;q=0.5, gzip;q=1"})
    turtle = client.get(long)
    tags = {answer.headers["ETag"] for answer in (plain, packed, turtle)}
    assert len(tags) == 3
    assert all(tag.startswith('"') for tag in tags)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Content-Encoding" not in client.get(long, headers={**PAGE, "Accept-Encoding": "gzip;q=0"}).headers


@pytest.mark.parametrize("repeat", [1, 2], ids=["made", "remembered"])
def test_what_the_client_has_is_not_sent_again(client: FlaskClient, repeat: int) -> None:
    for _ in range(repeat):
        tag = client.get("/doc/place/kent", headers=PAGE).headers["ETag"]
    for header in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        answer = client.get("/doc/place/kent", headers={**PAGE, "If-None-Match": header})
        assert (answer.status_code, answer.data) == (304, b""), header
        assert answer.headers["ETag"] == tag
        assert "Accept" in answer.headers["Vary"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/doc/place/kent", headers={**PAGE, "If-None-Match": '"other"'}).status_code == 200
    assert client.get("/doc/place/kent", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/doc/place/kent", "/id/place/kent", "/doc/place/nowhere", "/sparql"])
def test_head_has_the_headers_of_get(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.data == b""
    assert head.status_code == got.status_code
    varying = ("Date", "X-Request-Id")
    assert [h for h in head.headers if h[0] not in varying] == [h for h in got.headers if h[0] not in varying]


def test_other_sites_may_read_without_credentials(client: FlaskClient) -> None:
    origin = {"Origin": "https://yasgui.example", "Access-Control-Request-Method": "GET"}
    for path in ("/doc/place/kent", "/doc/place/nowhere"):
        answer = client.get(path, headers=origin)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = client.options("/doc/place/kent", headers=origin)
    assert asked.status_code == 200
    assert "GET" in asked.headers["Access-Control-Allow-Methods"]


def hub(links: int) -> Store:
    store = Store()
    graph = NamedNode("http://x.example/graph")
    for number in range(links):
        thing = NamedNode(f"http://x.example/t{number:03}")
        for triple in (
            (thing, NamedNode("http://x.example/of"), NamedNode("http://x.example/hub")),
            (thing, NamedNode(f"{PREFIXES['rdfs']}label"), Literal(f"Thing {number}")),
            (NamedNode("http://x.example/hub"), NamedNode("http://x.example/holds"), thing),
        ):
            store.extend([Quad(*triple, graph), Quad(*triple)])
    return store


def test_long_lists_are_paged_with_a_label_each() -> None:
    store = hub(120)
    first, last = (describe(store, "http://x.example/hub", page) for page in (1, 3))
    assert first.pages == 3
    for page, shown in ((first, 50), (last, 20)):
        assert [(p.count, len(p.values)) for p in page.properties] == [(120, shown)]
        assert [(g.count, len(g.links)) for g in page.incoming] == [(120, shown)]
        assert all(page.labels.name(link.iri).startswith("Thing ") for link in page.incoming[0].links)
    assert not {v.term for v in first.properties[0].values} & {v.term for v in last.properties[0].values}
    for beyond in (0, 4):
        with pytest.raises(NotFound, match="no page"):
            describe(store, "http://x.example/hub", beyond)
    assert len(graph_of(store, "http://x.example/hub")) == 120


def test_a_link_from_a_nested_node_names_its_owner(client: FlaskClient) -> None:
    text = client.get("/doc/place/thanet", headers=PAGE).text
    incoming = text[text.index("What else links here") :]
    assert '<a class="govuk-link" href="/doc/place/kent"' in incoming
    assert "genid" not in incoming


def test_a_circle_of_nested_nodes_ends() -> None:
    store, graph = Store(), NamedNode("http://x.example/graph")
    a, b = (NamedNode(f"http://x.example/.well-known/genid/x/{n}") for n in "ab")
    top, p = NamedNode("http://x.example/top"), NamedNode("http://x.example/p")
    store.extend([Quad(top, p, a, graph), Quad(a, p, b, graph), Quad(b, p, a, graph), Quad(top, p, a)])
    outer = describe(store, "http://x.example/top").properties[0].values[0]
    assert outer.nested[0].values[0].nested[0].values[0].nested == ()
    assert len(graph_of(store, "http://x.example/top")) == 3


def test_json_ld_is_json(server: str) -> None:
    with urllib.request.urlopen(f"{server}/doc/place/kent.jsonld") as answer:
        assert {node["@id"] for node in json.load(answer)["@graph"]} >= {KENT}
