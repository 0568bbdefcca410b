"""The outermost layer: gives every request its id, and records how it was answered.

What is recorded goes into a list in memory, which costs a request some microseconds; a thread of the worker turns it
into counts and lines of the access log, every FLUSH s, with one write for all lines of that time. So a worker that is
killed loses what lies less than that far back, and nobody waits for a disk.
"""

import logging
import re
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kb import logs
from kb.operations.access_log import AccessLog, Visit
from web.operations import noted
from web.operations.clients import kind_of, other_site
from web.operations.metrics import Metrics
from web.operations.noted import Noted

HEADER = "X-Request-Id"

FLUSH = 0.5
"""Seconds between two looks at what was recorded."""

KEPT = 50_000
"""Requests that wait to be written, at most: where the disk stands still, those that came first are lost."""

_SILENT = 60.0
"""Seconds between two warnings that the access log cannot be written: on a full disk it would be one each FLUSH."""

_AT_ONCE = 2_000
"""Requests from which a request sees to it itself, where no thread does."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,99}")

_log = logging.getLogger(__name__)

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


_Answered = tuple[str, int, int, Noted, str, str, str]
"""How requests were answered: method, status, bytes, what was noted, user agent, referrer, host. The last three are
forgotten with it."""


class Recorder:
    """WSGI middleware; `trusted` says that a proxy's id of a request is taken, `log` is None where there is none."""

    def __init__(self, app: Wsgi, metrics: Metrics, log: AccessLog | None, trusted: bool) -> None:
        self._app = app
        self.metrics = metrics
        self._log = log
        self._trusted = trusted
        self._waiting: deque[tuple[float, float, _Answered]] = deque(maxlen=KEPT)
        self._writing = threading.Lock()
        self._background = False
        self._unsaid = 0
        self._silent_until = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers as the application does, with the id in the header X-Request-Id."""
        at, begun = time.time(), time.perf_counter()
        id = self._id(environ)
        logs.REQUEST.set(id)
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            named = [*headers, (HEADER, id)]  # the list itself may be kept for repeats
            return start_response(line, named, exc_info) if exc_info else start_response(line, named)

        try:
            chunks = self._app(environ, start)
        except BaseException:
            self._record(environ, at, begun, status, 0)
            raise
        if type(chunks) is list:
            self._record(environ, at, begun, status, sum(map(len, chunks)))
            return chunks
        return _Counting(chunks, lambda size: self._record(environ, at, begun, status, size))

    def begin(self) -> None:
        """Starts the thread that writes; for the process of a server."""
        self._background = True
        threading.Thread(target=self._write_on, name="recording", daemon=True).start()

    def flush(self) -> None:
        """Turns what was recorded into counts and lines of the log, now."""
        with self._writing:
            taken: list[tuple[float, float, _Answered]] = []
            while self._waiting and len(taken) < KEPT:
                taken.append(self._waiting.popleft())
            if not taken:
                return
            alike = Counter(answered for _, _, answered in taken)
            latencies: dict[str, list[float]] = {}
            for _, seconds, answered in taken:
                latencies.setdefault(answered[3].page, []).append(seconds)
            requests: Counter[tuple[str, int]] = Counter()
            queries: Counter[str] = Counter()
            for (_, status, _, noted, *_), number in alike.items():
                requests[noted.page, status] += number
                queries[noted.query] += number if noted.query else 0
            self.metrics.count(requests, latencies, +queries)
            if self._log is not None:
                self._write(self._log, taken)

    def _id(self, environ: dict[str, Any]) -> str:
        if self._trusted and _WELL_FORMED.fullmatch(given := environ.get("HTTP_X_REQUEST_ID", "")):
            return str(given)
        return secrets.token_hex(8)

    def _record(self, environ: dict[str, Any], at: float, begun: float, status: str, size: int) -> None:
        get = environ.get
        sent = environ["REQUEST_METHOD"], int(status[:3]), size, noted.of(environ)
        said = get("HTTP_USER_AGENT", ""), get("HTTP_REFERER", ""), get("HTTP_HOST", "")
        self._waiting.append((at, time.perf_counter() - begun, (*sent, *said)))
        if not self._background and len(self._waiting) > _AT_ONCE:
            self.flush()

    def _write_on(self) -> None:
        while True:
            time.sleep(FLUSH)
            try:
                self.flush()
            except Exception:
                _log.exception("what was recorded could not be counted")

    def _write(self, log: AccessLog, taken: list[tuple[float, float, _Answered]]) -> None:
        try:
            log.write_alike(_visits(taken))
        except OSError as error:
            log.close()
            self.metrics.lost(len(taken))
            self._unsaid += len(taken)
            now = time.monotonic()
            if now >= self._silent_until:
                self._silent_until = now + _SILENT
                lost, self._unsaid = self._unsaid, 0
                said = "the access log cannot be written (%s); lines lost since this was last said: %d"
                _log.warning(said, error.strerror, lost)


class _Counting:
    """An answer that is sent part by part; its end is told when it is closed, with the bytes that were sent."""

    def __init__(self, chunks: Iterable[bytes], end: Callable[[int], None]) -> None:
        self._chunks = chunks
        self._end = end
        self._size = 0
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._size += len(chunk)
            yield chunk

    def close(self) -> None:
        """Closes the answer itself too."""
        try:
            if hasattr(self._chunks, "close"):
                self._chunks.close()
        finally:
            if not self._closed:
                self._closed = True
                self._end(self._size)


def _visits(taken: list[tuple[float, float, _Answered]]) -> Iterator[tuple[float, float, Visit]]:
    """Time, milliseconds, and what else the log keeps of each; made once of those that are alike."""
    known: dict[_Answered, Visit] = {}
    for at, seconds, answered in taken:
        like = known.get(answered)
        if like is None:
            like = known[answered] = _visit(answered)
        yield at, seconds * 1000, like


def _visit(answered: _Answered) -> Visit:
    method, status, size, noted, user_agent, referrer, host = answered
    return Visit(
        at=0.0,
        page=noted.page,
        path=noted.told(status),
        method=method if method in _METHODS else "other",
        status=status,
        milliseconds=0.0,
        bytes=0 if method == "HEAD" else size,
        from_site=other_site(referrer[:2000], host[:300]) if referrer else "",
        client=kind_of(user_agent[:500]),
        query=noted.query,
    )


_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"}
