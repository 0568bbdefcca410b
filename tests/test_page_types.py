"""Every type of page in a real browser: no violation, no sideways scroll, whole without JavaScript; with a picture.

The pictures lie in `.artefacts/pages/`, to be looked at: `{name}-{width}.png`.
"""

import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import violations
from chromium import inaccessible, watching
from conftest import served
from page_reading import Reading
from page_types import ESTATES, INVENTED, PAGE_TYPES, SHIPPED, PageType

from kb import config
from kb.store.folder import DataFolder
from web.site import create_app

PICTURES = Path(__file__).parent.parent / ".artefacts" / "pages"
LARGEST_PAGE, LARGEST_VIEW = 100_000, 250_000
"""Bytes: of the HTML as the browser reads it; of all that comes over the wire for the first view."""

TALLEST_HEADER = 185
"""Pixels of the header on a screen 320 pixels wide."""

HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => Number(h.tagName[1]))"""
SIDEWAYS = "() => document.documentElement.scrollWidth"

LINKS = "main a[href]:not(.leaflet-control a)"
"""Links of the page itself; a map that moves has some of its own."""

by_type = pytest.mark.parametrize("kind", PAGE_TYPES, ids=lambda kind: kind.name)


@pytest.fixture(scope="session")
def estates_address(invented_folder: DataFolder) -> Iterator[str]:
    """The address of a site with registers of buildings."""
    with served(create_app(config.load({}, data=invented_folder.root))) as address:
        yield address


SITES = {SHIPPED: "shipped_address", INVENTED: "site_address", ESTATES: "estates_address"}
"""Name of a site in tests/page_types.py → the fixture that has its address."""


@pytest.fixture
def address(kind: PageType, request: pytest.FixtureRequest) -> str:
    """The site that the page is of, and its address there."""
    return request.getfixturevalue(SITES[kind.site]) + kind.address


def site_of(address: str, kind: PageType) -> str:
    return address.removesuffix(kind.address)


@pytest.fixture(scope="module")
def windows(browser) -> Iterator[dict[tuple[int, bool], object]]:
    """Windows that stay open, by their width and whether scripts run: a new one is a new process of the browser, which
    takes longer than most pages."""
    contexts = {
        (width, scripts): browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        for width, scripts in ((1280, True), (320, True), (320, False))
    }
    yield {key: context.new_page() for key, context in contexts.items()}
    for context in contexts.values():
        context.close()


@by_type
def test_a_type_of_page_is_sound_and_light_on_a_wide_screen(windows, kind: PageType, address: str) -> None:
    page = windows[1280, True]
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})  # what comes to who has seen no page before
    sent: Counter[str] = Counter()
    session.on("Network.loadingFinished", lambda told: sent.update(all=int(told["encodedDataLength"])))
    html = sound(page, kind, address, 1280)
    session.detach()
    assert html < LARGEST_PAGE, f"{html:,} bytes of HTML"
    assert sent["all"] > html / 20
    assert sent["all"] < LARGEST_VIEW or kind.enhanced, f"{sent['all']:,} bytes in all"


@by_type
def test_a_type_of_page_is_sound_on_a_telephone_and_whole_without_javascript(
    windows, kind: PageType, address: str
) -> None:
    read = []
    for scripts in (True, False):
        page = windows[320, scripts]
        if scripts:
            sound(page, kind, address, 320)
            assert page.locator("header").first.bounding_box()["height"] <= TALLEST_HEADER
        else:
            page.context.clear_cookies()
            page.goto(address)
            assert page.evaluate(SIDEWAYS) <= 320
        read.append((page.locator("h1").inner_text(), page.locator(LINKS).count()))
    if not kind.enhanced:
        assert read[0] == read[1]
    assert all(heading for heading, _ in read)


def sound(page, kind: PageType, address: str, width: int) -> int:
    """Opens a page, keeps its picture, and holds it to what every page keeps to; the bytes of its HTML."""
    page.context.clear_cookies()
    with watching(page, site_of(address, kind)) as faults:
        response = page.goto(address, wait_until="load")
        assert response is not None
        assert response.status == 200
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{kind.name}-{width}.png", full_page=True)
        [heading] = page.locator("h1").all_inner_texts()
        assert " ".join(heading.split()).startswith(kind.heading)
        levels = page.evaluate(HEADINGS)
        assert levels[0] == 1
        assert all(below - above <= 1 for above, below in zip(levels, levels[1:], strict=False)), levels
        assert page.evaluate(SIDEWAYS) <= width
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        seen = list(faults)  # axe-core tries styles that the page's policy refuses, which is no fault of the page
        assert seen + violations(page) + inaccessible(page) == []
    return len(response.body())


def test_no_two_types_of_page_have_one_title(request: pytest.FixtureRequest) -> None:
    sites = {name: request.getfixturevalue(fixture) for name, fixture in SITES.items()}
    titles: dict[str, list[str]] = {}
    for kind in PAGE_TYPES:
        asked = urllib.request.Request(sites[kind.site] + kind.address, headers={"Accept": "text/html"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            title, *_of_drawings = Reading(answer.read().decode()).text("title")
        titles.setdefault(f"{title} at {kind.site}", []).append(kind.name)
    assert [names for names in titles.values() if len(names) > 1] == []
