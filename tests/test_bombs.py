"""The whole service under strangers' worst queries: others are answered, memory is bounded, nothing is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from bombs import BOMBS, HUGE
from process_tree import settled, tree
from test_serve import gone, started

from kb.store.folder import DataFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

WORKERS, PLACES, MEGABYTES, SECONDS = 2, 2, 512, 3
ROUNDS = 20
ENDED = 4
"""Bombs that must have been ended before the attack is over."""

SERVE = """
import sys
from pathlib import Path
from kb import config
from web.server import serve
given = dict(zip(sys.argv[2::2], map(int, sys.argv[3::2])))
sys.exit(serve(config.load({}, data=Path(sys.argv[1]), port=0, **given)))
"""

@contextmanager
def serving(folder: DataFolder, seconds: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server with small limits, and its address; `seconds` is what a query may take."""
    given = {"workers": WORKERS, "query_places": PLACES, "query_mb": MEGABYTES, "query_seconds": seconds}
    given |= {"query_result_mb": 8, "query_waiting": 4, "query_per_client": 4}
    options = [str(part) for row in given.items() for part in row]
    with started([sys.executable, "-c", SERVE, str(folder.root), *options]) as running:
        yield running


@pytest.fixture
def service(data_folder: DataFolder) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Such a server whose queries end soon."""
    with serving(data_folder, SECONDS) as running:
        yield running


def ask(address: str, path: str, source: str, seconds: float = 30) -> tuple[int, bytes]:
    """Status and body of a GET from a client at this loopback address."""
    host = urlsplit(address).netloc
    connection = HTTPConnection(host, timeout=seconds, source_address=(source, 0))
    try:
        connection.request("GET", path, headers={"Accept": "text/csv, text/html;q=0.5"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def query(text: str) -> str:
    return f"/sparql?{urlencode({'query': text})}"


def resident_mb(pids: set[int]) -> float:
    """Memory of the processes, in MB; what they share counts once for each."""
    pages = 0
    for pid in pids:
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


@contextmanager
def attack(address: str) -> Iterator[tuple[list[int], threading.Event]]:
    """Clients that ask the worst queries again and again, more than there are places.

    Gives the statuses they got, and the event that ENDED of their queries were ended.
    """
    stop, ended, statuses = threading.Event(), threading.Event(), []
    worst = [*BOMBS.values(), HUGE]

    def run(number: int) -> None:
        turn = number
        while not stop.is_set():
            turn += 1
            text = f"{worst[turn % len(worst)]} # {number} {turn}"
            statuses.append(ask(address, query(text), f"127.0.0.{10 + number % 3}")[0])
            if statuses.count(503) >= ENDED:
                ended.set()
            time.sleep(0.02)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3 * WORKERS * PLACES)]
    for thread in threads:
        thread.start()
    try:
        yield statuses, ended
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def test_others_are_answered_while_bombs_run_in_every_place(service: tuple[subprocess.Popen[str], str]) -> None:
    process, address = service
    assert ask(address, query("ASK {}"), "127.0.0.1")[0] == 200
    before = settled(process.pid, WORKERS * (PLACES + 1))
    highest = 0.0
    with attack(address) as (statuses, ended):
        for turn in range(ROUNDS):
            status, body = ask(address, query(f"SELECT ({turn} AS ?n) {{ ?s ?p 'Kent'@en }}"), "127.0.0.2")
            assert (status, body.split()) == (200, [b"n", str(turn).encode()]), body
            assert ask(address, f"/doc/place/kent?turn={turn}", "127.0.0.2")[0] == 200
            highest = max(highest, resident_mb(tree(process.pid)))
            time.sleep(0.3)
        assert ended.wait(60), statuses
    assert set(statuses) <= {403, 429, 503}, set(statuses)
    # A query's limit is address space, some 200 MB of which are no memory; a site's own process takes some 150.
    assert highest < WORKERS * PLACES * MEGABYTES + (WORKERS + 2) * 300
    after = settled(process.pid, WORKERS * (PLACES + 1))
    assert len(after) <= len(before)
    for pid in after:
        held = {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}
        assert not {name for name in held if "(deleted)" in name and "/tmp/" not in name}
    assert ask(address, query("SELECT (1 AS ?done) {}"), "127.0.0.10")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda n: n.name)
def test_queries_end_with_the_server(data_folder: DataFolder, number: signal.Signals) -> None:
    """Also those that would run for minutes."""
    with serving(data_folder, 300) as (process, address):
        asking = [threading.Thread(target=_ask_in_vain, args=(address,), daemon=True) for _ in range(4)]
        for thread in asking:
            thread.start()
        busy = time.monotonic() + 20
        while len(tree(process.pid)) < 1 + WORKERS + 2 and time.monotonic() < busy:
            time.sleep(0.02)
        time.sleep(1)
        pids = tree(process.pid)
        assert len(pids) >= 1 + WORKERS + 2
        os.kill(process.pid, number)
        process.wait(timeout=20)
        assert gone(sorted(pids), within=20)
        for thread in asking:
            thread.join(30)


def _ask_in_vain(address: str) -> None:
    with suppress(OSError, HTTPException):
        ask(address, query(BOMBS["cartesian"]), "127.0.0.1")
