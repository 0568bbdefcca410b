"""Choosing and comparing, and money as charts, in a real browser: by keyboard, without JavaScript, narrow, on paper."""

from urllib.parse import urlencode

import pytest
from chromium import inaccessible, watched

from kb.namespaces import HOME, thing

KENT, BIRMINGHAM = (thing(HOME, "place", slug) for slug in ("kent", "birmingham"))


@pytest.mark.parametrize("width", [1280, 320])
def test_two_places_are_chosen_by_keyboard_without_javascript(browser, shipped_address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    faults = watched(page, shipped_address)
    page.goto(f"{shipped_address}/compare")
    for name, words in (("Kent", "kent"), ("Birmingham", "birmingham")):
        page.get_by_label("Words of a name").focus()
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        page.get_by_role("link", name=f"Add {name}", exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/compare?of=*{name.lower()}*")
    assert page.get_by_role("heading", level=1).inner_text() == "Compare Kent and Birmingham"
    assert page.get_by_role("link", name="Context", exact=True).is_visible()
    page.get_by_role("link", name="Remove Kent").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shipped_address}/compare?{urlencode({'of': BIRMINGHAM})}")
    assert faults == []
    context.close()


def test_on_a_telephone_each_cell_says_whose_it_is(browser, shipped_address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(f"{shipped_address}/compare?{urlencode([('of', KENT), ('of', BIRMINGHAM)])}")
    before = "cell => getComputedStyle(cell, '::before').content"
    cells = page.locator("#main-content table.compared").first.locator("tbody td")
    said = [cells.nth(n).evaluate(before).replace('" "', "") for n in (0, 1)]
    assert said == ['"Kent: "', '"Birmingham: "']
    assert inaccessible(page) == []
    page.close()


def test_the_query_behind_a_section_opens_in_the_editor(browser, shipped_address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{shipped_address}/compare?{urlencode([('of', KENT), ('of', BIRMINGHAM), ('section', 'money')])}")
    page.get_by_text("The SPARQL behind it").first.click()
    page.get_by_role("button", name="Open in the editor").click()
    page.wait_for_load_state()
    assert page.url.startswith(f"{shipped_address}/sparql")
    assert "Inspection in Kent" in page.locator("#main-content").inner_text()
    page.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_bars_and_their_figures_stay_within_the_page(browser, shipped_address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{shipped_address}/money?{urlencode({'place': BIRMINGHAM})}")
    drawing = page.get_by_role("img", name="By public body, 2008-09")
    boxes = [each.bounding_box() for each in drawing.locator("text, rect").all()]
    assert len(boxes) > 16
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert inaccessible(page) == []
    page.emulate_media(media="print")
    assert drawing.is_visible()
    page.close()
