"""The log: a line of JSON for each event, and nothing in it that opens a door."""

import io
import json
import logging

import pytest

from kb import logs

TOKEN = "ww_0123456789ab_" + "Aa-_" * 10 + "xyz"


def logged(say: str, *values: object, error: BaseException | None = None) -> dict[str, str]:
    """What a logger's line says, as a program reads it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.Lines())
    logger = logging.Logger("web.some")
    logger.addHandler(handler)
    logger.error(say, *values, exc_info=error)
    [line] = out.getvalue().splitlines()
    found: dict[str, str] = json.loads(line)
    return found


def test_a_line_has_time_level_and_the_request() -> None:
    logs.REQUEST.set("0f1e2d3c4b5a6978")
    try:
        said = logged("two\nlines, %d things", 3)
    finally:
        logs.REQUEST.set("")
    assert said["message"] == "two\nlines, 3 things"
    assert (said["level"], said["logger"], said["request"]) == ("error", "web.some", "0f1e2d3c4b5a6978")
    assert said["time"][10] == "T"
    assert said["time"][-1] == "Z"
    assert "request" not in logged("outside of one")


@pytest.mark.parametrize(
    "text",
    [
        f"a token {TOKEN} in a sentence",
        f"GET /api?token={TOKEN}&x=1",
        "GET /page?a=b&token=s3cretword",
        "Authorization: Bearer s3cretword",
        "{'Authorization': 'Basic s3cretword', 'Accept': '*/*'}",
        "HTTP_AUTHORIZATION=Digest s3cretword",
        "Cookie: whatworks-session=s3cretword; theme=dark",
        "{'HTTP_COOKIE': 'other=1; whatworks-session=s3cretword'}",
        "https://user:s3cretword@engine.example/sparql cannot be reached",
    ],
)
def test_what_opens_a_door_is_blotted_out(text: str) -> None:
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        said = json.dumps(logged("%s failed", text, error=error))
    assert "s3cretword" not in said
    assert TOKEN not in said
    assert said.count("[secret]") >= 2


def test_what_is_no_secret_stays() -> None:
    text = "https://data.example/id/asset/1 of kent@example.org: not authorised, cookies are off"
    assert logs.blotted(text) == text
