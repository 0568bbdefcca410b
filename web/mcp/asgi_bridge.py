"""An ASGI application behind a Flask view: its lifespan and all its requests run on one loop, in one thread.

The loop starts with the first request and ends with the process. What a request does there sees the request and
application of Flask, because tasks and their threads take over the context variables of the thread that asks.
"""

import asyncio
import threading
import weakref
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from typing import Any

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import GatewayTimeout

Message = MutableMapping[str, Any]
Asgi = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
Loop = asyncio.AbstractEventLoop

_STARTS_WITHIN = 30
_ENDS_WITHIN = 2
"""Seconds that the application may take to start and to end."""

_ASGI = {"version": "3.0", "spec_version": "2.3"}


class AsgiBridge:
    """The application that `make` gives, which is called by the first request."""

    def __init__(self, make: Callable[[], Asgi]) -> None:
        self._make = make
        self._starting = threading.Lock()
        self._running: tuple[Asgi, Loop] | None = None

    def answer(self, body: bytes, seconds: float) -> Response:
        """The whole answer of the application to the current request, whose body has been read.

        Raises werkzeug GatewayTimeout after `seconds`.

        An answer that never ends, as a stream of events, takes that long: such requests are not for the bridge.
        """
        app, loop = self._started()
        sent: list[Message] = []
        asked = asyncio.run_coroutine_threadsafe(_answered(app, _scope(), body, sent), loop)
        try:
            asked.result(seconds)
        except TimeoutError:
            asked.cancel()
            raise GatewayTimeout(f"There was no answer within {seconds:g} seconds.") from None
        start = next(message for message in sent if message["type"] == "http.response.start")
        told = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]])
        headers.setdefault("Content-Type", "text/plain; charset=utf-8")
        return Response(told, start["status"], headers)

    def _started(self) -> tuple[Asgi, Loop]:
        with self._starting:
            if self._running is None:
                app = self._make()
                ready: Future[tuple[Loop, asyncio.Event]] = Future()
                thread = threading.Thread(target=_run, args=(app, ready), name="asgi", daemon=True)
                thread.start()
                loop, ending = ready.result(_STARTS_WITHIN)
                weakref.finalize(self, _end, loop, ending, thread)
                self._running = app, loop
            return self._running


def _run(app: Asgi, ready: "Future[tuple[Loop, asyncio.Event]]") -> None:
    try:
        asyncio.run(_live(app, ready))
    except Exception as error:
        if ready.done():
            raise
        ready.set_exception(error)


def _end(loop: Loop, ending: asyncio.Event, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(ending.set)
    thread.join(_ENDS_WITHIN)


async def _live(app: Asgi, ready: "Future[tuple[Loop, asyncio.Event]]") -> None:
    """The life of the application, from its start to its end (ASGI lifespan protocol)."""
    ending = asyncio.Event()
    begun = False

    async def receive() -> Message:
        nonlocal begun
        if begun:
            await ending.wait()
            return {"type": "lifespan.shutdown"}
        begun = True
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            ready.set_result((asyncio.get_running_loop(), ending))
        elif message["type"] == "lifespan.startup.failed":
            raise RuntimeError(message.get("message", "the application did not start"))

    await app({"type": "lifespan", "asgi": _ASGI, "state": {}}, receive, send)


async def _answered(app: Asgi, scope: Message, body: bytes, sent: list[Message]) -> None:
    """Lets the application answer one request; what it sends is added to `sent`."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not messages:  # the client stays until it has its answer
            await asyncio.Event().wait()
        return messages.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)


def _scope() -> Message:
    """The current request in ASGI's words (HTTP connection scope)."""
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query_string,
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": (request.remote_addr or "", 0),
        "server": (request.host.partition(":")[0], None),
    }
