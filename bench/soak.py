"""Readers, strangers' queries with bombs, and publications, all at once for minutes: latencies, errors, what stays."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from bench.publish import published
from bench.table import Row

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from process_tree import Taken  # noqa: E402
from soaking import KEPT, PLACES, WORKERS, Soaked, soak  # noqa: E402

SECONDS = 600.0


def run(folder: Path, assets: int = 10_000, seconds: float = SECONDS) -> list[Row]:
    """Rows: latencies by kind of request, errors, and what the server took at its start and end."""
    place = folder / "soak"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    data = shutil.copytree(published(folder, assets), place / "data", symlinks=True)
    (place / "temporary").mkdir()
    soaked = soak(Path(data), place / "temporary", seconds)
    assert soaked.start is not None
    assert soaked.end is not None
    return [*_latencies(soaked), *_errors(soaked), *_taken(soaked.start, soaked.end), *_left(soaked)]


def _latencies(soaked: Soaked) -> Iterator[Row]:
    for kind in sorted({each.kind for each in soaked.asked}):
        of_kind = [each for each in soaked.asked if each.kind == kind]
        seconds = [each.seconds * 1000 for each in of_kind]
        if len(seconds) < 2:
            continue
        cuts = quantiles(seconds, n=100)
        by_status = {status: sum(each.status == status for each in of_kind) for status in {e.status for e in of_kind}}
        told = f"p50 {cuts[49]:.0f}, p99 {cuts[98]:.0f}; " + ", ".join(f"{n} × {s}" for s, n in by_status.items())
        yield Row(f"soak: {kind}, p95, ms", cuts[94], "", None, told)


def _errors(soaked: Soaked) -> Iterator[Row]:
    errors = soaked.errors()
    told = "; ".join(f"{each.kind} {each.status} {each.words[:120]}" for each in errors[:3])
    yield Row("soak: errors", len(errors), "0", not errors, told or f"of {len(soaked.asked):,} requests")
    kept = len(soaked.snapshots)
    told = f"{kept} snapshots kept"
    yield Row("soak: publications", soaked.publications, f"above {KEPT}", soaked.publications > KEPT, told)


def _taken(start: Taken, end: Taken) -> Iterator[Row]:
    told = "proportional set size of all processes"
    yield Row("soak: memory at the end, by the start", end.memory_mb / start.memory_mb, "", None,
              f"{end.memory_mb:.0f} by {start.memory_mb:.0f} MB, {told}")  # fmt: skip
    for name, before, after, more in (
        ("processes", start.processes, end.processes, 0),
        ("temporary files", start.temporary, end.temporary, 2 * WORKERS * PLACES),
    ):
        goal = before + more
        yield Row(f"soak: {name} at the end", after, f"at most {goal}", after <= goal, f"{before} at the start")
    told = f"{start.files} at the start; {end.retired} retired snapshots open in a worker"
    yield Row("soak: open files at the end", end.files, "", None, told)


def _left(soaked: Soaked) -> Iterator[Row]:
    yield Row("soak: left when the server has ended", len(soaked.left), "0", not soaked.left, ", ".join(soaked.left))
