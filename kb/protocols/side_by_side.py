"""Parts of a check side by side: in threads where they are few, in processes of their own where they are many.

An engine leaves the interpreter's lock while it works, but what is done with lines and results before and after takes
as long. A process costs some 0.6 s before its first part, so that only many parts are worth it; to and fro go bytes.
They are begun as programs of their own: a process that publishes has threads, and is one that may have no children
of Python's own kind (multiprocessing).
"""

import logging
import os
import pickle
import resource
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Self, TypeVar

from kb.protocols import part_process
from kb.protocols.part_process import Asked, receive, send
from kb.protocols.results import Gathered

FROM = 200_000
"""Lines of a submission from which its parts are checked in processes."""

MOST = 3
"""Processes that can be kept busy by the one that divides the lines and gathers results."""

ROOM = 400 * 1024 * 1024
"""Bytes of memory that a process reserves at least; those that it uses are 150 million."""

Part = Sequence[bytes]
Done = TypeVar("Done")

_log = logging.getLogger(__name__)


def places(lines: int) -> int:
    """How many processes to begin for so many lines: one for each core; 0 where these are too few, or memory is."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    number = min(cores, MOST)
    return number if lines >= FROM and cores > 1 and _share(number) >= ROOM else 0


def _share(number: int) -> int:
    """What each of so many processes, and this one besides what it has, may reserve of what this one may."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    reserved = 0
    if sys.platform == "linux":
        reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return max(0, limit - reserved) // (number + 1)


@contextmanager
def _sharing(number: int) -> Iterator[int]:
    """The bytes that each may reserve, so that all together keep the limit of this process; meanwhile it has less."""
    limit, hard = resource.getrlimit(resource.RLIMIT_AS)
    share = _share(number)
    if limit == resource.RLIM_INFINITY:
        yield 0
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit - number * share, hard))
    try:
        yield share
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def in_threads(run: Callable[[Part], Done], parts: Iterable[Part], number: int) -> Iterator[Done]:
    """What `run` gives for each part, in their order. Few parts are held."""
    with ThreadPoolExecutor(number) as pool:
        begun: deque[Future[Done]] = deque()
        for part in parts:
            begun.append(pool.submit(run, part))
            if len(begun) > number:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


class PartProcesses:
    """Some processes that check parts; to be used as a context, which ends them."""

    def __init__(self, asked: Asked, number: int) -> None:
        """They begin at once, so that they are ready when there are parts."""
        self._ready: SimpleQueue[_PartProcess] = SimpleQueue()
        self._number = number
        with ExitStack() as ending:
            share = ending.enter_context(_sharing(number))
            for _ in range(number):
                self._ready.put(ending.enter_context(_PartProcess(asked, share)))
            self._ending = ending.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._ending.close()

    def results(self, parts: Iterable[Part], here: Callable[[Part], Gathered]) -> Iterator[Gathered]:
        """The results of each part. One that a process fails to check is checked `here`, which says why it can't be."""

        def run(part: Part) -> Gathered:
            process = self._ready.get()
            try:
                return process.check(part) or here(part)
            finally:
                self._ready.put(process)

        return in_threads(run, parts, self._number)


class _PartProcess:
    """One process (kb.protocols.part_process), for one part at a time."""

    def __init__(self, asked: Asked, limit: int) -> None:
        """`limit` is that of its memory in bytes; 0: none."""
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process is ended)
        program = [sys.executable, "-P", "-m", part_process.__name__, str(os.getpid()), str(limit)]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words)
        self._asked: Asked | None = asked
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        for each in (self._process.stdin, self._process.stdout, self._words):
            with suppress(OSError):  # it did not read all that it was sent
                if each is not None:
                    each.close()
        self._process.wait()

    def check(self, part: Part) -> Gathered | None:
        """The results of a part; None where the process has ended."""
        if self._ended:
            return None
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        answer = b""
        with suppress(OSError):
            if self._asked is not None:
                send(to, pickle.dumps(self._asked))
                self._asked = None
            send(to, b"\n".join(part))
            answer = receive(back)
        if not answer:
            self._ended = True
            _log.warning("a process that checked part of a submission has ended: %s", self._last_words())
            return None
        gathered: Gathered = pickle.loads(answer)
        return gathered

    def _last_words(self) -> str:
        self._words.seek(0)
        return " ".join(self._words.read().decode(errors="replace").split())[-500:] or "it said nothing"
