"""Every address that writes, called without a token, with another publisher's, an expired and a revoked one, and
without the key of the form; one that this table lacks fails the test.
"""

import io
import re
import secrets
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from publishing_site import CONFORMING, Site, publishing_site

from kb.store import releases
from kb.store.submissions import Submissions
from kb.store.tokens import Tokens

ASKS = {"/sparql", "/q", "/mcp", "/graphs", "/test-site", "/protocols/<id>/<name>/new",
        "/contribute", "/contribute/<id>"}  # fmt: skip
"""What takes a POST and is open to anybody, since it changes nothing of anybody's; /graphs is below, by method, and the
form for one record, which sends it only for who has signed in, in test_entry_sending.py. What readers contribute needs
no account: test_contributing.py.
"""

GRAPH = "/graphs?graph=https://kent.example/id/graph/money"
BY_TOKEN = [
    ("POST", "/api/datasets/kent/money/submissions", 403),
    ("POST", "/api/submissions/{id}/mapping", 404),
    ("POST", "/api/submissions/{id}/publish", 404),
    ("DELETE", "/api/submissions/{id}", 404),
    ("PUT", GRAPH, 403),
    ("POST", GRAPH, 403),
    ("DELETE", GRAPH, 403),
]
"""Method, address, and what another publisher's token gets."""

BY_SESSION = [
    ("/sign-out", None),
    ("/publish/new", None),
    ("/publish/{id}/mended", 404),
    ("/publish/{id}/decisions", 404),
    ("/publish/{id}/check", 404),
    ("/publish/{id}/publish", 404),
    ("/publish/{id}/discard", 404),
    ("/publish/restore/{dataset}/{number}", 404),
    ("/publish/contributions/{id}", 404),
    ("/publish/contributions/{id}/draft", 404),
]
"""Address of a form, and what another publisher's session gets; None: it is about its own things only."""

SIGN_IN = "/sign-in"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return publishing_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def id(site: Site) -> str:
    """A submission of Kent that could be published."""
    headers = site.by("kent") | {"Content-Type": "text/turtle"}
    answer = site.client().post("/api/datasets/kent/money/submissions", data=CONFORMING.read_bytes(), headers=headers)
    site.work()
    return str(answer.json["id"])


@pytest.fixture(autouse=True)
def nothing_is_changed(site: Site, id: str) -> object:
    yield
    assert Submissions(site.folder).submission(id).state == "checked"
    assert len(Submissions(site.folder).of("kent")) == 1
    assert Submissions(site.folder).of("surrey") == []
    assert releases.datasets(site.folder) == []


def key_in(page: str) -> str:
    found = re.search(r'name="form-key" value="([^"]+)"', page)
    assert found, page
    return found[1]


def signed_in(site: Site, name: str) -> tuple[FlaskClient, str]:
    """A browser in which somebody has signed in, and the key of its forms."""
    client = site.client()
    page = client.get("/sign-in").text
    form = {"token": site.tokens[name], "form-key": key_in(page)}
    assert client.post("/sign-in", data=form).status_code == 303
    return client, key_in(client.get("/publish/new").text)


def test_no_address_that_writes_is_missing(site: Site) -> None:
    writes = {"POST", "PUT", "DELETE", "PATCH"}
    found = {
        (method, re.sub(r"<(\w+:)?(\w+)>", r"{\2}", rule.rule))
        for rule in site.app.url_map.iter_rules()
        for method in writes & (rule.methods or set())
        if rule.rule not in ASKS
    }
    tested = {(method, path.replace("kent/money", "{publisher}/{dataset}")) for method, path, _ in BY_TOKEN}
    tested |= {("POST", path) for path, _ in BY_SESSION} | {("POST", SIGN_IN)}
    assert found == {each for each in tested if each[1] != GRAPH}


@pytest.mark.parametrize(("method", "path", "others"), BY_TOKEN)
def test_without_a_good_token_nothing_is_written(site: Site, id: str, method: str, path: str, others: int) -> None:
    client = site.client()
    sent = {"data": CONFORMING.read_bytes(), "content_type": "text/turtle", "method": method}
    bad = {
        "none": {},
        "expired": site.by("expired"),
        "revoked": site.by("revoked"),
        "unknown": {"Authorization": "Bearer ww_0123456789ab_" + "x" * 43},
        "another scheme": {"Authorization": f"Basic {site.tokens['kent']}"},
    }
    for why, headers in bad.items():
        answer = client.open(path.format(id=id), headers=headers, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 401, why
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), why
        assert site.tokens["kent"] not in answer.text
    answer = client.open(path.format(id=id), headers=site.by("surrey"), **sent)  # type: ignore[arg-type]
    assert answer.status_code == others
    browser, _ = signed_in(site, "kent")
    answer = browser.open(path.format(id=id), **sent)  # type: ignore[arg-type]
    assert answer.status_code == 401, "a cookie opens pages only"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/submissions/{id}/publish"), ("PUT", GRAPH), ("DELETE", GRAPH)]
)
def test_a_token_that_may_only_submit_does_not_publish(site: Site, id: str, method: str, path: str) -> None:
    answer = site.client().open(path.format(id=id), method=method, headers=site.by("submit"), data=b"x")
    assert answer.status_code == 403


FILES = ("/new", "/mended")
"""Ends of the addresses to which a file is sent."""

KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")
"""Media types that another site may make a browser send with a form; a file comes in the second alone."""


@pytest.mark.parametrize(
    ("path", "others", "kind"),
    [(*each, kind) for each in BY_SESSION for kind in KINDS if kind == KINDS[1] or not each[0].endswith(FILES)],
)
def test_without_session_or_key_no_form_is_taken(
    site: Site, id: str, path: str, others: int | None, kind: str
) -> None:
    address, form = path.format(id=id, dataset="money", number=1), {"dataset": "money", "title": "x"}

    def post(client: FlaskClient, key: str | None, **more: object) -> int:
        given = form | ({} if key is None else {"form-key": key})
        if path.endswith(FILES):
            given["file"] = (io.BytesIO(CONFORMING.read_bytes()), "money.ttl")  # type: ignore[assignment]
        return client.post(address, data=given, content_type=kind, **more).status_code  # type: ignore[arg-type]

    assert post(site.client(), None) == 401
    assert post(site.client(), None, headers=site.by("kent")) == 401, "a token opens no page that writes"
    browser, _ = signed_in(site, "kent")
    other, key = signed_in(site, "surrey")
    for wrong in (None, "", "0" * 64, key, "ä"):
        assert post(browser, wrong) == 403
    assert browser.post(address, data=b"x", content_type="text/plain").status_code in (403, 415)
    if others is not None:
        assert post(other, key) == others


def ended(site: Site, how: str) -> tuple[FlaskClient, str]:
    """A browser whose session was good, and is no more; and the key of its forms."""
    token, site.tokens["ending"] = Tokens(site.folder).create("kent", f"ending {secrets.token_hex(4)}", "publish", 30)
    client, key = signed_in(site, "ending")
    cookie = client.get_cookie("whatworks-session")
    assert cookie is not None
    if how == "revoked":
        Tokens(site.folder).revoke(token.id)
    else:
        table, column = ("tokens", "id") if how == "expired" else ("sessions", "token")
        with Tokens(site.folder).transaction() as connection:
            connection.execute(f"UPDATE {table} SET expires = '2001-01-01T00:00:00Z' WHERE {column} = ?", (token.id,))
    return client, key


@pytest.mark.parametrize("how", ["expired", "revoked", "too old"])
def test_a_session_ends_with_its_token_and_its_time(site: Site, id: str, how: str) -> None:
    client, key = ended(site, how)
    for path, _ in BY_SESSION:
        form = {"dataset": "money", "title": "x", "form-key": key}
        if path.endswith(FILES):
            form["file"] = (io.BytesIO(CONFORMING.read_bytes()), "money.ttl")  # type: ignore[assignment]
        answer = client.post(
            path.format(id=id, dataset="money", number=1), data=form, content_type="multipart/form-data"
        )
        assert answer.status_code == 401, path


@pytest.mark.parametrize("path", ["/publish/{id}/publish", "/publish/restore/money/1"])
def test_a_session_of_a_token_that_may_only_submit_does_not_publish(site: Site, id: str, path: str) -> None:
    client, key = signed_in(site, "submit")
    assert client.post(path.format(id=id), data={"form-key": key}).status_code == 403


def test_nobody_is_signed_in_by_another_site(site: Site) -> None:
    client = site.client()
    client.get("/sign-in")
    for key in ({}, {"form-key": ""}, {"form-key": "x" * 32}, {"form-key": key_in(site.client().get("/sign-in").text)}):
        answer = client.post("/sign-in", data={"token": site.tokens["kent"]} | key)
        assert answer.status_code == 403
        assert "whatworks-session" not in str(answer.headers.getlist("Set-Cookie"))
    assert site.client().post("/sign-in", data={"token": site.tokens["kent"], "form-key": ""}).status_code == 403


@pytest.mark.parametrize("name", ["expired", "revoked"])
def test_a_token_that_is_not_in_force_signs_nobody_in(site: Site, name: str) -> None:
    client = site.client()
    form = {"token": site.tokens[name], "form-key": key_in(client.get("/sign-in").text)}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 403
    assert "whatworks-session=" not in str(answer.headers.getlist("Set-Cookie"))


def test_who_is_not_signed_in_is_led_to_the_form_and_on(site: Site, id: str) -> None:
    client = site.client()
    answer = client.get(f"/publish/{id}")
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next=/publish/{id}")
    page = client.get(answer.location).text
    form = {"token": site.tokens["kent"], "form-key": key_in(page), "next": f"/publish/{id}"}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.location) == (303, f"/publish/{id}")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("whatworks-session"))
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
    shown = client.get(answer.location)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert "Access-Control-Allow-Origin" not in shown.headers
    form["next"] = "https://elsewhere.example/"
    page = client.get("/sign-in").text
    assert client.post("/sign-in", data=form | {"form-key": key_in(page)}).location == "/publish"


def test_the_cookie_is_for_https_alone_where_the_site_is(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data", public_url="https://works.example")
    client = site.app.test_client()
    page = client.get("/sign-in", base_url="https://works.example").text
    form = {"token": site.tokens["kent"], "form-key": key_in(page)}
    answer = client.post("/sign-in", data=form, base_url="https://works.example")
    assert "; Secure;" in answer.headers.getlist("Set-Cookie")[0] + ";"


def test_a_cookie_that_a_neighbour_of_the_domain_can_set_signs_nobody_in(tmp_path: Path) -> None:
    site, https = publishing_site(tmp_path / "data", public_url="https://works.example"), "https://works.example"
    form = {"token": site.tokens["kent"]}
    client = site.client()
    form["form-key"] = key_in(client.get("/sign-in", base_url=https).text)
    told = client.post("/sign-in", data=form, base_url=https).headers.getlist("Set-Cookie")
    assert all(each.startswith("__Host-") and "; Path=/" in each and "Domain" not in each for each in told), told
    session = next(each for each in told if "session=" in each).partition("=")[2].partition(";")[0]
    for name, status in (("whatworks-session", 303), ("__Host-whatworks-session", 200)):
        other = site.client()
        other.set_cookie(name, session, domain="works.example")
        assert other.get("/publish", base_url=https).status_code == status, name


def test_a_draft_is_not_there_for_others(site: Site, id: str) -> None:
    browser, _ = signed_in(site, "surrey")
    for path in ("", "/decisions", "/mapping.json", "/report", "/report.xlsx", "/report/summary"):
        answer = browser.get(f"/publish/{id}{path}")
        assert answer.status_code == 404, path
        assert "money" not in answer.text


def test_signing_in_is_tried_so_often(tmp_path: Path) -> None:
    site = publishing_site(tmp_path / "data")
    client = site.client()
    key = key_in(client.get("/sign-in").text)
    for _ in range(10):
        assert client.post("/sign-in", data={"token": "ww_x", "form-key": key}).status_code == 403
    answer = client.post("/sign-in", data={"token": site.tokens["kent"], "form-key": key})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")


def test_signing_out_ends_the_session(site: Site) -> None:
    browser, key = signed_in(site, "kent")
    cookie = browser.get_cookie("whatworks-session")
    assert cookie is not None
    assert browser.post("/sign-out", data={"form-key": key}).status_code == 303
    browser.set_cookie("whatworks-session", cookie.value)
    assert browser.get("/publish").status_code == 303
