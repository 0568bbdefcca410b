"""Clients who send or read slowly take no more than their turns: pages and other clients' queries are answered."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from conftest import served
from flask import Flask
from test_bombs import SERVE, ask
from test_serve import started

from kb.errors import TooBusy
from kb.store.folder import DataFolder
from web import body, graph_store
from web.turns import Turns

SLOW = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 60\r\n\r\nASK {"


@contextmanager
def stalled(address: str, number: int, sources: int) -> Iterator[list[socket.socket]]:
    """Connections from this many loopback addresses that have sent a part of a body."""
    url = urlsplit(address)
    connections = []
    try:
        for turn in range(number):
            source = (f"127.0.0.{20 + turn % sources}", 0)
            connections.append(socket.create_connection((url.hostname, url.port), 20, source_address=source))
            connections[-1].sendall(SLOW)
        yield connections
    finally:
        for connection in connections:
            connection.close()


def test_slow_senders_leave_threads_to_others(data_folder: DataFolder) -> None:
    with (
        started([sys.executable, "-c", SERVE, str(data_folder.root), "workers", "1"]) as (_, address),
        stalled(address, 80, 5) as connections,
    ):
        answers = [connection.recv(12) for connection in connections[20:40]]
        assert b"HTTP/1.1 429" in answers, "more than the turns are sent away at once"
        for turn in range(5):
            assert ask(address, f"/doc/place/kent?n={turn}", "127.0.0.2")[0] == 200
            assert ask(address, f"/sparql?query=SELECT({turn}AS?x)%7B%7D", "127.0.0.2")[0] == 200


def test_a_body_that_is_late_is_408(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.2)
    with served(app) as address, stalled(address, 1, 1) as [connection]:
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")


def test_a_client_has_its_turns_and_no_more() -> None:
    turns = Turns("letters are being read", at_once=3, per_client=2)
    turns.take("a")
    turns.take("a")
    with pytest.raises(TooBusy, match="letters"):
        turns.take("a")
    turns.take("b")
    with pytest.raises(TooBusy):
        turns.take("c")
    turns.give_back("a")
    turns.take("c")


def test_large_graphs_are_sent_a_few_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_store, "TIDIED", 2)
    client = app.test_client()
    first, second = (client.get(f"/graphs?default&n={n}", buffered=False) for n in range(2))
    for answer in (first, second):
        answer.close()
    turns = app.extensions["large_graphs"]
    for _ in range(graph_store.PER_CLIENT):
        turns.take("127.0.0.1")
    assert client.get("/graphs?default&n=3").status_code == 429
    assert client.get("/graphs?default&n=3", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    turns.give_back("127.0.0.1")
    assert client.get("/graphs?default&n=3").status_code == 200
