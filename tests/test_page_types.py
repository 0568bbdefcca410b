"""Every type of page in a real browser: no violation, no sideways scroll, whole without JavaScript; with a picture.

The pictures lie in `.artefacts/pages/`, to be looked at: `{name}-{width}.png`.
"""

import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import violations
from chromium import inaccessible, watched
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


@by_type
def test_a_type_of_page_is_sound_and_light_on_a_wide_screen(browser, kind: PageType, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sent: Counter[str] = Counter()
    session.on("Network.loadingFinished", lambda told: sent.update(all=int(told["encodedDataLength"])))
    html = sound(page, kind, address, 1280)
    context.close()
    assert html < LARGEST_PAGE, f"{html:,} bytes of HTML"
    assert sent["all"] < LARGEST_VIEW or kind.enhanced, f"{sent['all']:,} bytes in all"


@by_type
def test_a_type_of_page_is_sound_on_a_telephone_and_whole_without_javascript(
    browser, kind: PageType, address: str
) -> None:
    read = []
    for enabled in (True, False):
        context = browser.new_context(java_script_enabled=enabled, viewport={"width": 320, "height": 900})
        page = context.new_page()
        if enabled:
            sound(page, kind, address, 320)
            assert page.locator("header").first.bounding_box()["height"] <= TALLEST_HEADER
        else:
            page.goto(address)
            assert page.evaluate(SIDEWAYS) <= 320
        read.append((page.locator("h1").inner_text(), page.locator(LINKS).count()))
        context.close()
    if not kind.enhanced:
        assert read[0] == read[1]
    assert all(heading for heading, _ in read)


def sound(page, kind: PageType, address: str, width: int) -> int:
    """Opens a page, keeps its picture, and holds it to what every page keeps to; the bytes of its HTML."""
    faults = watched(page, site_of(address, kind))
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
