"""How the times of the comparison grow with the data, for this site and each peer; from what was kept of each size.

Times are in units of what a fixed piece of work took at that time, since sizes are measured one after the other.
"""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from bench.compared import HERE

Kept = Sequence[dict[str, Any]]
"""Content of the files of bench/results."""


def lines(kept: Kept) -> Iterator[str]:
    """A table for each size but the smallest: the time of each thing by the time of the same at the smallest."""
    by_size = {each["assets"]: _seconds(each["rows"]) for each in kept if each["part"] == "compared"}
    sizes = [size for size in sorted(by_size) if by_size[size]]
    if len(sizes) < 2:
        return
    smallest, *larger = sizes
    first = by_size[smallest]
    engines = list(dict.fromkeys(engine for _, engine in first))
    yield "\n## How it grows\n"
    yield f"The time of each engine by its own with {smallest:,} assets; less is better; – where one is lacking."
    for size in larger:
        yield f"\n**{size:,} assets**: {size / smallest:g} times the data\n"
        yield f"| what | {' | '.join(engines)} |"
        yield f"| --- |{' ---: |' * len(engines)}"
        for what in dict.fromkeys(what for what, _ in first):
            yield f"| {what} | {' | '.join(_grown(first, by_size[size], (what, engine)) for engine in engines)} |"


def _seconds(rows: Kept) -> dict[tuple[str, str], float]:
    """What was done and by whom → its time; of this site, which is measured beside each peer, the median."""
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        for engine, seconds in ((HERE, row.get("ours")), (row.get("peer"), row.get("theirs"))):
            if seconds is not None and row.get("pace"):
                found.setdefault((row["what"], str(engine)), []).append(float(seconds) / row["pace"])
    return {key: statistics.median(each) for key, each in found.items()}


def _grown(first: dict[tuple[str, str], float], later: dict[tuple[str, str], float], key: tuple[str, str]) -> str:
    return f"{later[key] / first[key]:.2f}" if key in first and key in later else "–"
