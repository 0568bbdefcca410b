"""Repeats of a GET answered from memory, below Flask: no route, no query, no template.

An entry belongs to one snapshot and is found by what the answer varies by, so after a switch it is never found again.
Only complete answers with a strong ETag are kept, never an error, and never one that says no-store.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.http import parse_etags

from kb.errors import StoreMissing
from kb.store.snapshots import Snapshots

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_VARIES = {"accept", "accept-encoding"}
_LARGEST = 2 * 1024 * 1024
"""Bytes of a body that is kept; larger ones are sent part by part, and never held whole."""
_LEFT_OUT_OF_304 = {"content-length", "content-encoding", "content-type"}


class PageCache:
    """WSGI middleware; `megabytes` bounds bodies and headers together, the longest unused entry goes first."""

    def __init__(self, app: Wsgi, snapshots: Snapshots, megabytes: int) -> None:
        self._app = app
        self._snapshots = snapshots
        self._limit = megabytes * 1024 * 1024
        self._held = 0
        self._entries: OrderedDict[tuple[str, ...], tuple[list[tuple[str, str]], bytes, str]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers from memory, or lets the application answer and remembers that."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_IF_MATCH" in environ:
            return self._app(environ, start_response)
        try:
            key = _key(environ, self._snapshots.current().id)
        except StoreMissing:
            return self._app(environ, start_response)
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
        if entry is not None:
            return _repeat(environ, start_response, *entry)
        return self._first(key, environ, start_response)

    def _first(self, key: tuple[str, ...], environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started.append((status, headers))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        chunks = self._app(environ, start)
        status, headers = started[-1] if started else ("", [])
        if environ["REQUEST_METHOD"] != "GET" or not _may_keep(status, headers, key[0]):
            return chunks
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        self._keep(key, headers, body)
        return [body]

    def _keep(self, key: tuple[str, ...], headers: list[tuple[str, str]], body: bytes) -> None:
        tag = next(value for name, value in headers if name.lower() == "etag")
        size = _size(key, headers, body)
        with self._lock:
            if key in self._entries or size > self._limit:
                return
            self._held += size
            self._entries[key] = (headers, body, tag)
            while self._held > self._limit:
                old, (old_headers, old_body, _) = self._entries.popitem(last=False)
                self._held -= _size(old, old_headers, old_body)


def _key(environ: dict[str, Any], snapshot: str) -> tuple[str, ...]:
    """What decides an answer; the raw path where the server gives it, since decoding loses %2F."""
    get = environ.get
    return (
        snapshot,
        environ["wsgi.url_scheme"],
        get("HTTP_HOST", ""),
        get("REQUEST_URI", ""),
        environ["PATH_INFO"],
        get("QUERY_STRING", ""),
        get("HTTP_ACCEPT", ""),
        get("HTTP_ACCEPT_ENCODING", ""),
    )


def _may_keep(status: str, headers: list[tuple[str, str]], snapshot: str) -> bool:
    found = {name.lower(): value for name, value in headers}
    varies = {name.strip().lower() for name in found.get("vary", "").split(",") if name.strip()}
    return (
        status.startswith("200")
        and found.get("x-snapshot") == snapshot
        and found.get("etag", "").startswith('"')
        and "no-store" not in found.get("cache-control", "")
        and varies <= _VARIES
        and "set-cookie" not in found
        and int(found.get("content-length", 0)) <= _LARGEST
    )


def _repeat(
    environ: dict[str, Any], start_response: Any, headers: list[tuple[str, str]], body: bytes, tag: str
) -> Iterable[bytes]:
    wanted = environ.get("HTTP_IF_NONE_MATCH")
    if wanted is not None and parse_etags(wanted).contains_weak(tag.strip('"')):
        kept = [(name, value) for name, value in headers if name.lower() not in _LEFT_OUT_OF_304]
        start_response("304 NOT MODIFIED", kept)
        return []
    start_response("200 OK", headers)
    return [body] if environ["REQUEST_METHOD"] == "GET" else []


def _size(key: tuple[str, ...], headers: list[tuple[str, str]], body: bytes) -> int:
    return len(body) + sum(map(len, key)) + sum(len(name) + len(value) for name, value in headers) + 500
