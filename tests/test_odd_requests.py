"""Every address that can be read, asked for with odd arguments: what is wrong with them is said, and is no error."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from noting import Arguments, Noting
from publishing_site import Site, draft_of, with_release_and_draft
from werkzeug.routing import Rule

ODD = (
    "%3C%00", "%0D%0AX-Injected:%20yes", "%ff%fe%ed%a0%80", '%22%3E%3Cscript%3E', "..%2f..", "-1", "9" * 5000,
    "%C3%A9" * 300, "http://%3C", "http://[::1", "dp-" + "9" * 5000,
)  # fmt: skip
"""Values as an address has them: control characters, markup, other encodings, what is too long, numbers and no IRIs."""

ACCEPTED = ("text/html", "application/json, text/turtle, */*;q=0.1")
PRIVATE = re.compile("/(publish|sign-in|api/submissions)")
ANSWERING = ("/sparql", "/q", "/questions", "/mcp", "/static")
"""What answers queries, which has tests of its own, and files."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    found = with_release_and_draft(tmp_path_factory.mktemp("site"))
    found.app.request_class = Noting
    return found


@pytest.fixture(scope="module")
def draft(site: Site) -> str:
    return draft_of(site)


@pytest.fixture(scope="module")
def browser(site: Site) -> FlaskClient:
    """Somebody who is signed in."""
    return site.signed_in()


def rules(app: Flask) -> list[Rule]:
    found = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return sorted((rule for rule in found if not rule.rule.startswith(ANSWERING)), key=lambda rule: rule.rule)


def filled(rule: Rule, draft: str, **odd: str) -> str:
    """The path of a rule, with what there is in its places but for those given."""
    known = {"publisher": "kent", "dataset": "money", "number": "1", "id": draft, "name": "lesson-learned"}
    if rule.rule.startswith("/protocols"):
        known["id"] = "dp-03"
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: odd.get(found[1], known.get(found[1], "x")), rule.rule)


def asked(client: FlaskClient, site: Site, address: str, accepted: str) -> None:
    headers = {"Accept": accepted, **(site.by("kent") if address.startswith("/api/") else {})}
    answer = client.get(address, headers=headers)
    assert answer.status_code not in (500, 502), f"{answer.status_code} {address[:200]}"
    assert "X-Injected" not in answer.headers
    if answer.mimetype == "text/html":
        assert '"><script>' not in answer.text, address
    if PRIVATE.match(address) and answer.status_code != 404:
        assert answer.headers["Cache-Control"] == "no-store", address[:200]
        assert "Access-Control-Allow-Origin" not in answer.headers, address[:200]


def test_odd_values_are_refused_and_what_is_private_is_not_kept(
    site: Site, browser: FlaskClient, draft: str
) -> None:
    for rule in rules(site.app):
        path = filled(rule, draft)
        Arguments.names.clear()
        asked(browser, site, path, ACCEPTED[0])
        for place, value in enumerate(ODD):
            for name in sorted(Arguments.names):
                asked(browser, site, f"{path}?{name}={value}", ACCEPTED[place % 2])
            for argument in rule.arguments:
                asked(browser, site, filled(rule, draft, **{argument: value}), ACCEPTED[place % 2])
