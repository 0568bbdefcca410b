"""Each question gives its expected answer: on the knowledge that ships, or on a fixture where that cannot answer it.

    tests/queries/{id}.srj           on what ships
    tests/queries/fixture/{id}.srj   on tests/queries/fixture/*.ttl, for a question that says `# fixture: which data`

To write the answers again after the knowledge or a question changed, and then read the difference:
    PYTHONPATH=tests python -m tests.test_questions
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from question_sites import FIXTURE, publish_invented
from SPARQLWrapper import SPARQLWrapper
from store_cases import SETTINGS, new_folder, passing

from kb import config
from kb.ask.query import answer
from kb.ask.questions import Question, question, questions
from kb.errors import NotFound
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.shipped import publish_shipped
from kb.store.snapshots import Snapshot, Snapshots
from kb.store.state import State

ANSWERS = Path(__file__).parent / "queries"
FORM_BY_A_CLIENT = re.compile("CONSTRUCT|SELECT|ASK|DESCRIBE|INSERT|DELETE|CREATE|CLEAR|DROP|LOAD|COPY|MOVE|ADD", re.I)
"""What SPARQLWrapper takes for the form of a query: the first of these, also within a longer word."""

LISTED = 40
"""The competency questions are numbered from 1 to this."""


@pytest.fixture
def shipped(shipped_folder: DataFolder) -> Snapshot:
    return Snapshots(shipped_folder).current()


@pytest.fixture
def invented(invented_folder: DataFolder) -> Snapshot:
    return Snapshots(invented_folder).current()


def expected_at(asked: Question) -> Path:
    return (FIXTURE if asked.fixture else ANSWERS) / f"{asked.id}.srj"


def answered(snapshot: Snapshot, asked: Question) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer(snapshot, asked.text, "json"))
    return found


def rows(found: dict[str, Any], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name]["value"] for name in names) for row in found["results"]["bindings"]]


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)
def test_a_question_gives_its_expected_answer(request: pytest.FixtureRequest, asked: Question) -> None:
    expected = json.loads(expected_at(asked).read_text(encoding="utf-8"))
    assert expected["results"]["bindings"], "an expected answer without rows would hold for anything"
    snapshot: Snapshot = request.getfixturevalue("invented" if asked.fixture else "shipped")
    assert answered(snapshot, asked) == expected


@pytest.mark.parametrize("asked", [each for each in questions() if each.fixture], ids=lambda asked: asked.id)
def test_what_the_shipped_knowledge_answers_needs_no_fixture(shipped: Snapshot, asked: Question) -> None:
    assert answered(shipped, asked)["results"]["bindings"] == []


def test_every_question_has_an_answer_and_every_answer_a_question() -> None:
    for folder in (ANSWERS, FIXTURE):
        expected = {expected_at(asked) for asked in questions()}
        assert set(folder.glob("*.srj")) == {path for path in expected if path.parent == folder}


def test_the_competency_questions_are_all_there_once() -> None:
    numbered = [asked for asked in questions() if asked.number is not None]
    assert sorted(asked.number for asked in numbered if asked.number) == list(range(1, LISTED + 1))
    assert len([asked for asked in numbered if not asked.fixture]) >= 18


def test_a_question_can_be_found() -> None:
    assert [asked.id for asked in questions() if not asked.keywords] == []
    assert len({asked.title for asked in questions()}) == len(questions())


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)
def test_a_client_sends_a_question_as_the_form_that_it_has(asked: Question) -> None:
    for text in (asked.text, asked.query):
        client = SPARQLWrapper("https://example.org/sparql")
        client.setQuery(text)
        assert client.queryType == asked.form.upper()
        before = text[: re.search(rf"^{asked.form}\b", text, re.I | re.M).start()]  # type: ignore[union-attr]
        assert FORM_BY_A_CLIENT.findall(before) == []


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked.id)
def test_a_question_declares_the_prefixes_of_what_can_be_chosen(asked: Question) -> None:
    for parameter in asked.parameters:
        if parameter.code_list is not None:
            scheme = f"https://w3id.org/whatworks/concept/{parameter.code_list}/"
            assert f"PREFIX {parameter.code_list}: <{scheme}>" in asked.text


def test_an_answer_has_no_row_twice_and_no_empty_column() -> None:
    for asked in questions():
        found = json.loads(expected_at(asked).read_text(encoding="utf-8"))
        written = [json.dumps(row, sort_keys=True) for row in found["results"]["bindings"]]
        assert len(set(written)) == len(written), asked.id
        empty = set(found["head"]["vars"]) - {name for row in found["results"]["bindings"] for name in row}
        assert not empty, asked.id


def test_a_group_of_types_can_be_chosen_where_an_intervention_can(shipped: Snapshot) -> None:
    for id in ("strong-findings", "findings-by-outcome", "findings-that-disagree", "lessons-for-an-intervention"):
        text = re.sub(
            r"\((.*?)(UNDEF|intervention:[\w-]+)\) }", r"(\1intervention:access-and-channels) }", question(id).text
        )
        assert "intervention:access-and-channels" in text
        assert rows(json.loads(answer(shipped, text, "json"))), id


def test_who_reports_a_building_stands_in_for_an_occupier(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    State(folder).add_publisher("area", "https://area.example")
    names = tmp_path / "bodies.ttl"
    said = '<https://area.example/id/organisation/{0}> <http://www.w3.org/2004/02/skos/core#prefLabel> "{0}"@en .\n'
    names.write_text("".join(map(said.format, ("police", "fire", "county", "district"))), encoding="utf-8")
    assets = Path(__file__).parent / "buildings" / "use-not-published" / "assets.ttl"
    publish(folder, [PublicationRequest("area", "assets", (assets, names))], SETTINGS, checker=passing)
    answer_ = answered(Snapshots(folder).current(), question("buildings-near-each-other"))
    found = {frozenset(pair) for pair in rows(answer_, "occupier", "otherOccupier")}
    expected = (("fire", "police"), ("fire", "county"), ("county", "police"), ("county", "district"))
    assert found == set(map(frozenset, expected))


def test_amounts_alone_contradict_only_across_sources_and_in_one_period(shipped: Snapshot) -> None:
    link = "<http://www.w3.org/ns/prov#hadPrimarySource>"
    for id in ("contradicting-savings", "contradictions"):
        found = answered(shipped, question(id))
        said = [how for (how,) in rows(found, "how")]
        assert said == sorted(said, reverse=True), "what is stated comes first"
        for how, a, b in rows(found, "how", "a", "b"):
            if how != "stated":
                shared = f"ASK {{ <{a}> {link} ?source . <{b}> {link} ?source }}"
                assert json.loads(answer(shipped, shared, "json"))["boolean"] is False


def test_each_pilot_has_an_answer_on_money_and_on_who_holds_the_duties(shipped: Snapshot) -> None:
    every = "SELECT ?p { ?p a <https://w3id.org/whatworks/def#Pilot> ; <http://purl.org/dc/terms/title> ?name }"
    pilots = [pilot for (pilot,) in rows(json.loads(answer(shipped, every, "json")), "p")]
    assert len(pilots) == 13
    named = rows(answered(shipped, question("public-money-counted")), "pilotName")
    assert len(set(named)) == len(pilots)
    duties = question("who-holds-the-duties-now").text
    for pilot in pilots:
        bound = duties.replace("(pilot:dorset-poole-bournemouth)", f"(<{pilot}>)")
        assert bound != duties
        assert rows(json.loads(answer(shipped, bound, "json")), "body", "state"), pilot


def test_every_contradiction_that_is_stated_is_found(shipped: Snapshot) -> None:
    pairs = "SELECT ?a ?b { ?a <https://w3id.org/whatworks/def#contradicts> ?b }"
    stated = {frozenset(pair) for pair in rows(json.loads(answer(shipped, pairs, "json")), "a", "b")}
    found = {frozenset(pair) for pair in rows(answered(shipped, question("contradictions")), "a", "b")}
    assert len(stated) > 10
    assert stated <= found


def test_an_unknown_question_names_what_is_near() -> None:
    with pytest.raises(NotFound, match="no such question.*near it: claimed-savings.*/questions"):
        question("claimed-saving")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as ships, tempfile.TemporaryDirectory() as fixture:
        folders = DataFolder(Path(ships)), DataFolder(Path(fixture))
        publish_shipped(folders[0], config.load({}, data=folders[0].root))
        publish_invented(folders[1])
        current, made_up = (Snapshots(each).current() for each in folders)
        for each in questions():
            text = json.dumps(answered(made_up if each.fixture else current, each), ensure_ascii=False, indent=1)
            expected_at(each).write_text(text + "\n", encoding="utf-8")
        for path in {*ANSWERS.glob("*.srj"), *FIXTURE.glob("*.srj")} - {expected_at(each) for each in questions()}:
            path.unlink()
