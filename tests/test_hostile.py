"""Hostile queries (tests/hostile/, tests/hostile_shapes.py): each is refused or bounded, and the service stays well."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hostile_shapes import HARMLESS, HIDDEN, NESTED, REPEATED, UNCLEAR
from test_bombs import SERVE, tree
from test_serve import started

from kb.ask.query import read
from kb.errors import QueryRefused
from kb.store.folder import DataFolder

FILES = sorted((Path(__file__).parent / "hostile").glob("*.rq"))
LIMITS = {"workers": 1, "query_places": 2, "query_mb": 512, "query_seconds": 10, "query_result_mb": 4}
MANY = 20_000


@pytest.fixture(scope="module")
def service(data_folder: DataFolder) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server with small limits, and its address."""
    options = [str(part) for row in LIMITS.items() for part in row]
    with started([sys.executable, "-c", SERVE, str(data_folder.root), *options]) as running:
        yield running


def ask(address: str, text: str, source: str = "127.0.0.1", path: str = "/sparql") -> tuple[int, str]:
    """Status and body of a direct POST from a client at this loopback address."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60, source_address=(source, 0))
    try:
        connection.request("POST", path, text.encode(), {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def still_well(service: tuple[subprocess.Popen[str], str]) -> None:
    """A light query of somebody else is answered; there are no more processes than places, and one that is ready."""
    process, address = service
    status, body = ask(address, "ASK { ?s ?p ?o }", "127.0.0.2")
    assert (status, '"boolean":true' in body) == (200, True), body
    # The server, its worker, and the two that fork and watch for it; then one for each place.
    end = time.monotonic() + 10
    while len(tree(process.pid)) > 4 + LIMITS["query_places"] + 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(tree(process.pid)) <= 4 + LIMITS["query_places"] + 1  # one stands ready


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bomb_is_bounded(service: tuple[subprocess.Popen[str], str], path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = re.match(r"# ([\d|]+)\n# \w", text)
    assert expected, "a case states its status and what it does"
    status, body = ask(service[1], text, path="/sparql?timeout=1")
    end = time.monotonic() + 60
    while status == 429 and time.monotonic() < end:
        time.sleep(0.2)
        status, body = ask(service[1], text, path="/sparql?timeout=1")
    assert str(status).startswith(tuple(expected[1].split("|"))), body
    assert len(body) < 1000
    still_well(service)


@pytest.mark.parametrize("shape", NESTED | REPEATED)
def test_what_would_end_the_parser_is_refused_before(shape: str) -> None:
    with pytest.raises(QueryRefused, match="a query may have up to"):
        read((NESTED | REPEATED)[shape](MANY))


@pytest.mark.parametrize("length", [MANY, 2 * MANY])
def test_shapes_are_refused_and_the_service_is_well(service: tuple[subprocess.Popen[str], str], length: int) -> None:
    """What is unclear would take hours where each token had the rest of the query looked through."""
    statuses = {name: ask(service[1], shape(length))[0] for name, shape in (NESTED | REPEATED | UNCLEAR).items()}
    assert {name: status for name, status in statuses.items() if status not in (400, 403)} == {}
    still_well(service)


@pytest.mark.parametrize("shape", HIDDEN)
def test_what_is_hidden_ends_one_process_alone(service: tuple[subprocess.Popen[str], str], shape: str) -> None:
    status, body = ask(service[1], HIDDEN[shape](MANY))
    assert (status, "ended its process" in body) == (503, True), body
    still_well(service)


@pytest.mark.parametrize("shape", REPEATED)
def test_a_shape_of_moderate_length_runs_or_is_bounded(service: tuple[subprocess.Popen[str], str], shape: str) -> None:
    assert ask(service[1], REPEATED[shape](60), path="/sparql?timeout=1")[0] in (200, 400, 503)


@pytest.mark.parametrize("shape", HARMLESS)
def test_what_is_long_and_harmless_runs(service: tuple[subprocess.Popen[str], str], shape: str) -> None:
    status, body = ask(service[1], HARMLESS[shape](15_000))
    assert status == 200, body
