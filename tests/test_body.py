"""Clients who send or read slowly take no more than their turns: pages and other clients' queries are answered."""

import re
import select
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from bombs import product
from conftest import served
from flask import Flask
from publishing_site import publishing_site
from test_bombs import SERVE, ask
from test_serve import started

from kb import config
from kb.errors import TooBusy
from kb.store.folder import DataFolder
from kb.store.sessions import Sessions
from kb.store.submissions import Submissions, new_id
from kb.store.tokens import Tokens
from web import body, caching, graph_store, receiving, sending
from web.authority import COOKIE
from web.site import create_app
from web.turns import Turns

SLOW = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 60\r\n\r\nASK {",
    b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{",
    b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
)


@contextmanager
def stalled(address: str, number: int, sources: int, parts: Sequence[bytes] = SLOW) -> Iterator[list[socket.socket]]:
    """Connections from this many loopback addresses that have sent a part of a body."""
    url = urlsplit(address)
    connections = []
    try:
        for turn in range(number):
            source = (f"127.0.0.{20 + turn % sources}", 0)
            connections.append(socket.create_connection((url.hostname, url.port), 20, source_address=source))
            connections[-1].sendall(parts[turn % len(parts)])
        yield connections
    finally:
        for connection in connections:
            connection.close()


def posted(address: str, source: str) -> int:
    """The status of a small POST."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20, source_address=(source, 0))
    try:
        connection.request("POST", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query"})
        return connection.getresponse().status
    finally:
        connection.close()


def answered(connections: list[socket.socket], number: int) -> dict[socket.socket, bytes]:
    """Those of the connections that are answered first, this many, and how the answers begin."""
    found: dict[socket.socket, bytes] = {}
    while len(found) < number:
        ready, _, _ = select.select([each for each in connections if each not in found], [], [], 30)
        assert ready, f"{len(found)} of {number} are answered"
        found |= {connection: connection.recv(12) for connection in ready}
    return found


def test_slow_senders_leave_threads_to_others(data_folder: DataFolder) -> None:
    def others_are_answered(address: str) -> None:
        for turn in range(5):
            assert ask(address, f"/doc/place/kent?n={turn}", "127.0.0.2")[0] == 200
            assert ask(address, f"/sparql?query=SELECT({turn}AS?x)%7B%7D", "127.0.0.2")[0] == 200

    with (
        started([sys.executable, "-c", SERVE, str(data_folder.root), "workers", "1"]) as (_, address),
        stalled(address, body.AT_ONCE + 20, 5) as connections,
    ):
        away = answered(connections, 20)
        assert set(away.values()) == {b"HTTP/1.1 429"}, "more than the turns are sent away at once"
        others_are_answered(address)
        late = answered([each for each in connections if each not in away], body.AT_ONCE)
        assert set(late.values()) == {b"HTTP/1.1 408"}
        others_are_answered(address)
        for connection in late:
            connection.settimeout(20)
            while connection.recv(4096):
                pass  # else its thread, and its turn, would be held for as long as the client likes


@pytest.mark.parametrize("part", SLOW, ids=["query", "message", "chunked"])
def test_a_body_that_is_late_is_408(app: Flask, monkeypatch: pytest.MonkeyPatch, part: bytes) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.2)
    with served(app) as address, stalled(address, 1, 1, [part]) as [connection]:
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")


def test_one_of_those_who_send_slowly_gives_way(data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "AT_ONCE", 4)
    monkeypatch.setattr(body, "SECONDS", 60.0)
    monkeypatch.setattr(body, "PROMPT", 0.5)
    app = create_app(config.load({}, data=data_folder.root))
    with served(app) as address, stalled(address, 4, 1) as connections:
        while len(app.extensions["bodies that are read"]) < 4:
            time.sleep(0.01)
        time.sleep(body.PROMPT)
        assert posted(address, "127.0.0.2") == 200
        assert set(answered(connections, 1).values()) == {b"HTTP/1.1 429"}
        assert len(app.extensions["bodies that are read"]) == 3


KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/turtle")


@pytest.mark.parametrize("kind", KINDS)
def test_no_address_waits_for_ever_for_a_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Not even of somebody who is let in: each request is answered, whatever the answer is."""
    monkeypatch.setattr(body, "SECONDS", 0.1)
    monkeypatch.setattr(receiving, "STALLED", 0.1)
    site = publishing_site(tmp_path)
    session = Sessions(site.folder).begin(Tokens(site.folder).verify(site.tokens["kent"]), 1)
    id = Submissions(site.folder).add(new_id(), "kent", "money", [], "kent").id
    values = {"publisher": "kent", "dataset": "money", "number": "1", "name": "lesson-learned"}
    with served(site.app) as address:
        for rule in site.app.url_map.iter_rules():
            given = values | {"id": "dp-03" if rule.rule.startswith("/protocols") else id}
            for method in {"POST", "PUT"} & (rule.methods or set()):
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).format(**given)
                head = (
                    f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 600\r\n"
                    f"Authorization: Bearer {site.tokens['kent']}\r\nCookie: {COOKIE}={session}\r\n\r\n--x"
                )
                with stalled(address, 1, 1, [head.encode()]) as [connection]:
                    assert connection.recv(12).startswith(b"HTTP/1.1 "), path


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


LARGE = (
    "/graphs?default",
    "/sparql?" + urlencode({"query": f"SELECT * {{ {product(5)} }}"}),
)


@pytest.mark.parametrize("address", LARGE, ids=["graph", "query"])
def test_large_answers_are_sent_a_few_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(graph_store, "TIDIED", 2)
    monkeypatch.setattr(caching, "_LARGEST", 0)
    client = app.test_client()
    unread = [client.get(f"{address}&n={n}", buffered=False) for n in range(sending.PER_CLIENT)]
    assert [answer.status_code for answer in unread] == [200] * sending.PER_CLIENT
    assert client.get(f"{address}&n=9").status_code == 429
    assert client.get("/sparql?query=ASK%7B%7D&n=9").status_code == 200, "small answers go on"
    with client.get(f"{address}&n=9", environ_base={"REMOTE_ADDR": "192.0.2.7"}, buffered=False) as other:
        assert other.status_code == 200
    unread.pop().close()
    with client.get(f"{address}&n=9", buffered=False) as again:
        assert again.status_code == 200
    for answer in unread:
        answer.close()
    assert app.extensions["sending"]._held.total() == 0
