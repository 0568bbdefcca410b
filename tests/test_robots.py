"""What programs ask for by fixed names: robots.txt, the sitemap, the icon; each address in the sitemap is a page."""

import re
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, Reading
from page_types import PAGE_TYPES, SHIPPED

from kb import config
from web import sitemap
from web.site import create_app

SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FETCHED = 12
"""Pages of each file that are fetched."""


def locations(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    root = ElementTree.fromstring(answer.data)
    assert root.tag in (f"{SITEMAPS}sitemapindex", f"{SITEMAPS}urlset")
    return [str(each.text) for each in root.iter(f"{SITEMAPS}loc")]


def test_the_sitemap_lists_pages_that_exist(shipped_site: Flask) -> None:
    client = shipped_site.test_client()
    files = locations(client, "/sitemap.xml")
    assert len(files) > 20
    seen: set[str] = set()
    for file in files:
        found = locations(client, urlsplit(file).path)
        assert 0 < len(found) <= sitemap.PER_FILE
        assert len(set(found)) == len(found)
        seen.update(found)
        for url in found[:: max(1, len(found) // FETCHED)]:
            parts = urlsplit(url)
            answer = client.get(parts._replace(scheme="", netloc="").geturl(), headers=HTML)
            assert (answer.status_code, answer.mimetype) == (200, "text/html"), url
            canonical = re.search(r'<link rel="canonical" href="([^"]+)"', answer.text)
            assert canonical
            assert canonical[1] == url
    for path in ("/", "/doc/pilot/kent", "/questions/recurring-lessons", "/concept/evidence-strength/asserted"):
        assert f"http://localhost{path}" in seen


def test_large_classes_take_several_files(shipped_site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PER_FILE", 100)
    client = create_app(shipped_site.config["SETTINGS"]).test_client()
    lessons = [file for file in locations(client, "/sitemap.xml") if "/LessonLearned-" in file]
    assert [urlsplit(file).path for file in lessons] == [f"/sitemap/LessonLearned-{n}.xml" for n in (1, 2)]
    parts = [locations(client, urlsplit(file).path) for file in lessons]
    assert not set(parts[0]) & set(parts[1])


@pytest.mark.parametrize("name", ["LessonLearned-0", "LessonLearned-9", "None-1", "LessonLearned", "-1", "pages-x"])
def test_no_other_file(shipped_site: Flask, name: str) -> None:
    assert shipped_site.test_client().get(f"/sitemap/{name}.xml").status_code == 404


def test_robots_find_pages_and_leave_the_rest(shipped_site: Flask) -> None:
    settings = config.load({}, data=shipped_site.config["SETTINGS"].data, public_url="https://works.example")
    text = create_app(settings).test_client().get("/robots.txt").text
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    for allowed in ("/", "/doc/pilot/kent", "/questions", "/questions/recurring-lessons", "/search", "/def"):
        assert rules.can_fetch("*", f"https://works.example{allowed}"), allowed
    for refused in ("/sparql?query=x", "/graphs?default", "/dumps/current/all.nq.gz", "/publish/new", "/mcp"):
        assert not rules.can_fetch("*", f"https://works.example{refused}"), refused
    assert rules.site_maps() == ["https://works.example/sitemap.xml"]
    for pattern in ("/*?format=", "/*?snapshot="):
        assert f"Disallow: {pattern}\n" in text


def test_the_icon_comes_under_its_old_name(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/x-icon")
    assert answer.data[:4] == b"\x00\x00\x01\x00"


def test_no_program_is_led_from_a_page_to_its_other_formats(shipped_site: Flask) -> None:
    client = shipped_site.test_client()
    found = {}
    for kind in PAGE_TYPES:
        if kind.site == SHIPPED and not kind.enhanced:
            links = Reading(client.get(kind.address, headers=HTML).text).all("a")
            assert links, kind.name
            led = {each["href"] for each in links if "format=" in (each.get("href") or "")}
            told = {each["href"] for each in links if "nofollow" in (each.get("rel") or "")}
            if led - told:
                found[kind.name] = sorted(led - told)
    assert found == {}
