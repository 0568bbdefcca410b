"""The tester of other sites: all passes on a site of this project, and a bad site is told what is wrong."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bad_site import bad_site
from conftest import served

from kb import config
from kb.config import Settings
from kb.elsewhere.tester import AFTER_THE_CATALOGUE, report_on
from kb.errors import BadInput, ServiceFailed
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.state import State
from web.cli import main
from web.site import create_app
from web.site_test import MOST

REGISTER = Path(__file__).parent / "several-sites" / "eastmoor.ttl"
BASE = "https://data.eastmoor.example"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """A site whose things have addresses on it, and the settings of one that may ask it."""
    settings = config.load({}, data=tmp_path_factory.mktemp("site") / "data")
    with served(create_app(settings)) as address:
        folder = DataFolder(settings.data)
        State(folder).add_publisher("eastmoor", address)
        put(folder, settings, address, REGISTER.read_text(encoding="utf-8"))
        yield address, replace(settings, private_sites=f"{address}/")


def put(folder: DataFolder, settings: Settings, address: str, text: str) -> None:
    path = folder.root.parent / "buildings.ttl"
    path.write_text(text.replace(BASE, address), encoding="utf-8")
    publish(folder, [PublicationRequest("eastmoor", "buildings", (path,))], settings)


def test_all_passes_here(running: tuple[str, Settings]) -> None:
    address, settings = running
    report = report_on(address, settings)
    assert [(each.name, each.said) for each in report.found if each.verdict != "pass"] == []
    assert report.passes
    assert [each.name for each in report.found] == ["Catalogue", *AFTER_THE_CATALOGUE]


def test_each_command_shows_what_it_is_about(running: tuple[str, Settings], tmp_path: Path) -> None:
    address, settings = running
    for each in report_on(f"{address}/datasets", settings).found:
        done = subprocess.run(shlex.split(each.curl), capture_output=True, cwd=tmp_path, timeout=20, check=True)
        assert done.stdout or list(tmp_path.iterdir()), each.curl


def test_what_does_not_conform_is_said(running: tuple[str, Settings]) -> None:
    address, settings = running
    folder, text = DataFolder(settings.data), REGISTER.read_text(encoding="utf-8")
    register_unchecked(folder, "eastmoor", "buildings")
    put(folder, settings, address, text.replace('skos:prefLabel "Station 9"@en ;', ""))
    failing = [each for each in report_on(address, settings).found if each.verdict == "fail"]
    put(folder, settings, address, text)
    assert [each.name for each in failing] == ["Protocol"]
    assert "station-9" in failing[0].said


def test_a_bad_site_is_told_what_is_wrong() -> None:
    with bad_site() as (address, seen):
        report = report_on(address, config.load({}, private_sites=f"{address}/"))
        assert (report.count("pass"), report.found[0].verdict) == (0, "fail")
        assert "Publish one, in Turtle" in report.found[0].said
        assert not report.passes
        assert len(seen) < 20


@pytest.mark.parametrize("path", ["/redirect", "/error", "/broken", "/slow"])
def test_whatever_it_answers_is_a_report(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.elsewhere.tester.SECONDS", 0.3)
    with bad_site() as (address, seen):
        settings = config.load({}, private_sites=f"{address}/")
        if path == "/slow":
            with pytest.raises(ServiceFailed):
                report_on(f"{address}{path}", settings)
        else:
            assert not report_on(f"{address}{path}", settings).passes
        assert not any("169.254" in asked for asked, _ in seen)


def test_private_addresses_are_refused_unless_listed(running: tuple[str, Settings]) -> None:
    with pytest.raises(BadInput, match="private address"):
        report_on(running[0], replace(running[1], private_sites=""))


def test_the_command(
    running: tuple[str, Settings], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["test-site", running[0]]) == 2
    monkeypatch.setenv("WHATWORKS_PRIVATE_SITES", f"{running[0]}/")
    capsys.readouterr()
    assert main(["test-site", running[0], "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["passes"] is True
    with bad_site() as (address, _):
        monkeypatch.setenv("WHATWORKS_PRIVATE_SITES", f"{address}/")
        assert main(["test-site", address]) == 1
    assert "curl -s" in capsys.readouterr().out


def test_the_page(running: tuple[str, Settings]) -> None:
    address, settings = running
    client = create_app(settings).test_client()
    asked = {"Accept": "text/html"}
    assert 'action="/test-site"' in client.get("/test-site", headers=asked).get_data(as_text=True)
    page = client.post("/test-site", data={"url": address}, headers=asked)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "All passes" in page.get_data(as_text=True)
    answer = client.post("/test-site", data={"url": address}, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert answer.json["passes"] is True
    text = client.post("/test-site", data={"url": address}, headers={"Accept": "text/plain"})
    assert "curl -s" in text.get_data(as_text=True)


@pytest.mark.parametrize("url", ["", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "http://[::1]/"])
def test_the_page_asks_no_private_address(running: tuple[str, Settings], url: str) -> None:
    client = create_app(running[1]).test_client()
    page = client.post("/test-site", data={"url": url}, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "There is a problem" in page.get_data(as_text=True)
    assert client.post("/test-site", data={"url": url}, headers={"Accept": "application/json"}).status_code == 400


def test_the_page_is_for_now_and_then(running: tuple[str, Settings]) -> None:
    client = create_app(running[1]).test_client()
    for _ in range(MOST + 1):
        answer = client.post("/test-site", data={"url": "http://127.0.0.1:1/"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
