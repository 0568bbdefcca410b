"""One evaluation of a query: what is asked for, and what came of it. It runs in a worker process (`kb.ask.worker`)."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples
from pyoxigraph import parse_query_results as parse

from kb.ask.dataset import graphs_read
from kb.ask.emptiness import explain
from kb.ask.oversights import oversights
from kb.ask.query import RESULTS, SHEET, Query, evaluate, write
from kb.ask.result_terms import cell
from kb.errors import AnswerTooLarge, QueryStopped, WhatWorksError
from kb.store.readable import Location
from kb.store.serving import open_store
from kb.vocabulary import code_lists, terms

IN_MEMORY = 1024 * 1024
"""Bytes of an answer above which it is written to a file."""

REASONS = "reasons"
"""The name of a format that is none: the reasons why an answer is empty."""

_MB = 1024 * 1024
_JSON = RESULTS["json"]


@dataclass(frozen=True)
class Rows:
    """Which rows of an answer are wanted (its triples, for CONSTRUCT and DESCRIBE): `count` of them after `skip`.

    `count_to` says up to which number the rows are counted to the end; 0: no further than to know whether more follow.
    """

    skip: int
    count: int
    count_to: int = 0


@dataclass(frozen=True)
class Job:
    """A query, the store that it is put to, the name of the answer's format, and the largest answer in MB."""

    location: Location
    query: Query
    format: str
    megabytes: int
    rows: Rows | None = None


@dataclass(frozen=True)
class Outcome:
    """What a job gave: an answer of `size` bytes, in `body` or (None) in the file; `seconds` is the time it took.

    `returned` are the rows in it and `counted` those there are, as far as they were counted; None for a whole answer,
    whose rows nobody counts. `more` says that rows are left out after these.
    """

    size: int
    body: bytes | None
    seconds: float
    returned: int | None = None
    counted: int | None = None
    more: bool = False
    empty: bool = False
    """Whether there is nothing in it: no solution, no triple, or the answer no."""
    cost: float = 0.0
    """Seconds of processor time."""
    graphs: tuple[str, ...] = ()
    """The graphs that were read (`kb.ask.dataset`)."""
    warnings: tuple[str, ...] = ()
    """What the query was hardly meant to say (`kb.ask.oversights`)."""


class Sink:
    """Takes an answer as it is written: kept in memory while it is small, then in a file, and refused beyond a size."""

    def __init__(self, file: IO[bytes], megabytes: int) -> None:
        self._file = file
        self._limit = megabytes * _MB
        self._kept: list[bytes] = []
        self.size = 0

    def write(self, chunk: bytes) -> int:
        """Takes a part; raises AnswerTooLarge."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise AnswerTooLarge(
                f"the answer is larger than {self._limit // _MB} MB, which is the most that is sent at once; "
                "ask for fewer columns or rows (LIMIT and OFFSET, or max-rows=), or download the data at /datasets"
            )
        self._kept.append(bytes(chunk))
        if self.size > IN_MEMORY:
            with _room():
                self._file.writelines(self._kept)
            self._kept.clear()
        return len(chunk)

    def flush(self) -> None:
        """What serialisers call at their end."""

    def body(self) -> bytes | None:
        """The whole answer, or None where it is in the file."""
        if self.size > IN_MEMORY:
            with _room():
                self._file.flush()
            return None
        return b"".join(self._kept)


@contextmanager
def _room() -> Iterator[None]:
    """An error of the disk is ours, and says nothing of the query."""
    try:
        yield
    except OSError as error:
        raise QueryStopped(f"there is no room to keep the answer for sending ({error.strerror}); try later") from error


def make_ready(location: Location) -> None:
    """Reads beforehand what the first query to the store would wait for."""
    with suppress(WhatWorksError):
        open_store(location)
        terms()
        code_lists()


def run(job: Job, file: IO[bytes]) -> Outcome:
    """Evaluates; a large answer is left in `file`. Raises what `kb.ask.query.answer` raises, and AnswerTooLarge.

    The format REASONS asks why the answer is empty, and has a list of texts (`kb.ask.emptiness`) in JSON.
    """
    begin, before = time.perf_counter(), time.process_time()
    if job.format == REASONS:
        reasons = json.dumps([str(reason) for reason in explain(open_store(job.location), job.query)]).encode()
        return Outcome(len(reasons), reasons, time.perf_counter() - begin)
    store = open_store(job.location)
    results = evaluate(store, job.query)
    sink = Sink(file, job.megabytes)
    returned, counted, more = None, None, False
    if job.rows is not None and not isinstance(results, QueryBoolean):
        results, returned, counted, more = _part(results, job.rows)
    write(job.query, results, job.format, sink)
    body = sink.body()
    if isinstance(results, QueryBoolean):
        empty = not results
    else:
        empty = counted == 0 if job.rows else body is not None and holds_nothing(job.format, body)
    graphs, warnings = graphs_read(job.query), oversights(store, job.query)
    taken, cost = time.perf_counter() - begin, time.process_time() - before
    return Outcome(sink.size, body, taken, returned, counted, more, empty, cost, graphs, warnings)


def holds_nothing(format: str, body: bytes) -> bool:
    """Whether an answer in the format of this name, but that to ASK, holds no solution or triple.

    Told from what was written, since results are read once, as they are written.
    """
    if format in ("csv", "tsv", SHEET):
        return body.count(b"\n") == 1
    marks = {"json": b'"bindings":[{', "xml": b"<result>", "rdf": b"<rdf:Description", "jsonld": b"{"}
    return marks[format] not in body if format in marks else not body.strip()


def _part(results: Any, rows: Rows) -> tuple[Any, int, int, bool]:
    """The rows that are wanted, as results again; their number, that of the rows counted, and whether more follow."""
    if isinstance(results, QueryTriples):
        # A graph holds a triple once, however often the template gives it.
        everything: Iterator[Any] = iter(dict.fromkeys(results))
    else:
        everything = iter(results)
    skipped = sum(1 for _ in islice(everything, rows.skip))
    wanted = list(islice(everything, rows.count))
    # One more than the number up to which is counted, so that "more than" can be told from "as many".
    further = sum(1 for _ in islice(everything, max(1, rows.count_to + 1 - skipped - len(wanted))))
    part = wanted if isinstance(results, QueryTriples) else _solutions(results, wanted)
    return part, len(wanted), skipped + len(wanted) + further, further > 0


def _solutions(results: QuerySolutions, wanted: list[Any]) -> QuerySolutions:
    """Solutions made of some: pyoxigraph makes them only by reading (SPARQL 1.1 Query Results JSON Format)."""
    names = [variable.value for variable in results.variables]
    bindings = [
        {name: cell(value) for name, value in zip(names, solution, strict=True) if value is not None}
        for solution in wanted
    ]
    read = parse(json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode(), format=_JSON)
    assert isinstance(read, QuerySolutions)
    return read
