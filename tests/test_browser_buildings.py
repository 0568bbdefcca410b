"""Pages on buildings in a real browser: with Leaflet and without a script, wide and narrow, nothing asked elsewhere."""

import json

import pytest
from chromium import inaccessible, watched
from conftest import served
from test_buildings_pages import OUTLINES

from kb import config
from kb.store.folder import DataFolder
from web.site import create_app

PAGES = (
    "/buildings",
    "/buildings?use=office&sort=cost",
    "/buildings?q=nothing-of-the-kind",
    "/buildings/sharing",
    "/buildings/sharing?near=https%3A%2F%2Fdata.example.org%2Fid%2Fasset%2Ftrust-office",
    "/buildings/merging?body=https%3A%2F%2Fdata.example.org%2Fid%2Forganisation%2Fnorthshire-county-council"
    "&body=https%3A%2F%2Fdata.example.org%2Fid%2Forganisation%2Fhillford-borough-council",
)


@pytest.fixture(scope="module")
def address(invented_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory):
    outlines = tmp_path_factory.mktemp("outlines") / "outlines.geojson"
    outlines.write_text(json.dumps(OUTLINES), encoding="utf-8")
    with served(create_app(config.load({}, data=invented_folder.root, outlines=str(outlines)))) as found:
        yield found


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
def test_pages_are_sound(browser, address: str, width: int, script: bool) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
    page = context.new_page()
    faults = watched(page, address)
    found = {}
    for path in PAGES:
        response = page.goto(address + path)
        assert response is not None
        assert response.status == 200, path
        if script and page.locator(".area-map").count():
            page.wait_for_selector(".area-map__live .leaflet-marker-icon")
            page.wait_for_selector(".area-map__outline", state="attached")
        if told := faults + inaccessible(page):
            found[path] = told
        faults.clear()
    context.close()
    assert found == {}


def test_the_drawn_map_is_used_with_the_keyboard_and_without_a_script(browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/buildings?use=library")
    page.locator("#area-map svg a").first.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Old Library"
    context.close()


def test_leaflet_comes_nearer_and_its_marks_lead_to_the_buildings(browser, address: str) -> None:
    page = browser.new_page()
    faults = watched(page, address)
    page.goto(address + "/buildings")
    page.wait_for_selector(".leaflet-marker-icon")
    with page.expect_response(lambda answer: "/buildings/map.json" in answer.url):
        page.get_by_role("button", name="Zoom in").click()
    page.wait_for_load_state("networkidle")
    assert "undefined" not in page.locator("body").inner_text()
    page.goto(address + "/buildings?use=library")
    page.get_by_role("link", name="Old Library").first.press("Enter")
    page.wait_for_url("**/old-library")
    assert faults == []
    page.close()


def test_an_officer_finds_what_could_be_shared_from_the_home_page(browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Buildings").click()
    page.get_by_role("link", name="Find near buildings that could be shared").click()
    page.get_by_label("Buildings of", exact=True).select_option("use:library")
    page.get_by_label("near buildings of").select_option("use:office")
    page.get_by_role("button", name="Find").click()
    assert page.locator("main").get_by_role("status").inner_text().startswith("1 pair within 500 metres")
    assert page.get_by_text("a library before").is_visible()
    page.close()
