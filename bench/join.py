"""A grouped join over all public data: the project's way of asking, beside the same query on pyoxigraph alone."""

import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import measured
from bench.publish import published
from bench.table import Row

GOAL = 1.15
QUERY = Path(__file__).parent / "compared" / "join.rq"


def ours(data: Path, rounds: int) -> float:
    """Best seconds of one answer as JSON from the current snapshot."""
    from kb.ask.query import answer
    from kb.store.folder import DataFolder
    from kb.store.snapshots import Snapshots

    snapshots = Snapshots(DataFolder(data))
    text = QUERY.read_text(encoding="utf-8")
    return _best(rounds, lambda: answer(snapshots.current(), text, "json"))


def alone(data: Path, rounds: int) -> float:
    """Best seconds on a store of its own that holds the same triples in its default graph."""
    import pyoxigraph as ox

    from kb.store.folder import DataFolder
    from kb.store.snapshots import Snapshots

    folder = data.parent / "alone"
    triples = Snapshots(DataFolder(data)).current().store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    store = ox.Store(str(folder))
    store.bulk_extend(triples)
    store.optimize()
    text = QUERY.read_text(encoding="utf-8")

    def once() -> None:
        solutions = store.query(text)
        assert isinstance(solutions, ox.QuerySolutions)
        solutions.serialize(format=ox.QueryResultsFormat.JSON)

    return _best(rounds, once)


def _best(rounds: int, once: Callable[[], object]) -> float:
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def run(folder: Path, assets: int = 10_000) -> list[Row]:
    """One row: the ratio."""
    data = published(folder, assets)
    mine = measured(ours, data, 7).value
    theirs = measured(alone, data, 7).value
    return [
        Row(
            "grouped join over all public data: by pyoxigraph alone",
            mine / theirs,
            f"at most {GOAL:g}",
            mine / theirs <= GOAL,
            f"{mine * 1000:.0f} ms by {theirs * 1000:.0f} ms",
        )
    ]
