"""Pages of interventions, and their list: what they tell of the knowledge that ships, exactly, and of invented data."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from intervention_pages import AREA, HTML, LARGEST, card, page, section, words

from kb import config
from kb.ask.interventions.evidence import evidence
from kb.ask.interventions.taxonomy import GROUP, NAMED, TYPE
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshots
from web.site import create_app


@pytest.fixture(scope="module")
def shipped(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


@pytest.fixture(scope="module")
def invented(invented_folder: DataFolder) -> FlaskClient:
    return create_app(config.load({}, data=invented_folder.root)).test_client()


HEADLINES = {
    "/concept/intervention/reablement": (
        "Cost £2,088, a unit, which the statement names Reablement: £2,088 an episode (evaluated) "
        "Saved or brought in: not known.",
        "Effect Mixed Of 3 outcomes measured: better on 2, no clear difference on 1.",
        "Level 3 of 5 The strongest of 3 findings from 2 studies; 3 have level 3 or above.",
    ),
    "/concept/intervention/multi-agency-management-of-offenders": (
        "Cost Not known Nobody has put on record what it costs to do. Saved or brought in: not known.",
        "Effect Mixed Of 5 outcomes measured: better on 4, no clear difference on 1. 1 more named and not measured.",
        "Level 3 of 5 The strongest of 7 findings from 4 studies; 4 have level 3 or above. "
        "On joint working between agencies only level 1.",
    ),
    "/concept/intervention/estate-rationalisation": (
        "Cost £857,000 once (expected beforehand) Crawley: £0.857m for demolition (budgeted)",
        "Effect Mixed Of 2 outcomes measured: better on 1, no clear difference on 1. 2 more named and not measured.",
        "Level 2 of 5 The strongest of 6 findings from 4 studies; none have level 3 or above. "
        "On service cost only level 1.",
    ),
    "/doc/intervention/drug-and-alcohol-treatment": (
        "Cost Not known Nobody has put on record what it costs to do.",
        "Effect Not measured Nobody is known to have measured what came of it.",
        "Strength of evidence Not known There is no finding to judge.",
    ),
    "/doc/intervention/short-prison-sentence": (
        "Cost Not known",
        "Effect Worse Of 1 outcome measured: worse on 1.",
        "Level 3 of 5 The strongest of 1 finding from 1 study; 1 has level 3 or above.",
    ),
}
"""Page → how each of its three cards begins, or what it holds."""


@pytest.mark.parametrize("address", HEADLINES)
def test_the_page_begins_with_cost_effect_and_evidence(shipped: FlaskClient, address: str) -> None:
    found = page(shipped, address)
    for name, expected in zip(("cost", "effect", "evidence"), HEADLINES[address], strict=True):
        assert expected in card(found, name)


@pytest.mark.parametrize("address", HEADLINES)
def test_each_card_says_why_and_what_would_raise_it(shipped: FlaskClient, address: str) -> None:
    found = page(shipped, address)
    assert section(found, "headline-cost").count("What would raise it:") == 1
    assert section(found, "headline-effect").count("What would make it clearer:") == 1
    assert section(found, "headline-evidence").count("What would raise it:") == 1


def test_why_names_statements_with_their_sources(shipped: FlaskClient) -> None:
    found = page(shipped, "/concept/intervention/reablement")
    assert "Reablement: £2,088 an episode – Home care re-ablement services" in section(found, "headline-cost")
    assert "later care cost 60% lower, before counting the service itself – Home care re-ablement services" in section(
        found, "headline-evidence"
    )


def test_a_concept_and_a_thing_have_the_same_page(shipped: FlaskClient) -> None:
    headings = [
        re.findall(r"<h2[^>]*>(.*?)</h2>", page(shipped, address))
        for address in ("/concept/intervention/reablement", "/doc/intervention/short-prison-sentence")
    ]
    assert [each for each in headings[0] if each != "What is below it"] == headings[1]


def test_results_stand_by_outcome_with_size_comparison_design_and_source(shipped: FlaskClient) -> None:
    found = section(page(shipped, "/concept/intervention/reablement"), "account-results")
    later = found[found.index("Later care cost") :]
    told = "Later care cost ▲ Better · evidence ●●●○○ 3 of 5 · 1 for the better ▲ Better Reablement: later care cost"
    assert later.startswith(told)
    assert "percentage change −60%" in later
    assert "3 of 5, compared" in later
    assert "against: usual practice" in later
    assert "source: Home care re-ablement services" in later


def test_where_it_was_tried_tells_what_came_of_it_or_that_nothing_did(shipped: FlaskClient) -> None:
    found = section(page(shipped, "/concept/intervention/estate-rationalisation"), "account-places")
    assert "26 of 30 places are on the map; of the others, such as whole countries, no point is on record." in found
    abroad = section(page(shipped, "/doc/intervention/juvenile-drug-courts"), "account-places")
    assert "There is no map, since no point or outline of these places is on record." in abroad
    assert "Hampshire" in found
    assert "No result on record" in found
    every = page(shipped, "/concept/intervention/estate-rationalisation?show=tried")
    assert len(re.findall(r'scope="row"', every)) == 30


def test_what_was_done_is_told_of_the_places_that_did_it_first_and_studies_name_what_they_studied(
    shipped: FlaskClient,
) -> None:
    text = page(shipped, "/concept/intervention/one-stop-front-office?show=tried")
    rows = [words(each) for each in re.findall(r'<tr role="row">\s*<th[^>]*scope="row".*?</tr>', text, re.DOTALL)]
    assert rows[0].startswith("Ashford Gateway multi-channel (implementing) ◆ Mixed"), "a county's work, studied there"
    [britain] = [each for each in rows if each.startswith("Great Britain")]
    assert "Studied: Merging benefit and job offices (Jobcentre Plus)" in britain
    assert rows.index(britain) > max(place for place, each in enumerate(rows) if "(implementing)" in each)
    own = page(shipped, "/doc/intervention/jobcentre-plus-merger")
    assert "Studied; who did it is not recorded" in section(own, "account-places")


def test_a_programme_is_not_what_one_of_its_interventions_cost_or_saved(shipped: FlaskClient) -> None:
    money = section(page(shipped, "/concept/intervention/one-stop-front-office"), "account-money")
    assert "Mildenhall hub: over half, or £20m" in money
    assert "£700 million" not in money
    assert "of all their work: One Public Estate (9), One Public Estate: the twelve pilots (2)." in money
    printed = words(page(shipped, "/briefing?uri=https://w3id.org/whatworks/concept/intervention/one-stop-front-office"))
    assert "Mildenhall hub" in printed
    assert "£700 million" not in printed


def test_what_went_wrong_is_told_at_the_top(shipped: FlaskClient) -> None:
    text = page(shipped, "/concept/intervention/one-stop-front-office")
    assert "Worse on: employment ●●●●○ 4 of 5, benefit processing ●●●○○ 3 of 5" in card(text, "effect")
    assert 'href="#account-elsewhere">What did not work, in 1 account of it</a>' in text
    first = "Could it work elsewhere? What did not work: At Maidstone the county judged"
    assert section(text, "account-elsewhere").startswith(first)
    assert "Worse on" not in card(page(shipped, "/concept/intervention/reablement"), "effect")


MISSING = {
    "/concept/intervention/estate-rationalisation": (
        "No result compares with what would have happened without it: none has evidence of level 3 or above.",
        "22 of 23 pieces of work have no result on record: ",
        "Nobody is recorded to have taken it up from others.",
    ),
    "/concept/intervention/multi-agency-management-of-offenders": (
        "1 of the 4 outcomes that it is meant to have was never measured: Reoffending .",
        "What it costs is not recorded.",
        "The one piece of work on record has no result: Integrated offender management .",
    ),
    "/doc/intervention/drug-and-alcohol-treatment": (
        "None of the 2 outcomes that it is meant to have was measured: Drug and alcohol use , Recorded crime .",
        "Every saving on record was expected beforehand; none was looked at afterwards.",
    ),
    "/concept/intervention/nurse-home-visiting": ("What it costs is not recorded.",),
}


@pytest.mark.parametrize("address", MISSING)
def test_what_is_not_known_is_said(shipped: FlaskClient, address: str) -> None:
    found = section(page(shipped, address), "missing")
    for each in MISSING[address]:
        assert each in found


def test_what_is_known_is_not_said_to_be_missing(shipped: FlaskClient) -> None:
    found = section(page(shipped, "/concept/intervention/reablement"), "missing")
    assert "What it costs" not in found
    assert "compares with" not in found
    assert "United Kingdom" not in found
    abroad = section(page(shipped, "/doc/intervention/juvenile-drug-courts"), "missing")
    assert "No study is from the United Kingdom; they are from" in abroad


def test_places_like_the_readers_are_told_with_the_rule(shipped: FlaskClient) -> None:
    found = section(page(shipped, "/concept/intervention/estate-rationalisation?like=kent"), "like")
    assert "Kent: two-tier county, 1,639,029 people (2024); not recorded: how rural it is." in found
    assert "Kent itself, and 5 places like it: 2 not measured." in found
    assert "Hampshire two-tier county; not compared: population and how rural – Not measured 2 not measured" in found
    assert "Leeds" not in found.partition("Compare")[2].partition("places like it")[2]
    assert "A place is like yours where it is of the same tier of local government" in found


def test_a_place_that_is_none_is_refused(shipped: FlaskClient) -> None:
    answer = shipped.get("/concept/intervention/reablement?like=atlantis", headers=HTML)
    assert answer.status_code == 404
    assert "like=atlantis is no area" in words(answer.text)


@pytest.mark.parametrize(
    ("query", "status"),
    [("show=money&after=5", 200), ("show=bodies", 200), ("show=nothing", 404), ("show=money&after=x", 404)],
)
def test_a_part_can_be_shown_in_full(shipped: FlaskClient, query: str, status: int) -> None:
    answer = shipped.get(f"/concept/intervention/estate-rationalisation?{query}", headers=HTML)
    assert answer.status_code == status


def test_stretches_of_a_part_make_up_the_whole(shipped: FlaskClient) -> None:
    rows: list[str] = []
    address: str | None = "/concept/intervention/access-and-channels?show=money"
    while address:
        found = page(shipped, address)
        rows += re.findall(r'scope="row" role="rowheader"><a class="govuk-link" href="([^"]+)"', found)
        following = re.search(r'<a class="govuk-link" rel="next nofollow" href="([^"]+)"', found)
        address = following[1].replace("&amp;", "&") if following else None
    assert len(rows) == len(set(rows)) == 47


def test_every_page_of_an_intervention_is_small(shipped: FlaskClient, shipped_folder: DataFolder) -> None:
    known = evidence(Snapshots(shipped_folder).current().store)
    largest = sorted(known.interventions.above, key=lambda iri: -len(known.interventions.within(iri)))[:12]
    for iri in largest:
        assert len(page(shipped, f"/resource?uri={quote(iri, safe='')}&like=kent")) < LARGEST, iri


def test_the_taxonomy_has_groups_types_and_what_records_name(shipped_folder: DataFolder) -> None:
    known = evidence(Snapshots(shipped_folder).current().store)
    kinds = [known.interventions.kind(iri) for iri in known.interventions.above]
    assert (kinds.count(GROUP), kinds.count(TYPE)) == (8, 31)
    assert kinds.count(NAMED) == len(kinds) - 39
    assert not [each for each in known.findings if each.about.first("adms:status", "") == "superseded"]
    assert len(known.findings) == 216


# The list


def test_the_errand_of_the_chief_executive_from_the_home_page(shipped: FlaskClient) -> None:
    assert 'href="/interventions"' in page(shipped, "/")
    form = page(shipped, "/interventions")
    assert '<option value="outcome/reoffending">Reoffending</option>' in form
    assert page(shipped, "/interventions?outcome=outcome%2Freoffending&theme=&group=&effect=&evidence=&level=&sort=")


def test_the_sums_at_the_head_say_whose_they_are_and_whether_expected_or_claimed(shipped: FlaskClient) -> None:
    told = card(page(shipped, "/concept/intervention/one-stop-front-office"), "cost")
    assert "£2.5 million a year The Gateways cost the county £2.5m in a year (claimed)" in told
    assert "£7.8 million once: North West Leicestershire: up to £7.8m not spent on the old office (claimed)" in told
    assert "£20 million in all (expected beforehand): Mildenhall hub:" in told
    assert "(business case)" in told


def test_search_outcome_page_and_list_count_the_same_findings(shipped: FlaskClient) -> None:
    listed = words(page(shipped, "/interventions?outcome=reoffending"))
    assert "9 findings on 8 interventions: 7 for the better, 1 for the worse, 1 not measured." in listed
    assert "9 findings: 7 for the better, 1 for the worse, 1 not measured." in words(
        page(shipped, "/concept/outcome/reoffending")
    )
    found = shipped.get("/search?q=reoffending&format=json").get_json()["results"][0]
    assert (found["name"], found["findings"]) == ("Reoffending", {"better": 7, "worse": 1, "unmeasured": 1})


def test_an_outcome_tells_effect_and_evidence_of_each_finding(shipped: FlaskClient) -> None:
    found = page(shipped, "/concept/outcome/reoffending")
    assert found.index("/interventions?outcome=outcome/reoffending") < found.index("Where it is used")
    row = found[found.index("/doc/finding/d11") :]
    row = words(row[: row.index("</tr>")])
    assert "Worse" in row
    assert "Evidence" in row


@pytest.mark.parametrize(
    "path", ["/concept/outcome/reoffending", "/concept/intervention/one-stop-front-office", "/concept/outcome"]
)
def test_the_full_address_stands_in_the_record_alone(shipped: FlaskClient, path: str) -> None:
    before, _, after = page(shipped, path).partition("About this record")
    address = f'<code class="iri">https://w3id.org/whatworks{path}</code>'
    assert address in after
    assert address not in before


# Invented data


def test_an_adoption_is_told_with_what_was_changed(invented: FlaskClient) -> None:
    found = section(page(invented, "/concept/intervention/data-sharing-and-predictive-targeting"), "adopted")
    assert "Seaton Council , 2012 adopted with changes" in found
    assert "Changed: Without the police, at first." in found
    assert "Led to Data hub of Seaton" in found


def test_a_published_likeness_makes_places_alike(invented: FlaskClient) -> None:
    path = f"/resource?uri={quote('https://data.example.org/id/intervention/shared-depot', safe='')}"
    place = quote("https://data.example.org/id/place/northshire", safe="")
    found = section(page(invented, f"{path}&like={place}"), "like")
    assert "scored 0.82 of 1 by published work" in found
    assert "Seaton" in found


def test_an_intervention_of_an_area_has_the_page_too(reader: FlaskClient) -> None:
    found = page(reader, f"/resource?uri={quote(AREA + 'intervention/wide-counter', safe='')}")
    assert card(found, "effect") == "Effect No clear difference Of 1 outcome measured: no clear difference on 1."
    assert "Outcome not recorded" in section(found, "account-results")
    assert "An earlier count" not in found, "superseded"
    assert "One counter" in section(found, "account-places")


def test_where_nothing_is_told_of_the_work_one_sentence_says_so(shipped: FlaskClient) -> None:
    empty = section(page(shipped, "/doc/intervention/closing-police-front-offices"), "the-work")
    assert "what was done beyond what stands above, and who took part, is not recorded." in empty
    assert "The problem" not in empty
    assert "The problem" in section(page(shipped, "/concept/intervention/one-stop-front-office"), "the-work")
