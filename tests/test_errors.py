"""Failures are answered in the client's format, with the right status and no detail of the code."""

import json
import logging
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import Reading
from werkzeug.exceptions import (
    BadRequest,
    GatewayTimeout,
    MethodNotAllowed,
    NotAcceptable,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)

import web
from kb import config
from web import body
from web.errors import STATUS, TITLES
from web.mcp.endpoint import Misdirected
from web.site import create_app


def test_a_page_text_or_problem_details(client: FlaskClient) -> None:
    page = client.get("/nope", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.content_type) == (404, "text/html; charset=utf-8")
    assert "<h1" in page.text
    text = client.get("/nope")
    assert (text.status_code, text.content_type) == (404, "text/plain; charset=utf-8")
    problem = client.get("/nope", headers={"Accept": "application/json"})
    assert (problem.status_code, problem.content_type) == (404, "application/problem+json")
    assert json.loads(problem.data)["status"] == 404
    for answer in (page, text, problem):
        assert answer.headers["Vary"].startswith("Accept")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


RAISED = (BadRequest, MethodNotAllowed, NotAcceptable, RequestTimeout, RequestEntityTooLarge, UnsupportedMediaType)
"""What werkzeug and the modules of the site raise besides the errors of the knowledge base."""


@pytest.mark.parametrize("error", [*STATUS, *RAISED, Misdirected, GatewayTimeout, RuntimeError])
def test_every_page_of_an_error_has_a_plain_heading(app: Flask, error: type[Exception]) -> None:
    @app.get("/fault")
    def fault() -> str:
        raise error("What is wrong.")

    answer = app.test_client().get("/fault", headers={"Accept": "text/html"})
    [heading] = Reading(answer.text).text("h1")
    assert heading == TITLES[HTTPStatus(answer.status_code)]


def test_too_many_of_anything_is_told_by_what_they_are(app: Flask) -> None:
    turns = app.extensions["bodies"]
    for _ in range(body.PER_CLIENT):
        turns.take("127.0.0.1")
    answer = app.test_client().post("/sparql", data={"query": "ASK {}"}, headers={"Accept": "text/html"})
    assert answer.status_code == 429
    [heading] = Reading(answer.text).text("h1")
    assert "quer" not in heading
    assert "too many requests are being received at once" in answer.text


def test_wrong_methods_say_which_are_right(client: FlaskClient) -> None:
    answer = client.delete("/doc/place/kent")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_no_acceptable_format_lists_what_there_is(client: FlaskClient) -> None:
    for answer in (
        client.get("/doc/place/kent", headers={"Accept": "image/png"}),
        client.get("/doc/place/kent?format=pdf"),
    ):
        assert answer.status_code == 406
        assert "text/turtle" in answer.text
        assert "application/ld+json" in answer.text


@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/problem+json"])
def test_a_fault_of_ours_tells_nothing_and_is_logged(app: Flask, caplog: pytest.LogCaptureFixture, accept: str) -> None:
    @app.get("/fault")
    def fault() -> str:
        raise RuntimeError("secret detail")

    with caplog.at_level(logging.ERROR, "web"):
        answer = app.test_client().get("/fault", headers={"Accept": accept})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "/fault" in caplog.text


def test_without_a_snapshot_the_site_says_so(tmp_path: Path) -> None:
    client = create_app(config.load({}, data=tmp_path)).test_client()
    for path in ("/", "/doc/place/kent", "/sparql?query=ASK%7B%7D"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text


def test_static_files_are_kept_and_asked_anew_after_a_new_build(client: FlaskClient) -> None:
    text = client.get("/doc/place/kent", headers={"Accept": "text/html"}).text
    start = text.index("/static/site.css?v=")
    answer = client.get(text[start : text.index('"', start)])
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    answer.close()


def test_of_vendored_files_only_those_that_pages_use_are_served(client: FlaskClient) -> None:
    vendored = Path(web.__file__).parent / "static" / "vendor"
    fonts = sorted(vendored.glob("**/assets/fonts/*"))
    assert fonts
    folder = "vendor/govuk-frontend/dist/govuk"
    refused = [f"vendor/{font.relative_to(vendored).as_posix()}" for font in fonts]
    refused += [f"./{refused[0]}", f"{folder}/../govuk/assets/fonts/{fonts[0].name}", f"vendor//{refused[0][7:]}"]
    for path in (*refused, f"{folder}/govuk-frontend.min.js", f"{folder}/assets/images/govuk-crest.svg"):
        assert client.get(f"/static/{path}").status_code == 404, path
    with client.get(f"/static/{folder}/govuk-frontend.min.css") as sheet:
        assert sheet.status_code == 200
