"""One comparison: every engine with the same triples, asked the same things over HTTP in the same run."""

import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bench.engines import ENGINES, Served
from bench.measure import measured
from bench.pages import dump, site
from bench.peers import PeerAbsent
from bench.publish import published
from bench.sparql import LOOK_UP, per_second
from bench.table import Row

QUERIES = Path(__file__).parent / "compared"
HERE = "this site"
ROUNDS, LONGEST = 3, 30.0
"""Answers of each query, and seconds that one may take before its engine is left out."""

WARM = 6
"""Queries before anything is measured: the first in each process of an engine opens the store there."""


@dataclass(frozen=True)
class Found:
    """Of one engine: seconds to load, look-ups a second (another each time, and repeats), seconds of each query.

    `rows` are those of each answer: an engine that gives others than this site answers something else.
    """

    loaded: float
    look_ups: float
    repeats: float
    seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@contextmanager
def _here(data: Path) -> Iterator[Served]:
    begin = time.monotonic()
    with site(data) as url:
        yield Served(f"{url}/sparql", time.monotonic() - begin)


def _asked(endpoint: str, text: str) -> tuple[float, int]:
    """Seconds of an answer that no memory holds, and its rows."""
    mark = "&" if "?" in endpoint else "?"
    address = f"{endpoint}{mark}query={quote(f'{text}# {time.monotonic_ns()}')}"
    request = urllib.request.Request(address, headers={"Accept": "application/sparql-results+json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request, timeout=LONGEST) as answer:
        body = answer.read()
    return time.perf_counter() - begin, len(json.loads(body)["results"]["bindings"])


def measure(served: Served, assets: int) -> Found:
    """What one engine does."""
    for _ in range(WARM):
        _asked(served.endpoint, "SELECT * { ?s ?p ?o } LIMIT 1 ")
    seconds: dict[str, float] = {}
    rows: dict[str, int] = {}
    for file in sorted(QUERIES.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        try:
            taken = [_asked(served.endpoint, text) for _ in range(ROUNDS)]
        except (OSError, ValueError, LookupError):
            continue
        seconds[file.stem] = statistics.median(each for each, _ in taken)
        rows[file.stem] = taken[-1][1]
    return Found(
        served.loaded,
        per_second(served.endpoint, LOOK_UP, assets, "> ?p ?o }"),
        per_second(served.endpoint, LOOK_UP, 1, "> ?p ?o }"),
        seconds,
        rows,
    )


def compare(folder: Path, assets: int) -> dict[str, Found]:
    """Engine → what it does with the knowledge that ships and so many assets; those that are absent are left out."""
    data, triples = published(folder, assets), folder / f"compared-{assets}.nt"
    measured(dump, data, triples)
    found = {}
    with _here(data) as served:
        found[HERE] = measure(served, assets)
    for name, start in ENGINES.items():
        try:
            with start(triples, folder) as served:
                found[name] = measure(served, assets)
        except (PeerAbsent, RuntimeError, urllib.error.URLError) as error:
            print(f"compare: {name} was not measured: {error}", flush=True)
    return found


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """A row for each query and engine: ours by theirs; above 1 this site is the slower one."""
    found = compare(folder, assets)
    ours = found.pop(HERE)
    rows = []
    for name, peer in found.items():
        for what, mine, theirs in (
            ("look-ups, another each time", ours.look_ups, peer.look_ups),
            ("look-ups, one again and again", ours.repeats, peer.repeats),
        ):
            detail = f"{mine:.0f} by {theirs:.0f} queries/s"
            rows.append(Row(f"{assets:,} assets, {what}: by {name}", mine / theirs, "more is better", None, detail))
        for query, mine in ours.seconds.items():
            title = f"{assets:,} assets, {query}: by {name}"
            theirs = peer.seconds.get(query, 0.0)
            if not theirs:
                rows.append(Row(title, 0.0, "", None, "no answer of theirs"))
                continue
            detail = f"{mine * 1000:.1f} ms by {theirs * 1000:.1f} ms"
            if peer.rows[query] != ours.rows[query]:
                detail += f"; {ours.rows[query]} rows by {peer.rows[query]}: not the same answer"
            rows.append(Row(title, mine / theirs, "less is better", None, detail))
    return rows
