"""Search: the judged searches, the index of a large register and of its next release, and how long an answer takes."""

import statistics
import time
from pathlib import Path
from typing import Any

from bench.assets import write
from bench.measure import measured
from bench.publish import publish, published
from bench.table import Row

JUDGED = Path(__file__).parent.parent / "tests" / "search" / "judged.csv"
"""Words that officers use, and the pages that must be among the first five; those held out were never tuned on."""

GOAL_SCORE, GOAL_P95, GOAL_AGAIN = 0.9, 50.0, 0.2
TIMES = 5


def score(data: Path) -> dict[str, float]:
    """The mean share of what must be seen first that is, of the searches that were tuned on and of those held out."""
    from kb.ask.search.judging import judgements, share_seen

    snapshot = _current(data)
    shares: dict[str, list[float]] = {"tuned": [], "held out": []}
    for judged in judgements(JUDGED):
        shares["held out" if judged.held_out else "tuned"].append(share_seen(snapshot, judged))
    return {kind: statistics.mean(each) for kind, each in shares.items()}


def make(data: Path, target: Path) -> tuple[float, int]:
    """Makes the index of the current snapshot in another folder: its size in MB, and its entries."""
    from kb.store.search_index import build, schema

    build.make(_current(data).store, target)
    size = sum(file.stat().st_size for file in target.iterdir()) / 1024**2
    return size, schema.searcher(target).num_docs


def make_again(data: Path, target: Path) -> bool:
    """What the next publication does: from the index of the snapshot before."""
    from kb.store.folder import DataFolder
    from kb.store.search_index import build
    from kb.store.snapshots import record_of

    folder = DataFolder(data)
    snapshot = _current(data)
    earlier = record_of(folder.snapshots / (snapshot.record.parent or ""))
    changed = build.changed_records(folder, earlier, snapshot.record) or set()
    return build.renew(snapshot.store, folder.snapshots / earlier.id / "search", target, changed)


def answers(data: Path) -> tuple[float, float]:
    """Median and 95th percentile, in ms, of a page of results with all facets: the judged searches, several times."""
    from kb.ask.search import results
    from kb.ask.search.asked import asked
    from kb.ask.search.judging import judgements

    snapshot = _current(data)
    taken = []
    for _ in range(TIMES):
        for judged in judgements(JUDGED):
            begin = time.perf_counter()
            results.found(snapshot, asked(judged.query, {}, ""), 20)
            taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def _current(data: Path) -> Any:
    from kb.store.folder import DataFolder
    from kb.store.snapshots import Snapshots

    return Snapshots(DataFolder(data)).current()


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """Rows: the score, the index made whole and from the one before with 1 % changed, and how long answers take."""
    data = published(folder, assets)
    shares = measured(score, data).value
    whole = measured(make, data, folder / "search-whole")
    measured(publish, write(folder / f"assets-{assets}-changed.ttl", assets, changed_share=0.01), data)
    again = measured(make_again, data, folder / "search-again")
    median, p95 = measured(answers, data).value
    size, entries = whole.value
    return [
        *(
            Row(f"judged searches, {kind}: share seen first", share, f"at least {GOAL_SCORE:g}", met, "")
            for kind, share in shares.items()
            for met in (share >= GOAL_SCORE if kind == "tuned" else None,)
        ),
        Row(
            f"search index of {entries:,} pages: s",
            whole.seconds,
            "",
            None,
            f"{size:.1f} MB; {whole.peak_mb:.0f} MB of memory",
        ),
        Row(
            "search index with 1 % changed: by the whole",
            again.seconds / whole.seconds,
            f"at most {GOAL_AGAIN:g}",
            bool(again.value) and again.seconds / whole.seconds <= GOAL_AGAIN,
            f"{again.seconds:.2f} s",
        ),
        Row("results with facets: ms at p95", p95, f"at most {GOAL_P95:g}", p95 <= GOAL_P95, f"median {median:.1f} ms"),
    ]
