"""Pages as HTML, of this site with two workers: every type at two sizes, and entity pages beside Trifid's."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import page_types
from bench.engines import TRIFID_PAGES, trifid_site
from bench.measure import measured
from bench.peers import PeerAbsent, free_port, running, tool
from bench.publish import published
from bench.table import Row

GOAL_TRIFID, GOAL_TENFOLD = 10.0, 0.8
SECONDS = 10
PATH = "/doc/asset/"
"""Where this site has the page of an asset, but for its number."""

VIEWED = ("/", "/doc/pilot/kent", "/interventions", "/evidence-map", "/buildings", "/search?q=libraries")
"""Pages whose first view is weighed: with it come the styles and scripts of all."""

SCRIPT = Path(__file__).with_name("pages.lua")


def dump(data: Path, path: Path) -> int:
    """The current snapshot's merged graph as N-Triples; the number of triples."""
    import pyoxigraph as ox

    from kb.store.folder import DataFolder
    from kb.store.snapshots import Snapshots

    store = Snapshots(DataFolder(data)).current().store
    store.dump(str(path), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return len(store)


@contextmanager
def site(data: Path) -> Iterator[str]:
    """This site, as `whatworks serve` runs it; its URL."""
    with site_process(data) as (url, _):
        yield url


@contextmanager
def site_process(data: Path) -> Iterator[tuple[str, int]]:
    """The same; its URL, and the number of its process."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [str(Path(sys.executable).with_name("whatworks")), "serve", "--data", str(data), "--workers", "2"]
    # One client asks for all, as no reader does: how often it may is not what is measured.
    often = {"WHATWORKS_REQUESTS_PER_MINUTE": "0", "WHATWORKS_SEARCHES_PER_MINUTE": "0"}
    with running([*command, "--port", url.rpartition(":")[2]], url, often) as process:
        yield url, process


def pages_per_second(url: str, path: str, assets: int, runs: Sequence[tuple[float, int]] = ()) -> float:
    """What `wrk -t1 -c4` counts in the last of the `runs`, of so many seconds, after so many assets of the register.

    Without any, one warms up, and the other asks for the other half of the register: what was asked for before is in
    memory. Raises PeerAbsent where an answer was not 2xx.
    """
    command = [tool("wrk"), "-t1", "-c4", "--timeout", "30s", "-s", str(SCRIPT)]
    for seconds, skipped in runs or ((3, 0), (SECONDS, assets // 2)):
        asked = [f"-d{seconds:g}s", url, "--", path, str(assets), str(skipped)]
        run = subprocess.run([*command, *asked], capture_output=True, text=True, check=True)
    if "Non-2xx" in run.stdout:
        raise PeerAbsent(f"{url}{path}0 did not answer 2xx: {run.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    assert found is not None, run.stdout
    return float(found[1])


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: each type of page with ten times the assets, by the same without; and entity pages by Trifid's."""
    data, large = published(folder, assets), published(folder, 10 * assets)
    with site(data) as small, site(large) as url:
        walked = page_types.walked(url, small, folder)
        views = {path: page_types.first_view(url, path) for path in VIEWED}
        before = pages_per_second(small, PATH, assets)
        random, repeated = (pages_per_second(url, PATH, count) for count in (10 * assets, 1))
    triples = folder / "dump.nt"
    measured(dump, large, triples)
    with trifid_site(triples, folder) as served:
        peer, peer_repeated = (pages_per_second(served.site, TRIFID_PAGES, count) for count in (10 * assets, 1))
    return [
        *page_types.rows(walked, views),
        Row(
            "entity pages, another each time: by Trifid's",
            random / peer,
            f"at least {GOAL_TRIFID:g}",
            random / peer >= GOAL_TRIFID,
            f"{random:.0f} by {peer:.0f} pages/s",
        ),
        Row(
            "entity pages, one again and again: by Trifid's",
            repeated / peer_repeated,
            f"at least {GOAL_TRIFID:g}",
            repeated / peer_repeated >= GOAL_TRIFID,
            f"{repeated:.0f} by {peer_repeated:.0f} pages/s",
        ),
        Row(
            "entity pages with ten times the data: by ours without",
            random / before,
            f"at least {GOAL_TENFOLD:g}",
            random / before >= GOAL_TENFOLD,
            f"{random:.0f} by {before:.0f} pages/s",
        ),
    ]
