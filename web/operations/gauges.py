"""What a monitor is told of the moment: the queue, the snapshot, and the room on disk; read when it asks."""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kb.errors import StoreMissing, StoreUnwritable
from kb.operations.space import free, taken
from kb.store.queue import Queue
from kb.store.submissions import Submissions
from web.reading import Reader

SIZED = 60.0
"""Seconds for which the size of the store and the snapshots is remembered: it is found by looking at every file."""


class Gauges(Collector):
    """Of one application, for all of its site."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._sized = float("-inf")
        self._sizes = (0, 0)
        self._sizing = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """What can be found out; what cannot be read is left out, so that an alarm on its absence rings."""
        yield from self._of_queue()
        yield from self._of_snapshot()
        yield from self._of_disk()

    def _of_queue(self) -> Iterator[Metric]:
        folder = self._reader.folder
        try:
            jobs = Queue(folder).jobs()
            states = Counter(Submissions(folder).states())
        except StoreUnwritable:
            return
        yield _gauge("queue_jobs", "Pieces of work on submissions that wait or are being done.", len(jobs))
        told = "Submissions that are kept, by state."
        submissions = GaugeMetricFamily("whatworks_submissions", told, labels=["state"])
        for state, number in sorted(states.items()):
            submissions.add_metric([state], number)
        yield submissions

    def _of_snapshot(self) -> Iterator[Metric]:
        try:
            record = self._reader.snapshots.current().record
        except StoreMissing:
            return
        issued = datetime.fromisoformat(record.issued)
        age = (datetime.now(UTC) - issued).total_seconds()
        yield _gauge("snapshot_age_seconds", "Seconds since the current snapshot was made.", age)
        stands_in = self._reader.snapshots.stands_in() is not None
        told = "1 while another snapshot is read because the current one is damaged."
        yield _gauge("snapshot_stands_in", told, stands_in)
        yield _gauge("snapshot_triples", "Triples of the current snapshot, over all datasets.", record.triples)
        # No counter: with a dataset that is withdrawn its releases go.
        told = "Releases of the datasets that the current snapshot has."
        yield _gauge("releases", told, sum(record.datasets.values()))

    def _of_disk(self) -> Iterator[Metric]:
        folder = self._reader.folder
        store, snapshots = self._read_sizes()
        yield _gauge("store_bytes", "Bytes of the primary store on disk.", store)
        yield _gauge("snapshots_bytes", "Bytes of the snapshots on disk, without those of the store.", snapshots)
        try:
            yield _gauge("disk_free_bytes", "Bytes free on the disk of the data folder.", free(folder.root))
            temporary = free(Path(tempfile.gettempdir()))
        except OSError:
            return
        yield _gauge("temporary_free_bytes", "Bytes free where temporary files are written.", temporary)

    def _read_sizes(self) -> tuple[int, int]:
        with self._sizing:
            if time.monotonic() - self._sized > SIZED:
                folder = self._reader.folder
                store = taken(folder.store)
                self._sizes = (store, taken(folder.store, folder.snapshots) - store)
                self._sized = time.monotonic()
            return self._sizes


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"whatworks_{name}", text, value=value)
