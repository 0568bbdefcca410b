"""Tables of buildings for 100,000 assets: the pairs of near ones beside the goal, and the pages that read them."""

import time
from pathlib import Path
from typing import Any

from bench.assets import TENURES, USES
from bench.measure import best, measured
from bench.publish import published
from bench.table import Row

ASSETS = 100_000
LIMITS = (500, 1000)
GOAL_PAIRS, GOAL_KB, GOAL_GROWTH = 10.0, 100.0, 1.3
PAGES = (
    "/buildings",
    "/buildings?use=library&sort=cost",
    "/buildings?q=building+1",
    "/buildings/sharing",
    "/buildings/sharing?one=use:library&other=use:fire-station",
)
EACH = 20
"""Pages of one list that are asked for, another each time."""


def invented(count: int) -> list[Any]:
    """The register of bench.assets as the tables have it before they are written."""
    from kb.namespaces import concept
    from kb.store.buildings.gather import Building

    return [
        Building(
            iri=f"asset/{i}",
            name=f"Building {i}",
            uprn=str(10000000000 + i),
            longitude=0.3 + (i % 997) / 1000,
            latitude=51.0 + (i % 499) / 1200,
            reporter=f"organisation/{i % 14}",
            uses=(concept("asset-use", USES[i % len(USES)]),),
            tenures=(concept("tenure-type", TENURES[i % 2]),),
        )
        for i in range(count)
    ]


def pair(count: int, limit: int) -> tuple[float, int, int]:
    """Seconds for the pairs within `limit` metres, how many were found, and how many of them are kept."""
    import numpy

    from kb.store.buildings.near import near
    from kb.store.buildings.points import projected

    buildings = invented(count)
    begin = time.perf_counter()
    found = near(buildings, projected(buildings), numpy.zeros(count, dtype=numpy.uint8), {}, limit)
    return time.perf_counter() - begin, int(found.found.sum()) // 2, len(found.one)


def read(data: Path) -> dict[str, tuple[float, float]]:
    """Page → milliseconds at the 95th percentile, one after the other without a cache, and kB of HTML."""
    from kb import config
    from web.site import create_app

    client = create_app(config.load(data=data, page_cache_mb=1)).test_client()
    found = {}
    for page in PAGES:
        times, size = [], 0
        for number in range(1, EACH + 2):
            begin = time.perf_counter()
            answer = client.get(f"{page}{'&' if '?' in page else '?'}page={number}", headers={"Accept": "text/html"})
            times.append(1000 * (time.perf_counter() - begin))
            size = max(size, len(answer.data))
        found[page] = sorted(times[1:])[int(0.95 * EACH) - 1], size / 1000
    return found


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: the pairs within each limit; the slowest page, the largest, and what ten times the assets cost."""
    rows = []
    for limit in LIMITS:
        seconds, pairs, kept = best(2, pair, ASSETS, limit).value
        said = f"{pairs:,} pairs, of which {kept:,} are kept"
        name = f"pairs of {ASSETS:,} assets within {limit:,} m, s"
        rows.append(Row(name, seconds, f"at most {GOAL_PAIRS:g}", seconds <= GOAL_PAIRS, said))
    small, large = (measured(read, published(folder, count)).value for count in (assets, 10 * assets))
    growth = max(large[page][0] / small[page][0] for page in PAGES)
    slowest, largest = (max(PAGES, key=lambda page: large[page][place]) for place in (0, 1))
    kilobytes = large[largest][1]
    return [
        *rows,
        Row("buildings: slowest page at p95, ms", large[slowest][0], "", None, slowest),
        Row("buildings: HTML, kB", kilobytes, f"below {GOAL_KB:g}", kilobytes < GOAL_KB, largest),
        Row(
            "buildings with ten times the assets: by ours without",
            growth,
            f"at most {GOAL_GROWTH:g}",
            growth <= GOAL_GROWTH,
            "",
        ),
    ]
