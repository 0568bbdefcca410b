"""A site on a replica only reads: whoever would write is sent to the site that it is a copy of."""

from flask import Flask, current_app, redirect, request
from werkzeug.wrappers import Response

from kb.errors import ReadsOnly

_WRITES = ("/publish", "/sign-in", "/sign-out", "/contribute", "/api", "/q")
"""Starts of addresses that need the state: of publishers, of what readers send, of short links."""

_READ_BY = ("GET", "HEAD", "OPTIONS")


def install(app: Flask) -> None:
    """Puts `begin` before every request."""
    app.before_request(begin)


def begin() -> Response | None:
    """307 to the same address of the other site, where that is known and a page is asked for. Raises ReadsOnly."""
    if not _writes(request.path, request.method):
        return None
    elsewhere = str(current_app.config["SETTINGS"].replica_of).rstrip("/")
    if elsewhere and request.method in _READ_BY:
        return redirect(elsewhere + request.full_path.rstrip("?"), 307)
    where = f"send it to {elsewhere}{request.path}" if elsewhere else "whoever runs it can say where to publish"
    raise ReadsOnly(f"this site is a copy that only reads; {where}")


def _writes(path: str, method: str) -> bool:
    if any(path == start or path.startswith(f"{start}/") for start in _WRITES):
        return True
    form = path.startswith("/protocols/") and path.endswith("/new")
    return form or (path == "/graphs" and method not in _READ_BY)
