"""The engines of the comparison: each on a free port with the same N-Triples, as its own documentation starts it."""

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.assets import BASE
from bench.peers import PeerAbsent, free_port, oxigraph, rdflib_endpoint, running, shmarql, tool, trifid

VIRTUOSO = Path(__file__).parent.parent / "tests" / "engine" / "virtuoso.ini"
WORKERS = 2
"""Processes that answer, where an engine has a choice: as many as there are cores, and as this site has."""

LOADING = 1800.0
"""Seconds that loading may take, before an engine is left out."""

IN_MEMORY = 4.0
"""Bytes of memory for each byte of N-Triples in each worker of rdflib-endpoint: 3.2 with 3,000 assets, once loaded."""

TRIFID_PAGES = "/id/asset/"
"""Where Trifid has the page of an asset, but for its number."""


@dataclass(frozen=True)
class Served:
    """An engine that answers: its endpoint, and the seconds from the file to the first answer, None for another run's.

    `processes` do its work; `site` is the URL of its pages, where it has pages of things.
    """

    endpoint: str
    loaded: float | None
    processes: tuple[int, ...]
    site: str = ""


@contextmanager
def oxigraph_server(triples: Path, folder: Path) -> Iterator[Served]:
    """Oxigraph's server on a store that its own loader made."""
    begin, port = time.monotonic(), free_port()
    with _own(folder, "oxigraph-compared") as store:
        load = [str(oxigraph()), "load", "--location", str(store), "--file", str(triples)]
        try:
            subprocess.run(load, check=True, capture_output=True, timeout=LOADING)
        except subprocess.TimeoutExpired:
            raise PeerAbsent(_too_long()) from None
        serve = [str(oxigraph()), "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
        with running(serve, f"http://127.0.0.1:{port}/") as process:
            yield Served(f"http://127.0.0.1:{port}/query", time.monotonic() - begin, (process,))


@contextmanager
def rdflib(triples: Path, folder: Path) -> Iterator[Served]:
    """rdflib-endpoint over Oxigraph's store for rdflib, in memory; raises PeerAbsent where that does not fit."""
    needs, there = triples.stat().st_size * IN_MEMORY * WORKERS, _available()
    if needs > there:
        raise PeerAbsent(f"it would take {needs / 1e9:.0f} GB of memory, and {there / 1e9:.0f} GB are free")
    begin, port = time.monotonic(), free_port()
    app = ["uvicorn", "--app-dir", str(Path(__file__).parent), "--port", str(port), "--workers", str(WORKERS)]
    # While it loads a worker tells uvicorn nothing, which would replace it again and again.
    app += ["--timeout-worker-healthcheck", f"{LOADING:.0f}", "--log-level", "error"]
    command = [str(rdflib_endpoint()), "-m", *app, "rdflib_endpoint_app:app"]
    endpoint = f"http://127.0.0.1:{port}/query"
    environment = {"BENCH_TRIPLES": str(triples)}
    with running(command, f"{endpoint}?query=ASK%7B%7D", environment, within=LOADING) as process:
        yield Served(endpoint, time.monotonic() - begin, (process,))


@contextmanager
def shmarql_site(triples: Path, folder: Path) -> Iterator[Served]:
    """SHMARQL on a store of its own; every worker opens it."""
    begin, port = time.monotonic(), free_port()
    with _own(folder, "shmarql-compared") as store, _own(folder, "shmarql-work") as work:
        (work / "static").mkdir()
        environment = {"DATA_LOAD_PATHS": str(triples), "STORE_PATH": str(store)}
        environment |= {"MOUNT": "/", "SITEDOCS_PATH": str(work)}
        app = ["uvicorn", "--port", str(port), "--workers", "1", "--log-level", "error", "shmarql.main:app"]
        endpoint, ask = f"http://127.0.0.1:{port}/sparql", "?query=ASK%7B%7D"
        with running([str(shmarql()), "-m", *app], f"{endpoint}{ask}", environment, work, LOADING) as process:
            yield Served(endpoint, time.monotonic() - begin, (process,))


@contextmanager
def trifid_site(triples: Path, folder: Path) -> Iterator[Served]:
    """Trifid over an Oxigraph server that holds the triples: an endpoint that is passed on, and pages of things."""
    with oxigraph_server(triples, folder) as below:
        begin = time.monotonic()
        with trifid_over(below.endpoint) as (url, process):
            loaded = (below.loaded or 0.0) + time.monotonic() - begin
            yield Served(f"{url}/query", loaded, (process, *below.processes), url)


@contextmanager
def trifid_over(endpoint: str) -> Iterator[tuple[str, int]]:
    """Trifid, which asks this endpoint; its URL, and the number of its process."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {"SPARQL_ENDPOINT_URL": endpoint, "DATASET_BASE_URL": f"{BASE}/"}
    node = [tool("node"), str(trifid()), "--port", url.rpartition(":")[2], "--config"]
    config = str(Path(__file__).with_name("trifid.yaml"))
    # Trifid's home page asks for every resource of the data and takes longer than the start may.
    with running([*node, config], f"{url}{TRIFID_PAGES}0", environment) as process:
        yield url, process


@contextmanager
def virtuoso(triples: Path, folder: Path) -> Iterator[Served]:
    """Virtuoso 7 with room for a million rows and 340 MB of buffers; loaded over the Graph Store Protocol."""
    port, begin = free_port(), time.monotonic()
    with _own(folder, "virtuoso-compared") as place:
        text = VIRTUOSO.read_text(encoding="utf-8").replace("{sql}", str(free_port())).replace("{http}", str(port))
        text = text.replace("NumberOfBuffers = 20000", "NumberOfBuffers = 42500")
        text = text.replace("MaxDirtyBuffers = 12000", "MaxDirtyBuffers = 32000")
        text = text.replace("ResultSetMaxRows = 100000", "ResultSetMaxRows = 1000000")
        (place / "virtuoso.ini").write_text(text, encoding="utf-8")
        endpoint = f"http://127.0.0.1:{port}/sparql"
        command = [tool("virtuoso-t"), "+configfile", "virtuoso.ini", "+foreground"]
        with running(command, f"{endpoint}?query=ASK%7B%7D", None, place) as process:
            _put(f"http://127.0.0.1:{port}/sparql-graph-crud-auth?graph-uri=urn:bench", triples, begin + LOADING)
            loaded = time.monotonic() - begin
            yield Served(f"{endpoint}?default-graph-uri=urn:bench", loaded, (process,))


def _put(url: str, triples: Path, end: float) -> None:
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, "dba", "dba")
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(manager))
    # In parts: Virtuoso takes a body into memory, and its transaction log grows with it.
    with triples.open("rb") as lines:
        while part := b"".join(line for _, line in zip(range(50_000), lines, strict=False)):
            if time.monotonic() > end:
                raise PeerAbsent(_too_long())
            sent = urllib.request.Request(url, part, {"Content-Type": "application/n-triples"}, method="POST")
            with opener.open(sent, timeout=600) as answer:
                if answer.status >= 300:
                    raise PeerAbsent(f"Virtuoso did not take the data: {answer.status}")


@contextmanager
def _own(folder: Path, name: str) -> Iterator[Path]:
    """An empty folder, which goes at the end: engines come one after the other, and the disk holds one at a time."""
    place = folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _too_long() -> str:
    return f"it did not load the data within {LOADING:,.0f} s"


def _available() -> int:
    """Bytes of memory that can be had without taking them from a process."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) * 1024


Start = Callable[[Path, Path], AbstractContextManager[Served]]

ENGINES: dict[str, Start] = {
    "Oxigraph's server": oxigraph_server,
    "Virtuoso": virtuoso,
    "SHMARQL": shmarql_site,
    "rdflib-endpoint": rdflib,
    "Trifid": trifid_site,
}
"""Name → what starts it with a file of N-Triples and a folder for its own."""
