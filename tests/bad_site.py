"""A small site that does everything wrong, on purpose: what harvests and the tester meet outside."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class BadSite(BaseHTTPRequestHandler):
    """Answers by path; whatever else is asked is a page in HTML, with status 200."""

    def do_GET(self) -> None:
        seen = getattr(self.server, "seen")  # noqa: B009
        seen.append((self.path, self.headers["User-Agent"]))
        if self.path.startswith("/redirect"):
            self._answer(302, "text/plain", b"", Location="http://169.254.169.254/")
        elif self.path.startswith("/large"):
            self._answer(200, "text/turtle", b"# " + b"x" * 30_000_000)
        elif self.path.startswith("/slow"):
            self._drip()
        elif self.path.startswith("/obeyed"):
            self.wfile.write(b"HTTP/1.1 \x1b[2J" + b"x" * 5000 + b"\r\n\r\n")
        elif self.path.startswith("/broken"):
            self._answer(200, "text/turtle", b"<a> <b")
        elif self.path.startswith("/error"):
            self._answer(500, "text/plain", b"no")
        else:
            self._answer(200, "text/html", b"<!doctype html><title>Welcome</title>")

    def log_message(self, *said: object) -> None:
        """Says nothing."""

    def _answer(self, status: int, type_: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """A byte now and then, for ever."""
        self.send_response(200)
        self.send_header("Content-Type", "text/turtle")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"#")
                time.sleep(0.05)
        except OSError:
            pass


@contextmanager
def bad_site() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Its address, and the paths that it was asked for, each with the name of who asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BadSite)
    server.daemon_threads = True
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.seen  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
