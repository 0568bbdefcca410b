"""The account of a pilot, a piece of work, an intervention or a study: what each section gathers, and empty ones."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from web.account import HEADINGS

AREA = "https://area.example/id/"


def sections(reader: FlaskClient, path: str) -> dict[str, str]:
    """Section key → the words of the section on the page of a thing of the area."""
    answer = reader.get(f"/resource?uri={quote(AREA + path, safe='')}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    found = re.findall(r'<section aria-labelledby="account-(\w+)">(.*?)</section>', answer.text, re.DOTALL)
    return {key: " ".join(re.sub(r"<[^>]+>", " ", html).split()) for key, html in found}


def test_a_pilot_tells_what_its_workstreams_tell(reader: FlaskClient) -> None:
    told = sections(reader, "pilot/harbour")
    assert list(told) == [*HEADINGS, "sources"]
    assert "Three queues for one errand." in told["problem"]
    assert "One counter with three clerks. The counter of the harbour" in told["work"]
    assert "One counter Description: Three bodies share a counter." not in told["problem"]
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
    points = re.findall(r'<li><a class="govuk-link" href="#(account-\w+)">(.*?)</a></li>', answer.text)
    assert points == [
        ("account-work", "1 piece of work and 1 study, in 1 place"),
        ("account-money", "1 statement of money"),
        ("account-results", "1 result: 1 no difference; evidence up to level 3 of 5"),
        ("account-lessons", "1 lesson"),
        ("account-elsewhere", "Could it work elsewhere?"),
    ]
    assert all(f'id="{target}"' in answer.text for target, _ in points)


def test_what_a_case_needs_elsewhere_is_told_with_its_words(reader: FlaskClient) -> None:
    told = sections(reader, "workstream/counter")["elsewhere"]
    assert "What it needs elsewhere: A room with three windows. The counter of the harbour" in told


@pytest.mark.parametrize("path", ["workstream/counter", "case-study/counter", "intervention/narrow-counter"])
def test_work_case_and_intervention_give_the_same_account(reader: FlaskClient, path: str) -> None:
    told = sections(reader, path)
    assert "Three queues for one errand." in told["problem"]
    for key, words in {"bodies": "Harbour Board", "money": "£1,200", "results": "Queues", "lessons": "wait"}.items():
        assert words in told[key], key


def test_an_intervention_gathers_what_is_below_it(reader: FlaskClient) -> None:
    told = sections(reader, "intervention/wide-counter")
    assert "People went from door to door. A counter shared by three" in told["problem"]
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
    assert sections(reader, "place/kent") == {}
