"""Counts for a monitor, in the text format of Prometheus, over all worker processes of the site.

prometheus_client keeps the counts of each process in files of its own and adds them up where they are read; the server
has a folder for them (web.operations.shared_counts), and an application without one counts for itself alone.
"""

import logging
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from web.operations import shared_counts

if TYPE_CHECKING:
    from prometheus_client import Histogram
    from prometheus_client.registry import Collector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Upper bounds of the histogram of latencies."""

_log = logging.getLogger(__name__)


class Metrics:
    """The counts of one application; `folder` is what its processes share (shared_counts.share)."""

    def __init__(self, folder: Path | None = None) -> None:
        # Here, since the process that starts the workers has no use for it.
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._folder = folder if _takes_part(folder) else None
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
        if self._folder is not None and self._folder.is_dir():  # or the system has cleared it away
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


def _takes_part(folder: Path | None) -> bool:
    """Keeps all metrics that this process makes from now on in files of the folder; False without, or without room."""
    from prometheus_client import values

    values.ValueClass = values.MutexValue
    if folder is None:
        return False
    try:
        number, _ = shared_counts.take_number(folder)
    except OSError as error:
        _log.warning("%s: no room for counts (%s); this process counts for itself alone", folder, error.strerror)
        return False
    values.ValueClass = values.MultiProcessValue(lambda: number)  # type: ignore[no-untyped-call]
    return True
