"""What a request leaves behind: its id, counts, a line of the access log; and what a monitor asks."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from test_serve import START, started, workers_of

import web
from kb import config
from kb.operations.access_log import Visit, months, visits
from kb.store.folder import DataFolder
from web.operations import clients, noted, recording, shared_counts
from web.site import create_app

HTML = {"Accept": "text/html"}
TEMPLATES = Path(web.__file__).parent / "templates"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) A-Rare-Agent/77.5"


@pytest.fixture
def folder(data_folder: DataFolder) -> DataFolder:
    """The data folder with no access log, whatever other tests wrote there."""
    for path in data_folder.usage.glob("*"):
        path.unlink()
    return data_folder


def logged(app: Flask, folder: DataFolder) -> list[Visit]:
    app.extensions["recorder"].flush()
    return [each for month in months(folder) for each in visits(folder, month)]


def counts(client: FlaskClient, **headers: Any) -> dict[str, float]:
    """Name of a sample, with its labels → value."""
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200, answer.text
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_every_answer_has_an_id_and_an_error_says_it(client: FlaskClient) -> None:
    ids = set()
    for path in ("/doc/place/kent", "/doc/place/kent", "/nope", "/static/site.css", "/healthz"):
        with client.get(path) as answer:
            ids.add(answer.headers["X-Request-Id"])
    assert len(ids) == 5
    for accept in ("text/html", "*/*", "application/problem+json"):
        answer = client.get("/nope", headers={"Accept": accept})
        assert answer.headers["X-Request-Id"] in answer.text
    assert json.loads(answer.text)["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sparql?query=SELEC", 400),
        ("/sparql?query=SELECT*%7BSERVICE%3Chttps://elsewhere.example/%3E%7B%7D%7D", 403),
        ("/questions/lessons-by-theme?theme=nowhere", 400),
        ("/questions/lessons-by-theme?unheard=of", 400),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/csv", "application/problem+json"])
def test_where_a_query_fails_the_id_is_said_too(client: FlaskClient, path: str, status: int, accept: str) -> None:
    for _ in range(2):  # an error is never answered from memory
        answer = client.get(path, headers={"Accept": accept})
        assert answer.status_code == status, answer.text
        assert answer.headers["X-Request-Id"] in answer.text


def test_where_a_form_is_wrong_the_id_is_said_too(client: FlaskClient) -> None:
    answer = client.post("/protocols/dp-01/asset/new", data={"do": "check"})
    assert (answer.status_code, answer.headers["X-Request-Id"] in answer.text) == (422, True)
    templates = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")]
    of_errors = [text for text in templates if "Error: {% endif %}" in text]
    assert len(of_errors) > 7
    assert all("{{ request_number() }}" in text for text in of_errors)


def test_a_proxy_that_is_trusted_gives_the_id(data_folder: DataFolder) -> None:
    for proxies, given, taken in (
        (1, "7a0c-4e.from_proxy", True),
        (0, "7a0c-4e.from_proxy", False),
        (1, "short", False),
        (1, "with spaces and \x7f", False),
        (1, "x" * 101, False),
    ):
        client = create_app(config.load({}, data=data_folder.root, proxies=proxies)).test_client()
        answer = client.get("/healthz", headers={"X-Request-Id": given})
        assert (answer.headers["X-Request-Id"] == given) is taken, given


def test_requests_are_counted_by_type_of_page_never_by_path(app: Flask) -> None:
    client = app.test_client()
    for name in ("kent", "kent", "thanet", "nowhere", "nowhere-else", "kent"):  # the second from memory
        client.get(f"/doc/place/{name}", headers=HTML, buffered=True)
    client.get("/some/unknown/path", buffered=True)
    found = counts(client)
    ours = 'whatworks_requests_total{page="resource.document",status="%s"}'
    assert found[ours % 200] + found.get(ours % 404, 0) == 6
    assert found['whatworks_requests_total{page="none",status="404"}'] == 1
    assert found['whatworks_request_seconds_count{page="resource.document"}'] == 6
    assert not [name for name in found if "kent" in name or "nowhere" in name or "unknown" in name]


def test_queries_are_counted_by_outcome(app: Flask) -> None:
    client = app.test_client()
    asked = ("ASK {}", "ASK {}", "ASKED {}", "SELECT * { SERVICE <https://elsewhere.example/> {} }")
    for query in (*asked, "SELECT * { ?s <https://none.example/> ?o }"):
        client.get("/sparql", query_string={"query": query}, buffered=True)
    found = counts(client)
    assert {name.split('"')[1]: n for name, n in found.items() if name.startswith("whatworks_queries_total")} == {
        **{"answered": 2, "repeated": 1, "malformed": 1, "refused": 1}
    }


def test_a_monitor_is_told_of_queue_snapshot_and_disk(client: FlaskClient) -> None:
    found = counts(client)
    assert found["whatworks_releases"] == 2
    assert "# TYPE whatworks_releases gauge" in client.get("/metrics").text
    assert found["whatworks_queue_jobs"] == 0
    assert found["whatworks_snapshot_age_seconds"] >= 0
    for name in ("snapshot_triples", "store_bytes", "disk_free_bytes", "temporary_free_bytes"):
        assert found[f"whatworks_{name}"] > 0


@pytest.mark.parametrize(
    ("given", "address", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "::1", {}, 200),
        ({}, "::ffff:127.0.0.1", {}, 200),
        ({}, "192.0.2.7", {}, 403),
        ({}, "", {}, 403),
        # A proxy on this machine that the settings do not count: everybody would come from loopback.
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ({}, "127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ({"proxies": 1}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ({"proxies": 1}, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}, 403),
        ({"proxies": 2}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ({"proxies": 1}, "127.0.0.1", {}, 200),
        ({"proxies": 1, "metrics_from": "192.0.2.0/24"}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 200),
        ({"metrics_from": "192.0.2.7 10.0.0.0/8"}, "10.1.2.3", {}, 200),
        ({"metrics_from": "192.0.2.7"}, "127.0.0.1", {}, 403),
    ],
)
def test_who_may_read_the_counts(
    data_folder: DataFolder, given: dict[str, Any], address: str, headers: dict[str, str], status: int
) -> None:
    client = create_app(config.load({}, data=data_folder.root, **given)).test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert ("whatworks_requests" in answer.text) is (status == 200)


def test_ready_while_the_snapshot_answers_alive_without(data_folder: DataFolder, tmp_path: Path) -> None:
    whole = create_app(config.load({}, data=data_folder.root)).test_client()
    assert re.fullmatch(r"ready: snapshot \d{6}-[0-9a-f]{8}\n", whole.get("/readyz").text)
    empty = create_app(config.load({}, data=tmp_path)).test_client()
    answer = empty.get("/readyz")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
    assert "whatworks doctor" in answer.text
    assert str(tmp_path) not in answer.text
    assert (empty.get("/healthz").status_code, empty.get("/healthz").text) == (200, "ok\n")


def test_a_snapshot_whose_files_are_damaged_is_not_ready(own_site: config.Settings) -> None:
    app = create_app(own_site)
    store = DataFolder(own_site.data).current.resolve() / "store"
    for path in store.glob("*.sst"):
        path.unlink()  # a link to the store's own file
        path.write_bytes(b"damaged")
    assert app.test_client().get("/readyz").status_code == 503


def test_the_access_log_holds_nothing_of_a_person(app: Flask, folder: DataFolder) -> None:
    client = app.test_client()
    secret = {"Authorization": "Bearer ww_0123456789ab_secretsecret", "Cookie": "whatworks-session=secretsecret"}
    referrer = "https://www.example.org/secret?q=secret"
    headers = {"User-Agent": AGENT, "Referer": referrer, **HTML, **secret}
    for path in (
        *("/doc/place/kent?secret=1", "/doc/place/secret", "/search?q=secret", "/sparql?query=ASK%7B%3Fsecret+a+1%7D"),
        *("/contribute/secretsecretsecret", "/api/submissions/secret", "/publish/secret", "/q/secret", "/secret/x"),
        *("/sign-in?token=secret", "/resource?uri=https://secret.example/secret"),
    ):
        client.get(path, headers=headers, environ_base={"REMOTE_ADDR": "198.51.100.23"}, buffered=True)
    found = logged(app, folder)
    assert len(found) == 11
    text = "".join(path.read_text(encoding="utf-8") for path in folder.usage.iterdir())
    for personal in ("secret", "198.51.100.23", "A-Rare-Agent", "Mozilla", "?", "ASK"):
        assert personal not in text.replace("<", ""), personal
    assert {(each.client, each.from_site) for each in found} == {("person", "www.example.org")}
    assert [each.path for each in found][:4] == ["/doc/place/kent", "/doc/<path:path>", "/search", "/sparql"]


def test_what_is_sent_in_parts_is_recorded_when_it_has_been_sent(app: Flask, folder: DataFolder) -> None:
    client = app.test_client()
    query = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
    sent = len(client.get("/sparql", query_string={"query": query, "format": "csv"}, buffered=True).data)
    head = client.head("/doc/place/kent", buffered=True)
    assert int(head.headers["Content-Length"]) > 0
    assert [(each.method, each.bytes) for each in logged(app, folder)] == [("GET", sent), ("HEAD", 0)]


def test_without_the_setting_no_log_is_kept(folder: DataFolder) -> None:
    app = create_app(replace(config.load({}, data=folder.root), access_log="no"))
    app.test_client().get("/doc/place/kent", buffered=True)
    assert logged(app, folder) == []


def test_a_log_that_cannot_be_written_is_no_error_of_a_page(own_site: config.Settings) -> None:
    shutil.rmtree(own_site.data / "usage", ignore_errors=True)  # of what other tests read of the site
    (own_site.data / "usage").write_text("no folder", encoding="utf-8")
    client = create_app(own_site).test_client()
    assert client.get("/datasets", headers=HTML, buffered=True).status_code == 200
    assert counts(client)["whatworks_access_log_lost_total"] == 1


def test_a_log_that_cannot_be_written_is_said_once_a_minute(
    own_site: config.Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(own_site.data / "usage", ignore_errors=True)
    (own_site.data / "usage").write_text("no folder", encoding="utf-8")
    app = create_app(own_site)
    for later in (0, 1, 2, 61):
        moment = time.monotonic() + later
        monkeypatch.setattr(recording.time, "monotonic", lambda moment=moment: moment)
        app.test_client().get("/healthz", buffered=True)
        app.extensions["recorder"].flush()
        monkeypatch.undo()
    said = [each.getMessage() for each in caplog.records if "access log" in each.getMessage()]
    assert [int(each.rpartition(" ")[2]) for each in said] == [1, 3]


def test_without_a_thread_a_request_sees_to_what_has_gathered(
    app: Flask, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_AT_ONCE", 3)
    for _ in range(4):
        app.test_client().get("/healthz", buffered=True)
    assert sum(1 for month in months(folder) for _ in visits(folder, month)) == 4


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "person"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", "bot"),
        ("python-requests/2.32", "program"),
        ("curl/8.5.0", "program"),
        ("sparqlwrapper 2.0.0 (rdflib.github.io/sparqlwrapper)", "program"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/131.0", "bot"),
        ("Mozilla/5.0 (Linux; Android 14; Cubot Note) Mobile", "person"),
        ("", "program"),
    ],
)
def test_kinds_of_clients(agent: str, kind: str) -> None:
    assert clients.kind_of(agent) == kind


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.example.org/a?b=c", "www.example.org"),
        ("https://user:pass@www.example.org:8443/", "www.example.org"),
        ("http://here.example/page", ""),
        ("android-app://com.example.app/", "com.example.app"),
        ("https://[::1", ""),
        ("https://a name/", ""),
        ("nonsense", ""),
    ],
)
def test_of_a_referrer_the_host_is_kept(referrer: str, host: str) -> None:
    assert clients.other_site(referrer, "here.example:8000") == host


def folder_of_counts(process: "subprocess.Popen[str]") -> Path:
    """Where the workers of a server count, by what they have mapped."""
    maps = [Path(f"/proc/{pid}/maps").read_text(encoding="utf-8") for pid in workers_of(process)]
    paths = {line.split(maxsplit=5)[5] for each in maps for line in each.splitlines() if shared_counts.PREFIX in line}
    [folder] = {Path(path).parent for path in paths}
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_count_together_and_log_lines(own_site: config.Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = ["sh", "-c", 'exec "$@" 2>"$0"', str(log), sys.executable, "-c", START, str(own_site.data)]
    with started(command) as (process, address):
        for _ in range(20):  # each on a connection of its own, so that both workers have some
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
                assert answer.read() == b"ok\n"
        counted = 'whatworks_requests_total{page="health.alive",status="200"} 20.0'
        deadline = time.monotonic() + 20
        while counted not in urllib.request.urlopen(f"{address}/metrics", timeout=10).read().decode():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert len(workers_of(process)) >= 2
        folder_for_counts = folder_of_counts(process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
    assert not folder_for_counts.exists()
    folder = DataFolder(own_site.data)
    pages = [each.page for month in months(folder) for each in visits(folder, month)]
    assert pages.count("health.alive") == 20
    for line in log.read_text(encoding="utf-8").splitlines():
        assert {"time", "level", "message"} <= set(json.loads(line))


def test_a_question_is_written_down_by_its_name_and_a_key_is_not() -> None:
    assert noted.Noted("p", "/questions/<name>", "/questions/a").told(200) == "/questions/a"
    for private in ("/q", "/q/<id>"):
        assert noted.Noted("p", private, "/q/0123").told(200) == private


def test_a_host_that_is_none_loses_no_line(folder: DataFolder) -> None:
    app = create_app(config.load({}, data=folder.root))
    assert clients.other_site("https://a.example/", "a[") == ""
    client = app.test_client()
    client.get("/changes", headers={"Host": "a[", "Referer": "https://a.example/"}, buffered=True)
    client.get("/changes", buffered=True)
    assert len(logged(app, folder)) == 2
