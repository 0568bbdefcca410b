"""Counts for a monitor, in the text format of Prometheus, over all worker processes of the site.

prometheus_client keeps the counts of each process in a file of its own and adds them up where they are read. Which
folder those are in it takes from the environment when it is imported; so the server names it to its workers (`share`),
and an application without such a server counts for itself alone.
"""

import os
import shutil
import tempfile
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Histogram
    from prometheus_client.registry import Collector

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "whatworks-metrics-"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Upper bounds of the histogram of latencies."""


class Metrics:
    """The counts of one application; `folder` is what its processes share, None where there is one process."""

    def __init__(self, folder: Path | None = None) -> None:
        # Here, since it reads the environment when it is imported, and the process that starts the workers has no use
        # for it.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._folder = folder
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "whatworks_requests",
            "Requests answered, by type of page and status.",
            ("page", "status"),
            registry=self._registry,
        )
        self._latency = Histogram(
            "whatworks_request_seconds",
            "Seconds from a request to the end of its answer, by type of page.",
            ("page",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._queries = Counter(
            "whatworks_queries", "SPARQL queries of strangers, by outcome.", ("outcome",), registry=self._registry
        )
        self._lost = Counter(
            "whatworks_access_log_lost", "Lines of the access log that could not be written.", registry=self._registry
        )

    def count(
        self, requests: Tally[tuple[str, int]], latencies: Mapping[str, Sequence[float]], queries: Tally[str]
    ) -> None:
        """Adds what was answered: (page, status) → number; page → seconds of each; outcome of queries → number."""
        for (page, status), number in requests.items():
            self._requests.labels(page, str(status)).inc(number)
        for page, seconds in latencies.items():
            _observe(self._latency.labels(page), seconds)
        for outcome, number in queries.items():
            self._queries.labels(outcome).inc(number)

    def lost(self, lines: int) -> None:
        """Counts lines of the access log that could not be written."""
        self._lost.inc(lines)

    def text(self, now: "Collector") -> bytes:
        """All counts, and what `now` finds out at this moment, as Prometheus reads them."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        counted = self._registry
        if self._folder is not None:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, path=str(self._folder))  # type: ignore[no-untyped-call]
        momentary = CollectorRegistry()
        momentary.register(now)
        return generate_latest(counted) + generate_latest(momentary)


def _observe(histogram: "Histogram", all_seconds: Sequence[float]) -> None:
    """What `Histogram.observe` does of each, with one addition for all of a bucket: each costs as much as a repeat."""
    buckets = Tally(bisect_left(histogram._upper_bounds, seconds) for seconds in all_seconds)
    for place, number in buckets.items():
        histogram._buckets[place].inc(number)
    histogram._sum.inc(sum(all_seconds))


CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@contextmanager
def share() -> Iterator[Path]:
    """A folder in which the processes that are started meanwhile put their counts; it goes with the server.

    Those of servers that were killed go too.
    """
    root = Path(tempfile.gettempdir())
    for left in root.glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            if owner.isdecimal() and left.stat().st_uid == os.getuid() and not _runs(int(owner)):
                shutil.rmtree(left)
    folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
    os.putenv(_VARIABLE, folder)
    try:
        yield Path(folder)
    finally:
        os.unsetenv(_VARIABLE)
        shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
