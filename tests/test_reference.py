"""docs/reference is what `python -m tests.reference` makes of vocabulary, protocols, command, settings and routes."""

from collections.abc import Callable

import pytest
import reference
from flask import Flask
from reference import http

from kb.config import SETTINGS, Settings
from web.site import create_app


@pytest.mark.parametrize(("name", "make"), [each for each in reference.pages() if each[0] != "http.md"])
def test_a_page_is_what_would_be_made(name: str, make: Callable[[], str]) -> None:
    assert (reference.FOLDER / name).read_text(encoding="utf-8") == make(), "run python -m tests.reference"


def test_the_page_of_addresses_is_what_a_site_does(site: Flask) -> None:
    settings: Settings = site.config["SETTINGS"]
    assert (reference.FOLDER / "http.md").read_text(encoding="utf-8") == http.page(settings)


def test_no_page_is_left_that_nothing_makes() -> None:
    there = {path.relative_to(reference.FOLDER).as_posix() for path in reference.FOLDER.rglob("*.md")}
    assert there == {name for name, _ in reference.pages()}


def test_every_setting_has_a_row() -> None:
    text = (reference.FOLDER / "settings.md").read_text(encoding="utf-8")
    assert [f"| `{each.variable}` |" in text for each in SETTINGS] == [True] * len(SETTINGS)


def test_every_address_says_what_it_answers_and_is_asked_for(site: Flask) -> None:
    app = create_app(site.config["SETTINGS"])
    private = {heading for heading, _, _ in http.GROUPS if heading.startswith("Publishing")} | {"The site itself"}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/static"):
            assert app.view_functions[rule.endpoint].__doc__, rule.rule
            if rule.arguments and "GET" in (rule.methods or ()) and http.group_of(rule) not in private:
                assert rule.rule in http.addresses(), f"{rule.rule}: give addresses.csv one of it"
    known = {rule.rule for rule in app.url_map.iter_rules()}
    assert set(http.addresses()) <= known
    assert {route for route, _ in http.words() if route} <= known
