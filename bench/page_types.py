"""Every type of page with four clients, at two sizes of the data: its slowest twentieth, and bytes of a first view."""

import gzip
import re
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

from bench.page_addresses import by_type
from bench.peers import tool
from bench.table import Row

GOAL_MS, GOAL_GROWTH, GOAL_HTML, GOAL_VIEW = 150.0, 1.3, 100_000, 250_000
ROUNDS, SECONDS, WARM_SECONDS, SETTLING_SECONDS = 3, 2, 1, 1
"""How often each type is measured, and the seconds of it, of warming up, and of waiting between, since a question that
wrk leaves still counts as its own."""

LEAST_MS = 20.0
"""Below this a type of page does not count as grown: it is the noise of two cores that four clients share."""

SIZED = 40
"""Pages of a type whose HTML is measured."""

SCRIPT = Path(__file__).with_name("walk.lua")
_PARTS = re.compile(r'<(?:link rel="stylesheet" href|script type="module" src|img src)="([^"]+)"')
_IMPORTED = re.compile(r'@import url\("([^"]+)"\)')


@dataclass(frozen=True)
class Walked:
    """Of one type: pages per second, ms within which 95 of 100 came, bytes of the largest HTML; and failures
    here or beside.

    `grown`: its ms by those of the site with less data; None of a type that this one has not.
    """

    per_second: float
    p95: float
    html: int
    failed: int
    grown: float | None


def walked(url: str, smaller: str, folder: Path) -> dict[str, Walked]:
    """Every type of page of the site at `url`, beside the same site with less data; raises PeerAbsent without wrk.

    Both are asked in turn, and what counts is the median of the rounds: a machine whose speed changes spoils no ratio.
    """
    less = by_type(smaller)
    return {
        name: _walk(url, addresses, smaller, less.get(name, []), folder) for name, addresses in by_type(url).items()
    }


def rows(types: dict[str, Walked], view: dict[str, tuple[int, list[str]]]) -> list[Row]:
    """A row for each type, and for what a first view takes."""
    found = []
    for name, each in types.items():
        grown = each.grown if each.grown is not None and each.p95 > LEAST_MS else 1.0
        # Where none came within the time, there is no slowest twentieth either.
        sound = each.per_second > 0 and not each.failed
        met = sound and each.p95 <= GOAL_MS and grown <= GOAL_GROWTH and each.html < GOAL_HTML
        told = f"{each.per_second:.0f}/s; {grown:.2f} of that with a tenth of the data; {each.html / 1000:.0f} kB"
        told += f"; {each.failed} FAILED" if each.failed else ""
        found.append(Row(f"{name}: p95, ms", each.p95, f"at most {GOAL_MS:g}", met, told))
    for name, (size, foreign) in view.items():
        met = size < GOAL_VIEW and not foreign
        told = f"asks elsewhere: {', '.join(foreign)}" if foreign else "no third party"
        found.append(Row(f"first view of {name}, kB", size / 1000, f"below {GOAL_VIEW / 1000:g}", met, told))
    return found


def first_view(url: str, path: str) -> tuple[int, list[str]]:
    """Bytes of a page with the styles, scripts and pictures that it loads, coded as a browser gets them.

    Beside them the addresses of other sites that it would ask.
    """
    page, size = _get(f"{url}{path}")
    waiting = [urljoin(f"{url}{path}", each.replace("&amp;", "&")) for each in _PARTS.findall(page)]
    seen: set[str] = set()
    foreign = []
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        if not address.startswith(f"{url}/"):
            foreign.append(address)
            continue
        text, bytes_ = _get(address)
        size += bytes_
        waiting += [urljoin(address, each) for each in _IMPORTED.findall(text)]
    return size, foreign


def _walk(url: str, addresses: list[str], smaller: str, less: list[str], folder: Path) -> Walked:
    rates, slowest, ratios, failed = [], [], [], 0
    for turn in range(ROUNDS + 1):
        seconds = SECONDS if turn else WARM_SECONDS
        rate, p95, failures = _asked(url, addresses, folder, seconds, turn)
        _, before, wrong = _asked(smaller, less, folder, seconds, turn) if less else (0.0, 0.0, 0)
        if turn:
            rates.append(rate)
            slowest.append(p95)
            failed += failures + wrong
            ratios += [p95 / before] if before else []
    largest = max(_size(f"{url}{each}") for each in addresses[:: max(1, len(addresses) // SIZED)])
    return Walked(median(rates), median(slowest), largest, failed, median(ratios) if ratios else None)


def _asked(url: str, addresses: list[str], folder: Path, seconds: int, turn: int) -> tuple[float, float, int]:
    """Pages per second, ms within which 95 of 100 came, and how many failed."""
    listed = folder / "addresses.txt"
    listed.write_text("\n".join(addresses) + "\n", encoding="utf-8")
    start = turn * len(addresses) // (ROUNDS + 1)  # what was asked for before is in memory
    command = [tool("wrk"), "-t1", "-c4", "--timeout", "30s", f"-d{seconds}s", "-s", str(SCRIPT), url]
    command += ["--", str(listed), f"r{turn}-", str(start)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    time.sleep(SETTLING_SECONDS)
    found = re.search(r"^walked (\d+) ([\d.]+) (\d+)$", run.stdout, re.MULTILINE)
    assert found is not None, run.stdout
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    assert per_second is not None
    return float(per_second[1]), float(found[2]), int(found[3])


def _size(address: str) -> int:
    """Bytes of the HTML as the browser reads it."""
    request = urllib.request.Request(address, headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return len(answer.read())
    except urllib.error.HTTPError:  # counted where it was walked
        return 0


def _get(address: str) -> tuple[str, int]:
    """The text, and how many bytes come over the wire for it."""
    headers = {"Accept": "text/html,*/*;q=0.1", "Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60) as answer:
        sent = answer.read()
        coded = answer.headers.get("Content-Encoding")
    return (gzip.decompress(sent) if coded == "gzip" else sent).decode("utf-8", "replace"), len(sent)
