"""An ASGI application behind a Flask view: started once, asked by many threads, left behind when it hangs."""

import asyncio
import threading
from typing import Any

import pytest
from flask import Flask, g, request
from werkzeug.exceptions import GatewayTimeout

from web.mcp.asgi_bridge import Asgi, AsgiBridge


def application(started: list[str]) -> Asgi:
    """Says what it was asked, as it sees it in a thread of its own; hangs at /hang."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            started.append(threading.current_thread().name)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            return
        if scope["path"] == "/hang":
            await asyncio.Event().wait()
        body = (await receive())["body"]
        seen = await asyncio.to_thread(lambda: f"{request.path} {g.user} {body.decode()}")
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-seen", b"yes")]})
        await send({"type": "http.response.body", "body": seen[:3].encode(), "more_body": True})
        await send({"type": "http.response.body", "body": seen[3:].encode()})

    return app


def test_every_thread_gets_its_own_answer_from_one_application_started_once() -> None:
    started: list[str] = []
    bridge, flask, answers = AsgiBridge(lambda: application(started)), Flask(__name__), dict[int, Any]()

    def ask(number: int) -> None:
        with flask.test_request_context(f"/x/{number}", method="POST", data=f"body {number}"):
            g.user = f"user {number}"
            answers[number] = bridge.answer(request.get_data(), 10)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started == ["asgi"]
    for number in range(8):
        assert answers[number].get_data(as_text=True) == f"/x/{number} user {number} body {number}"
        assert answers[number].status_code == 201
        assert answers[number].headers["x-seen"] == "yes"


def test_an_answer_that_does_not_come_is_given_up_and_the_next_one_comes() -> None:
    bridge, flask = AsgiBridge(lambda: application([])), Flask(__name__)
    with flask.test_request_context("/hang", method="POST"), pytest.raises(GatewayTimeout, match="0.1 seconds"):
        bridge.answer(b"", 0.1)
    with flask.test_request_context("/after", method="POST"):
        g.user = "somebody"
        assert bridge.answer(request.get_data(), 10).get_data(as_text=True) == "/after somebody "


def test_an_application_that_fails_to_start_is_tried_again_by_the_next_request() -> None:
    tries: list[str] = []

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("no disk")

    def make() -> Asgi:
        tries.append("try")
        return broken if len(tries) == 1 else application([])

    bridge, flask = AsgiBridge(make), Flask(__name__)
    with flask.test_request_context("/a", method="POST"):
        g.user = "somebody"
        with pytest.raises(OSError, match="no disk"):
            bridge.answer(request.get_data(), 10)
        assert bridge.answer(request.get_data(), 10).status_code == 201
