"""A bounded soak: a real server under readers, strangers' queries with bombs, and publications, all at once.

`tests/test_soak.py` looks at what must hold, `python -m bench soak` reports the figures of a longer one.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bombs import BOMBS, HUGE
from page_types import PAGE_TYPES, SHIPPED
from process_tree import Taken, taken, tree

from kb.store.folder import DataFolder
from kb.store.snapshots import ids
from kb.store.state import State
from kb.store.tokens import Tokens

WORKERS, PLACES, KEPT = 2, 2, 1

LONGEST = 180
"""Seconds that a soak may take longer than it should, on a machine that is busy."""

GIVEN = {
    **{"workers": WORKERS, "query_places": PLACES, "query_mb": 512, "query_seconds": 3, "query_result_mb": 8},
    **{"query_waiting": 4, "query_per_client": 4, "keep_snapshots": KEPT, "uploads_per_hour": 1_000_000},
    **{"requests_per_minute": 0, "searches_per_minute": 0},
}
"""Small bounds of queries, so that they are met often; the clients are few, and ask as often as many would."""

EXPECTED = {
    "page": {200},
    "repeated page": {200},
    "page as at a snapshot": {200, 410},
    "question": {200, 429, 503},
    "query": {200},
    "bomb": {403, 429, 503},
    "readyz": {200},
    "metrics": {200},
    "publishing": {200, 201, 202},
}
"""Kind of request → the statuses that are no error. A snapshot that was named may be retired meanwhile (410); a
question has the places of queries, and one that takes long beside bombs makes room (429) or meets its limit (503)."""

SERVE = """
import sys, json
from pathlib import Path
from kb import config
from web.server import serve
sys.exit(serve(config.load({}, data=Path(sys.argv[1]), port=0, **json.loads(sys.argv[2]))))
"""

QUERYING = ("/questions/", "/sparql?")
"""Starts of the addresses of pages that ask a query of their reader's choice."""

BASE = "https://soak.example"

REGISTER = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix locn: <http://www.w3.org/ns/locn#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ww: <https://w3id.org/whatworks/def#> .
<{base}/id/dataset/buildings> a dcat:Dataset ; dcterms:title "Buildings"@en ;
    dcterms:publisher <https://w3id.org/whatworks/id/organisation/kent-county-council> ;
    dcterms:license <http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/> ;
    dcterms:conformsTo <https://w3id.org/whatworks/protocols/dp-01> .
"""

ASSET = """
<{base}/id/asset/{n}> a ww:Asset ; skos:prefLabel "House {n}, release {turn}"@en ; dcterms:identifier "{n}" ;
    ww:reportedBy <https://w3id.org/whatworks/id/organisation/kent-county-council> ;
    locn:address [ locn:postCode "ME10 3HT" ] .
"""


@dataclass(frozen=True)
class Asked:
    """One request; status 0 where no answer came, which `words` then tell."""

    kind: str
    status: int
    seconds: float
    words: str

    @property
    def is_error(self) -> bool:
        """Whether it should have been answered otherwise."""
        return self.status not in EXPECTED[self.kind]


@dataclass
class Soaked:
    """What came of a soak."""

    asked: list[Asked] = field(default_factory=list)
    publications: int = 0
    start: Taken | None = None
    end: Taken | None = None
    snapshots: list[str] = field(default_factory=list)
    """That are kept at the end."""
    left: list[str] = field(default_factory=list)
    """Processes and temporary files that are there when the server has ended."""

    def errors(self) -> list[Asked]:
        """What should have been answered otherwise."""
        return [each for each in self.asked if each.is_error]


class Site:
    """The server of a soak, and what is asked of it; every answer is noted in `soaked`."""

    def __init__(self, process: subprocess.Popen[str], url: str, temporary: Path, token: str) -> None:
        self.process = process
        self._host = urlsplit(url).netloc
        self.temporary = temporary
        self._token = token
        self.soaked = Soaked()
        self.stop = threading.Event()
        self._turns = count()
        self._latest = ""

    def get(self, kind: str, path: str, source: str = "127.0.0.2") -> bytes:
        """Asks by GET, from a client at this loopback address."""
        # A page of endless rows shows the first of them; a program that asks for all is refused.
        accepted = "text/csv" if kind in ("query", "bomb") else "text/html, */*;q=0.1"
        return self._ask(kind, "GET", path, source, {"Accept": accepted}, None)

    def publish(self) -> None:
        """Sends a register, and waits until it is served."""
        turn = next(self._turns)
        text = REGISTER.format(base=BASE) + "".join(ASSET.format(base=BASE, n=n, turn=turn) for n in range(20))
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "text/turtle"}
        sent = self._ask("publishing", "POST", "/api/datasets/soak/buildings/submissions", "127.0.0.3", headers, text)
        if not sent or (id := self._state(json.loads(sent)["id"], headers, "checked")) is None:
            return
        self._ask("publishing", "POST", f"/api/submissions/{id}/publish", "127.0.0.3", headers, "")
        if self._state(id, headers, "published") is not None:
            self.soaked.publications += 1

    def rest(self) -> Taken:
        """What the server takes when it has nothing to do, and every worker reads the current snapshot."""
        for _ in range(8 * WORKERS):
            self.get("page", "/snapshots")
        lowest = taken(self.process.pid, self.temporary)
        quiet = time.monotonic() + 5
        while time.monotonic() < quiet:  # queries that were ended are replaced, and files closed
            time.sleep(0.5)
            lowest = min(lowest, taken(self.process.pid, self.temporary), key=lambda each: (each.processes, each.files))
        return lowest

    def _state(self, id: str, headers: dict[str, str], wanted: str) -> str | None:
        """The id, once the submission is in that state; None where it fails, or the soak ends."""
        while not self.stop.is_set():
            found = self._ask("publishing", "GET", f"/api/submissions/{id}", "127.0.0.3", headers, None)
            state = json.loads(found)["state"] if found else "failed"
            if state == wanted:
                return id
            if state in ("failed", "needs decisions"):
                self.soaked.asked.append(Asked("publishing", 0, 0.0, f"{state}: {found[:500]!r}"))
                return None
            time.sleep(0.1)
        return None

    def _ask(
        self, kind: str, method: str, path: str, source: str, headers: dict[str, str], text: str | None
    ) -> bytes:
        begun = time.perf_counter()
        connection = HTTPConnection(self._host, timeout=90, source_address=(source, 0))
        try:
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
            self._latest = answer.headers.get("X-Snapshot", self._latest)
        except (OSError, HTTPException) as error:
            status, body = 0, repr(error).encode()
        finally:
            connection.close()
        asked = Asked(kind, status, time.perf_counter() - begun, "")
        if asked.is_error:
            asked = Asked(kind, status, asked.seconds, f"{method} {path[:200]}: {body[:300]!r}")
        self.soaked.asked.append(asked)
        return b"" if asked.is_error else body

    def load(self, every: float) -> Sequence[Callable[[], None]]:
        """What each client does again and again; `every`: seconds between two publications."""
        shipped = [each.address for each in PAGE_TYPES if each.site == SHIPPED]
        pages = [address for address in shipped if not address.startswith(QUERYING)]
        questions = [address for address in shipped if address.startswith(QUERYING)]
        worst = [*BOMBS.values(), HUGE]

        def page(turn: int) -> None:
            address = pages[turn % len(pages)]
            self.get("page", f"{address}{'&' if '?' in address else '?'}turn={turn}")
            self.get("repeated page", pages[turn * 7 % len(pages)])

        def named(turn: int) -> None:
            address = pages[turn * 11 % len(pages)]
            self.get("page as at a snapshot", f"{address}{'&' if '?' in address else '?'}snapshot={self._latest}")
            time.sleep(0.1)

        def question(turn: int) -> None:
            self.get("question", questions[turn % len(questions)], "127.0.0.5")
            time.sleep(0.2)

        def query(turn: int) -> None:
            text = f"SELECT ({turn} AS ?n) ?s {{ ?s ?p 'Kent'@en }} LIMIT 5"
            self.get("query", f"/sparql?{urlencode({'query': text})}", "127.0.0.4")
            time.sleep(0.05)

        def bomb(turn: int) -> None:
            text = f"{worst[turn % len(worst)]} # {turn}"
            self.get("bomb", f"/sparql?{urlencode({'query': text})}", f"127.0.0.{10 + turn % 3}")
            time.sleep(0.05)

        def watch(turn: int) -> None:
            self.get("readyz", "/readyz", "127.0.0.1")
            if turn % 20 == 0:
                self.get("metrics", "/metrics", "127.0.0.1")
            time.sleep(0.25)

        def publish(turn: int) -> None:
            begun = time.monotonic()
            self.publish()
            self.stop.wait(max(0.0, begun + every - time.monotonic()))

        clients = (page, page, named, question, query, bomb, bomb, bomb, watch, publish)
        return [self._again(each, place) for place, each in enumerate(clients)]

    def _again(self, act: Callable[[int], None], place: int) -> Callable[[], None]:
        def run() -> None:
            for turn in count(place):
                if self.stop.is_set():
                    return
                act(turn)

        return run


def soak(data: Path, temporary: Path, seconds: float, every: float = 3.0, publications: int = KEPT + 2) -> Soaked:
    """Starts a server on a data folder with the knowledge that ships, and loads it for that time.

    It goes on until so many publications came through (by default, until two snapshots were retired), for LONGEST s
    more at most. The folder is changed; `temporary` is a new folder for the server's temporary files.
    """
    folder = DataFolder(data)
    State(folder).add_publisher("soak", BASE)
    _, token = Tokens(folder).create("soak", "soak", "publish", 1)
    with _serving(data, temporary, token) as site:
        _warm(site)
        site.soaked.start = site.rest()
        clients = [threading.Thread(target=each) for each in site.load(every)]
        for each in clients:
            each.start()
        begun = time.monotonic()
        while (gone := time.monotonic() - begun) < LONGEST + seconds:
            if gone >= seconds and site.soaked.publications >= publications:
                break
            time.sleep(0.1)
        site.stop.set()
        for each in clients:
            each.join(120)
        site.soaked.end = site.rest()
        site.soaked.snapshots = ids(folder)
    site.soaked.left += [str(each) for each in temporary.iterdir()]
    return site.soaked


def _warm(site: Site) -> None:
    """Every process is there that a load needs, and has read what it reads once."""
    site.publish()
    for _ in range(2 * WORKERS):
        for each in PAGE_TYPES[:12]:
            if each.site == SHIPPED and not each.address.startswith(QUERYING):
                site.get("page", each.address)
    slow = f"/sparql?{urlencode({'query': BOMBS['cartesian']})}"
    clients = [
        threading.Thread(target=site.get, args=("bomb", f"{slow}&n={n}", f"127.0.0.{10 + n}"))
        for n in range(3 * WORKERS * PLACES)
    ]
    for each in clients:
        each.start()
    for each in clients:
        each.join(60)


@contextmanager
def _serving(data: Path, temporary: Path, token: str) -> Iterator[Site]:
    command = [sys.executable, "-c", SERVE, str(data), json.dumps(GIVEN)]
    log = data.parent / "soak.log"
    with open(log, "wb") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=Path(__file__).parent.parent,
            env=os.environ | {"TMPDIR": str(temporary)},
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.startswith("Serving on "):
            raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')}")
        site = Site(process, line.split()[-1], temporary, token)
        try:
            yield site
        finally:
            pids = tree(process.pid) - {process.pid}
            process.terminate()
            process.wait(30)
            site.soaked.left += _still_there(pids)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _still_there(pids: set[int]) -> list[str]:
    """Those that run after the server has ended, 20 s later."""
    deadline = time.monotonic() + 20
    while (left := [pid for pid in pids if _runs(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"process {pid}" for pid in left]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
