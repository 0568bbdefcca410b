"""The page to print: one sheet, whatever the thing; what is left out is counted, and null and adverse results stand."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from page_reading import HTML

HOME = "https://w3id.org/whatworks/id/"

PRINTED = (
    *("pilot/kent", "programme/total-place", "case-study/croydon-child-family-place", "place/kent", "place/england"),
    *("lesson/common-data-set-first", "barrier/financial-regulations", "workstream/single-asset-management-strategy"),
    *("intervention/welfare-advice-in-gp-practices", "implementation/kent-communities-programme"),
    *("organisation/kent-county-council", "organisation/department-for-work-and-pensions"),
    "gateway/ashford-gateway-plus",
)
"""Things with most and with least to tell, of each class that has such a page."""


def told(site: Flask, iri: str) -> str:
    answer = site.test_client().get(f"/briefing?uri={quote(iri, safe='')}", headers=HTML)
    assert answer.status_code == 200, answer.text
    article = answer.text[answer.text.index('<article class="briefing"') : answer.text.index("</article>")]
    return " ".join(re.sub(r"<[^>]+>", " ", article).split())


def test_it_is_one_sheet_of_a4(browser, shipped_address: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(20_000)
    pages = {}
    for path in PRINTED:
        page.goto(f"{shipped_address}/briefing?uri={quote(HOME + path, safe='')}")
        assert page.locator(".briefing").count() == 1, path
        pages[path] = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))
    page.close()
    assert set(pages.values()) == {1}, pages


def test_it_says_where_the_rest_is_and_of_which_state(shipped_site: Flask) -> None:
    words = told(shipped_site, HOME + "pilot/kent")
    assert "/doc/pilot/kent" in words
    assert "snapshot 000001-" in words
    assert re.search(r"Left out here: .*\d+ under “Money”", words)
    assert "Who to ask" in words
    assert "and 25 more" in words, "sources that do not fit are counted"


def test_results_of_every_kind_are_told_with_the_strength_of_their_evidence(shipped_site: Flask) -> None:
    words = told(shipped_site, HOME + "place/england")
    assert "no clear difference [Strong causal]" in words
    assert "for the better [Strong causal]" in words
    assert "for the worse [Strong causal]" in words


def test_nothing_is_cut_where_there_is_room_for_it(shipped_site: Flask) -> None:
    words = told(shipped_site, HOME + "intervention/closing-police-front-offices")
    assert "…" not in words
    assert "…" in told(shipped_site, HOME + "pilot/kent"), "a full sheet has more rows rather than longer ones"


def test_names_are_text(site: Flask) -> None:
    words = told(site, "https://area.example/id/pilot/kent")
    assert "&lt;b&gt;receipts&lt;/b&gt;" in words


@pytest.mark.parametrize(
    ("uri", "status"),
    [("", 400), (HOME + "pilot/none", 404), (HOME + "source/lc-kent", 404), ("<>", 404)],
    ids=["none", "unknown", "a class without", "no IRI"],
)
def test_of_other_things_there_is_none(shipped_site: Flask, uri: str, status: int) -> None:
    assert shipped_site.test_client().get(f"/briefing?uri={quote(uri, safe='')}", headers=HTML).status_code == status


def test_a_sum_is_told_once_and_with_what_contradicts_it(shipped_site: Flask) -> None:
    words = told(shipped_site, HOME + "pilot/birmingham")
    assert "in Birmingham: £7.5bn a year: claimed; contradicted by another statement [Described]" in words
    assert "£7.5 billion" not in words
    assert "£9.50 of justice cost saved for each £1 spent (avoided cost, forecast)" in words
