"""One query over two running sites of different areas, as docs/federation.md has it, put by Comunica."""

import csv
import io
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from comunica import PACKAGE, VERSION, comunica
from test_serve import START, started

from kb import config
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.state import State

HERE = Path(__file__).parent
GUIDE = (HERE.parent / "docs" / "federation.md").read_text(encoding="utf-8")
AREAS = ("northbay", "eastmoor")
RETRY = ("--httpRetryCount", "5")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Area → the address of its site, which holds its own register and nothing of the other's."""
    servers, addresses = [], {}
    try:
        for area in AREAS:
            folder = DataFolder(tmp_path_factory.mktemp(area))
            State(folder).add_publisher(area, f"https://data.{area}.example")
            request = PublicationRequest(area, "buildings", (HERE / "several-sites" / f"{area}.ttl",))
            publish(folder, [request], config.load({}, data=folder.root))
            servers.append(started([sys.executable, "-c", START, str(folder.root)]))
            addresses[area] = servers[-1].__enter__()[1]
        yield addresses
    finally:
        for server in servers:
            server.__exit__(None, None, None)


def guided(number: int, sites: dict[str, str]) -> str:
    """A query of the guide, for these sites."""
    query = re.findall(r"```sparql\n(.*?)```", GUIDE, re.DOTALL)[number]
    for area, address in sites.items():
        query = query.replace(f"https://{area}.example", address)
    return query


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))[1:]


def test_a_query_says_what_each_site_is_asked(sites: dict[str, str]) -> None:
    done = comunica("-q", guided(0, sites), "-t", "text/csv", *RETRY)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == [["Quay House", "Training room", "AB10 1AB"]]


def test_all_sites_are_asked_as_if_they_were_one_by_what_they_say_of_themselves(sites: dict[str, str]) -> None:
    endpoints = [f"{address}/sparql" for address in sites.values()]
    done = comunica(*endpoints, "-q", guided(1, sites), "-t", "text/csv", "-l", "info", *RETRY)
    assert done.returncode == 0, done.stderr
    for endpoint in endpoints:
        assert f"Identified {endpoint} as sparql source with service URL: {endpoint}" in done.stderr
    assert not re.findall(r"WARN|ERROR", done.stderr)
    northbay, eastmoor = (f"https://data.{area}.example/id/organisation" for area in AREAS)
    assert rows(done.stdout) == [
        [f"{eastmoor}/eastmoor-fire-authority", "Training room", "AB10 1AB"],
        [f"{northbay}/northbay-borough-council", "Quay House", "AB10 1AB"],
        [f"{northbay}/northbay-borough-council", "Old Guildhall", "AB10 2CD"],
        [f"{eastmoor}/eastmoor-fire-authority", "Station 9", "AB31 4EF"],
    ]


def test_a_site_sends_no_requests_for_somebody_else(sites: dict[str, str]) -> None:
    done = comunica(f"{sites['northbay']}/sparql", "-q", guided(0, sites), "-t", "text/csv")
    assert "SERVICE is refused" in done.stderr


def test_a_snapshot_that_cannot_be_named_is_an_error_and_no_empty_answer(sites: dict[str, str]) -> None:
    with urllib.request.urlopen(f"{sites['northbay']}/sparql", timeout=20) as answer:
        endpoint = f"{sites['northbay']}/sparql?snapshot={answer.headers['X-Snapshot']}"
    done = comunica(endpoint, "-q", guided(1, sites), "-t", "text/csv", "-l", "info")
    assert f"Identified {endpoint} as sparql source" in done.stderr
    assert "no such snapshot" in done.stderr or "Request failed" in done.stderr


def test_the_guide_names_the_version_that_was_tested() -> None:
    assert f"npm install {PACKAGE}@{VERSION}\n" in GUIDE
