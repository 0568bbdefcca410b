"""Interventions and the evidence map in a real browser: wide and narrow, without JavaScript, by keyboard alone."""

import re

import pytest
from chromium import inaccessible, watched

PAGES = (
    "/interventions",
    "/interventions?outcome=reoffending",
    "/concept/intervention/estate-rationalisation?like=kent",
    "/concept/intervention/estate-rationalisation?show=money",
    "/doc/intervention/short-prison-sentence",
    "/evidence-map",
    "/evidence-map?group=crime-and-justice&domain=safety-and-crime",
    "/evidence-map/cell?intervention=crime-and-justice&outcome=reoffending",
    "/evidence-map/cell?intervention=reablement&outcome=reoffending",
)


@pytest.mark.parametrize("width", [1280, 320])
def test_pages_are_sound(browser, shipped_address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True)
    page = context.new_page()
    faults = watched(page, shipped_address)
    found = {}
    for address in PAGES:
        response = page.goto(shipped_address + address)
        assert response is not None
        assert response.status == 200, address
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        if told := faults + inaccessible(page):
            found[address] = told
        faults.clear()
    context.close()
    assert found == {}


def test_the_map_is_walked_by_keyboard_and_a_cell_opens_its_findings(browser, shipped_address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{shipped_address}/evidence-map?group=crime-and-justice")
    page.locator(".evidence-scroll").focus()
    page.keyboard.press("Tab")
    reached = []
    for _ in range(30):
        reached.append(page.evaluate("document.activeElement.innerText.replace(/\\s+/g, ' ').trim()"))
        if reached[-1].startswith("▲"):
            break
        page.keyboard.press("Tab")
    assert any(name.startswith("Diversion") for name in reached), "rows are reached before their cells"
    assert reached[-1].startswith("▲ Better"), reached
    seen = page.evaluate("getComputedStyle(document.activeElement).backgroundColor")
    assert seen == "rgb(255, 221, 0)", "where one is can be seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/evidence-map/cell?**")
    assert page.locator(".findings .finding").count() >= 1
    page.get_by_role("link", name="Back to the map").press("Enter")
    page.wait_for_url("**/evidence-map")
    page.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_errand_is_done_without_javascript(browser, shipped_address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(shipped_address)
    page.get_by_role("link", name="Interventions", exact=True).first.click()
    page.get_by_label("Outcome", exact=True).select_option("Reoffending")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("heading", level=1).inner_text() == "What was tried for reoffending"
    assert page.get_by_text("9 findings", exact=True).is_visible()
    page.get_by_role("link", name="Short prison sentence in place of a court order").click()
    assert page.locator("#headline-effect").is_visible()
    page.locator("summary", has_text="Why this strength of evidence").click()
    assert page.get_by_text("It tells how sure a finding is, not how good the effect").is_visible()
    page.get_by_label("Your place").select_option("Kent")
    page.get_by_role("button", name="Compare").click()
    assert page.get_by_text("Kent: two-tier county").is_visible()
    context.close()


def test_what_nobody_looked_at_is_said_on_a_telephone(browser, shipped_address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(f"{shipped_address}/evidence-map?group=later-life")
    told = page.locator(".gaps summary").first
    assert re.match(r"Nothing found on \d+ of 16 outcomes", told.inner_text())
    told.click()
    assert page.locator(".gaps details").first.inner_text().count(", ") >= 2, "which they are"
    assert not page.locator("td.gap").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


def test_on_a_telephone_the_map_is_short_and_its_groups_open_without_javascript(browser, shipped_address: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shipped_address}/evidence-map")
    assert page.locator("body").bounding_box()["height"] < 4_500
    rows = page.get_by_role("rowheader", name="Diversion and restorative justice")
    assert not rows.is_visible()
    page.get_by_label("of crime and justice").press("Space")
    assert rows.is_visible()
    assert page.locator(".fold", has_text="; nothing found on 1").first.is_visible(), "what is empty is told"
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.get_by_role("rowheader", name="Reablement").is_visible(), "wide, all are there"
    assert not page.locator(".fold").first.is_visible()
    context.close()


LONG = (
    "/concept/intervention/one-stop-front-office",
    "/concept/intervention/crime-and-justice",
    "/doc/intervention/single-asset-management-strategy",
    "/doc/programme/total-place",
    "/doc/pilot/kent",
    "/doc/place/kent",
    "/compare?of=https%3A%2F%2Fw3id.org%2Fwhatworks%2Fid%2Fplace%2Fkent"
    "&of=https%3A%2F%2Fw3id.org%2Fwhatworks%2Fid%2Fplace%2Fmedway",
)
TALL = 9_500
"""Pixels of a long page on a telephone 360 pixels wide; without parts that are closed they were up to 17,600."""


def test_long_pages_are_short_on_a_telephone(browser, shipped_address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    found = {}
    for address in LONG:
        page.goto(shipped_address + address)
        found[address] = page.locator("html").bounding_box()["height"]
    context.close()
    assert {address: height for address, height in found.items() if height > TALL} == {}


def test_what_went_wrong_is_never_closed_and_the_rest_opens_without_javascript(browser, shipped_address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shipped_address}{LONG[0]}")
    results = page.locator("section", has=page.locator("#account-results"))
    assert results.locator(".verdict .effect--worse").count() == 2
    assert all(each.is_visible() for each in results.locator(".verdict").all()), "each outcome says which way it went"
    assert page.get_by_text("What did not work:").first.is_visible()
    assert page.locator("#missing").is_visible()

    findings = results.locator(".finding").first
    box = page.get_by_label("Show the findings behind each result")
    assert not findings.is_visible()
    box.focus()
    page.keyboard.press("Space")
    assert findings.is_visible()

    money = page.get_by_role("table", name="Statements of money")
    assert not money.is_visible()
    page.locator(".contents").get_by_role("link", name="Money").click()
    assert money.is_visible(), "a link to a part opens it"
    assert not page.get_by_label("Show statements of money").is_visible()
    context.close()


def test_all_is_open_on_a_wide_screen_and_on_paper(browser, shipped_address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{shipped_address}{LONG[0]}")
    folded, boxes = page.locator(".folded"), page.locator(".fold-box")
    assert not any(each.is_visible() for each in folded.all())
    page.emulate_media(media="print")
    assert all(each.is_visible() for each in folded.all())
    assert not any(each.is_visible() for each in boxes.all())
    assert page.get_by_text("What would raise it:").first.is_visible(), "and what stands behind the headlines"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert all(each.is_visible() for each in folded.all())
    assert not any(each.is_visible() for each in boxes.all())
    page.close()
