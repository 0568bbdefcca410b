"""docs/officer.md is followed literally by a browser: what it names is found, chosen and filled in, in order."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import watched
from conftest import served

from kb import config, vocabulary
from kb.namespaces import concept
from kb.store.folder import DataFolder
from kb.vocabulary import ontology
from web.site import create_app

GUIDE = (Path(__file__).parent.parent / "docs" / "officer.md").read_text(encoding="utf-8")
SITE = "http://127.0.0.1:8000"
BEFORE_SENDING = 3500
"""Milliseconds, since a form that is sent sooner than somebody can have read it is refused."""

DONE = re.compile(
    rf"Open {SITE}(?P<open>[^\s,]*)"
    r"|(?:[Pp]ut in|, in) \*\*(?P<field>[^*]+)\*\* `(?P<text>[^`]+)`"
    r"|from \*\*(?P<list>[^*]+)\*\* `(?P<option>[^`]+)`"
    r"|Tick\s+\*\*(?P<tick>[^*]+)\*\*"
    r"|\*\*(?P<click>[^*]+)\*\*"
    r"|(?<!\*)\*(?P<seen>[^*]+)\*"
)
"""What a step has its reader do."""


def steps() -> list[tuple[str, str, dict[str, str]]]:
    """The section, the words, and what is done, for each thing that a numbered step names."""
    found = []
    for section in re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if not re.match(r"\d+\. ", heading):
            continue
        for step in re.findall(r"^\d+\. .*(?:\n   .*)*", body, re.MULTILINE):
            for match in DONE.finditer(" ".join(step.split())):
                found.append((heading, match[0], {name: text for name, text in match.groupdict().items() if text}))
    return found


@pytest.fixture
def own_address(shipped_folder: DataFolder, tmp_path: Path) -> Iterator[str]:
    """The address of a site with the knowledge that ships, to which something may be sent."""
    data = Path(shutil.copytree(shipped_folder.root, tmp_path / "data", symlinks=True))
    with served(create_app(config.load({}, data=data))) as address:
        yield address


def test_a_browser_follows_the_steps(browser, own_address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    faults = watched(page, own_address)
    page.set_default_timeout(15_000)
    done = steps()
    assert len(done) > 45
    assert len({heading for heading, _, _ in done}) == 6
    for heading, words, what in done:
        try:
            do(page, own_address, what)
        except Exception as error:
            raise AssertionError(f"{heading}: {words} at {page.url}") from error
    page.close()
    assert faults == []


def do(page, site: str, what: dict[str, str]) -> None:
    """One thing that the guide says; a playwright error where the page does not have it."""
    if "open" in what:
        assert page.goto(site + what["open"]).status == 200
    elif "field" in what:
        page.get_by_label(what["field"]).first.fill(what["text"])
    elif "list" in what:
        page.locator("main").get_by_label(what["list"], exact=True).select_option(label=what["option"])
    elif "tick" in what:
        page.get_by_label(re.compile(rf"^\s*{re.escape(what['tick'])}")).first.check()
    elif "click" in what:
        named(page, what["click"]).click()
        page.wait_for_load_state()
    else:
        heading = page.get_by_role("heading", name=what["seen"]).first
        heading.wait_for(state="attached")


def named(page, name: str):
    """The link, button or heading of a closed part that has this name; of two, that of the page itself."""
    if name == "Send":
        page.wait_for_timeout(BEFORE_SENDING)
    summary = page.locator("summary", has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
    found = page.get_by_role("link", name=name, exact=True).or_(page.get_by_role("button", name=name, exact=True))
    found = found.or_(summary)
    found.first.wait_for()
    within = page.locator("main").locator(found)
    return within.first if within.count() else found.first


def test_the_scale_is_the_one_of_the_vocabulary() -> None:
    rows = re.findall(r"^\| (\d) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)
    notations = vocabulary.codes("evidence-strength")
    assert [level for level, _, _ in rows] == list(notations.values())
    for (_, name, meaning), code in zip(rows, notations, strict=True):
        said = {quad.object.value for quad in ontology() if quad.subject.value == concept("evidence-strength", code)}
        assert {name, meaning} <= said
