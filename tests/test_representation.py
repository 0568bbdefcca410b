"""What every answer carries, whatever it answers."""

import gzip

import brotli
import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def headers_of(answer: TestResponse) -> list[tuple[str, str]]:
    """All but the id, which each answer has of its own."""
    return [(name, value) for name, value in answer.headers if name != "X-Request-Id"]


ADDRESSES = ("/", "/doc/place/kent", "/id/place/kent", "/resource?uri=x", "/nope", "/class/Nope", "/sparql", "/concept")


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_names_its_snapshot_and_may_be_read_by_other_sites(client: FlaskClient, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        headers = client.open(path, method=method, headers={"Origin": "https://other.example"}).headers
        assert headers["X-Snapshot"].startswith("000001-"), method
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/doc/place/kent.ttl", "/doc/place/kent"),
        ("/doc/place/kent?format=nt", "/doc/place/kent"),
        ("/doc/place/caf%C3%A9", "/doc/place/caf%C3%A9"),
        ("/protocols?format=ttl", "/protocols"),
        ("/class/Place?page=1&format=ttl", "/class/Place?page=1"),
        ("/sparql", "/sparql"),
    ],
)
def test_a_document_names_its_one_address(client: FlaskClient, path: str, canonical: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'<{canonical}>; rel="canonical"' in answer.headers.getlist("Link")


def test_a_long_query_does_not_fill_the_headers(client: FlaskClient) -> None:
    short, long = (client.get(f"/sparql?format=html&query=ASK%7B%7D%23{'a' * length}") for length in (10, 9000))
    assert 'rel="alternate"' in short.headers["Link"]
    assert long.status_code == 200
    assert len(str(long.headers)) < 2000


@pytest.mark.parametrize("host", ["", "a b", "x/y", "caf\u00e9.example", "x.example:99999"])
def test_a_host_that_is_none_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/sparql", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 400
    assert "sd:endpoint" not in answer.text


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "br"),
        ("br;q=0.2, gzip;q=0.5", "gzip"),
        ("zstd, gzip;q=0.9", "zstd"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate, br;q=0, zstd", "zstd"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "zstd"),
        ("gzip;q=0", None),
        ("gzip;q=0.2, identity;q=0.5", None),
        ("deflate", None),
        ("identity", None),
        ("br;q=0.5, identity", None),
        ("", None),
    ],
)
def test_the_coding_that_the_client_prefers(client: FlaskClient, accepted: str, coding: str | None) -> None:
    answer = client.get("/sparql", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]


DECODERS = {"br": brotli.decompress, "zstd": zstandard.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("path", ["/doc/place/kent?format=html", "/sparql?format=ttl", "/static/site.css"])
def test_a_coded_answer_is_the_same_document_under_an_etag_of_its_own(
    client: FlaskClient, path: str, coding: str
) -> None:
    plain = client.get(path)
    coded, again = (client.get(path, headers={"Accept-Encoding": coding}) for _ in range(2))
    assert DECODERS[coding](coded.data) == plain.data
    assert len(coded.data) < len(plain.data)
    assert coded.headers["Content-Encoding"] == coding
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert headers_of(again) == headers_of(coded)
    head = client.head(path, headers={"Accept-Encoding": coding, "Cache-Control": "no-cache"})
    assert sorted(headers_of(head)) == sorted(headers_of(coded))
    tag = {"Accept-Encoding": coding, "If-None-Match": coded.headers["ETag"]}
    assert client.get(path, headers=tag).status_code == 304
    assert client.get(path, headers=tag | {"Accept-Encoding": ""}).status_code == 200


def test_an_answer_to_head_before_any_get_is_the_same(client: FlaskClient) -> None:
    head, got = (client.open("/sparql", method=each, headers={"Accept-Encoding": "br"}) for each in ("HEAD", "GET"))
    assert head.data == b""
    assert sorted(headers_of(head)) == sorted(headers_of(got))


def test_a_short_answer_is_coded_only_where_it_may_not_go_as_it_is(client: FlaskClient) -> None:
    path = "/sparql?query=ASK%7B%7D"
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "br"}).headers
    refused = client.get(path, headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert refused.headers["Content-Encoding"] == "gzip"


def test_a_condition_that_fails_gets_no_document(client: FlaskClient) -> None:
    """Also after the answer was kept in memory (RFC 9110 §13.1.1)."""
    tag = client.get("/doc/place/kent").headers["ETag"]
    for wanted, status in (('"other"', 412), (tag, 200)):
        answer = client.get("/doc/place/kent", headers={"If-Match": wanted, "Accept-Encoding": ""})
        assert answer.status_code == status
        assert (answer.data == b"") == (status == 412)
