"""What every answer carries, whatever it answers."""

import pytest
from flask.testing import FlaskClient

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
        ("br, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0.2, identity;q=0.5", None),
        ("br", None),
        ("", None),
    ],
)
def test_the_coding_that_the_client_prefers(client: FlaskClient, accepted: str, coding: str | None) -> None:
    answer = client.get("/sparql", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_condition_that_fails_gets_no_document(client: FlaskClient) -> None:
    """Also after the answer was kept in memory (RFC 9110 §13.1.1)."""
    tag = client.get("/doc/place/kent").headers["ETag"]
    for wanted, status in (('"other"', 412), (tag, 200)):
        answer = client.get("/doc/place/kent", headers={"If-Match": wanted, "Accept-Encoding": ""})
        assert answer.status_code == status
        assert (answer.data == b"") == (status == 412)
