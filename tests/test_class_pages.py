"""Pages written for their class: what an officer is told first, what is missing, and what is folded away."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, Reading

from kb.namespaces import expand
from kb.vocabulary import term
from web.class_pages import PAGES

AREA = "https://area.example/id/"
HOME = "https://w3id.org/whatworks/id/"


@pytest.fixture
def shipped(shipped_site: Flask) -> FlaskClient:
    """Somebody who reads the knowledge that ships."""
    return shipped_site.test_client()


def page(client: FlaskClient, iri: str, more: str = "") -> str:
    answer = client.get(f"/resource?uri={quote(iri, safe='')}{more}", headers=HTML)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def facts(html: str) -> dict[str, str]:
    """Question → answer, of what a page says first."""
    listed = html[html.index('<dl class="glance"') : html.index("</dl>", html.index('<dl class="glance"'))]
    return {words(dt): words(dd) for dt, dd in re.findall(r"<dt>(.*?)</dt> <dd>(.*?)</dd>", listed)}


def part(html: str, key: str) -> str:
    start = html.index(f'id="account-{key}"')
    return words(html[start : html.index("</section>", start)].partition(">")[2])


def test_a_building_is_told_with_the_date_of_each_figure(town: FlaskClient) -> None:
    told = facts(page(town, AREA + "asset/hall"))
    assert told["Address"] == "1, Quay, Town, CT9 1ZZ"
    assert told["What for"] == "Office"
    assert told["Who holds it"] == "Town council, Leasehold, lease expires 25 March 2031, can be left 25 March 2028"
    assert told["Who uses it"] == "Town council, 900.5 m²"
    assert told["Condition"].endswith("(2007)")
    assert told["What it costs to run"] == (
        "£186,000 (1 April 2008 to 31 March 2009) £150 per m² GIA: this cost over 1,240 m² (June 2007)"
    )
    assert told["How much it is used"] == "64% (not dated)"
    assert told["Size"] == "1,240 m² (June 2007)"


def test_what_the_owner_leaves_out_is_put_down_to_the_owner(town: FlaskClient) -> None:
    told = facts(page(town, AREA + "asset/bare"))
    missing = ("Address", "What for", "Who holds it", "Who uses it", "Condition", "What it costs to run", "Size")
    assert {told[question] for question in missing} == {"Not published by Town council."}


def test_a_cost_per_square_metre_needs_cost_and_area_of_the_same(town: FlaskClient) -> None:
    told = facts(page(town, AREA + "asset/part"))["What it costs to run"]
    assert told.startswith("£5,000, of Town council alone (not dated)")
    assert told.endswith("Per m² it cannot be said: the cost is that of one body alone.")


def test_a_contact_is_a_post_with_the_day_on_which_it_was_confirmed(town: FlaskClient) -> None:
    told = facts(page(town, AREA + "case-study/hall"))
    assert told["Who to ask"] == "last confirmed on 3 May 2026 Head of estates"
    assert told["Who led it"] == "Town council"
    without = facts(page(town, AREA + "implementation/hall"))["Who to ask"]
    assert without.startswith("Not published by Town council.")


def test_effect_and_evidence_are_answers_of_their_own(shipped: FlaskClient) -> None:
    told = facts(page(shipped, HOME + "pilot/kent"))
    assert "1 for the better, 1 no clear difference" in told["Did it work?"]
    assert "level" not in told["Did it work?"]
    assert re.match(r"At best level \d of 5, \w+", told["How sure are we?"])
    assert told["What it cost or saved"].startswith("14 statements of money, 5 of them forecasts or hopes")


def test_nothing_measured_is_said_in_words(shipped: FlaskClient) -> None:
    told = facts(page(shipped, HOME + "case-study/croydon-child-family-place"))
    assert told["Did it work?"] == "Not known: nobody is known to have measured what came of it."
    assert told["Who to ask"].startswith("Not published by London Borough of Croydon")


def test_kent_shows_the_fourteen_councils_that_are_to_end(shipped: FlaskClient) -> None:
    html = page(shipped, HOME + "place/kent")
    drawing = html[html.index('<svg class="timeline"') : html.index("</svg>")]
    assert drawing.count("timeline__body--before") == 14
    assert "1 April 2028, planned" in drawing
    assert "timeline__change--planned" in drawing
    table = html[html.index("</svg>") : html.index("</table>")]
    assert "Folkestone and Hythe District Council" in table, "whole, where the drawing cuts it short"
    told = facts(html)
    assert told["Population"].startswith("1,639,029 in 2024 Borders and code (E10000016) of 2024.")
    assert "1 April 2028, planned" in told["What is ahead"]
    assert f"/money?place={quote(HOME + 'place/kent', safe='')}" in html


def test_a_council_says_what_is_to_become_of_it(shipped: FlaskClient) -> None:
    html = page(shipped, HOME + "organisation/dover-district-council")
    assert "1 April 2028, planned" in facts(html)["What became of it"]
    assert 'timeline__name--own" x="44"' in html
    ended = page(shipped, HOME + "organisation/dorset-county-council")
    drawing = ended[ended.index('<svg class="timeline"') : ended.index("</svg>")]
    assert drawing.count("timeline__body--after") == 2
    assert "planned" not in words(drawing)


def test_areas_one_after_another_are_drawn_without_a_change_of_bodies(town: FlaskClient) -> None:
    html = page(town, AREA + "place/town")
    drawing = words(html[html.index('<svg class="timeline"') : html.index("</svg>")])
    assert "1 April 2009: New town, Old town; then The town." in drawing
    told = facts(html)
    assert told["Population"] == "1,234; its year and borders are not recorded"
    assert "1 building or piece of land in The town" in part(html, "buildings")
    assert "Desk in the hall" in part(html, "services")
    assert "Old town" in part(html, "beside")


def test_a_service_says_where_it_is_to_be_had(town: FlaskClient) -> None:
    html = page(town, AREA + "service/lending")
    assert facts(html)["Who runs it"] == "Town council"
    assert "Desk in the hall" in part(html, "points")
    assert "Desk in the hall" in part(page(town, AREA + "asset/hall"), "points")


def test_a_lesson_names_who_says_otherwise_and_what_it_rests_on(town: FlaskClient) -> None:
    html = page(town, AREA + "lesson/open-early")
    told = facts(html)
    assert told["Do others agree?"] == "1 recorded as saying the same, 1 as saying otherwise"
    assert told["What it rests on"] == "1 result: 1 for the worse"
    assert "Open late" in part(html, "differ")
    assert "Early is better" in part(html, "agree")
    assert "Fewer visits before nine" in part(html, "supports")
    assert "Open early" in part(page(town, AREA + "lesson/open-late"), "differ"), "whichever of the two says so"


def test_the_address_and_the_classes_are_folded_away(shipped: FlaskClient) -> None:
    paths = ("place/kent", "pilot/kent", "lesson/mapping", "finding/a01", "source/lc-kent", "gateway/ashford-park-mall")
    for path in paths:
        html = page(shipped, HOME + path)
        before, _, after = html[html.index("<main") :].partition("About this record")
        assert f'<code class="iri">{HOME}{path}</code>' in after
        assert '<code class="iri">' not in before, path
        assert ">Class<" not in before


def test_questions_about_a_thing_come_with_the_choice_made(shipped: FlaskClient) -> None:
    html = page(shipped, HOME + "pilot/kent")
    asks = html[html.index('id="asks"') : html.index("</section>", html.index('id="asks"'))]
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', asks)]
    assert any(link.startswith("/questions/partners-of-a-pilot?pilot=pilot") for link in links)
    assert "(Kent)" in words(asks), "a question about its place says so"
    assert all(shipped.get(link, headers=HTML).status_code == 200 for link in links)


@pytest.mark.parametrize("kind", PAGES)
def test_every_class_with_a_page_is_shown_by_it(kind: str, shipped: FlaskClient, town: FlaskClient) -> None:
    known = term(expand(kind))
    assert known is not None
    name = known.iri.rpartition("#")[2].rpartition("/")[2]
    for client in (shipped, town):
        answer = client.get(f"/class/{name}", headers=HTML)
        row = re.search(r'<th [^>]*scope="row"[^>]*><a class="govuk-link" href="([^"]+)"', answer.text)
        if row:
            text = client.get(row[1].replace("&amp;", "&"), headers=HTML).text
            assert len(Reading(text).text("h1")) == 1
            assert ">Take it further</h2>" in text or kind == "ww:Intervention"
            return
    pytest.fail(f"no {kind} to look at")


def test_a_source_counts_all_that_rests_on_it(town: FlaskClient) -> None:
    html = page(town, AREA + "source/register")
    assert facts(html)["What rests on it"] == "1 record"
