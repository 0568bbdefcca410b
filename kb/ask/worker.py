"""A process that evaluates queries one at a time, and is killed where one takes too long: pyoxigraph cannot be stopped.

Its limits are set by the kernel: memory by RLIMIT_AS, and it dies with the process that it belongs to. Each query costs
one message each way on a pipe of its own. Answers too large for a message are written to a file without a name, so that
nothing is left behind however a process ends.
"""

import ctypes
import logging
import multiprocessing
import os
import resource
import select
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import IO

from kb.ask.evaluation import Job, Outcome, make_ready, run
from kb.ask.places import LONG
from kb.errors import QueryStopped, TooBusy, Unordered, WhatWorksError
from kb.store.readable import Location

NICENESS, LONG_NICENESS = 5, 15
"""Strangers' queries leave the processor to pages (nice(2)), and those that take long leave it to the others."""

LOOK = 0.05
"""Seconds between two looks at whether a query may go on."""

_log = logging.getLogger(__name__)
_M_ARENA_MAX = -8
_MB = 1024 * 1024
_READY = "ready"
"""What a process says once it has read what queries need, and then takes the first."""

BEGINS = 20.0
"""Seconds that a process may take to begin, at least: beside others it takes some, with nothing else some tenths."""

_WORN = 0.5
"""Share of its memory limit from which a worker is replaced: what a query took is not all given back."""


class Worker:
    """One worker process, for one caller at a time; `megabytes` bounds its memory."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._ready = select.poll()  # Connection.poll makes one each time
        self._making_ready = False
        self.began = 0.0
        self._file: IO[bytes] | None = None
        self._words: IO[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether its process waits for a job; one that a job has worn out, or that was killed, is to be started."""
        return self._process is not None

    def run(self, job: Job, seconds: float, go_on: Callable[[float, float], bool]) -> tuple[Outcome, IO[bytes] | None]:
        """The outcome of the job, and the file of its answer, from its start, where it is in one.

        It has so many `seconds` from when the process takes it, which `began` then tells (time.monotonic()). `go_on` is
        asked every now and then whether the job may go on, and told the seconds of processor time that it took, and the
        seconds since it began in which it did not wait for the processor.

        Raises what `evaluation.run` raises; QueryStopped where the time was over, or memory or stack gave out
        (Unordered where it was ORDER BY), and TooBusy where `go_on` said no, or the process did not begin: then it is
        dead. Raises RuntimeError, with the traceback logged, where our own code failed in it.
        """
        slowed = False
        try:
            pipe = self._given(job)
            # What a process takes to begin is not the doing of who asks first: neither its time nor its share.
            begins = max(BEGINS, seconds)
            self.began, before = time.monotonic(), self._spent()
            end = self.began + (begins if self._making_ready else seconds)
            while True:
                if self._ready.poll(1000 * max(0.0, min(LOOK, end - time.monotonic()))):
                    if (told := pipe.recv()) != _READY:
                        break
                    self._making_ready, self.began, before = False, time.monotonic(), self._spent()
                    end = self.began + seconds
                if time.monotonic() >= end:
                    if self._making_ready:
                        raise TooBusy(f"no process for queries began within {begins:g} s; ask again later", 10)
                    raise QueryStopped(_too_slow(seconds))
                taken = held = 0.0
                if not self._making_ready:
                    taken, in_line = (now - then for now, then in zip(self._spent(), before, strict=True))
                    held = time.monotonic() - self.began - max(0.0, in_line)
                if not go_on(taken, held):
                    raise TooBusy("other queries wait for a place, and this one takes long; ask it again later", 10)
                if taken >= LONG and not slowed:
                    slowed = self._slow_down()
            answered, worn = told
            worn = worn or slowed  # no process may hurry again (setpriority(2)), so another takes its place
        except (EOFError, OSError) as error:
            words = self._last_words()
            self.kill()
            raise (Unordered if _UNORDERED in words else QueryStopped)(_reason(words)) from error
        except BaseException:
            self.kill()
            raise
        if isinstance(answered, str):
            _log.error("a query's process failed: %s", answered)
            raise RuntimeError("a query's process failed; its traceback is in the log")
        if isinstance(answered, WhatWorksError):
            self._retire(worn)
            raise answered
        assert isinstance(answered, Outcome)
        file = None
        if answered.body is None:
            file, self._file = self._file, None
            assert file is not None
            file.seek(0)
        self._retire(worn)
        return answered, file

    def kill(self) -> None:
        """Ends the process at once; the next job starts another."""
        process, self._process = self._process, None
        if self._pipe is not None:
            self._pipe.close()
        for file in (self._file, self._words):
            if file is not None:
                file.close()
        self._pipe = self._file = self._words = None
        if process is not None:
            process.kill()
            process.join()
            process.close()

    def start(self, location: Location | None = None) -> None:
        """Starts the process where it does not run; it makes itself ready for queries to the store at the location."""
        if self._process is not None:
            return
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_serve, args=(theirs, self._megabytes), name="query", daemon=True)
        process.start()
        theirs.close()
        self._process, self._pipe, self._ready = process, ours, select.poll()
        self._ready.register(ours, select.POLLIN)
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        send_handle(ours, self._words.fileno(), process.pid)
        self._making_ready = location is not None
        if location is not None:
            ours.send(location)

    def _processor_seconds(self) -> float:
        """What the process took so far (clock_getcpuclockid(3)); where no such clock is known, a wall clock."""
        assert self._process is not None
        assert self._process.pid is not None
        return time.clock_gettime(~self._process.pid << 3 | 2) if sys.platform == "linux" else time.monotonic()

    def _spent(self) -> tuple[float, float]:
        """Seconds of processor time that the process took, and those that it was ready to run and others had it.

        The second are 0 where they are not known. Queries are evaluated by the first thread of the process, of which
        schedstat tells (Linux, sched-stats.rst, "/proc/<pid>/schedstat").
        """
        assert self._process is not None
        taken = self._processor_seconds()
        try:
            told = Path(f"/proc/{self._process.pid}/schedstat").read_text(encoding="ascii")
            return taken, int(told.split()[1]) / 1e9
        except (OSError, IndexError):
            return taken, 0.0

    def _slow_down(self) -> bool:
        assert self._process is not None
        assert self._process.pid is not None
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, LONG_NICENESS)
        return True

    def _given(self, job: Job) -> Connection:
        """The pipe on which the outcome of this job comes; a process that died while it was idle is replaced."""
        try:
            return self._give(job)
        except OSError:
            self.kill()
            return self._give(job)

    def _give(self, job: Job) -> Connection:
        self.start(job.location)
        assert self._pipe is not None
        assert self._process is not None
        new = self._file is None
        self._pipe.send((job, new))
        if new:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115
            send_handle(self._pipe, self._file.fileno(), self._process.pid)
        return self._pipe

    def _last_words(self) -> str:
        """What the process wrote to its standard error, of which pyoxigraph says there why it ends."""
        if self._process is None or self._words is None:
            return ""
        self._process.join(1)
        self._words.seek(0)
        words = self._words.read(10_000).decode(errors="replace")
        _log.warning("a query ended its process: %s", " ".join(words.split())[-500:])
        return words

    def _retire(self, worn: bool) -> None:
        if worn:
            self.kill()


# Forked from a server process without threads: workers start in milliseconds, with no lock or store of the site's.
_CONTEXT = multiprocessing.get_context("forkserver")


def prepare() -> None:
    """Before the first worker starts: what every worker needs is imported once, where they are forked."""
    _CONTEXT.set_forkserver_preload(["__main__", "kb.ask.worker"])


def _serve(pipe: Connection, megabytes: int) -> None:
    """The life of a worker process: it ends when the other end of the pipe is closed."""
    file: IO[bytes] | None = None
    with suppress(EOFError, OSError, RuntimeError):  # RuntimeError: the other end was closed with a file on its way
        os.dup2(recv_handle(pipe), 2)
        _bound(megabytes)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        while True:
            told = pipe.recv()
            if not isinstance(told, tuple):
                make_ready(told)
                pipe.send(_READY)
                continue
            job, new = told
            if new:
                file = os.fdopen(recv_handle(pipe), "wb")
            assert file is not None
            pipe.send((_answered(job, file), _peak_mb() > _WORN * megabytes))


def _end_with_parent() -> None:
    """Ends this process, whatever it does, when the one that it belongs to has ended.

    Its fork server does not end it: that lives for as long as a worker does.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _answered(job: Job, file: IO[bytes]) -> Outcome | WhatWorksError | str:
    """The outcome, the error that the client is told, or the traceback of a failure that is ours."""
    try:
        file.seek(0)
        file.truncate()
        return run(job, file)
    except WhatWorksError as error:
        return error
    except MemoryError:
        return QueryStopped(_reason("memory allocation"))
    except Exception:
        return traceback.format_exc()


def _bound(megabytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        # Each thread of the store would reserve up to 128 MB of address space for its own allocations.
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MB, megabytes * _MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The trace of a panic takes more memory than is left, and would turn the error into the end of the process.
    os.putenv("RUST_BACKTRACE", "0")
    with suppress(OSError):
        os.nice(NICENESS)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "linux" else peak / _MB


_MEMORY = (
    "it needs more memory than a query may take; ask for less at a time (fewer patterns that are not linked, fewer "
    "rows to sort, LIMIT within a subquery)"
)

_UNORDERED = "total order"

SIGNS = {
    "memory allocation": _MEMORY,
    "bad_alloc": _MEMORY,
    "system_error": _MEMORY,
    "overflowed its stack": "it nests too deeply; ask it in shorter parts",
    _UNORDERED: "the engine fails where ORDER BY meets many values that have no order among them, as texts beside "
    "numbers; order by STR(?x), or by values of one kind",
}
"""What the last words of a process hold → why it ended, and what to do."""


def _reason(words: str) -> str:
    known = (reason for sign, reason in SIGNS.items() if sign in words)
    unknown = "it needs more memory than a query may take, or nests too deeply; ask for less at a time"
    return f"the query ended its process: {next(known, unknown)}"


def _too_slow(seconds: float) -> str:
    return (
        f"the query was stopped after {seconds:g} s, its time limit; no part of its answer is sent. Ask for less at "
        "a time (one graph, one place or type, LIMIT within a subquery), or download the data at /datasets"
    )
