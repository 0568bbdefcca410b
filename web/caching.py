"""Repeats of a GET answered from memory, below Flask: no route, no query, no template.

An entry is found by what the answer varies by, and knows the snapshot that it came from. It answers while that one is
current or, where the request named it (such an answer may be kept for a while by any cache), as long as it is there,
and, if it tells that, until the snapshot is pinned or unpinned.
Only complete answers with a strong ETag are kept, never an error, and never one that says no-store.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.http import parse_etags

from kb.errors import StoreMissing
from kb.store.snapshots import Snapshots
from web.operations import noted
from web.operations.noted import Noted
from web.reading import PINNED, PINS

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_VARIES = {"accept", "accept-encoding"}
_LARGEST = 2 * 1024 * 1024
"""Bytes of a body that is kept; larger ones are sent part by part, and never held whole."""
_LEFT_OUT_OF_304 = {"content-length", "content-encoding", "content-type"}


@dataclass(frozen=True)
class _Entry:
    headers: list[tuple[str, str]]
    body: bytes
    tag: str
    snapshot: str
    named: bool
    """Whether the request named the snapshot, so that a switch to another changes nothing."""
    pinned: bool | None
    """Whether the snapshot was pinned; None where the answer does not tell."""
    noted: Noted


class PageCache:
    """WSGI middleware; `megabytes` bounds bodies and headers together, the longest unused entry goes first."""

    def __init__(self, app: Wsgi, snapshots: Snapshots, megabytes: int) -> None:
        self._app = app
        self._snapshots = snapshots
        self._limit = megabytes * 1024 * 1024
        self._held = 0
        self._entries: OrderedDict[tuple[str, ...], _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers from memory, or lets the application answer and remembers that."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_IF_MATCH" in environ:
            return self._app(environ, start_response)
        key = _key(environ)
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
        if entry is not None and self._stands(entry):
            noted.note(environ, entry.noted)
            return _repeat(environ, start_response, entry)
        return self._first(key, environ, start_response)

    def _stands(self, entry: _Entry) -> bool:
        if entry.pinned is not None and entry.pinned != (entry.snapshot in self._snapshots.pins()):
            return False
        if entry.named:
            return self._snapshots.holds(entry.snapshot)
        try:
            return entry.snapshot == self._snapshots.current().id
        except StoreMissing:
            return False

    def _first(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started.append((status, headers))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        pins = environ[PINNED] = self._snapshots.pins()
        chunks = self._app(environ, start)
        status, headers = started[-1] if started else ("", [])
        found = {name.lower(): value for name, value in headers}
        if environ["REQUEST_METHOD"] != "GET" or not _may_keep(status, found):
            return chunks
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        self._keep(key, headers, found, body, pins if environ.get(PINS) else None, noted.of(environ).repeated())
        return [body]

    def _keep(
        self,
        key: tuple[str, ...],
        headers: list[tuple[str, str]],
        found: Mapping[str, str],
        body: bytes,
        pins: frozenset[str] | None,
        told: Noted,
    ) -> None:
        id, named = found["x-snapshot"], "no-cache" not in found["cache-control"]
        entry = _Entry(headers, body, found["etag"], id, named, None if pins is None else id in pins, told)
        with self._lock:
            if (old := self._entries.pop(key, None)) is not None:
                self._held -= _size(key, old)
            if _size(key, entry) > self._limit:
                return
            self._held += _size(key, entry)
            self._entries[key] = entry
            while self._held > self._limit:
                self._held -= _size(*self._entries.popitem(last=False))


def _key(environ: dict[str, Any]) -> tuple[str, ...]:
    """What decides an answer; the raw path where the server gives it, since decoding loses %2F."""
    get = environ.get
    return (
        environ["wsgi.url_scheme"],
        get("HTTP_HOST", ""),
        get("REQUEST_URI", ""),
        environ["PATH_INFO"],
        get("QUERY_STRING", ""),
        get("HTTP_ACCEPT", ""),
        get("HTTP_ACCEPT_ENCODING", ""),
    )


def _may_keep(status: str, found: Mapping[str, str]) -> bool:
    """Whether an answer with these headers, by their names in small letters, may be kept."""
    varies = {name.strip().lower() for name in found.get("vary", "").split(",") if name.strip()}
    return (
        status.startswith("200")
        and "x-snapshot" in found
        and found.get("etag", "").startswith('"')
        and "cache-control" in found
        and "no-store" not in found["cache-control"]
        and "immutable" not in found["cache-control"]  # a file, which is sent from disk
        and varies <= _VARIES
        and "set-cookie" not in found
        and int(found.get("content-length", 0)) <= _LARGEST
    )


def _repeat(environ: dict[str, Any], start_response: Any, entry: _Entry) -> Iterable[bytes]:
    wanted = environ.get("HTTP_IF_NONE_MATCH")
    if wanted is not None and parse_etags(wanted).contains_weak(entry.tag.strip('"')):
        kept = [(name, value) for name, value in entry.headers if name.lower() not in _LEFT_OUT_OF_304]
        start_response("304 NOT MODIFIED", kept)
        return []
    start_response("200 OK", entry.headers)
    return [entry.body] if environ["REQUEST_METHOD"] == "GET" else []


def _size(key: tuple[str, ...], entry: _Entry) -> int:
    headers = sum(len(name) + len(value) for name, value in entry.headers)
    return len(entry.body) + sum(map(len, key)) + headers + 500
