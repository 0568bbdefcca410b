"""The account of a pilot, a piece of work, an intervention or a study: what each section gathers, and empty ones."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from web.account import HEADINGS
from web.class_pages.accounted import ORDER

AREA = "https://area.example/id/"


def sections(reader: FlaskClient, path: str) -> dict[str, str]:
    """Section key → the words of the section on the page of a thing of the area."""
    answer = reader.get(f"/resource?uri={quote(AREA + path, safe='')}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    section = r'<section(?: class="folds")? aria-labelledby="account-(\w+)">(.*?)</section>'
    found = re.findall(section, answer.text, re.DOTALL)
    return {key: " ".join(re.sub(r"<[^>]+>", " ", html).split()) for key, html in found}


def test_a_pilot_tells_what_its_workstreams_tell(reader: FlaskClient) -> None:
    told = sections(reader, "pilot/harbour")
    assert list(told) == [*ORDER, "sources"]
    assert set(ORDER) == set(HEADINGS)
    assert "Three queues for one errand." in told["problem"]
    assert "One counter with three clerks. from The counter of the harbour" in told["work"]
    assert "Three bodies share a counter." not in told["problem"]
    assert "Three bodies share a counter." in told["work"]
    assert "Harbour Board: host of the counter Host" in told["bodies"]
    assert "An area" in told["bodies"]
    assert "Kent" in told["places"]
    assert "Cost of the counter £1,200" in told["money"]
    assert "Queues no shorter" in told["results"]
    assert "Evidence 3 of 5: Compared" in told["results"]
    assert "Know how long people wait before you begin." in told["lessons"]
    assert "People waited half an hour." in told["claims"]
    assert "An area : Report on the pilot" in told["sources"]
    assert "Pilot could save millions" in told["sources"]


def test_the_account_begins_with_what_it_comes_to(reader: FlaskClient) -> None:
    answer = reader.get(f"/resource?uri={quote(AREA + 'pilot/harbour', safe='')}", headers={"Accept": "text/html"})
    points = re.findall(r'<dt>([^<]+)</dt>\s*<dd><a class="govuk-link" href="#(account-\w+)">(.*?)</a>', answer.text)
    assert points == [
        (
            "What it cost or saved",
            "account-money",
            "2 statements of money, 1 of them forecasts or hopes, none a measured or audited result",
        ),
        ("Did it work?", "account-results", "1 result on waiting time: 1 no clear difference"),
    ]
    assert all(f'id="{target}"' in answer.text for _, target, _ in points)
    assert "At best level 3 of 5, compared; 2 of 4 statements rest on somebody’s word" not in answer.text
    assert "At best level 3 of 5, compared" in answer.text
    assert 0 < answer.text.index("£90,000") < answer.text.index("£1,200"), "the largest sum of a grade comes first"


def test_an_intervention_begins_with_what_its_account_comes_to(reader: FlaskClient) -> None:
    path = quote(AREA + "intervention/narrow-counter", safe="")
    text = reader.get(f"/resource?uri={path}", headers={"Accept": "text/html"}).text
    assert [target for target in ("work", "money", "results", "lessons") if f'id="account-{target}"' not in text] == []


def test_what_a_case_needs_elsewhere_is_told_with_its_words(reader: FlaskClient) -> None:
    told = sections(reader, "workstream/counter")["elsewhere"]
    assert "What it needs elsewhere: A room with three windows. from The counter of the harbour" in told


@pytest.mark.parametrize("path", ["workstream/counter", "case-study/counter", "intervention/narrow-counter"])
def test_work_case_and_intervention_give_the_same_account(reader: FlaskClient, path: str) -> None:
    told = sections(reader, path)
    assert "Three queues for one errand." in told["problem"]
    for key, words in {"bodies": "Harbour Board", "money": "£1,200", "results": "Queues", "lessons": "wait"}.items():
        assert words in told[key], key


GATHERED = [
    ("programme/harbours", "work", "One counter"),
    ("programme/harbours", "work", "Ferry office"),
    ("pilot/harbour", "work", "Light on the quay"),
    ("pilot/harbour", "work", "A counter shared by three"),
    ("pilot/harbour", "problem", "Shelter while waiting"),
    ("pilot/harbour", "places", "The quay"),
    ("workstream/counter", "bodies", "Coast guard: member of the counter"),
    ("workstream/counter", "results", "A look at the counter"),
    ("case-study/counter", "results", "What the case points to"),
    ("case-study/counter", "lessons", "Write the queue down."),
    ("case-study/counter", "work", "One counter"),
    ("intervention/wide-counter", "work", "A counter shared by three"),
    ("intervention/wide-counter", "work", "Ferry office"),
    ("intervention/wide-counter", "work", "Three bodies draw lots for the window."),
    ("intervention/wide-counter", "places", "Where it was studied"),
    ("intervention/wide-counter", "results", "Shared counters elsewhere"),
    ("intervention/wide-counter", "lessons", "Few offices have room for three bodies."),
    ("evaluation/counter", "bodies", "University of the coast"),
    ("evaluation/counter", "places", "Where it was studied"),
    ("evaluation/counter", "work", "One counter"),
]
"""Thing, section, and words that stand there by one way only."""


@pytest.mark.parametrize(("path", "section", "words"), GATHERED)
def test_each_way_in_which_a_section_finds_things(
    reader: FlaskClient, path: str, section: str, words: str
) -> None:
    assert words in sections(reader, path)[section]


def test_what_no_longer_holds_is_left_out_of_an_intervention(reader: FlaskClient) -> None:
    told = sections(reader, "intervention/wide-counter")["results"]
    for name in ("A queue that grew", "Queues no shorter", "Shared counters elsewhere"):
        assert name in told
    assert "An earlier count" not in told


def test_a_type_of_the_taxonomy_and_its_group_give_an_account(reader: FlaskClient) -> None:
    for code in ("reablement", "later-life"):
        answer = reader.get(f"/concept/intervention/{code}", headers={"Accept": "text/html"})
        assert 'id="account-results"' in answer.text, code
        assert "Nothing in this snapshot uses it yet" not in answer.text
    assert 'id="account-results"' not in reader.get("/concept/stage/piloting", headers={"Accept": "text/html"}).text


def test_an_intervention_gathers_what_is_below_it(reader: FlaskClient) -> None:
    told = sections(reader, "intervention/wide-counter")
    assert "People went from door to door. from A counter shared by three" in told["problem"]
    assert "Queues no shorter" in told["results"]


def test_a_study_tells_its_results(reader: FlaskClient) -> None:
    told = sections(reader, "evaluation/counter")
    assert "Queues no shorter" in told["results"]
    assert "Report on the pilot" in told["sources"]
    assert told["money"] == "Money No cost, saving or other sum is recorded."


def test_a_section_in_which_nothing_is_recorded_says_so(reader: FlaskClient) -> None:
    told = sections(reader, "pilot/bare")
    for key, (heading, absent) in HEADINGS.items():
        if key != "claims":
            assert told[key] == f"{heading} {absent}"
    assert "claims" not in told
    assert told["sources"] == "Sources No source is recorded."


def test_other_things_give_no_account(reader: FlaskClient) -> None:
    assert "account-problem" not in reader.get(
        f"/resource?uri={quote(AREA + 'place/kent', safe='')}", headers={"Accept": "text/html"}
    ).text
