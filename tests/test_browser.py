"""Pages in a real browser, wide and narrow: nothing overflows, fails, or is asked of another site."""


import pytest
from chromium import foreign, inaccessible, watched

LONG_NAME = "a-name-without-any-place-to-break-it-that-goes-on-for-longer-than-a-telephone-is-wide-0001"

PAGES = (
    "/",
    "/search",
    "/search?q=lesson&sort=name",
    "/search?q=nothing-of-the-kind",
    "/classes",
    "/class/MonetaryStatement",
    "/class/LessonLearned?page=2",
    "/class/Asset",
    "/datasets",
    "/datasets/lesson",
    "/graph?uri=https%3A%2F%2Farea.example%2Fid%2Fgraph%2Fkent",
    "/datasets/area/kent",
    "/datasets/area/kent/1",
    "/datasets/area/kent/difference?from=0&to=1",
    "/changes?publisher=area",
    "/compare/data?protocol=dp-05",
    "/buildings",
    "/buildings?sort=size&use=library",
    "/buildings/sharing",
    "/buildings/merging",
    "/money?q=kent",
    "/compare?kind=pilot&q=kent",
    "/compare?of=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fkent&of=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fharbour",
    "/money?place=https%3A%2F%2Farea.example%2Fid%2Fplace%2Fkent",
    "/def",
    "/concept/",
    "/concept/outcome-domain",
    "/concept/evidence-strength/asserted",
    "/protocols",
    "/protocols/dp-01",
    "/protocols/dp-03/lesson-learned/new",
    "/shapes",
    "/questions",
    "/questions?q=nothing-of-the-kind",
    "/questions/recurring-lessons",
    "/questions/records-tied-to-a-place?place=https%3A%2F%2Farea.example%2Fid%2Fplace%2Fkent",
    "/questions/buildings-near-each-other",
    "/questions/partners-of-a-pilot?pilot=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fharbour",
    "/sparql",
    f"/doc/asset/{LONG_NAME}",
    "/doc/pilot/kent",
    "/resource?uri=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fkent&page=2",
    "/resource?uri=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fkent&page=3",
    "/resource?uri=https%3A%2F%2Farea.example%2Fid%2Fdataset%2Fkent",
    "/resource?uri=https%3A%2F%2Farea.example%2Fid%2Fgateway%2Fdover",
    "/doc/money/receipts",
    "/doc/pilot/harbour",
    "/doc/place/kent",
    "/doc/lesson/queue-first",
    "/places",
    "/lessons",
    "/briefing?uri=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fharbour",
    "/snapshots",
)


@pytest.mark.parametrize("width", [1280, 320])
def test_pages_are_sound(browser, site_address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    faults = watched(page, site_address)
    found = {}
    for address in PAGES:
        response = page.goto(site_address + address)
        assert response is not None
        assert response.status == 200, address
        if told := faults + inaccessible(page):
            found[address] = told
        faults.clear()
    context.close()
    assert found == {}


@pytest.mark.parametrize("width", [1280, 320])
def test_a_page_of_a_snapshot_is_sound(browser, site_address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(site_address + "/snapshots")
    page.locator("th a").first.click()
    assert page.get_by_text("You are reading the data as at").is_visible()
    page.get_by_role("link", name="Statements of money").first.click()
    page.get_by_text("Cite this").click()
    assert "snapshot 000001-" in page.locator(".cite__words").inner_text()
    assert inaccessible(page) == []
    page.get_by_role("link", name="See this page as it is now").click()
    assert page.url == f"{site_address}/class/MonetaryStatement"
    page.close()


def test_pages_work_without_javascript(browser, site_address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(site_address + "/")
    page.get_by_role("link", name="Statements of money").first.click()
    assert page.get_by_text("£40 million").is_visible()
    page.get_by_role("link", name="Asset strategy: yearly saving").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Asset strategy: yearly saving"
    assert page.get_by_text("Report on the pilot").first.is_visible()
    assert page.get_by_text("Asserted").first.is_visible()
    page.goto(site_address + "/doc/money/receipts")
    assert not page.get_by_text("Record status").is_visible()
    page.get_by_text("About this record").click()
    assert page.get_by_text("Record status").is_visible()
    context.close()


def test_a_question_is_asked_without_javascript(browser, site_address: str) -> None:
    """From the list to the map of its answer, with something chosen, on a telephone."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.set_default_timeout(20_000)
    faults: list[str] = []
    page.on("request", lambda asked: faults.append(asked.url) if foreign(asked, site_address) else None)
    page.goto(site_address + "/questions")
    page.get_by_label("Words in the question").fill("near shared buildings")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Which buildings of different partners").click()
    page.get_by_label("The greatest distance in metres").fill("far")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("alert").get_by_role("link").click()
    assert page.get_by_label("The greatest distance in metres").input_value() == "far"
    assert faults + inaccessible(page) == []
    page.get_by_label("The greatest distance in metres").fill("300")
    page.get_by_role("button", name="Ask").click()
    drawing = page.get_by_role("img", name="Map of the answer")
    assert drawing.is_visible()
    assert page.get_by_role("listitem").get_by_role("link", name="Customs house").is_visible()
    assert page.get_by_role("caption").inner_text() == "1 row"
    page.get_by_text("The SPARQL behind it").click()
    page.get_by_role("button", name="Change it").click()
    assert '("300"^^<' in page.get_by_label("Query", exact=True).input_value()
    context.close()


def test_code_can_be_copied(browser, site_address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site_address + "/questions/pilots-compared")
    page.get_by_text("R", exact=True).click()
    page.get_by_role("button", name="Copy R", exact=True).click()
    page.get_by_role("button", name="Copied R").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("answer <- read.csv(")
    context.close()


def test_keyboard_reaches_the_content_first(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(site_address + "/classes")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    assert skip.bounding_box()["height"] > 20
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")
    page.close()


def test_identifier_can_be_copied(browser, site_address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site_address + "/concept/evidence-strength")
    page.get_by_text("About this record").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "https://w3id.org/whatworks/concept/evidence-strength"
    context.close()
