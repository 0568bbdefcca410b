"""Pages in a real browser, wide and narrow: nothing overflows, fails, or is asked of another site."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from absent import absent
from conftest import served
from publishing_site import publishing_site
from test_deciding import SHEET
from test_points import POINTS

from kb.ask.grammar import read as grammar
from web.geometry import WKT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
ACCESSIBILITY = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")
LONG_NAME = "a-name-without-any-place-to-break-it-that-goes-on-for-longer-than-a-telephone-is-wide-0001"

PAGES = (
    "/",
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
    "/snapshots",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, if it is there."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright")
    if CHROMIUM is None:
        absent("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield launched
        launched.close()


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
        if told := faults + page.evaluate(ACCESSIBILITY):
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
    assert page.evaluate(ACCESSIBILITY) == []
    page.get_by_role("link", name="See this page as it is now").click()
    assert page.url == f"{site_address}/class/MonetaryStatement"
    page.close()


def watched(page, site_address: str) -> list[str]:
    """What goes wrong on the page from now on: words on its console, errors of scripts, requests to elsewhere."""
    page.set_default_timeout(20_000)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", lambda asked: faults.append(asked.url) if foreign(asked, site_address) else None)
    return faults


def foreign(asked, site_address: str) -> bool:
    """Whether the request goes to another site, or for a font."""
    return not asked.url.startswith(site_address + "/") or asked.resource_type == "font"


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
    assert page.evaluate(ACCESSIBILITY) == []
    assert faults == []
    # Another visit finds the tab as it was left.
    page.reload()
    page.get_by_role("tab", name="Query").wait_for()
    assert written(page) == QUERY
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_a_lesson_is_entered_mended_and_taken_away(browser, site_address: str, width: int) -> None:
    """With the keyboard's labels only, and without a script of the site."""
    context = browser.new_context(viewport={"width": width, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"{site_address}/protocols/dp-03")
    page.get_by_role("link", name="Enter one record: Lesson", exact=True).click()
    page.get_by_label("Statement Must").fill("A month at one desk showed us what a shared counter needs.")
    page.get_by_role("button", name="Check the record").click()
    page.get_by_role("alert").wait_for()
    page.wait_for_load_state()
    assert page.evaluate(ACCESSIBILITY) == []
    page.get_by_role("alert").get_by_role("link", name="Grade: ").click()
    assert page.evaluate("document.activeElement.id") == "ClaimShape-assessment-grade"
    page.get_by_label("Grade Must").select_option("Asserted")
    page.get_by_label("Observed in Must").fill("Kent")
    page.get_by_label("Source Must").fill("https://area.example/id/source/desk-review")
    page.get_by_label("Name Should").fill("One desk")
    page.get_by_text("Choose from 21: Lesson theme").click()
    page.get_by_label("Mapping", exact=True).check()
    page.get_by_role("button", name="Check the record").click()
    page.get_by_text("This record can be published.").wait_for()
    page.wait_for_load_state()
    assert page.evaluate(ACCESSIBILITY) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download as CSV").click()
    assert "One desk" in Path(taken.value.path()).read_text(encoding="utf-8")
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
    page.wait_for_function("document.querySelector('.yasqe_sharePopup input').value.includes('/q/')")
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
    page.wait_for_function("Boolean(window.Yasgui?.Yasr.plugins.map)")
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
    assert page.evaluate(ACCESSIBILITY) == []
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
    page.wait_for_function("document.querySelectorAll('.tabsList [role=tab]').length == 2")
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
    assert faults + page.evaluate(ACCESSIBILITY) == []
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
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "https://w3id.org/whatworks/concept/evidence-strength"
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_for_publishers_are_sound(browser, tmp_path: Path, width: int) -> None:
    """From signing in to a release and a second one, with every page on the way, and none of it needs a script."""
    site = publishing_site(tmp_path / "data")
    (tmp_path / "premises.csv").write_text(SHEET, encoding="utf-8")
    found: dict[str, list[str]] = {}
    with served(site.app) as address, site.working():
        context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 800})
        page = context.new_page()
        faults = watched(page, address)

        def sound(path: str = "") -> None:
            if path:
                response = page.goto(address + path)
                assert response is not None
                assert response.status == 200, path
            if told := faults + page.evaluate(ACCESSIBILITY):
                found[page.url] = told
            faults.clear()

        def send(title: str) -> None:
            page.get_by_label("Name of the dataset").fill("premises")
            page.get_by_label("Title").fill(title)
            page.get_by_label("What it is about").select_option("dp-01")
            page.get_by_label("File", exact=True).set_input_files(tmp_path / "premises.csv")
            page.get_by_role("button", name="Send and check").click()

        sound("/sign-in?next=/publish/new")
        page.get_by_label("Token").fill(site.tokens["kent"])
        page.get_by_role("button", name="Sign in").click()
        sound()
        send("Premises of Kent")
        page.get_by_role("button", name="Decide").click()
        sound()
        page.get_by_text("Columns that are sure").click()
        page.get_by_role("button", name="Change Postcode").click()
        sound()
        page.get_by_label("Zorg").select_option("Post town")
        page.get_by_label("Record changed on: “03/04/2021”").select_option("day-first")
        page.get_by_role("button", name="Keep this and check").click()
        page.get_by_text("Nothing stands against publishing this").wait_for()
        preview = page.url
        sound()
        page.get_by_role("link", name="See how it would look").click()
        page.get_by_text("This is how it would look").wait_for()
        sound()
        sound(f"/class/Asset?draft={preview.rpartition('/')[2]}")
        page.get_by_role("link", name="Old Library").first.click()
        assert page.get_by_text("This is how it would look").is_visible()
        sound()
        page.get_by_role("link", name="Back to publishing it").click()
        assert page.url == preview
        for path in ("/report", "/report/summary"):
            sound(preview.removeprefix(address) + path)
        page.goto(preview)
        page.get_by_role("button", name="Publish", exact=True).click()
        page.get_by_text("This is public").wait_for()
        sound()
        (tmp_path / "premises.csv").write_text(SHEET.replace("Depot", "Old Depot"), encoding="utf-8")
        page.goto(f"{address}/publish/new")
        send("Premises of Kent")
        page.get_by_text("changes 1 asset").wait_for()
        sound()
        page.get_by_role("button", name="Publish", exact=True).click()
        page.get_by_text("This is public").wait_for()
        for path in ("", "/1", "/2", "/difference?from=1&to=2"):
            sound(f"/datasets/kent/premises{path}")
        for path in ("/publish", "/changes", "/compare/data?protocol=dp-01", "/protocols/dp-01/asset/new"):
            sound(path)
        context.close()
    assert found == {}
