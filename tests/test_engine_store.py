"""What an engine sends is read whole or not at all, and no further than it is wanted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kb.errors import StoreMissing
from kb.namespaces import expand
from kb.store.credentials import Credentials
from kb.store.engine import Engine
from kb.store.engine_store import EngineStore
from kb.store.snapshots import SnapshotRecord
from kb.store.versions import Version

HEAD = '{"head":{"vars":["s","p","o"]},"results":{"bindings":['
ROW = (
    '{"s":{"type":"uri","value":"http://e/s"},"p":{"type":"uri","value":"http://e/p"},'
    '"o":{"type":"typed-literal","value":"1","datatype":"http://www.w3.org/2001/XMLSchema#boolean"}}'
)
VERSION = Version(SnapshotRecord("000001-00000000", "2026-01-01T00:00:00Z", None, {}, 0), {}, {})


@contextmanager
def answering(body: str, status: int = 200, says: int | None = None) -> Iterator[EngineStore]:
    """A version on a server that always answers with this; `says` is the length that it announces."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(says or len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/sparql"
        yield EngineStore(Engine(url, "", "", Credentials("", "")), VERSION)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def everything(store: EngineStore) -> list[object]:
    return list(store.quads_for_pattern(None, None, None, DefaultGraph()))


def test_a_boolean_is_in_canonical_form() -> None:
    expected = Literal("true", datatype=NamedNode(expand("xsd:boolean")))
    with answering(HEAD + ROW + "]}}") as store:
        assert [quad.object for quad in store.quads_for_pattern(None, None, None, DefaultGraph())] == [expected]
        assert [row["o"] for row in store.query("SELECT * { ?s ?p ?o }")] == [expected]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "says"),
    [(HEAD + ROW, None), (HEAD + ROW, 10_000), ("", None), ("<html>", None)],
    ids=["ends early", "breaks off", "is empty", "is something else"],
)
def test_an_answer_that_is_not_whole_is_none(body: str, says: int | None) -> None:
    with answering(body, says=says) as store:
        with pytest.raises(StoreMissing, match="its answer broke off"):
            everything(store)
        with pytest.raises(StoreMissing, match="its answer broke off"):
            list(store.query("SELECT * { ?s ?p ?o }"))  # type: ignore[arg-type]


def test_the_first_match_is_there_before_the_rest() -> None:
    with answering(HEAD + ROW + "," + ROW, says=10_000) as store:
        assert next(store.quads_for_pattern(None, None, None, DefaultGraph())).subject == NamedNode("http://e/s")


@pytest.mark.parametrize(("status", "error"), [(400, ValueError), (403, StoreMissing), (500, StoreMissing)])
def test_what_the_engine_refuses_is_said_in_its_words(status: int, error: type[Exception]) -> None:
    with answering("no such  function\n", status) as store:
        with pytest.raises(error, match="no such function"):
            everything(store)
        with pytest.raises(error, match="no such function"):
            store.query("ASK { ?s ?p ?o }")
