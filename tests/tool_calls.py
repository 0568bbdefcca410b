"""Calls of the tools for language models, by the SDK's own client, and plain requests to where they connect."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

from mcp import Client
from mcp.types import CallToolResult

from kb.namespaces import WW

FINDINGS = f"SELECT ?finding WHERE {{ ?finding a <{WW}Finding> }} ORDER BY ?finding"
LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()


def called(address: str, tool: str, mode: str = "auto", **arguments: Any) -> CallToolResult:
    async def call() -> CallToolResult:
        async with Client(f"{address}/mcp", mode=mode) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(call())


def told(address: str, tool: str, **arguments: Any) -> dict[str, Any]:
    result = called(address, tool, **arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def refused(address: str, tool: str, **arguments: Any) -> str:
    result = called(address, tool, **arguments)
    assert result.is_error
    [content] = result.content
    return str(content.text)  # type: ignore[union-attr]


def as_csv(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}format=csv"


def fetched(url: str, body: bytes | None = None, **headers: str) -> Any:
    return urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20)


def posted(address: str, body: bytes = LIST, **headers: str) -> tuple[int, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    try:
        with fetched(f"{address}/mcp", body, **headers) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
