"""Reading one RDF file: every format, literals as written, and each way to be malformed with its place."""

import http.server
import json
import threading
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, serialize

from kb.errors import BadInput
from kb.intake.rdf import CONTEXT, FORMATS, read_rdf

INTAKE = Path(__file__).parent / "intake"
REFUSED = {
    "about-and-id.rdf": "line 3, column 62: a relative IRI",
    "entity-bomb.rdf": "line 14, column 58: not well-formed XML: limit on input amplification factor",
    "five-terms.nq": "line 1, column 77: Quads must be followed by a dot",
    "imported-context.jsonld": "line 2, column 16: a remote @context; no remote context is fetched",
    "latin-1.ttl": "line 2, column 15: not UTF-8",
    "no-comma.jsonld": "line 3, column 3: Object values must be followed by a comma",
    "no-object.nt": "line 2, column 49: The object of a triple must be",
    "relative-iri.jsonld": "line 3, column 10: a relative IRI and no base",
    "relative-iri.rdf": "line 3, column 31: a relative IRI and no base",
    "relative-iri.ttl": "line 2, column 11: a relative IRI and no base",
    "remote-context-within.jsonld": "line 4, column 9: a remote @context; no remote context is fetched",
    "remote-context.jsonld": "line 2, column 3: a remote @context; no remote context is fetched",
    "space-in-iri.ttl": "line 2, column 11: Invalid IRI code point ' '",
    "triple-term.ttl": "line 2, column 21: a triple term",
    "unclosed-string.ttl": "line 2, column 11: Unexpected end of file",
    "unknown-prefix.trig": "line 1, column 1: The prefix ex: has not been declared",
    "unknown-prefix.ttl": "line 2, column 11: The prefix no: has not been declared",
    "wrong-end-tag.rdf": "line 3, column 63: not well-formed XML: mismatched tag",
}
"""Case file → how the message goes on after the file's name."""

WITHOUT_PLACE = {
    "no-triple.ttl": "has content, and holds no triple",
    "no-triple.jsonld": "has content, and holds no triple (a key that the @context does not name says nothing)",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_file_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        list(read_rdf(INTAKE / name))
    message = str(refused.value)
    assert message.startswith(f"{INTAKE / name}, {REFUSED[name]}")
    assert "\n" not in message


@pytest.mark.parametrize("name", WITHOUT_PLACE)
def test_a_file_that_says_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        list(read_rdf(INTAKE / name))
    assert str(refused.value) == f"{INTAKE / name}: {WITHOUT_PLACE[name]}"


def test_every_case_file_is_used() -> None:
    assert {path.name for path in INTAKE.iterdir() if path.is_file()} == {*REFUSED, *WITHOUT_PLACE, "empty.ttl"}


def test_an_empty_file_is_an_empty_graph() -> None:
    assert list(read_rdf(INTAKE / "empty.ttl")) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.ttl", "no such file"),
        ("table.csv", ".csv is not a format that is read; save it as RDF (.ttl, .trig, .nt, .nq, .rdf"),
        ("readme", "a name without suffix is not a format that is read"),
        (".", "is a folder"),
    ],
)
def test_what_is_no_rdf_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        list(read_rdf(tmp_path / name))
    assert str(refused.value).startswith(f"{tmp_path / name}: {message}")


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="file/in.ttl: cannot be read: Not a directory"):
        list(read_rdf(tmp_path / "file" / "in.ttl"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_triples(tmp_path: Path, suffix: str) -> None:
    subject, predicate = NamedNode("https://example.org/a"), NamedNode("https://example.org/p")
    quads = [Quad(subject, predicate, value) for value in (Literal("é\n"), Literal("b", language="en"), subject)]
    path = tmp_path / f"file{suffix.upper()}"
    path.write_bytes(serialize(quads, format=FORMATS[suffix]) or b"")
    assert set(read_rdf(path)) == set(quads)


def test_literals_stay_as_written(tmp_path: Path) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    path = tmp_path / "file.ttl"
    path.write_text(f'<a:a> <a:p> 1.50, 007, "007"^^<{xsd}int>, "2010-01-01T00:00:00.000Z"^^<{xsd}dateTime>, "b"@EN .')
    found = [quad.object for quad in read_rdf(path)]
    assert [literal.value for literal in found] == ["1.50", "007", "007", "2010-01-01T00:00:00.000Z", "b"]
    assert [literal.datatype.value.removeprefix(xsd) for literal in found[:4]] == [
        "decimal", "integer", "int", "dateTime",
    ]
    assert found[4].language == "en"


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "file.ttl"
    path.write_bytes(b"\xef\xbb\xbf<a:a> <a:p> <a:b> .")
    assert len(list(read_rdf(path))) == 1


@pytest.mark.parametrize("shape", ['"{url}"', '["{url}"]', '{{"@import": "{url}"}}', '[{{}}, "{url}"]'])
def test_no_remote_context_is_fetched(tmp_path: Path, shape: str) -> None:
    asked: list[str] = []

    class Recorder(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with http.server.HTTPServer(("127.0.0.1", 0), Recorder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        context = shape.format(url=f"http://127.0.0.1:{server.server_port}/c.jsonld")
        path = tmp_path / "file.jsonld"
        path.write_text(f'{{"@context": {context}, "@id": "a:a", "a:p": "x"}}')
        with pytest.raises(BadInput, match="no remote context is fetched"):
            list(read_rdf(path))
        server.shutdown()
        thread.join()
    assert asked == []


@pytest.mark.parametrize("shape", ["{}", "[{}]", '[{}, {{"x": "a:x"}}]'])
def test_the_shipped_context_is_known_by_its_iri(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "file.jsonld"
    context = shape.format(json.dumps(CONTEXT))
    path.write_text(f'{{"@context": {context}, "@id": "a:a", "http://a/p": "x"}}')
    assert [str(quad.predicate) for quad in read_rdf(path)] == ["<http://a/p>"]


@pytest.mark.parametrize("suffix", [".ttl", ".nt"])
def test_deeply_nested_triple_terms_are_refused_not_parsed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(b"<a:a> <a:p> " + b"<<( <a:a> <a:p> " * 200_000)
    with pytest.raises(BadInput, match="line 1, column 13: a triple term"):
        list(read_rdf(path))


def test_deeply_nested_xml_is_refused_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "file.rdf"
    path.write_bytes(b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' + b"<a><b>" * 100_000)
    with pytest.raises(BadInput, match="more than 500 elements within each other"):
        list(read_rdf(path))


def test_angle_brackets_in_text_and_comments_are_no_triple_terms(tmp_path: Path) -> None:
    path = tmp_path / "file.ttl"
    path.write_text("<a:a> <a:p> '<<', \"\"\"a \"<<\" b\\\"\"\"\" , \"\"\"x\"\"\" . # <<\n")
    assert [quad.object.value for quad in read_rdf(path)] == ["<<", 'a "<<" b"', "x"]
