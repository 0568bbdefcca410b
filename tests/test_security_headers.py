"""Every answer of every address carries what protects who reads it: pages, data, files, redirects and errors."""

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from publishing_site import Site, draft_of, with_release_and_draft
from test_odd_requests import filled
from werkzeug.test import TestResponse

from kb.store.submissions import Submissions

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REFERRER = {"strict-origin-when-cross-origin", "same-origin", "no-referrer"}
SHOWN = ("text/html", "image/svg+xml", "application/xhtml+xml")
"""What a browser draws as a document that could run something."""
EDITOR = re.compile("/(sparql|q)\\b")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return with_release_and_draft(tmp_path_factory.mktemp("site"), public_url="https://works.example")


@pytest.fixture(scope="module")
def draft(site: Site) -> str:
    return draft_of(site)


@pytest.fixture(scope="module")
def browser(site: Site) -> FlaskClient:
    """Somebody who is signed in."""
    client = site.client()
    key = re.search(r'name="form-key" value="([^"]+)"', client.get("/sign-in", base_url="https://works.example").text)
    assert key
    form = {"token": site.tokens["kent"], "form-key": key[1]}
    assert client.post("/sign-in", data=form, base_url="https://works.example").status_code == 303
    return client


class Page(HTMLParser):
    """What on a page would run, or set a style, were the content policy not to stop it."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes scripts and styles within the page, handlers of events, and addresses that are scripts."""
        given = dict(attrs)
        if tag == "script" and "src" not in given and "json" not in (given.get("type") or ""):
            self.inline.append("script")
        if tag == "style":
            self.inline.append("style")
        self.inline += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction"):
            value = "".join((given.get(name) or "").split()).lower()
            if value.startswith(("javascript:", "data:", "vbscript:")):
                self.inline.append(f"{tag} {name}={value[:40]}")


def sound(answer: TestResponse, address: str) -> None:
    """Fails where the answer lacks a header, or says less than it should."""
    head = answer.headers
    for name, value in ALWAYS.items():
        assert head.get(name) == value, (address, name, head.get(name))
    assert head["Referrer-Policy"] in REFERRER, address
    assert head["Strict-Transport-Security"] == "max-age=31536000", address
    private = "Access-Control-Allow-Origin" not in head
    assert head["Cross-Origin-Resource-Policy"] == ("same-origin" if private else "cross-origin"), address
    policy = dict(each.strip().partition(" ")[::2] for each in head["Content-Security-Policy"].split(";"))
    assert "unsafe-eval" not in str(policy), address
    if answer.mimetype == "text/html":
        assert policy["default-src"] == "'self'", address
        assert "script-src" not in policy, address
        assert ("unsafe-inline" not in str(policy)) or EDITOR.match(address), address
        assert {policy["object-src"], policy["base-uri"]} == {"'none'"}, address
        page = Page()
        page.feed(answer.text)
        assert page.inline == [], address
    else:
        assert policy["default-src"] == "'none'", address
        assert "sandbox" in policy, address


def test_every_address_that_is_read(site: Site, browser: FlaskClient, draft: str) -> None:
    seen = set()
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        for path in (filled(rule, draft), filled(rule, draft, id="nothing", name="nothing")):
            for accepted in ("text/html", "application/json, text/turtle, */*;q=0.1"):
                if path == "/metrics":  # for machines of the operator
                    continue
                headers = {"Accept": accepted, **(site.by("kent") if path.startswith("/api/") else {})}
                answer = browser.get(path, headers=headers, base_url="https://works.example")
                sound(answer, path)
                seen.add(answer.status_code)
                answer.close()
    assert {200, 303, 404} <= seen


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/publish/new", 401),
        ("POST", "/sign-in", 403),
        ("POST", "/api/datasets/kent/money/submissions", 401),
        ("PUT", "/graphs?default", 405),
        ("POST", "/sparql", 415),
        ("OPTIONS", "/sparql", 200),
        ("HEAD", "/datasets", 200),
        ("BREW", "/", 405),
        ("GET", "/static/../secret", 404),
        ("GET", "/static/site.css", 200),
        ("GET", "/static/editor.js", 200),
        ("GET", "/search?snapshot=nothing", 404),
        ("GET", "/sparql?query=SELECT", 400),
        ("GET", "/sparql?query=SELECT(1AS?x){}&format=csv", 200),
        ("GET", "/search?q=house&format=csv", 200),
        ("GET", "/doc/none/none", 404),
    ],
)
def test_every_other_answer(site: Site, method: str, path: str, status: int) -> None:
    answer = site.client().open(path, method=method, base_url="https://works.example")
    assert answer.status_code == status
    sound(answer, path)


def test_a_repeat_from_memory_and_what_is_known_already_say_the_same(site: Site) -> None:
    client = site.client()
    first = client.get("/datasets", base_url="https://works.example")
    again = client.get("/datasets", base_url="https://works.example")
    known = client.get("/datasets", headers={"If-None-Match": first.headers["ETag"]}, base_url="https://works.example")
    assert known.status_code == 304
    for answer in (first, again):
        sound(answer, "/datasets")
    for name in (*ALWAYS, "Content-Security-Policy", "Strict-Transport-Security", "Referrer-Policy"):
        assert known.headers[name] == first.headers[name]


def test_only_a_site_that_is_said_to_be_behind_https_insists_on_it(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/datasets").headers
    assert "Strict-Transport-Security" not in client.get("/datasets", base_url="https://localhost").headers


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "page.xhtml", "page.csv"])
def test_what_a_publisher_sent_is_never_a_page_of_this_site(site: Site, browser: FlaskClient, name: str) -> None:
    hostile = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/><script>alert(1)</script>"
    address = f"/api/datasets/kent/hostile/submissions?name={name}"
    kind = {"Content-Type": "text/csv", **site.by("kent")}
    sent = site.client().post(address, data=hostile, headers=kind)
    assert sent.status_code in (201, 415)
    site.work()
    for each in Submissions(site.folder).of("kent"):
        for part in ("", "/decisions", "/mapping.json", "/report", "/report.xlsx", "/report/summary"):
            answer = browser.get(f"/publish/{each.id}{part}", base_url="https://works.example")
            sound(answer, part)
            assert b"<script>alert" not in answer.data, part
            if answer.mimetype not in ("text/html", "application/json", "text/plain"):
                assert answer.headers["Content-Disposition"].startswith("attachment"), part


def test_what_is_downloaded_is_saved(site: Site, browser: FlaskClient) -> None:
    with browser.get("/dumps/current/index.json", follow_redirects=True) as answer:
        index, id = answer.get_json(), answer.headers["X-Snapshot"]
    files = [f"/dumps/{id}/{each['file']}" for each in index["distributions"]]
    for path in (*files, "/datasets/kent/money/1/accepted.nq.gz"):
        answer = browser.get(path, base_url="https://works.example")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
        assert answer.mimetype not in SHOWN
        sound(answer, path)
        answer.close()
