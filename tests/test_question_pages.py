"""Questions on the site: asked by their names with what is chosen, and told of on their own pages."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from page_reading import read
from pyoxigraph import Literal, NamedNode

from kb.ask.questions import Parameter, chosen, question, questions
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.errors import BadInput
from kb.namespaces import concept, expand
from kb.vocabulary import codes
from web.question import told


def test_every_question_can_be_asked_by_its_name(reader: FlaskClient) -> None:
    """From the list, as a page with its words and its form, and in the formats for programs."""
    links = [str(link["href"]) for link in read(reader, "/sparql").all("a") if link.get("href")]
    assert [link for link in links if link.startswith("/sparql?query=")] == []
    asked = [link for link in links if link.startswith("/sparql?question=")]
    assert sorted(asked) == sorted(f"/sparql?question={each.id}" for each in questions())
    for each in questions():
        page = read(reader, f"/sparql?question={each.id}")
        assert page.text("h1") == [each.title]
        assert page.text("textarea") == [" ".join(each.text.split())]
        assert f"/doc/question/{each.id}" in [link.get("href") for link in page.all("a")]
        fields = {field.get("name") for tag in ("input", "select") for field in page.all(tag)} - {None, "question"}
        assert fields == {parameter.name for parameter in each.parameters}, each.id
        assert {label.get("for") for label in page.all("label")} <= {at.get("id") for _, at in page.elements}
        data = reader.get(f"/sparql?question={each.id}")
        assert (data.status_code, data.mimetype) == (200, "application/sparql-results+json"), each.id


def test_what_the_form_of_a_question_sends_is_its_answer_again(reader: FlaskClient) -> None:
    """Every field as it stands: a select its chosen options, a text its value."""
    choosing = [each for each in questions() if each.parameters]
    assert len(choosing) > 20
    for each in choosing:
        page, sent = read(reader, f"/sparql?question={each.id}"), [("question", each.id)]
        name = ""
        for tag, attributes in page.elements:
            if tag in ("select", "input", "textarea"):
                name = attributes.get("name") or ""
            chosen = tag == "input" or (tag == "option" and "selected" in attributes)
            if chosen and name in {parameter.name for parameter in each.parameters}:
                sent.append((name, attributes.get("value") or ""))
        first, again = (reader.get(f"/sparql?{urlencode(query)}") for query in (sent[:1], sent))
        assert again.status_code == 200, (each.id, again.text)
        assert again.json == first.json, each.id


def test_a_question_is_asked_with_what_is_chosen(reader: FlaskClient) -> None:
    address = "/sparql?question=questions-about"
    found = {word: reader.get(f"{address}&keyword={word}").json for word in ("money", "pilots", "nothing")}
    counts = {word: len(answer["results"]["bindings"]) for word, answer in found.items() if answer}
    assert counts == {word: sum(word in each.keywords for each in questions()) for word in counts}
    assert len(set(counts.values())) == 3
    assert reader.get(f"{address}&keyword=").json == found["money"], "a blank one keeps its default"
    both = reader.get(f"{address}&keyword=money&keyword=pilots&format=csv")
    assert both.mimetype == "text/csv"
    page = read(reader, f"{address}&keyword=%22%29+%7D+%23")
    assert [field["value"] for field in page.all("input") if field.get("name") == "keyword"] == ['") } #']
    assert 'VALUES (?keyword) { ("\\") } #") }' in page.text("textarea")[0]


@pytest.mark.parametrize(
    ("rest", "status", "words"),
    [
        ("no-such", 404, "no such question"),
        ("", 404, "no such question"),
        ("lessons-by-stage&stage=x", 400, "has no parameter stage; it has theme"),
        ("lessons-by-stage&theme=no-such", 400, "is not a code of the list theme"),
        ("lessons-by-stage&theme=stage/assets", 400, "is not a code of the list theme"),
        ("lessons-by-stage&theme=https%3A%2F%2Fa.example%2Fx", 400, "is not a code of the list theme"),
        ("claimed-saving", 404, "near it: claimed-savings"),
        ("recurring-lessons&least=many", 400, "least:"),
        ("partners-of-a-pilot&pilot=pilots/kent", 400, "write pilot/identifier; near it: pilot"),
        ("partners-of-a-pilot&pilot=place/kent", 400, "write pilot/identifier"),
        ("what-a-statement-rests-on&statement=claims/x", 400, "near it: claim"),
        ("partners-of-a-pilot&pilot=;", 400, "nothing between its semicolons"),
        ("partners-of-a-pilot&pilot=a+b", 400, "pilot:"),
        ("partners-of-a-pilot&pilot=https://a.example/%3E", 400, "pilot:"),
        ("recurring-lessons&query=ASK%7B%7D", 400, "send one"),
        ("recurring-lessons&question=claimed-savings", 400, "send one"),
    ],
)
def test_what_cannot_be_asked_is_said(reader: FlaskClient, rest: str, status: int, words: str) -> None:
    for accept in ("text/html", "application/json", "*/*"):
        refused = reader.get(f"/sparql?question={rest}", headers={"Accept": accept})
        assert refused.status_code == status
        assert words in refused.text


def test_a_choice_is_a_code_of_its_list(reader: FlaskClient) -> None:
    page = read(reader, "/sparql?question=lessons-by-stage&theme=theme/offenders")
    [select] = page.all("select")
    assert select["name"] == "theme"
    options = page.all("option")
    assert {str(option["value"]) for option in options} == {f"theme/{code}" for code in codes("theme")}
    assert [option["value"] for option in options if "selected" in option] == ["theme/offenders"]
    full = concept("theme", "offenders")
    assert f"VALUES (?theme) {{ (<{full}>) }}" in page.text("textarea")[0]
    address = "/sparql?question=lessons-by-stage&format=json&theme="
    assert reader.get(f"{address}offenders").json == reader.get(f"{address}{full}").json


def test_heads_of_an_answer_are_words(reader: FlaskClient) -> None:
    variables = '?pilotName ?UPRN ?l ("x" AS ?long_words) (1 AS ?gssCode)'
    query = f'SELECT {variables} {{ BIND("{"long " * 20}" AS ?pilotName) }}'
    page = read(reader, f"/sparql?{urlencode({'query': query})}")
    assert page.text("th") == ["Record", "Pilot name", "UPRN", "Long words", "Gss code"]
    heads = page.all("th")
    assert [head["title"] for head in heads] == ["?l", "?pilotName", "?UPRN", "?long_words", "?gssCode"]
    assert ["answer__prose" in str(head["class"]) for head in heads] == [False, True, False, False, False]


def test_records_stand_first_on_the_page_and_where_the_query_has_them_in_data(reader: FlaskClient) -> None:
    query = "SELECT (1 AS ?n) ?name (<urn:x:1> AS ?b) (<urn:x:2> AS ?a) { BIND('N' AS ?name) }"
    page = read(reader, f"/sparql?{urlencode({'query': query})}")
    assert page.text("th") == ["Record B", "Record A", "N", "Name"]
    data = reader.get(f"/sparql?{urlencode({'query': query, 'format': 'csv'})}")
    assert data.text.splitlines()[0] == "n,name,b,a"
    page = read(reader, "/sparql?question=questions-about")
    assert page.text("th")[0] == "Record"


def test_the_page_of_a_question_reads_well(reader: FlaskClient) -> None:
    for each in questions():
        page = read(reader, f"/doc/question/{each.id}")
        assert page.text("h1") == [each.title]
        assert page.texts["pre"] == [each.query], each.id
        assert f"/sparql?question={each.id}" in [link.get("href") for link in page.all("a")]
        ids = {attributes.get("id") for _, attributes in page.elements}
        assert {parameter.name for parameter in each.parameters} <= ids
        assert set(map(" ".join, map(str.split, (parameter.description for parameter in each.parameters)))) <= set(
            page.text("th")
        )
        titles = [link.get("title") or "" for link in page.all("a")]
        assert [title for title in titles if title.startswith(("sh:", "rdfs:"))] == [], each.id
        assert [cell for cell in page.text("td") if cell.startswith("xsd:")] == [], each.id


def test_an_intervention_that_a_publisher_adds_to_the_list_can_be_chosen(reader: FlaskClient) -> None:
    """It is a concept of the list beside the types that ship, under its own address."""
    asked = "/sparql?question=findings-by-outcome"
    short = read(reader, f"{asked}&type=intervention/welfare-advice-in-gp-practices")
    assert "VALUES (?type) { (<https://w3id.org/whatworks/id/intervention/welfare-advice-in-gp-practices>) }" in (
        short.text("textarea")[0]
    )
    elsewhere = "https://data.swale.example/id/intervention/shared-reception"
    page = read(reader, f"{asked}&type={elsewhere}")
    assert f"(<{elsewhere}>)" in page.text("textarea")[0]
    assert [option["value"] for option in page.all("option") if "selected" in option] == [elsewhere]
    assert reader.get(f"{asked}&type=no-such").status_code == 400


def test_a_thing_of_a_class_is_chosen_from_a_list(reader: FlaskClient) -> None:
    harbour = "https://area.example/id/pilot/harbour"
    page = read(reader, f"/sparql?question=partners-of-a-pilot&pilot={harbour}")
    [select] = page.all("select")
    assert select["name"] == "pilot"
    options = page.all("option")
    assert len(options) == 3
    assert [option["value"] for option in options if "selected" in option] == [harbour]
    html = reader.get(f"/sparql?question=partners-of-a-pilot&pilot={harbour}", headers={"Accept": "text/html"}).text
    assert f'<option value="{harbour}" selected>Harbour' in html, "its name is what is read"
    elsewhere = "https://data.swale.example/id/pilot/swale"
    page = read(reader, f"/sparql?question=partners-of-a-pilot&pilot={elsewhere}")
    assert [option["value"] for option in page.all("option") if "selected" in option] == [elsewhere]


def test_what_there_is_too_much_of_is_written(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.question.LISTED", 2)
    page = read(reader, "/sparql?question=partners-of-a-pilot&pilot=written")
    assert page.all("select") == []
    assert [field["value"] for field in page.all("input") if field.get("name") == "pilot"] == ["pilot/written"]


def test_a_thing_may_be_named_by_its_identifier(reader: FlaskClient) -> None:
    for text in ("kent", "pilot/kent"):
        page = read(reader, f"/sparql?question=partners-of-a-pilot&pilot={text}")
        assert "(<https://w3id.org/whatworks/id/pilot/kent>)" in page.text("textarea")[0]
    work = chosen(question("claimed-savings"), {"implementation": ["x", "workstream/x"]})
    ends = [str(term.value).removeprefix("https://w3id.org/whatworks/id/") for term in work["implementation"]]
    assert ends == ["implementation/x", "workstream/x"], "a subclass has its own kind"


def test_a_protocol_is_chosen_under_its_own_address() -> None:
    [asked] = [each for each in questions() if any(p.type == "ww:DataProtocol" for p in each.parameters)]
    [name] = [p.name for p in asked.parameters if p.type == "ww:DataProtocol"]
    protocol = NamedNode("https://w3id.org/whatworks/protocols/dp-01")
    for text in ("dp-01", "protocol/dp-01", protocol.value):
        assert chosen(asked, {name: [text]}) == {name: [protocol]}
    for text in ("dp-99", "protocols/dp-01", "protocol/x"):
        with pytest.raises(BadInput, match=f"^{name}: "):
            chosen(asked, {name: [text]})


def test_what_is_chosen_twice_is_one_choice(reader: FlaskClient) -> None:
    address = "/sparql?question=lessons-by-stage&format=json&theme=assets"
    assert reader.get(f"{address}&theme=theme/assets").json == reader.get(address).json
    theme = [NamedNode(concept("theme", code)) for code in ("offenders", "assets")]
    given = {"theme": ["offenders", "assets", "theme/offenders"]}
    assert chosen(question("lessons-by-stage"), given) == {"theme": theme}


def test_too_many_combinations_are_refused() -> None:
    parameters = tuple(Parameter(name, "xsd:integer", None, name, ()) for name in ("a", "b"))
    asked = replace(question("lessons-by-stage"), parameters=parameters)
    enough = {"a": [str(number) for number in range(50)], "b": [str(number) for number in range(20)]}
    assert len(chosen(asked, enough)["a"]) == 50
    with pytest.raises(BadInput, match="1,050 combinations, and up to 1,000 run: choose fewer"):
        chosen(asked, {**enough, "b": [str(number) for number in range(21)]})


@pytest.mark.parametrize("order", ["first", "1.0", "nan", ""])
def test_the_order_that_a_publisher_gives_need_be_no_number(order: str) -> None:
    """Parameters stand in their order; those without a number stand last."""
    kinds = {"a": Literal(order), "b": Literal(2), "c": Literal("10")}
    parameters = [
        Summary(f"urn:x:{name}", {expand("sh:order"): [value], expand("sh:name"): [Literal(name)]})
        for name, value in kinds.items()
    ]
    about = Summary(
        "urn:x:q",
        {
            expand("sh:select"): [Literal("SELECT * {}")],
            expand("sh:parameter"): [NamedNode(each.iri) for each in parameters],
        },
    )
    described = SimpleNamespace(
        iri="urn:x:q", about=about, types=(expand("ww:Question"),), nested={each.iri: each for each in parameters}
    )
    found = told(cast(Description, described))
    assert found
    names = "abc" if order in ("1.0", "") else "bca"
    assert [each.first("sh:name") for each in found.parameters] == list(names)
