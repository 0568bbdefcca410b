"""A stranger's query as it may run here; long ones are read one after another.

To read a query takes the interpreter's time, of which its place and its limits know nothing yet: 0.2 s of it for one
of 1 MB. Light queries would wait for many at a time.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import Flask, current_app

from kb.ask.query import Query, read
from web import turns
from web.asking import client, federated
from web.service_description import endpoint_url

LONG = 20_000
"""Characters from which a query counts as long; to read one as long as that takes some 10 ms."""

AT_ONCE = 8
"""Long queries that are read, or wait for it, at a time in each worker."""

PER_CLIENT = 2
"""Of these, those of one client."""

_ONE = "one long query is read"


def read_query(text: str, default: Sequence[str] = (), others: Sequence[str] = ()) -> Query:
    """The query on a dataset of default and other graphs. Raises what `kb.ask.query.read` does, and TooBusy."""
    with _turn(text):
        return read(text, default, others, base=endpoint_url(), federated=federated())


def install(app: Flask) -> None:
    """Gives the application its turns of long queries."""
    turns.install(app, "long queries", "long queries are being read", AT_ONCE, PER_CLIENT)
    app.extensions[_ONE] = threading.Lock()


@contextmanager
def _turn(text: str) -> Iterator[None]:
    if len(text) < LONG:
        yield
        return
    with turns.of("long queries").taken(client()), current_app.extensions[_ONE]:
        yield
