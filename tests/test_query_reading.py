"""Long queries are read one after another, and a few of one client; short ones do not wait for them."""

import threading
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.query_reading import LONG, PER_CLIENT

LONG_QUERY = f"ASK {{}} #{'x' * LONG}"
DIRECT = {"Content-Type": "application/sparql-query"}


def asked(client: FlaskClient, text: str, source: str = "192.0.2.1") -> int:
    return client.post("/sparql", data=text, headers=DIRECT, environ_base={"REMOTE_ADDR": source}).status_code


@pytest.mark.parametrize("source", ["192.0.2.1", "192.0.2.2"], ids=["the same client", "another"])
def test_a_long_query_waits_for_the_one_before(app: Flask, source: str) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(asked(app.test_client(), LONG_QUERY)))
        for _ in range(PER_CLIENT)
    ]
    with app.extensions["one long query is read"]:
        for thread in threads:
            thread.start()
        while app.extensions["long queries"]._held.total() < PER_CLIENT:
            time.sleep(0.01)
        assert asked(app.test_client(), "ASK {}", source) == 200
        if source == "192.0.2.1":
            assert asked(app.test_client(), LONG_QUERY, source) == 429
        assert statuses == []
    for thread in threads:
        thread.join()
    assert statuses == [200] * PER_CLIENT
    assert asked(app.test_client(), LONG_QUERY, source) == 200
