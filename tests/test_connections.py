"""Connections on which nothing is said: they leave room to others, and are ended."""

import os
import resource
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from test_bombs import SERVE, ask
from test_serve import started

from kb.store.folder import DataFolder
from web import connections

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells when a connection was last used")

FILES = 1024
"""What the server may open."""

SOON = 15
"""Seconds: less than those after which the server ends a connection by itself."""

LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))\n{SERVE}"


@pytest.fixture(scope="module")
def service(data_folder: DataFolder) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of one worker that has room for few connections."""
    with started([sys.executable, "-c", LIMITED, str(data_folder.root), "workers", "1"]) as running:
        yield running


def silent(stack: ExitStack, address: str, number: int, begin: bytes = b"") -> list[socket.socket]:
    """Connections on which no more than this is sent."""
    url = urlsplit(address)
    made = []
    for _ in range(number):
        connection = socket.create_connection((url.hostname, url.port), 20, source_address=("127.0.0.20", 0))
        made.append(stack.enter_context(connection))
        connection.sendall(begin)
    return made


BEGUN = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nX-A: ",
    "more after an answer": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("begin", BEGUN.values(), ids=BEGUN)
def test_more_connections_than_there_is_room_for_leave_room_to_others(
    service: tuple[subprocess.Popen[str], str], begin: bytes
) -> None:
    with ExitStack() as stack:
        many = silent(stack, service[1], FILES - 100, begin)
        for turn in range(3):
            assert ask(service[1], f"/doc/place/kent?n={turn}{len(begin)}", "127.0.0.2", SOON)[0] == 200
        poll = select.poll()
        for connection in many:
            poll.register(connection, select.POLLRDHUP)
        assert poll.poll(20_000), "some were ended"


def test_what_is_being_answered_is_told_from_what_is_not() -> None:
    """Of two connections from one address, that on which something was sent since is read no further."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(server.getsockname())) for _ in range(2)]
        one, other = (stack.enter_context(server.accept()[0]) for _ in clients)
        threading.Event().wait(0.2)
        found = connections.unanswered({"REMOTE_ADDR": "127.0.0.1"}, 0.1)
        assert {os.fstat(each.fileno()).st_ino for each in (one, other)} <= found
        assert not connections.unanswered({"REMOTE_ADDR": "127.0.0.9"}, 0.1)
        assert not connections.unanswered({"REMOTE_ADDR": "127.0.0.1"}, 100)
        one.sendall(b"x")
        ended = threading.Event()
        reader = threading.Thread(target=lambda: (one.recv(1), ended.set()))
        reader.start()
        connections.stop_reading(found, 0.1, ended)
        reader.join(5)
        assert ended.is_set()
        clients[1].sendall(b"y")
        assert other.recv(1) == b"y", "the other one goes on"


def test_the_limit_of_files_is_raised_as_far_as_it_may_be() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
        assert 0 < connections.most() <= connections.MOST
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256
        # Each is looked at through a file of its own.
        assert 2 * connections.most() < resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
