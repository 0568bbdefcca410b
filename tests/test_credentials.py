"""Credentials go with the first byte of a request, in the scheme that is set, and never into a text."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kb import config
from kb.errors import BadSetting, StoreUnwritable
from kb.store.credentials import Credentials
from kb.store.engine import Engine


class Guarded(BaseHTTPRequestHandler):
    """Asks for credentials as the server's `asks` says, and keeps what it was sent with each body."""

    def answer(self) -> None:
        """200 to whoever is let in; the nonce of a challenge is good for `server.good` requests."""
        sent = self.headers.get("Authorization", "")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        nonce = re.search(r'nonce="(\w+)"', sent)
        good = nonce is not None and nonce[1] == f"n{self.server.nonce}"  # type: ignore[attr-defined]
        if sent.startswith("Basic ") or good:
            self.server.seen.append((sent, body))  # type: ignore[attr-defined]
            self.send_response(200)
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", f'Digest realm="x", nonce="n{self.server.nonce}", qop="auth"')  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def guarded() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Guarded)
    server.seen, server.nonce = [], 1  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def engine_at(server: ThreadingHTTPServer, who: Credentials) -> Engine:
    url = f"http://127.0.0.1:{server.server_port}"
    return Engine(f"{url}/query", f"{url}/update", f"{url}/store", who)


def test_basic_goes_with_every_request(guarded: ThreadingHTTPServer) -> None:
    place = engine_at(guarded, Credentials("kent", "s3cret:£"))
    place.add("https://kent.example/g", [b"<a:a> <a:b> <a:c> ."])
    place.update("DROP ALL")
    assert [sent for sent, _ in guarded.seen] == ["Basic a2VudDpzM2NyZXQ6wqM="] * 2  # type: ignore[attr-defined]


def test_digest_is_answered_before_the_body_is_sent_and_again_when_it_is_stale(guarded: ThreadingHTTPServer) -> None:
    place = engine_at(guarded, Credentials("kent", "s3cret", "digest"))
    for nonce in (1, 1, 2):
        guarded.nonce = nonce  # type: ignore[attr-defined]
        place.add("https://kent.example/g", [b"<a:a> <a:b> <a:c> ."])
    bodies = [body for _, body in guarded.seen if body]  # type: ignore[attr-defined]
    assert bodies == [b"<a:a> <a:b> <a:c> .\n"] * 3
    assert all("s3cret" not in sent for sent, _ in guarded.seen)  # type: ignore[attr-defined]


def test_nobody_without_a_name_is_announced(guarded: ThreadingHTTPServer) -> None:
    with pytest.raises(StoreUnwritable, match="Unauthorized.*publish again"):
        engine_at(guarded, Credentials("", "")).update("DROP ALL")


def test_the_password_is_in_no_text() -> None:
    settings = config.load({"WHATWORKS_STORE_USER": "kent", "WHATWORKS_STORE_PASSWORD": "s3cret"})
    assert settings.store_password == "s3cret"
    assert "s3cret" not in repr(settings) + repr(Credentials("kent", "s3cret"))
    with pytest.raises(BadSetting, match="must hold no user and no password") as refused:
        config.load({"WHATWORKS_STORE": "https://kent:s3cret@engine.example/sparql"})
    assert "s3cret" not in str(refused.value)
