"""Search in a real browser: by keyboard alone, with suggestions, and without JavaScript."""

import pytest
from chromium import inaccessible


@pytest.fixture
def page(browser, shipped_address: str):
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.goto(shipped_address + "/")
    yield opened
    opened.close()


def test_a_suggestion_is_chosen_by_keyboard(page) -> None:
    field = page.get_by_role("combobox", name="What do you want to know about?")
    field.focus()
    page.keyboard.type("police stat")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert inaccessible(page) == []
    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "police stat"
    page.keyboard.press("ArrowDown")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/**")
    assert "police" in page.locator("h1").inner_text().lower()


def test_from_the_home_page_to_narrowed_results_by_keyboard(page) -> None:
    page.get_by_role("combobox").focus()
    page.keyboard.type("reofending")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert "reoffending" in page.locator(".results-told").inner_text()
    page.get_by_role("checkbox", name="Findings").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # a box is part of the form, so this sends it
    page.wait_for_url("**kind=Finding**")
    assert page.get_by_role("link", name="Remove Kind of page: Findings").is_visible()
    assert set(page.locator(".result__kind").all_inner_texts()) != set()
    assert all(text.startswith("Finding") for text in page.locator(".result__kind").all_inner_texts())


def test_without_javascript_the_form_searches(browser, shipped_address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(shipped_address + "/doc/pilot/kent")
    page.locator(".site-search input").fill("hot desking")
    page.locator(".site-search button").click()
    assert page.locator(".result").count() > 3
    page.get_by_role("link", name="Narrow these results").click()
    page.get_by_role("checkbox", name="Lessons").check()
    page.get_by_role("button", name="Show what is ticked").click()
    assert "kind=LessonLearned" in page.url
    context.close()


def test_a_home_page_that_is_read_on_a_telephone_is_short(browser, shipped_address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(shipped_address + "/")
    assert page.evaluate("document.documentElement.scrollHeight") < 5_000
    page.close()
