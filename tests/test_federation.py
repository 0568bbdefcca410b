"""SERVICE asks the exact URLs that are listed and nothing else: a real place elsewhere notes what reaches it."""

import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store

from kb import config
from kb.ask import federation
from kb.ask.query import answer, read
from kb.errors import QueryError, QueryRefused, ServiceFailed
from kb.namespaces import PREFIXES
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshot, Snapshots
from web.site import create_app

ROW = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"from elsewhere"}}]}}'


class Elsewhere(BaseHTTPRequestHandler):
    """Answers /sparql with one row, /301 … /308 by a redirect to /target, /500 by that; notes every path."""

    seen: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(self.path)
        status = int(self.path[1:4]) if self.path[1:4].isdigit() else 200
        self.send_response(status)
        if 300 < status < 400:
            self.send_header("Location", "/target")
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(ROW)))
        self.end_headers()
        self.wfile.write(ROW)

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """The base URL of the place, and the paths that were asked for."""
    seen: list[str] = []
    handler = type("Noting", (Elsewhere,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


@pytest.fixture
def snapshot(data_folder: DataFolder) -> Snapshot:
    return Snapshots(data_folder).current()


RUNS = [
    "SELECT * { SERVICE <HERE/sparql> { ?s ?p ?o } }",
    "SELECT * { service\tSilent\n<HERE/sparql>{ ?s ?p ?o } }",
    "PREFIX e: <HERE/> SELECT * { SERVICE e:sparql { ?s ?p ?o } }",
    "PREFIX : <HERE/sparql> SELECT * { SERVICE : { ?s ?p ?o } }",
    "BASE <HERE/other/> SELECT * { SERVICE <../sparql> { ?s ?p ?o } }",
    "PREFIX e: <http://x.example/> PREFIX e: <HERE/> SELECT * { SERVICE e:sparql { ?s ?p ?o } }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <HERE/sparql> { ?s ?p ?o } } } } }",
    "SELECT * { SERVICE <HERE/sparql> { ?s ?p ?o } FILTER(?s != 'SERVICE <HERE/no> {') } # SERVICE <HERE/no> { }",
]


@pytest.mark.parametrize("text", RUNS)
def test_a_listed_place_is_asked(snapshot: Snapshot, elsewhere: tuple[str, list[str]], text: str) -> None:
    here, seen = elsewhere
    query = read(text.replace("HERE", here), federated=[f"{here}/sparql"])
    assert query.services == (f"{here}/sparql",)
    assert query.varies
    assert b"from elsewhere" in answer(snapshot, query, "csv")
    assert seen == ["/sparql"]


REFUSED = [
    "SELECT * { SERVICE <HERE/other> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/sparql/> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/sparql?x> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/sparql#x> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/SPARQL> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/%73parql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/\\u0073parql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/x/../sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HTTP://LOCALHOST:PORT/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://2130706433:PORT/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://0x7f.1:PORT/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://[::ffff:127.0.0.1]:PORT/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://u@127.0.0.1:PORT/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://169.254.169.254/latest/meta-data> { ?s ?p ?o } }",
    "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
    "SELECT * { SERVICE ?place { ?s ?p ?o } VALUES ?place { <HERE/sparql> } }",
    "SELECT * { BIND(<HERE/other> AS ?place) SERVICE SILENT $place { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <HERE/other> { ?s ?p ?o } }",
    "SELECT * { SERVICE # a comment\n<HERE/sparql> { ?s ?p ?o } }",
    "SELECT * { SERVICE#\r<HERE/other>\n{ ?s ?p ?o } }",
    "PREFIX e: <HERE/> SELECT * { SERVICE e:other { ?s ?p ?o } }",
    "PREFIX e: <HERE/> SELECT * { SERVICEe:sparql { ?s ?p ?o } }",
    "PREFIX e: <HERE/> SELECT * { SERVICE e:sp\\~arql { ?s ?p ?o } }",
    "PREFIX e: <HERE/> PREFIX e: <http://x.example/> SELECT * { SERVICE e:sparql { ?s ?p ?o } }",
    "PREFIX silent: <HERE/> PREFIX : <http://x.example/> SELECT * { SERVICE silent:sparql { ?s ?p ?o } }",
    "BASE <HERE/other/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { { SELECT * { OPTIONAL { SERVICE <HERE/other> { ?s ?p ?o } } } } } }",
    "ASK { ?s ?p ?o MINUS { GRAPH ?g { SERVICE <HERE/other> { ?s ?p ?o } } } }",
    "CONSTRUCT { ?s ?p ?o } { { } UNION { SERVICE <HERE/other> { ?s ?p ?o } } }",
    "DESCRIBE ?s { SERVICE <HERE/other> { ?s ?p ?o } }",
    "SELECT * { SERVICE <HERE/sparql> { SERVICE <HERE/other> { ?s ?p ?o } } }",
    "SELECT * { SERVICE <HERE/sparql> { ?s ?p ?o } SERVICE <HERE/other> { ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c FILTER(?c<1)#> '''\n SERVICE <HERE/other> { ?s ?p ?o }\n#'''\n }",
]


@pytest.mark.parametrize("listed", [True, False], ids=["one-listed", "none-listed"])
@pytest.mark.parametrize("text", REFUSED)
def test_any_other_place_is_refused_and_nothing_is_sent(
    data_folder: DataFolder, elsewhere: tuple[str, list[str]], text: str, listed: bool
) -> None:
    here, seen = elsewhere
    text = text.replace("HERE", here).replace("PORT", here.rpartition(":")[2])
    client = federating(data_folder, f"{here}/sparql" if listed else "")
    for refused in (
        client.get(f"/sparql?query={quote(text)}"),
        client.post("/sparql", data={"query": text}),
        client.post("/sparql", data=text, content_type="application/sparql-query"),
    ):
        assert (refused.status_code, refused.mimetype) == (403, "text/plain")
        assert "SERVICE" in refused.text
        assert not listed or f"{here}/sparql" in refused.text
    assert seen == []


def federating(folder: DataFolder, listed: str) -> FlaskClient:
    return create_app(config.load({}, data=folder.root, federation=listed)).test_client()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_redirects_are_not_followed(
    snapshot: Snapshot, elsewhere: tuple[str, list[str]], status: int, silent: str
) -> None:
    here, seen = elsewhere
    query = read(f"SELECT * {{ SERVICE {silent} <{here}/{status}> {{ ?s ?p ?o }} }}", federated=[f"{here}/{status}"])
    if silent:
        assert b"from elsewhere" not in answer(snapshot, query, "csv")
    else:
        with pytest.raises(ServiceFailed, match="gave no answer"):
            answer(snapshot, query, "csv")
    assert seen == [f"/{status}"]


def test_a_place_that_fails_is_502_and_one_that_answers_200(
    data_folder: DataFolder, elsewhere: tuple[str, list[str]]
) -> None:
    here, _ = elsewhere
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/sparql"
        client = federating(data_folder, f"{here}/sparql {here}/500 {nobody}")
        for place, status in ((f"{here}/sparql", 200), (f"{here}/500", 502), (nobody, 502)):
            query = quote(f"SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }}")
            found = client.get(f"/sparql?query={query}")
            assert found.status_code == status
            assert found.headers["Cache-Control"] == "no-store"
            assert "ETag" not in found.headers
    assert json.loads(client.get(f"/sparql?query={quote(RUNS[0].replace('HERE', here))}").data)["results"]["bindings"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "224.0.0.1"]
)
def test_a_public_name_of_a_private_address_is_refused(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    asked: list[str] = []

    def resolve(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(None, None, 6, "", ("93.184.215.14", 80)), (None, None, 6, "", (address, 80))]

    monkeypatch.setattr(federation.socket, "getaddrinfo", resolve)  # type: ignore[attr-defined]
    place = "http://data.example.org/sparql"
    query = read(f"SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }}", federated=[place])
    with pytest.raises(QueryRefused, match="private address"):
        answer(snapshot, query)
    assert asked == ["data.example.org"]


def test_addresses_listed_as_such_are_deliberate_and_other_spellings_are_not() -> None:
    federation.check_addresses(["http://127.0.0.1:9/", "http://[::1]/", "http://localhost:3030/x", "http://10.0.0.1/"])
    with pytest.raises(QueryRefused, match="private address"):
        federation.check_addresses(["http://127.1/sparql"])
    with pytest.raises(ServiceFailed, match="not found"):
        federation.check_addresses(["http://nowhere.invalid/sparql"])


def test_a_prefix_that_is_not_declared_is_the_query_s_fault() -> None:
    with pytest.raises(QueryError, match="no PREFIX declares e:"):
        read("SELECT * { SERVICE e:sparql { ?s ?p ?o } }", federated=["http://x.example/"])


def test_the_description_says_whether_queries_can_be_federated(data_folder: DataFolder, app: Flask) -> None:
    sd = rdflib.Namespace(PREFIXES["sd"])
    for client, said in ((app.test_client(), False), (federating(data_folder, "https://x.example/sparql"), True)):
        found = rdflib.Graph().parse(data=client.get("/sparql").data, format="turtle")
        assert ((None, sd.feature, sd.BasicFederatedQuery) in found) is said


@pytest.mark.parametrize("urls", ["x.example/sparql", "ftp://x.example/", "http:///x", "https://u@x.example/", "http://x.example/#a"])
def test_a_list_that_names_no_endpoint_is_a_bad_setting(urls: str) -> None:
    with pytest.raises(config.BadSetting, match="must be http or https URLs"):
        config.load({"WHATWORKS_FEDERATION": f"https://x.example/sparql {urls}"})


def test_whatever_would_call_out_elsewhere_is_refused(elsewhere: tuple[str, list[str]]) -> None:
    """Random joins of fragments, one place listed: what the place sees of queries that pass is that one alone."""
    here, seen = elsewhere
    store = Store()
    store.load(f"<{here}/no> <{here}/no> 0 .".encode(), format=RdfFormat.TURTLE)
    prologue = f"BASE <{here}/> PREFIX : <{here}/> PREFIX e: <{here}/no/> PREFIX silent: <{here}/ok/> "
    call = "SERVICE<ok>{?s ?p ?o}"
    fragments = [
        *("SERVICE", ":ok", "e:ok", f"<{here}/ok>", "<ok>", "<no>", "silent:ok", "SILENT", call, "{?s ?p ?o}", "{"),
        *("}", " ", " ", "\n", "#", "'", "'''", '"', ">", "<", "<<", ">>", "(", ")", "FILTER(", "?c<1", "?a", ".", "0"),
        *("OPTIONAL{", "EXISTS{", "{SELECT*{", "?a ?b ?c", "SERVICE ?a", "SERVICE e:ok", "#>\n", ")#>", "<x\\u0041>"),
    ]
    templates = (
        "SELECT * { ?a ?b ?c FILTER(?c<%s }",
        "SELECT * { %sSERVICE%s{?s ?p ?o}%s }",
        "SELECT * { ?a ?b ?c FILTER(?c<1)#%s\n SERVICE%s:ok{?s ?p ?o}\n#%s\n }",
        f"SELECT * {{ {call}%sSERVICE %s{{?s ?p ?o}} %s }}",
    )
    chance = random.Random(11)
    passed = sent = 0
    for _ in range(15_000):
        template = chance.choice(templates)
        parts = ("".join(chance.choices(fragments, k=chance.randrange(4))) for _ in range(template.count("%s")))
        text = prologue + template % tuple(parts)
        try:
            query = read(text, federated=[f"{here}/ok"])
        except (QueryRefused, QueryError):
            continue
        passed += bool(query.services)
        with suppress(SyntaxError, RuntimeError, ValueError, OSError):
            list(store.query(text))  # type: ignore[arg-type]
        assert set(seen) <= {"/ok"}, text
        sent += len(seen)
        seen.clear()
    assert passed > 300
    assert sent > 50


def test_a_query_that_asks_elsewhere_keeps_its_dataset(snapshot: Snapshot, elsewhere: tuple[str, list[str]]) -> None:
    here, _ = elsewhere
    text = f"SELECT ?s ?x {{ SERVICE <{here}/sparql> {{ ?s ?p ?o }} GRAPH ?g {{ ?x a ?c }} }}"
    query = read(text, named_graphs=["https://kent.example/id/graph/places"], federated=[f"{here}/sparql"])
    assert answer(snapshot, query, "csv").count(b"\n") == 3
    nowhere = replace(query, named_graphs=("https://kent.example/id/graph/none",))
    assert answer(snapshot, nowhere, "csv").count(b"\n") == 1
