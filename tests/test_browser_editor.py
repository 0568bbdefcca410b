"""The editor of queries in a real browser: it completes, runs, draws, is left by keyboard, and is not needed."""

from urllib.parse import urlencode

import pytest
from absent import absent
from chromium import inaccessible, until, watched
from test_points import POINTS

from kb.ask.grammar import read as grammar
from web.geometry import WKT

QUERY = """PREFIX ww: <https://w3id.org/whatworks/def#>
SELECT ?pilot (1 AS ?number) WHERE { ?pilot a ww:Pilot }"""


@pytest.mark.parametrize("width", [1280, 320])
def test_the_editor_completes_and_runs(browser, site_address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    faults = watched(page, site_address)
    page.goto(f"{site_address}/sparql")
    write(page, "PREFIX ww: <https://w3id.org/whatworks/def#>\nSELECT * WHERE { ?x a ww:Pil")
    page.locator(".CodeMirror-hint").get_by_text("ww:Pilot").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type(" ; ww:pilotP")
    page.locator(".CodeMirror-hint").get_by_text("ww:pilotPlace").wait_for()
    page.keyboard.press("Escape")
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    found = page.get_by_role("link", name="pilot/kent").first
    found.wait_for()
    assert found.get_attribute("href").startswith("/resource?uri=https%3A%2F%2Farea.example%2Fid%2Fpilot%2Fkent")
    page.get_by_role("button", name="Chart").click()
    page.get_by_text("number by pilot").wait_for()
    assert inaccessible(page) == []
    assert faults == []
    # Another visit finds the tab as it was left.
    page.reload()
    page.get_by_role("tab", name="Query").wait_for()
    assert written(page) == QUERY
    context.close()


MAP = """SELECT ?place ?where { VALUES (?place ?where) {
  ("Kent" "POINT(0.52 51.27)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>)
  ("Durham" "POINT(-1.57 54.78)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>)
} }"""


def test_the_editor_says_why_nothing_was_found_and_draws_a_map(browser, site_address: str) -> None:
    if grammar("ASK {}") is None:
        absent("tree-sitter-sparql")
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    write(page, QUERY.replace("ww:Pilot ", "ww:Pilots "))
    page.keyboard.press("Control+Enter")
    page.get_by_role("status").get_by_text("Nearest: ww:Pilot.").wait_for()
    page.get_by_role("link", name="This answer as a page").wait_for()
    page.get_by_role("button", name="Address of this query").click()
    page.get_by_role("button", name="Shorten").click()
    until(page, "document.querySelector('.yasqe_sharePopup input').value.includes('/q/')")
    page.keyboard.press("Escape")
    write(page, MAP)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Map").click()
    assert "Map of 2 places" in page.locator("svg.map").get_attribute("aria-label")
    kent, durham = (page.locator("svg.map text").get_by_text(name).bounding_box() for name in ("Kent", "Durham"))
    assert durham["y"] < kent["y"]
    page.close()


MAPPED = """row => {
  const map = new window.Yasgui.Yasr.plugins.map({ results: { getBindings: () => [row] } });
  return map.points().map(({ long, lat }) => ({ long, lat }));
}"""


def test_the_map_reads_points_as_the_pages_do(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    until(page, "Boolean(window.Yasgui?.Yasr.plugins.map)")
    rows = [{"at": {"type": "literal", "value": text, "datatype": WKT}} for text, _ in POINTS]
    found = [page.evaluate(MAPPED, row) for row in rows]
    assert found == [[{"long": at[0], "lat": at[1]}] if at else [] for _, at in POINTS]
    page.close()


def test_what_leads_to_an_answer_leads_to_its_snapshot(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    write(page, QUERY)
    with page.expect_response(lambda answer: "/sparql?query=" in answer.url) as answered:
        page.keyboard.press("Control+Enter")
    read = answered.value.headers["x-snapshot"]
    link = page.get_by_role("link", name="This answer as a page")
    link.wait_for()
    assert link.get_attribute("href").endswith(f"&snapshot={read}")
    page.get_by_role("button", name="Address of this query").click()
    shared = page.locator(".yasqe_sharePopup input")
    assert shared.input_value() == link.get_attribute("href")
    with page.expect_request(f"{site_address}/q") as made:
        page.get_by_role("button", name="Shorten").click()
    assert f"snapshot={read}" in made.value.post_data
    page.close()


def test_a_query_that_was_changed_has_no_answer_yet_and_no_snapshot(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="This answer as a page").wait_for()
    write(page, QUERY + " LIMIT 7")
    page.get_by_role("button", name="Address of this query").click()
    shared = page.locator(".yasqe_sharePopup input").input_value()
    assert "LIMIT+7" in shared
    assert "snapshot=" not in shared
    page.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_editor_hides_nothing(browser, site_address: str, width: int) -> None:
    """Neither words of the query under its buttons, nor of an error beside the window."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{site_address}/sparql")
    write(page, QUERY + " LIMIT ten")
    buttons, query = (page.locator(f"{each}:visible").bounding_box() for each in (".yasqe_buttons", ".CodeMirror"))
    assert buttons["y"] >= query["y"] + query["height"]
    page.keyboard.press("Control+Enter")
    error = page.locator(".errorResult pre")
    error.wait_for()
    assert error.evaluate("shown => shown.scrollWidth <= shown.clientWidth")
    assert inaccessible(page) == []
    page.close()


def test_a_query_that_runs_is_stopped_or_takes_the_place_of_another(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    write(page, QUERY + " LIMIT ten")
    page.keyboard.press("Control+Enter")
    error = page.locator(".errorResult")
    error.wait_for()
    page.route("**/sparql?query=*slow*", lambda asked: None)  # is never answered
    write(page, QUERY + " # slow")
    page.keyboard.press("Control+Enter")
    page.get_by_role("status").get_by_text("Running").wait_for()
    assert not error.is_visible()
    page.get_by_role("button", name="Run query").click()
    page.get_by_role("status").get_by_text("The query was stopped.").wait_for()
    page.get_by_role("button", name="Run query").click()
    page.get_by_role("status").get_by_text("Running").wait_for()
    write(page, QUERY)
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="This answer as a page").wait_for()
    page.get_by_role("link", name="pilot/kent").first.wait_for()
    assert "aborted" not in page.locator("main").inner_text()
    page.close()


def test_the_keyboard_leaves_the_editor(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    write(page, QUERY)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Address of this query"
    page.close()


def test_a_published_question_opens_in_a_tab(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    chosen = page.get_by_label("Start from a question")
    chosen.locator("option").nth(1).wait_for(state="attached")
    chosen.select_option(index=1)
    until(page, "document.querySelectorAll('.tabsList [role=tab]').length == 2")
    assert "PREFIX" in written(page)
    page.close()


def test_the_plain_form_takes_over_what_was_written(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql")
    write(page, QUERY)
    page.get_by_role("button", name="Use the plain form").click()
    assert page.locator("#query").input_value() == QUERY
    page.get_by_role("button", name="Run query").click()
    page.get_by_role("table").get_by_role("link").first.wait_for()
    page.goto(f"{site_address}/sparql")
    page.get_by_role("button", name="Use the editor").wait_for()
    page.close()


def test_a_query_of_an_answer_opens_in_the_editor(browser, site_address: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_address}/sparql?{urlencode({'query': QUERY})}")
    page.get_by_role("link", name="Open this query in the editor").click()
    page.get_by_role("tab", name="Query").wait_for()
    assert written(page) == QUERY
    page.close()


def test_a_query_runs_without_javascript(browser, site_address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_address}/sparql")
    page.get_by_label("Query").fill(QUERY)
    page.get_by_role("button", name="Run query").click()
    page.get_by_role("table").get_by_role("columnheader", name="Number").wait_for()
    assert "/sparql?query=" in page.url
    context.close()


def write(page, text: str) -> None:
    """Writes a query into the editor as a person would, in place of what is there."""
    page.locator(".CodeMirror:visible textarea").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text[:-1])
    page.keyboard.type(text[-1])


def written(page) -> str:
    """The query in the tab that is shown."""
    return page.locator(".CodeMirror:visible").evaluate("shown => shown.CodeMirror.getValue()")
