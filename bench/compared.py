"""One comparison: every engine with the same triples, asked the same things over HTTP in the same run."""

import json
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from bench.engines import ENGINES, LOADING, TRIFID_PAGES, Served, Start
from bench.measure import measured, processor_seconds
from bench.pages import dump, pages_per_second, site_process
from bench.peers import PeerAbsent
from bench.publish import published, seconds_of
from bench.sparql import LOOK_UP, per_second
from bench.table import Beside, Row

QUERIES = Path(__file__).parent / "compared"
HERE = "this site"
ROUNDS, LONGEST = 3, 30.0
"""Answers of each query, and seconds that one may take before it is given up."""

WARM = 6
"""Queries before anything is measured: the first in each process of an engine opens the store there."""

ON_DISK, BESIDES = 40_000, 1_000_000_000
"""Bytes of disk for each asset (with 3,000 it was 30,000: the store 9, downloads 8, dump 4, store of an engine 9 kB;
and some more while each is made), and for what does not grow with them."""

OURS = 4 * LOADING
"""Seconds that publishing may take here: all is checked too, and index, tables and downloads are made."""

LOADED = "loading"
RATES = ("look-ups, another each time", "look-ups, one again and again")
PAGES = ("entity pages, another each time", "entity pages, one again and again")
"""What is counted in a second, not timed."""


@dataclass
class Found:
    """Of one engine: what was measured → seconds of each; the rows of each answer; and why others were not measured.

    An engine that gives other rows than this site answers something else.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


@contextmanager
def _here(data: Path) -> Iterator[Served]:
    with site_process(data) as (url, process):
        yield Served(f"{url}/sparql", float(seconds_of(data).read_text(encoding="ascii")), (process,), url)


def _asked(endpoint: str, text: str) -> tuple[float, int]:
    """Seconds of an answer that no memory holds, and its rows."""
    mark = "&" if "?" in endpoint else "?"
    address = f"{endpoint}{mark}query={quote(f'{text}# {time.monotonic_ns()}')}"
    request = urllib.request.Request(address, headers={"Accept": "application/sparql-results+json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request, timeout=LONGEST) as answer:
        body = answer.read()
    return time.perf_counter() - begin, len(json.loads(body)["results"]["bindings"])


def measure(served: Served, assets: int, pages: str) -> Found:
    """What one engine does; `pages`: the path of its pages of assets, where it has any."""
    found = Found({LOADED: served.loaded})
    for _ in range(WARM):
        _asked(served.endpoint, "SELECT * { ?s ?p ?o } LIMIT 1 ")
    # Most engines go on with what is given up: what is quick comes first, and last what one of them never answers.
    for what, count in zip(RATES, (assets, 1), strict=True):
        _take(found, what, lambda count=count: 1 / per_second(served.endpoint, LOOK_UP, count, "> ?p ?o }"))
    for what, count in zip(PAGES, (assets, 1), strict=True) if served.site else ():
        _take(found, what, lambda count=count: 1 / pages_per_second(served.site, pages, count))
    given_up = ""
    for file in sorted(QUERIES.glob("*.rq"), key=lambda each: (each.stem == "join", each.stem)):
        if given_up:
            found.reasons[file.stem] = f"not asked: it was still at `{given_up}`"
            continue
        text = file.read_text(encoding="utf-8")
        try:
            taken = [_asked(served.endpoint, text) for _ in range(ROUNDS)]
        except (OSError, ValueError, LookupError) as error:
            found.reasons[file.stem] = _why(error)
            given_up = "" if _comes_to_rest(served) else file.stem
            continue
        found.seconds[file.stem] = statistics.median(each for each, _ in taken)
        found.rows[file.stem] = taken[-1][1]
    return found


def _take(found: Found, what: str, seconds: Callable[[], float]) -> None:
    try:
        found.seconds[what] = seconds()
    except (PeerAbsent, RuntimeError, ZeroDivisionError) as error:
        found.reasons[what] = "no answer came in time" if isinstance(error, ZeroDivisionError) else str(error)[:120]


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        said = " ".join(error.read(2000).decode("utf-8", "replace").split())
        return f"refused ({error.code}): {said[:120]}"
    if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
        return f"no answer within {LONGEST:g} s"
    return f"no answer: {error}"


def _comes_to_rest(served: Served) -> bool:
    """Whether the engine is done with what was given up, within as long again."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        before = sum(map(processor_seconds, served.processes))
        time.sleep(1)
        if sum(map(processor_seconds, served.processes)) - before < 0.2:
            return True
    return False


def compare(folder: Path, assets: int) -> tuple[dict[str, Found], dict[str, str]]:
    """Engine → what it does with the knowledge that ships and so many assets; and engine → why it was left out.

    What was found of each is kept in the folder until all is: a run that was broken off goes on with the next engine.
    """
    data, triples, kept = published(folder, assets, OURS), folder / f"compared-{assets}.nt", folder / f"found-{assets}"
    kept.mkdir(exist_ok=True)
    if not triples.exists():
        measured(dump, data, triples.with_suffix(".part"))
        triples.with_suffix(".part").rename(triples)
    found, left_out = {}, {}
    for name, start in {HERE: _on(data), **ENGINES}.items():
        file = kept / f"{name}.json"
        if not file.exists():
            outcome = _outcome(name, start, triples, assets)
            file.write_text(json.dumps(outcome if isinstance(outcome, str) else asdict(outcome)), encoding="utf-8")
        said = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(said, str):
            left_out[name] = said
        else:
            found[name] = Found(**said)
    triples.unlink()
    shutil.rmtree(kept)
    return found, left_out


def _on(data: Path) -> Start:
    return lambda triples, folder: _here(data)


def _outcome(name: str, start: Start, triples: Path, assets: int) -> Found | str:
    """What an engine does, or why it was left out; this site is never."""
    try:
        with start(triples, triples.parent) as served:
            return measure(served, assets, "/doc/asset/" if name == HERE else TRIFID_PAGES)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode()[-200:].strip() or str(error)
        why = f"it was not installed, or did not load the data: {said}"
    except (PeerAbsent, OSError, ValueError, LookupError) as error:
        why = str(error)
    if name == HERE:
        raise RuntimeError(why)
    return why


def lacking(folder: Path, assets: int) -> str | None:
    """What the disk lacks for so many assets; None where there is room."""
    needs, there = assets * ON_DISK + BESIDES, shutil.disk_usage(folder).free
    return f"needs {needs / 1e9:.1f} GB of disk, and {there / 1e9:.1f} GB are free" if needs > there else None


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """A row for each thing that is done and engine: ours by theirs; and one for each engine that was left out."""
    size = f"{assets:,} assets"
    if (why := lacking(folder, assets)) is not None:
        return [Row(f"{size}: not measured", None, "", None, why)]
    try:
        found, left_out = compare(folder, assets)
    except RuntimeError as error:
        return [Row(f"{size}: not measured", None, "", None, f"{HERE}: {error}")]
    ours = found.pop(HERE)
    rows: list[Row] = []
    for name, peer in found.items():
        rows += [_row(size, what, name, ours, peer) for what in (*peer.seconds, *peer.reasons)]
    return [*rows, *(Row(f"{size}: {name} was left out", None, "", None, why) for name, why in left_out.items())]


def _row(size: str, what: str, name: str, ours: Found, peer: Found) -> Beside:
    mine, theirs = ours.seconds.get(what), peer.seconds.get(what)
    title = f"{size}, {what}: by {name}"
    if mine is None or theirs is None:
        why = [f"{who}: {each.reasons[what]}" for who, each in ((HERE, ours), (name, peer)) if what in each.reasons]
        return Beside(title, None, "", None, "; ".join(why), what, name, mine, theirs)
    if what in (*RATES, *PAGES):
        unit = "queries/s" if what in RATES else "pages/s"
        detail = f"{1 / mine:,.0f} by {1 / theirs:,.0f} {unit}"
        return Beside(title, theirs / mine, "more is better", None, detail, what, name, mine, theirs)
    if what == LOADED:
        detail = f"{mine:,.1f} s, in which all is checked too, and index and tables are made, by {theirs:,.1f} s"
        return Beside(title, mine / theirs, "", None, detail, what, name, mine, theirs)
    detail = f"{mine * 1000:,.1f} ms by {theirs * 1000:,.1f} ms"
    if peer.rows[what] != ours.rows[what]:
        detail += f"; {ours.rows[what]} rows by {peer.rows[what]}: not the same answer"
    return Beside(title, mine / theirs, "less is better", None, detail, what, name, mine, theirs)
