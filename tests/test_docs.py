"""What the pages of documentation name exists: links, pictures, addresses of a site, verbs, make targets, files."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from guide import ROOT, SITE, blocks
from screenshots import NAMES

from kb.intake.submission import read_submission
from kb.namespaces import HOME
from kb.protocols.check import check
from web.cli import build_parser

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("tests/*.md")])
WRITTEN = [path for path in PAGES if not path.is_relative_to(DOCS / "reference")]
"""Those that people write; of the reference the links alone are looked at here, since test_reference.py makes it."""

README_LINES = 150
BEING_SHOWN = {"/mcp": 405}
"""Addresses that a program uses, with what somebody who opens them gets."""

by_page = pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """The page without its blocks of code."""
    return re.sub(r"^( *)```.*?^\1```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


@cache
def anchors_of(page: Path) -> set[str]:
    """The anchors that a page of Markdown has: of its headings, as code hosts make them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose_of(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors_of(target), link


def test_each_picture_is_one_that_the_browser_tests_make() -> None:
    shown = set()
    for page in PAGES:
        for words, link in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", text_of(page)):
            path = (page.parent / link).resolve()
            assert words, f"{page.name}: {link} has no words for who cannot see it"
            assert path.parent == DOCS / "pages" or path.suffix == ".svg", link
            if path.suffix == ".png":
                assert path.stem in NAMES, link
                shown.add(path.stem)
    assert shown == set(NAMES)
    assert {path.stem for path in (DOCS / "pages").glob("*.png")} == set(NAMES)


def test_each_address_of_a_site_answers(shipped_site: Flask) -> None:
    client = shipped_site.test_client()
    named = {
        (address.partition("#")[0].rstrip(".,:;"), page.name)
        for page in WRITTEN
        for address in re.findall(rf"{re.escape(SITE)}(/[^\s`'\"),>|]*)", prose_of(page))
    }
    assert {"/protocols", "/sparql"} <= {address for address, _ in named}
    for address, page in named:
        answer = client.get(address, headers={"Accept": "text/html, */*;q=0.1"}, follow_redirects=True)
        assert answer.status_code == BEING_SHOWN.get(address, 200), f"{page}: {address}"


@by_page
def test_the_verbs_and_options_it_uses_exist(page: Path) -> None:
    _, verbs = build_parser()
    for words in re.findall(r"(?:\.venv/bin/|[`\n])whatworks ([a-z][^\n`|;]*)", text_of(page)):
        verb, *rest = words.partition("  #")[0].split()
        assert verb in verbs.choices, words
        parser = verbs.choices[verb]
        within = next((each.choices for each in parser._actions if hasattr(each.choices, "items")), {})
        texts = [parser.format_help(), *(each.format_help() for name, each in within.items() if name in rest)]
        for option in (word for word in rest if word.startswith("--")):
            assert any(option.partition("=")[0] in text for text in texts), words


@by_page
def test_the_make_targets_it_names_exist(page: Path) -> None:
    makefile = text_of(ROOT / "Makefile")
    for target in re.findall(r"(?:`|^)make ([\w-]+)", text_of(page), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@by_page
def test_the_files_it_names_exist(page: Path) -> None:
    made = set(re.findall(r"^\*\*New file\*\* `([^`]+)`", text_of(page), re.MULTILINE))
    for name in set(re.findall(r"`((?:kb|web|ontology|shapes|tests|docs|bench)/[^`{*<… ]*?)`", prose_of(page))) - made:
        assert any((folder / name.replace("NN", "05")).exists() for folder in (ROOT, page.parent)), name


def test_the_front_page_is_short_and_its_tests_are_those_of_ci() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= README_LINES
    assert "make test" in text_of(ROOT / "README.md")
    assert "make test" in text_of(ROOT / ".ci" / "run")


def test_every_page_can_be_reached_from_the_front_page() -> None:
    found, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in found and page in PAGES:
            found.add(page)
            links = re.findall(r"\]\(([^)\s#]+)", text_of(page))
            ahead += [(page.parent / link).resolve() for link in links if "://" not in link]
    assert set(DOCS.rglob("*.md")) - found == set()


def test_each_heading_of_the_decisions_is_in_the_table_before_them() -> None:
    text = prose_of(DOCS / "architecture.md")
    for heading in re.findall(r"^### (.+)$", text, re.MULTILINE):
        assert f"[{heading}](#" in text, heading


def test_the_register_in_rdf_that_is_shown_conforms(tmp_path: Path) -> None:
    [shown] = blocks(text_of(DOCS / "publishing.md"), "turtle")
    path = tmp_path / "register.ttl"
    path.write_text(shown, encoding="utf-8")
    lines = read_submission([path], genid=f"{HOME}/genid/", graph=None, seconds=20, megabytes=512).lines
    report = check(lines)
    assert report.conforms
    assert {protocol: n for protocol, n in report.focus.items() if n} == {"dp-01": 1, "dp-10": 1}
