"""SPARQL over HTTP beside Oxigraph's server, rdflib-endpoint and Trifid on the same triples; this site under attack."""

import os
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

from bench.assets import BASE
from bench.engines import trifid_over
from bench.measure import measured
from bench.pages import dump, site
from bench.peers import free_port, oxigraph, rdflib_endpoint, running, tool
from bench.publish import published
from bench.table import Row

SECONDS, ROUNDS = 6, 3
SCRIPT = Path(__file__).with_name("queries.lua")
LOOK_UP = f"SELECT ?p ?o {{ <{BASE}/id/asset/"
ALL = "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?s ?p ?o } GROUP BY ?p"
BY_TIME = ("here", "Oxigraph's server")
"""Who is asked for aggregates, which take the others minutes."""

LARGE = "SELECT ?s ?p ?o (CONCAT(STR(?s), STR(?p), STR(?s)) AS ?x) (STR(?p) AS ?y) { ?s ?p ?o }"
TEN = "".join(f"VALUES ?{name} {{ 0 1 2 3 4 5 6 7 8 9 }} " for name in "abcdefghi")
BOMBS = (
    f"SELECT (COUNT(*) AS ?n) {{ {TEN} VALUES ?x {{ 1 2 3 4 5 6 7 8 }} VALUES ?y {{ 1 2 3 4 5 6 7 8 }} }}",
    "SELECT (COUNT(*) AS ?n) { ?s (!<x:a>|^!<x:b>)* ?o . ?a (!<x:c>|^!<x:d>)* ?b }",
    f"SELECT * {{ {TEN} }} ORDER BY ?a ?i",
    f"SELECT * {{ {TEN} }}",
)


@contextmanager
def peers(folder: Path, data: Path) -> Iterator[dict[str, str]]:
    """Name → the address of each peer's endpoint, all with the triples of the merged graph."""
    triples, store = folder / "all.nt", folder / "oxigraph-sparql"
    measured(dump, data, triples)
    if not store.exists():
        load = [str(oxigraph()), "load", "--location", str(store), "--file", str(triples)]
        subprocess.run(load, check=True, capture_output=True)
    ports = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    alone, python = (f"http://{port}/query" for port in ports)
    app = ["uvicorn", "--app-dir", str(SCRIPT.parent), "--port", ports[1].rpartition(":")[2], "--workers", "2"]
    with ExitStack() as stack:
        serve = [str(oxigraph()), "serve-read-only", "--location", str(store), "--bind", ports[0]]
        stack.enter_context(running(serve, f"http://{ports[0]}/"))
        uvicorn = [str(rdflib_endpoint()), "-m", *app, "--log-level", "error", "rdflib_endpoint_app:app"]
        stack.enter_context(running(uvicorn, python, {"BENCH_TRIPLES": str(triples)}))
        node, _ = stack.enter_context(trifid_over(alone))
        yield {"Oxigraph's server": alone, "rdflib-endpoint": python, "Trifid": f"{node}/query"}


def per_second(endpoint: str, before: str, count: int, after: str, runs: Sequence[float] = (2, SECONDS)) -> float:
    """What `wrk -t1 -c4` counts in the last of so many `runs` of seconds; the others warm up.

    With a `count` above 1 no query is asked twice, in any call: none can come from memory. Raises RuntimeError where an
    answer was not 2xx.
    """
    parts = [f"{urlsplit(endpoint).path}?query={quote(before)}", str(count), quote(after)]
    command = [tool("wrk"), "-t1", "-c4", "--timeout", "30s", "-s", str(SCRIPT)]
    for seconds in runs:
        run = subprocess.run(
            [*command, f"-d{seconds:g}s", endpoint, "--", *parts, str(time.monotonic_ns())],
            capture_output=True,
            text=True,
            check=True,
        )
        time.sleep(1)  # What a client that has gone still asks counts for it until it is answered.
    if "Non-2xx" in run.stdout:
        raise RuntimeError(f"{endpoint} did not answer 2xx: {run.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    assert found is not None, run.stdout
    return float(found[1])


def seconds_of(endpoint: str, text: str, source: str = "127.0.0.1", times: int = 1) -> list[float]:
    """Seconds of one answer after the other, each read whole; each query differs by a comment from those before."""
    taken = []
    for number in range(times):
        address = urlsplit(endpoint)
        connection = HTTPConnection(address.netloc, timeout=60, source_address=(source, 0))
        path = f"{address.path}?query={quote(f'{text} # {time.monotonic()} {number}')}"
        begin = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
        answer = connection.getresponse()
        while answer.read(1024 * 1024):
            pass
        taken.append(time.perf_counter() - begin)
        connection.close()
    return taken


def resident_mb(pid: int) -> float:
    """Memory of one process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def web_processes() -> list[int]:
    """The site's own processes, which answer requests; not those of queries."""
    listed = subprocess.run(["pgrep", "-f", "multiprocessing.spawn"], capture_output=True, text=True, check=False)
    return [int(pid) for pid in listed.stdout.split()]


def growth_mb(endpoint: str, text: str) -> tuple[float, float]:
    """By how many MB one of the site's own processes grew at most while an answer was sent, and its seconds."""
    seconds_of(endpoint, "ASK {}", times=20)
    before = {pid: resident_mb(pid) for pid in web_processes()}
    highest, done = dict(before), threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            for pid in before:
                highest[pid] = max(highest[pid], resident_mb(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    [seconds] = seconds_of(endpoint, text)
    done.set()
    watcher.join()
    return max(highest[pid] - before[pid] for pid in before), seconds


@contextmanager
def attacked(endpoint: str, clients: int) -> Iterator[None]:
    """While it lasts, as many clients ask bombs again and again, from addresses of their own."""
    stop = threading.Event()

    def run(number: int) -> None:
        turn = number
        while not stop.is_set():
            turn += 1
            seconds_of(endpoint, BOMBS[turn % len(BOMBS)], f"127.0.0.{10 + number}")
            time.sleep(0.01)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def p95(call: Callable[[int], list[float]], times: int) -> float:
    """The 95th percentile of the seconds of so many calls."""
    taken = [seconds for number in range(times) for seconds in call(number)]
    return statistics.quantiles(taken, n=20)[-1]


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: repeats and look-ups by each peer's, aggregates by Oxigraph's, memory of a large answer, an attack."""
    data = published(folder, assets)
    rates: dict[str, tuple[float, float, float]] = {}
    with site(data) as url, peers(folder, data) as endpoints:
        # Round by round, and the best of each: the same thing measured twice differs by half here, by what else runs.
        for _ in range(ROUNDS):
            for name, endpoint in {"here": f"{url}/sparql", **endpoints}.items():
                repeated = per_second(endpoint, LOOK_UP, 1, "> ?p ?o }")
                look_ups = per_second(endpoint, LOOK_UP, assets, "> ?p ?o }")
                whole = min(seconds_of(endpoint, ALL, times=3)) if name in BY_TIME else 0.0
                before = rates.get(name, (0.0, 0.0, whole))
                rates[name] = (max(repeated, before[0]), max(look_ups, before[1]), min(whole, before[2]))
    rows = []
    for what, place, goals in (
        ("repeats", 0, {"Oxigraph's server": 1.5, "rdflib-endpoint": 15.0, "Trifid": 15.0}),
        ("look-ups, another each time", 1, {"Oxigraph's server": None, "rdflib-endpoint": 1.2, "Trifid": 1.2}),
    ):
        for peer, goal in goals.items():
            ours, theirs = rates["here"][place], rates[peer][place]
            met = None if goal is None else ours / theirs >= goal
            wanted = "" if goal is None else f"at least {goal:g}"
            rows.append(Row(f"{what}: by {peer}", ours / theirs, wanted, met, f"{ours:.0f} by {theirs:.0f} queries/s"))
    ours, theirs = rates["here"][2], rates["Oxigraph's server"][2]
    detail = f"{ours * 1000:.0f} ms by {theirs * 1000:.0f} ms"
    rows.append(_at_most("aggregate of all data: by Oxigraph's server", ours / theirs, 1.15, detail))
    return rows + _under_load(data)


def _under_load(data: Path) -> list[Row]:
    with site(data) as url:
        endpoint = f"{url}/sparql"
        grown, seconds = growth_mb(endpoint, LARGE)
        with attacked(endpoint, 8):
            light = p95(lambda n: seconds_of(endpoint, f"{LOOK_UP}{n}> ?p ?o }}"), 100)
            pages = p95(lambda n: seconds_of(f"{url}/doc/asset/{n}", ""), 100)
    attack = "8 clients ask bombs"
    return [
        _at_most("growth of a web process while a large answer is sent, MB", grown, 50, f"in {seconds:.1f} s"),
        _at_most("light queries under attack, p95, ms", light * 1000, 500, attack),
        _at_most("pages under attack, p95, ms", pages * 1000, 500, attack),
    ]


def _at_most(name: str, found: float, goal: float, detail: str) -> Row:
    return Row(name, found, f"at most {goal:g}", found <= goal, detail)
