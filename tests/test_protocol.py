"""SPARQL Protocol, Service Description and linked-data HTTP, request by request (tests/protocol/), on a real server."""

import json
import re
import socket
import sys
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_bombs import SERVE
from test_serve import started

from kb.store.folder import DataFolder

FOLDER = Path(__file__).parent / "protocol"
CASES = sorted(FOLDER.glob("*/*.http"))

_EXPECTED = re.compile(r"# (status|header|no header|body|boolean): ?(.*)")
_BYTE = re.compile(rb"\\(?:x([0-9a-f]{2})|([rn\\]))")


@pytest.fixture(scope="module")
def service(data_folder: DataFolder) -> Iterator[str]:
    """The address of a server as it is run."""
    with started([sys.executable, "-c", SERVE, str(data_folder.root), "workers", "1"]) as (_, address):
        yield address


@pytest.fixture(scope="module")
def listener() -> Iterator[int]:
    """A port on which nothing may arrive."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield int(listening.getsockname()[1])
        with pytest.raises(BlockingIOError):
            listening.accept()


def expected(text: str) -> list[tuple[str, str]]:
    found = [_EXPECTED.fullmatch(line) for line in text.splitlines() if line.startswith("# ")]
    return [(match[1], match[2]) for match in found if match]


def raw(text: str, host: str) -> bytes:
    """The request in bytes, with its length and host."""
    head, _, body = text.partition("\n\n")
    lines = [line for line in head.splitlines() if not line.startswith("#")]
    sent = _BYTE.sub(_byte, body.removesuffix("\n").encode())
    lines[0] += " HTTP/1.1"
    lines += [f"Host: {host}", "Connection: close"]
    if "\n\n" in text and "Transfer-Encoding" not in head:
        lines.append(f"Content-Length: {len(sent)}")
    return "\r\n".join([*lines, "", ""]).encode() + sent


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else {b"r": b"\r", b"n": b"\n", b"\\": b"\\"}[found[2]]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_request(service: str, listener: int, path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("LISTENER", str(listener))
    url = urlsplit(service)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        request = raw(text, url.netloc)
        connection.sendall(request)
        answer = HTTPResponse(connection, method=request.split()[0].decode())
        answer.begin()
        body = answer.read().decode()
    checks = expected(text)
    assert [kind for kind, _ in checks].count("status") == 1, "a case states its status"
    for kind, value in checks:
        name, _, part = value.partition(": ")
        found = ", ".join(answer.headers.get_all(name, []))
        if kind == "status":
            assert str(answer.status).startswith(value), body
        elif kind == "header":
            assert found, f"{name} is missing"
            assert part in found
        elif kind == "no header":
            assert not found
        elif kind == "body":
            assert value in body
        else:
            assert json.loads(body)["boolean"] is (value == "true")


def test_every_group_has_cases() -> None:
    assert {path.parent for path in CASES} == {path for path in FOLDER.iterdir() if path.is_dir()}
