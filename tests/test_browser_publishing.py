"""The pages of those who publish in a real browser, wide and narrow: a record entered, a sheet sent and decided."""

from pathlib import Path

import pytest
from chromium import inaccessible, watched
from conftest import served
from publishing_site import publishing_site
from test_deciding import SHEET


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
    assert inaccessible(page) == []
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
    assert inaccessible(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download as CSV").click()
    assert "One desk" in Path(taken.value.path()).read_text(encoding="utf-8")
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
            if told := faults + inaccessible(page):
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
