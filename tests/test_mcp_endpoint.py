"""Where language-model tools connect: requests, hosts, bodies, callers at once, and the workers of the real server."""

import asyncio
import io
import json
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import served
from flask import Flask
from mcp import Client
from test_serve import START, gone, started, workers_of
from tool_calls import LIST, posted, told

from kb import config
from web.mcp.tools import transport_security
from web.question import href
from web.site import create_app


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_is_no_session_to_listen_to_or_to_end(client: Any, method: str) -> None:
    answer = client.open("/mcp", method=method, headers={"Accept": "text/event-stream"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == client.options("/mcp").headers["Allow"] == "POST, OPTIONS"
    assert "text/html" in client.get("/mcp", headers={"Accept": "text/html"}).content_type


def test_requests_that_are_not_for_this_site_or_no_messages(server: str) -> None:
    assert posted(server)[0] == 200
    status, text = posted(server, Host="evil.example")
    assert (status, "WHATWORKS_PUBLIC_URL" in text) == (421, True)
    assert posted(server, Origin="http://evil.example")[0] == 403
    assert posted(server, Origin="http://localhost:6274")[0] == 200
    assert posted(server, b"{")[0] == 400
    assert posted(server, **{"Content-Type": "text/plain"})[0] == 400
    assert posted(server, b" " * (1024 * 1024 + 1))[0] == 413


def test_a_chunked_body_is_never_cut(shipped_site: Flask) -> None:
    """werkzeug stops at the limit without an error."""
    limit = shipped_site.config["MAX_CONTENT_LENGTH"]
    for size, status in {len(LIST): 200, limit: 413, 2 * limit: 413}.items():
        answer = shipped_site.test_client().post(
            "/mcp",
            input_stream=io.BytesIO(LIST.ljust(size)),
            headers={"Content-Type": "application/json", "Accept": "application/json, text/event-stream"},
            environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        )
        assert answer.status_code == status, size


def test_the_public_url_is_a_name_of_this_site_and_in_every_address(shipped_site: Flask) -> None:
    data = shipped_site.config["SETTINGS"].data
    settings = config.load({}, data=data, public_url="https://works.example/kb")
    assert "works.example" in transport_security(settings).allowed_hosts
    assert "https://works.example" in transport_security(settings).allowed_origins
    with served(create_app(settings)) as address:
        assert posted(address, Host="works.example", Origin="https://works.example")[0] == 200
        found = told(address, "ask_question", question="results-by-grade")
        assert found["address"].startswith(f"https://works.example/kb{href('results-by-grade')}")
        assert told(address, "describe_class", name="Pilot")["address"] == "https://works.example/kb/def#Pilot"


def test_a_folder_without_knowledge_is_503(tmp_path: Any) -> None:
    with served(create_app(config.load({}, data=tmp_path / "none"))) as address:
        assert posted(address)[0] == 503


def test_nothing_of_it_is_loaded_before_somebody_asks(client: Any) -> None:
    before = set(threading.enumerate())
    assert client.get("/").status_code == 200
    assert set(threading.enumerate()) <= before, "those of other tests may end meanwhile"
    code = "import sys, web, web.server; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_configuration_in_the_guide_leads_here(shipped_address: str) -> None:
    text = (Path(__file__).parent.parent / "docs" / "researcher.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```json\n(\{\"mcpServers\".*?)```", text, re.DOTALL)
    [entry] = json.loads(block)["mcpServers"].values()
    address = entry["url"].replace("http://127.0.0.1:8000", shipped_address).removesuffix("/mcp")
    assert told(address, "ask_question", question="results-by-grade")["shown"] == 5


def test_callers_at_once_get_their_own_answers_and_one_with_too_many_is_told_so(shipped_site: Flask) -> None:
    async def call(address: str, number: int) -> str:
        async with Client(f"{address}/mcp") as client:
            result = await client.call_tool("run_query", {"query": f"SELECT ({number} AS ?n) WHERE {{}}"})
            if result.structured_content is None:
                return str(result.content[0].text)  # type: ignore[union-attr]
            return str(result.structured_content["rows"][0]["n"]["value"])

    async def calls(address: str) -> list[str]:
        return await asyncio.gather(*(call(address, number) for number in range(24)))

    numbers = list(map(str, range(24)))
    data = shipped_site.config["SETTINGS"].data
    with served(create_app(config.load({}, data=data, query_per_client=24, query_waiting=24))) as address:
        assert asyncio.run(calls(address)) == numbers
    with served(create_app(config.load({}, data=data, query_per_client=1))) as address:
        for number, answer in enumerate(asyncio.run(calls(address))):
            assert answer == str(number) or answer.startswith("you have 1 queries here already")


def test_it_answers_in_workers_of_the_real_server_which_end_with_it(shipped_site: Flask) -> None:
    with started([sys.executable, "-c", START, str(shipped_site.config["SETTINGS"].data)]) as (process, address):
        for _ in range(4):
            assert told(address, "ask_question", question="results-by-grade")["total"] == 5
        workers = workers_of(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert gone(workers, within=5)
