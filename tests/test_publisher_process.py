"""A real server with somebody who publishes: what a killed process had begun is begun anew, nothing outlives it."""

import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from publishing_site import CONFORMING, Site, publishing_site
from test_serve import START, gone, runs, started

from kb.store import releases
from kb.store.lock import writing
from kb.store.submissions import Submissions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
MONEY = "/api/datasets/kent/money/submissions"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return publishing_site(tmp_path / "data")


@pytest.fixture
def served(site: Site) -> Iterator[tuple[Any, str]]:
    with started([sys.executable, "-c", START, str(site.folder.root)]) as found:
        yield found


def asked(site: Site, address: str, path: str, data: bytes | None = None, method: str | None = None) -> Any:
    headers = site.by("kent") | ({"Content-Type": "text/turtle"} if data is not None else {})
    request = urllib.request.Request(f"{address}{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def until(site: Site, address: str, id: str, *states: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = asked(site, address, f"/api/submissions/{id}")
        if found["state"] in states:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{found['state']}: {found['steps']}")


def children(process: Any) -> list[int]:
    """Those of all its threads."""
    texts = [path.read_text(encoding="ascii") for path in Path(f"/proc/{process.pid}/task").glob("*/children")]
    return [int(pid) for text in texts for pid in text.split()]


def publisher_of(process: Any, site: Site) -> int:
    """The process that holds the lock of the queue."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for pid in children(process):
            try:
                held = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}
            except OSError:
                continue
            if str(site.folder.queue_lock) in held:
                return pid
        time.sleep(0.05)
    raise AssertionError("nobody works through the queue")


def test_a_submission_survives_its_worker_and_the_server_ends_whole(site: Site, served: tuple[Any, str]) -> None:
    process, address = served
    first = publisher_of(process, site)
    with writing(site.folder):  # somebody else publishes, so that what is asked for waits
        id = asked(site, address, MONEY, CONFORMING.read_bytes())["id"]
        until(site, address, id, "checked")
        asked(site, address, f"/api/submissions/{id}/publish", b"", "POST")
        assert until(site, address, id, "publishing")["before_it_in_the_queue"] == 0
        os.kill(first, signal.SIGKILL)
        assert gone([first], within=20)
    assert until(site, address, id, "published")["release"] == 1
    second = publisher_of(process, site)
    workers = children(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert gone([second, *workers], within=20)


def test_a_killed_server_takes_its_worker_along(site: Site, served: tuple[Any, str]) -> None:
    process, _ = served
    publisher = publisher_of(process, site)
    assert runs(publisher)
    process.kill()
    process.wait(timeout=10)
    assert gone([publisher], within=20)


@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_connection_cut_half_way_leaves_nothing(site: Site, served: tuple[Any, str], framing: str) -> None:
    _, address = served
    url = urlsplit(address)
    part, kind = CONFORMING.read_bytes()[:500], "text/turtle"
    if "chunked" in framing:
        kind = "multipart/form-data; boundary=b"
        part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="money.ttl"\r\n\r\n' + part
        part += b"#" * 600_000
    head = f"POST {MONEY} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{framing}\r\n"
    head += f"Authorization: {site.by('kent')['Authorization']}\r\n\r\n"
    body = part if "Length" in framing else b"%x\r\n%s\r\n" % (len(part), part)
    with socket.create_connection((url.hostname, url.port), 20) as connection:
        connection.sendall(head.encode() + body)
        deadline = time.monotonic() + 20
        while not list(site.folder.submissions.glob("*/received/1/*")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    deadline = time.monotonic() + 30
    while list(site.folder.submissions.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert Submissions(site.folder).of("kent") == []
    assert releases.datasets(site.folder) == []


def test_a_file_whose_length_is_not_said_is_refused(site: Site, served: tuple[Any, str]) -> None:
    _, address = served
    url = urlsplit(address)
    head = f"POST {MONEY} HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\nTransfer-Encoding: chunked\r\n"
    with socket.create_connection((url.hostname, url.port), 20) as connection:
        connection.sendall(f"{head}Authorization: {site.by('kent')['Authorization']}\r\n\r\n1\r\n.\r\n".encode())
        assert connection.recv(12).endswith(b"411")


def test_a_process_that_ends_again_and_again_is_waited_for_and_logged(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from web import server

    class Ended:
        """A process that has ended at once."""

        exitcode = 1

        def __init__(self, **_: object) -> None:
            pass

        def start(self) -> None:
            pass

        def is_alive(self) -> bool:
            return False

        def join(self) -> None:
            pass

    class Ending(threading.Event):
        """Is set once it was waited for ten times."""

        waited: list[float] = []

        def wait(self, timeout: float | None = None) -> bool:
            self.waited.append(timeout or 0)
            if len(self.waited) == 10:
                self.set()
            return self.is_set()

    monkeypatch.setattr(server.multiprocessing, "Process", Ended)
    ending = Ending()
    server._publish(site.settings, ending)
    assert ending.waited == sorted(ending.waited)
    assert ending.waited[0] < 1 < ending.waited[-1] == 60
    assert "ended with 1" in caplog.text
