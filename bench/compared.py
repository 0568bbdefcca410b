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
from bench.pages import PATH, dump, pages_per_second, site_process
from bench.peers import PeerAbsent
from bench.publish import published, seconds_of
from bench.sparql import LOOK_UP, per_second
from bench.table import Beside, Row

QUERIES = Path(__file__).parent / "compared"
HERE = "this site"
ROUNDS, LONGEST = 5, 30.0
"""How often each thing is done, by this site and a peer in turn; seconds after which a query is given up."""

WARM = 6
"""Queries, and pages, before anything is measured: the first in each process of an engine opens the store there."""

RUN = 2.0
"""Seconds of each round in which queries or pages are counted."""

ON_DISK, BESIDES = 40_000, 1_000_000_000
"""Bytes of disk for each asset (with 3,000 it was 30,000: the store 9, downloads 8, dump 4, store of an engine 9 kB;
and some more while each is made), and for what does not grow with them."""

OURS = 6 * LOADING
"""Seconds that publishing may take here: all is checked too, and index, tables and downloads are made."""

LOADED = "loading"
RATES = ("look-ups, another each time", "look-ups, one again and again")
PAGES = ("entity pages, another each time", "entity pages, one again and again")
"""What is counted in a second, not timed."""


@dataclass
class Found:
    """Of one engine: what was measured → seconds of each round; the rows of each answer; why others were not measured.

    An engine that gives other rows than this site answers something else.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass
class Pair:
    """This site and a peer, measured in turn: a machine whose speed changes spoils the ratio of no round.

    `pace` is what a fixed piece of work took beside each thing, in seconds, by which sizes measured at other times are
    compared (bench.growth).
    """

    ours: Found
    peer: Found
    pace: dict[str, float] = field(default_factory=dict)


@contextmanager
def _here(data: Path) -> Iterator[Served]:
    with site_process(data) as (url, process):
        yield Served(f"{url}/sparql", seconds_of(data), (process,), url)


def _asked(endpoint: str, text: str) -> tuple[float, int]:
    """Seconds of an answer that no memory holds, and its rows."""
    mark = "&" if "?" in endpoint else "?"
    address = f"{endpoint}{mark}query={quote(f'{text}# {time.monotonic_ns()}')}"
    request = urllib.request.Request(address, headers={"Accept": "application/sparql-results+json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request, timeout=LONGEST) as answer:
        body = answer.read()
    return time.perf_counter() - begin, len(json.loads(body)["results"]["bindings"])


def measure(here: Served, peer: Served, assets: int) -> Pair:
    """What this site and a peer do, one after the other in each round."""
    pair = Pair(Found(), Found())
    for served, found in ((here, pair.ours), (peer, pair.peer)):
        if served.loaded is None:
            found.reasons[LOADED] = "published in another run"
        else:
            found.seconds[LOADED] = [served.loaded]
    for served, path in ((here, PATH), (peer, TRIFID_PAGES)):
        for number in range(WARM):
            _asked(served.endpoint, "SELECT * { ?s ?p ?o } LIMIT 1 ")
            if peer.site:  # another each time: a repeat comes from memory, and warms nothing
                urllib.request.urlopen(f"{served.site}{path}{number}", timeout=LONGEST).close()

    def queries(served: Served, turn: int, count: int) -> float:
        runs = [RUN] * (2 if turn == 0 else 1)
        return 1 / per_second(served.endpoint, LOOK_UP, count, "> ?p ?o }", runs)

    def pages(served: Served, turn: int, count: int) -> float:
        path = PATH if served is here else TRIFID_PAGES
        runs = [(RUN, place * count // (ROUNDS + 1)) for place in ([0, 1] if turn == 0 else [turn + 1])]
        return 1 / pages_per_second(served.site, path, count, runs)

    # Most engines go on with what is given up: what is quick comes first, and last what one of them never answers.
    for what, count in zip(RATES, (assets, 1), strict=True):
        _in_turn(pair, what, (here, peer), lambda served, turn, count=count: queries(served, turn, count))
    for what, count in zip(PAGES, (assets, 1), strict=True) if peer.site else ():
        _in_turn(pair, what, (here, peer), lambda served, turn, count=count: pages(served, turn, count))
    given_up = ""
    for file in sorted(QUERIES.glob("*.rq"), key=lambda each: (each.stem == "join", each.stem)):
        if given_up:
            pair.peer.reasons[file.stem] = f"not asked: it was still at `{given_up}`"
            continue
        text = file.read_text(encoding="utf-8")

        def once(served: Served, _: int, text: str = text, what: str = file.stem) -> float:
            seconds, rows = _asked(served.endpoint, text)
            (pair.ours if served is here else pair.peer).rows[what] = rows
            return seconds

        if not _in_turn(pair, file.stem, (here, peer), once) and not _comes_to_rest(peer):
            given_up = file.stem
    return pair


def _in_turn(pair: Pair, what: str, both: tuple[Served, Served], seconds: Callable[[Served, int], float]) -> bool:
    """Notes what each of the two takes in each round, and whether both did it; who did not is asked no more."""
    taken: tuple[list[float], list[float]] = ([], [])
    paces = []
    for turn in range(ROUNDS):
        paces.append(_pace())
        for served, mine, found in zip(both, taken, (pair.ours, pair.peer), strict=True):
            try:
                mine.append(seconds(served, turn))
            except ZeroDivisionError:
                found.reasons[what] = "no answer came in time"
            except (PeerAbsent, RuntimeError, OSError, ValueError, LookupError) as error:
                found.reasons[what] = _why(error)
        if what in pair.ours.reasons or what in pair.peer.reasons:
            break
    for mine, found in zip(taken, (pair.ours, pair.peer), strict=True):
        if what not in found.reasons:
            found.seconds[what] = mine
    pair.pace[what] = statistics.median(paces)
    return what not in pair.ours.reasons and what not in pair.peer.reasons


def _pace() -> float:
    """Seconds of a fixed piece of work for the processor."""
    begin = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number * number
    return time.perf_counter() - begin


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        said = " ".join(error.read(2000).decode("utf-8", "replace").split())
        return f"refused ({error.code}): {said[:120]}"
    if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
        return f"no answer within {LONGEST:g} s"
    return f"no answer: {error}"[:120]


def _comes_to_rest(served: Served) -> bool:
    """Whether the engine is done with what was given up, within as long again."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        before = sum(map(processor_seconds, served.processes))
        time.sleep(1)
        if sum(map(processor_seconds, served.processes)) - before < 0.2:
            return True
    return False


def compare(folder: Path, assets: int) -> tuple[dict[str, Pair], dict[str, str]]:
    """Peer → what it and this site do with the knowledge that ships and so many assets; and peer → why it was left out.

    What was found beside each is kept in the folder until all is: a run that was broken off goes on with the next peer.
    """
    data = published(folder, assets, OURS)
    snapshot = (data / "current").resolve().name
    triples, kept = folder / f"compared-{assets}-{snapshot}.nt", folder / f"found-{assets}-{snapshot}"
    for path in {*folder.glob(f"compared-{assets}-*"), *folder.glob(f"found-{assets}-*")} - {triples, kept}:
        shutil.rmtree(path) if path.is_dir() else path.unlink()  # of another snapshot, which says nothing of this one
    kept.mkdir(exist_ok=True)
    if not triples.exists():
        measured(dump, data, triples.with_suffix(".part"))
        triples.with_suffix(".part").rename(triples)
    found, left_out = {}, {}
    with _here(data) as here:
        for name, start in ENGINES.items():
            file = kept / f"{name}.json"
            if not file.exists():
                outcome = _outcome(start, triples, here, assets)
                file.write_text(json.dumps(outcome if isinstance(outcome, str) else asdict(outcome)), encoding="utf-8")
            said = json.loads(file.read_text(encoding="utf-8"))
            if isinstance(said, str):
                left_out[name] = said
            else:
                found[name] = Pair(Found(**said["ours"]), Found(**said["peer"]), said["pace"])
    triples.unlink()
    shutil.rmtree(kept)
    return found, left_out


def _outcome(start: Start, triples: Path, here: Served, assets: int) -> Pair | str:
    """What a peer does beside this site, or why it was left out."""
    try:
        with start(triples, triples.parent) as peer:
            return measure(here, peer, assets)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode()[-200:].strip() or str(error)
        return f"it was not installed, or did not load the data: {said}"
    except (PeerAbsent, OSError, ValueError, LookupError) as error:
        return str(error)


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
    rows: list[Row] = []
    for name, pair in found.items():
        whats = dict.fromkeys((*pair.peer.seconds, *pair.peer.reasons, *pair.ours.reasons))
        rows += [_row(size, what, name, pair) for what in whats]
    return [*rows, *(Row(f"{size}: {name} was left out", None, "", None, why) for name, why in left_out.items())]


def _row(size: str, what: str, name: str, pair: Pair) -> Beside:
    ours, peer, pace = pair.ours, pair.peer, pair.pace.get(what)
    mine, theirs = (statistics.median(each.seconds[what]) if what in each.seconds else None for each in (ours, peer))
    title = f"{size}, {what}: by {name}"
    if mine is None or theirs is None:
        why = [f"{who}: {each.reasons[what]}" for who, each in ((HERE, ours), (name, peer)) if what in each.reasons]
        return Beside(title, None, "", None, "; ".join(why), what, name, mine, theirs, pace)
    ratio = statistics.median(a / b for a, b in zip(ours.seconds[what], peer.seconds[what], strict=True))
    if what in (*RATES, *PAGES):
        unit = "queries/s" if what in RATES else "pages/s"
        detail = f"{1 / mine:,.0f} by {1 / theirs:,.0f} {unit}"
        return Beside(title, 1 / ratio, "more is better", None, detail, what, name, mine, theirs, pace)
    if what == LOADED:
        detail = f"{mine:,.1f} s, in which all is checked too, and index and tables are made, by {theirs:,.1f} s"
        return Beside(title, ratio, "", None, detail, what, name, mine, theirs, pace)
    detail = f"{mine * 1000:,.1f} ms by {theirs * 1000:,.1f} ms"
    if peer.rows[what] != ours.rows[what]:
        detail += f"; {ours.rows[what]} rows by {peer.rows[what]}: not the same answer"
    return Beside(title, ratio, "less is better", None, detail, what, name, mine, theirs, pace)
