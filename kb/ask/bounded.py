"""Strangers' queries within bounds: a place to run in, a process of its own, a time limit, a largest answer."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import IO

from kb.ask.evaluation import Job, Outcome
from kb.ask.ordering import TOLD, by_kind
from kb.ask.places import LONG, Places
from kb.ask.query import read
from kb.ask.worker import Worker, prepare
from kb.config import Settings
from kb.errors import Unordered, WhatWorksError
from kb.store.readable import Location

CHUNK = 256 * 1024
"""Bytes of a large answer that are in memory at a time."""


class Answer:
    """The answer to a query. It counts for its client until it is closed or forgotten, or leaves."""

    def __init__(self, outcome: Outcome, file: IO[bytes] | None, places: Places, client: str) -> None:
        self.outcome = outcome
        self._file = file
        self._closing = weakref.finalize(self, file.close) if file is not None else None
        self._leaving = weakref.finalize(self, places.let_go, client)

    @property
    def is_large(self) -> bool:
        """Whether it is read from a file, part by part."""
        return self._file is not None

    @property
    def body(self) -> bytes:
        """The whole answer, in memory."""
        if self.outcome.body is not None:
            return self.outcome.body
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The answer part by part."""
        if self._file is None:
            yield self.outcome.body or b""
            return
        while chunk := self._file.read(CHUNK):
            yield chunk

    def leave(self) -> None:
        """No longer counts among the queries of the client, who may take long to read it."""
        self._leaving()

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives up the file, and its place with the client."""
        self._leaving()
        if self._closing is not None:
            self._closing()


class Asker:
    """Answers jobs within the bounds of the settings; for the threads of one process."""

    def __init__(self, settings: Settings) -> None:
        self.seconds = settings.query_seconds
        self._megabytes = settings.query_mb
        self._places = Places(settings.query_places, settings.query_waiting, settings.query_per_client)
        self._idle: list[Worker] = []
        self._lock = threading.Lock()
        self._prepared = False
        weakref.finalize(self, _end, self._idle)

    def ask(self, job: Job, client: str, seconds: float | None = None) -> Answer:
        """The answer to a job of a client, within `seconds` or, where that is less, the limit of the settings.

        Raises TooBusy where there is no place; QueryStopped where a bound was passed; and what `evaluation.run` raises.
        """
        allowed = min(seconds or self.seconds, self.seconds)
        self._places.hold(client)
        worker = None
        try:
            with self._places.place(client) as place:
                worker = self._worker()
                try:
                    outcome, file = _evaluated(worker, job, allowed, partial(self._places.may_go_on, place))
                    place.cost = outcome.cost
                except WhatWorksError:
                    if not worker.runs:  # to start another costs as much as a long query
                        place.cost = max(place.cost, LONG)
                    raise
        except BaseException:
            self._places.let_go(client)
            raise
        finally:
            if worker is not None:
                self._take_back(worker, job.location)
        return Answer(outcome, file, self._places, client)

    def begin(self, location: Location) -> None:
        """Starts processes for the store, one after the other: one for every place, and one to replace one that ends.

        Raises what `ask` raises.
        """
        job = Job(location, read("ASK {}"), "json", 1)
        for _ in range(self._places.running + 1):
            worker = self._new()
            worker.start(location)
            worker.run(job, self.seconds, lambda taken, held: True)
            self._take_back(worker, location)

    def _take_back(self, worker: Worker, location: Location) -> None:
        """One that was killed is replaced by who made it necessary, not by who asks next, and rests the longest."""
        if len(self._idle) > self._places.running:
            worker.kill()
        elif worker.runs:
            self._idle.append(worker)
        else:
            with suppress(OSError, EOFError):
                worker.start(location)
            self._idle.insert(0, worker)

    def _worker(self) -> Worker:
        with self._lock:
            return self._idle.pop() if self._idle else self._new()

    def _new(self) -> Worker:
        if not self._prepared:
            prepare()
            self._prepared = True
        return Worker(self._megabytes)


def _evaluated(
    worker: Worker, job: Job, seconds: float, go_on: Callable[[float, float], bool]
) -> tuple[Outcome, IO[bytes] | None]:
    """As `Worker.run`; what ORDER BY could not sort is asked once more, by kind, in the time that is left."""
    try:
        return worker.run(job, seconds, go_on)
    except Unordered:
        query = by_kind(job.query)
        if query is None or (left := worker.began + seconds - time.monotonic()) <= 0:
            raise
    outcome, file = worker.run(replace(job, query=query), left, go_on)
    return replace(outcome, warnings=(*outcome.warnings, TOLD)), file


def _end(idle: list[Worker]) -> None:
    """Ends the workers of an asker that is no longer used; one at work ends with this process."""
    while idle:
        idle.pop().kill()
