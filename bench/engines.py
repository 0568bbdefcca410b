"""The engines of the comparison: each on a free port with the same N-Triples, as its own documentation starts it."""

import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers import PeerAbsent, free_port, oxigraph, rdflib_endpoint, running, shmarql, tool

VIRTUOSO = Path(__file__).parent.parent / "tests" / "engine" / "virtuoso.ini"
WORKERS = 2
"""Processes that answer, where an engine has a choice: as many as there are cores, and as this site has."""


@dataclass(frozen=True)
class Served:
    """An engine that answers: its endpoint, and the seconds from the file to the first answer."""

    endpoint: str
    loaded: float


@contextmanager
def oxigraph_server(triples: Path, folder: Path) -> Iterator[Served]:
    """Oxigraph's server on a store that its own loader made."""
    begin = time.monotonic()
    store, port = folder / "oxigraph-compared", free_port()
    shutil.rmtree(store, ignore_errors=True)
    load = [str(oxigraph()), "load", "--location", str(store), "--file", str(triples)]
    subprocess.run(load, check=True, capture_output=True)
    serve = [str(oxigraph()), "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with running(serve, f"http://127.0.0.1:{port}/"):
        yield Served(f"http://127.0.0.1:{port}/query", time.monotonic() - begin)


@contextmanager
def rdflib(triples: Path, folder: Path) -> Iterator[Served]:
    """rdflib-endpoint over Oxigraph's store for rdflib, in memory."""
    begin, port = time.monotonic(), free_port()
    app = ["uvicorn", "--app-dir", str(Path(__file__).parent), "--port", str(port), "--workers", str(WORKERS)]
    command = [str(rdflib_endpoint()), "-m", *app, "--log-level", "error", "rdflib_endpoint_app:app"]
    endpoint = f"http://127.0.0.1:{port}/query"
    with running(command, f"{endpoint}?query=ASK%7B%7D", {"BENCH_TRIPLES": str(triples)}):
        yield Served(endpoint, time.monotonic() - begin)


@contextmanager
def shmarql_site(triples: Path, folder: Path) -> Iterator[Served]:
    """SHMARQL on a store of its own; every worker opens it."""
    begin, port, store = time.monotonic(), free_port(), folder / "shmarql-compared"
    shutil.rmtree(store, ignore_errors=True)
    work = folder / "shmarql-work"
    (work / "static").mkdir(parents=True, exist_ok=True)
    environment = {"DATA_LOAD_PATHS": str(triples), "STORE_PATH": str(store), "MOUNT": "/", "SITEDOCS_PATH": str(work)}
    app = ["uvicorn", "--port", str(port), "--workers", "1", "--log-level", "error", "shmarql.main:app"]
    endpoint = f"http://127.0.0.1:{port}/sparql"
    with running([str(shmarql()), "-m", *app], f"{endpoint}?query=ASK%7B%7D", environment, work):
        yield Served(endpoint, time.monotonic() - begin)


@contextmanager
def virtuoso(triples: Path, folder: Path) -> Iterator[Served]:
    """Virtuoso 7 with room for a million rows and 340 MB of buffers; loaded over the Graph Store Protocol."""
    place, port, begin = folder / "virtuoso-compared", free_port(), time.monotonic()
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    text = VIRTUOSO.read_text(encoding="utf-8").replace("{sql}", str(free_port())).replace("{http}", str(port))
    text = text.replace("NumberOfBuffers = 20000", "NumberOfBuffers = 42500")
    text = text.replace("MaxDirtyBuffers = 12000", "MaxDirtyBuffers = 32000")
    text = text.replace("ResultSetMaxRows = 100000", "ResultSetMaxRows = 1000000")
    (place / "virtuoso.ini").write_text(text, encoding="utf-8")
    endpoint = f"http://127.0.0.1:{port}/sparql"
    command = [tool("virtuoso-t"), "+configfile", "virtuoso.ini", "+foreground"]
    with running(command, f"{endpoint}?query=ASK%7B%7D", None, place):
        _put(f"http://127.0.0.1:{port}/sparql-graph-crud-auth?graph-uri=urn:bench", triples)
        yield Served(f"{endpoint}?default-graph-uri=urn:bench", time.monotonic() - begin)


def _put(url: str, triples: Path) -> None:
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, "dba", "dba")
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(manager))
    # In parts: Virtuoso takes a body into memory, and its transaction log grows with it.
    with triples.open("rb") as lines:
        while part := b"".join(line for _, line in zip(range(50_000), lines, strict=False)):
            sent = urllib.request.Request(url, part, {"Content-Type": "application/n-triples"}, method="POST")
            with opener.open(sent, timeout=600) as answer:
                if answer.status >= 300:
                    raise PeerAbsent(f"Virtuoso did not take the data: {answer.status}")


Start = Callable[[Path, Path], AbstractContextManager[Served]]

ENGINES: dict[str, Start] = {
    "Oxigraph's server": oxigraph_server,
    "Virtuoso": virtuoso,
    "SHMARQL": shmarql_site,
    "rdflib-endpoint": rdflib,
}
"""Name → what starts it with a file of N-Triples and a folder for its own."""
