"""Questions on the site: asked by their names with what is chosen, and told of on their own pages."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlencode

import pytest
import rdflib
from flask.testing import FlaskClient
from page_reading import HTML, Reading, read
from pyoxigraph import Literal, NamedNode

from kb.ask.questions import Parameter, chosen, question, questions
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.errors import BadInput
from kb.namespaces import HOME, concept, expand, thing
from kb.vocabulary import codes
from web.question import told


def test_every_question_can_be_asked_by_its_name(reader: FlaskClient) -> None:
    """From the list, as a page with its words and its form, and in the formats for programs."""
    links = [str(link["href"]) for link in read(reader, "/questions").all("a") if link.get("href")]
    asked = [link for link in links if link.startswith("/questions/")]
    assert sorted(asked) == sorted(f"/questions/{each.id}" for each in questions())
    for each in questions():
        page = read(reader, f"/questions/{each.id}")
        assert page.text("h1") == [each.title]
        assert page.texts["pre"][-1] == each.text
        assert f"/doc/question/{each.id}" in [link.get("href") for link in page.all("a")]
        fields = {field.get("name") for tag in ("input", "select") for field in page.all(tag)} - {None, "query"}
        fields.discard("q")  # of the search in the header
        assert fields == {parameter.name for parameter in each.parameters}, each.id
        assert {label.get("for") for label in page.all("label")} <= {at.get("id") for _, at in page.elements}
        data = reader.get(f"/questions/{each.id}")
        assert (data.status_code, data.mimetype) == (200, "application/sparql-results+json"), each.id


def test_a_question_that_waits_for_data_says_so_to_programs(reader: FlaskClient) -> None:
    for each in questions():
        answer = reader.get(f"/questions/{each.id}.{'ttl' if each.form == 'construct' else 'csv'}")
        because = answer.headers.get("X-Empty-Because", "")
        empty = not answer.text.strip() or answer.text.count("\n") == 1
        said = "".join(letter if letter.isascii() else "?" for letter in each.waits or "")
        assert because.startswith("This question waits for data: ") == bool(each.waits and empty), each.id
        assert not because.startswith("This") or because == said[:300]


def test_what_the_form_of_a_question_sends_is_its_answer_again(reader: FlaskClient) -> None:
    """Every field as it stands: a select its chosen options, a text its value."""
    choosing = [each for each in questions() if each.parameters]
    assert len(choosing) > 20
    for each in choosing:
        page, sent = read(reader, f"/questions/{each.id}"), list[tuple[str, str]]()
        name = ""
        for tag, attributes in page.elements:
            if tag in ("select", "input", "textarea"):
                name = attributes.get("name") or ""
            chosen = tag == "input" or (tag == "option" and "selected" in attributes)
            if chosen and name in {parameter.name for parameter in each.parameters}:
                sent.append((name, attributes.get("value") or ""))
        first, again = (reader.get(f"/questions/{each.id}?{urlencode(query)}") for query in ([], sent))
        assert again.status_code == 200, (each.id, again.text)
        assert again.json == first.json, each.id


def test_a_question_is_asked_with_what_is_chosen(reader: FlaskClient) -> None:
    address = "/questions/questions-about?"
    found = {word: reader.get(f"{address}keyword={word}").json for word in ("money", "pilots", "nothing")}
    counts = {word: len(answer["results"]["bindings"]) for word, answer in found.items() if answer}
    assert counts == {word: sum(word in each.keywords for each in questions()) for word in counts}
    assert len(set(counts.values())) == 3
    assert reader.get(f"{address}keyword=").json == found["money"], "a blank one keeps its default"
    both = reader.get(f"{address}keyword=money&keyword=pilots&format=csv")
    assert both.mimetype == "text/csv"
    page = read(reader, f"{address}keyword=%22%29+%7D+%23")
    assert [field["value"] for field in page.all("input") if field.get("name") == "keyword"] == ['") } #']
    assert 'VALUES (?keyword) { ("\\") } #") }' in page.text("pre")[-1]


@pytest.mark.parametrize(
    ("rest", "status", "words"),
    [
        ("no-such", 404, "no such question"),
        ("lessons-by-stage?stage=x", 400, "has no parameter stage; it has theme"),
        ("lessons-by-stage?theme=no-such", 400, "is not a code of the list theme"),
        ("lessons-by-stage?theme=stage/assets", 400, "is not a code of the list theme"),
        ("lessons-by-stage?theme=https%3A%2F%2Fa.example%2Fx", 400, "is not a code of the list theme"),
        ("claimed-saving", 404, "near it: claimed-savings"),
        ("recurring-lessons?least=many", 400, "least:"),
        ("partners-of-a-pilot?pilot=pilots/kent", 400, "write pilot/identifier; near it: pilot"),
        ("partners-of-a-pilot?pilot=place/kent", 400, "write pilot/identifier"),
        ("what-a-statement-rests-on?statement=claims/x", 400, "near it: claim"),
        ("partners-of-a-pilot?pilot=;", 400, "nothing between its semicolons"),
        ("partners-of-a-pilot?pilot=a+b", 400, "pilot:"),
        ("partners-of-a-pilot?pilot=https://a.example/%3E", 400, "pilot:"),
        ("recurring-lessons?query=ASK%7B%7D", 400, "send one"),
        ("recurring-lessons?question=claimed-savings", 400, "send one"),
    ],
)
def test_what_cannot_be_asked_is_said(reader: FlaskClient, rest: str, status: int, words: str) -> None:
    for accept in ("text/html", "application/json", "*/*"):
        refused = reader.get(f"/questions/{rest}", headers={"Accept": accept})
        assert refused.status_code == status
        assert words in refused.text


def test_what_is_wrong_stands_beside_its_field(reader: FlaskClient) -> None:
    refused = reader.get("/questions/recurring-lessons?least=many&leastSame=2", headers=HTML)
    assert refused.status_code == 400
    page = Reading(refused.text)
    assert page.text("h1") == [question("recurring-lessons").title]
    fields = {field["name"]: field for field in page.all("input")}
    assert (fields["least"]["value"], fields["leastSame"]["value"]) == ("many", "2")
    assert "choice-least-error" in str(fields["least"]["aria-describedby"])
    assert "error" not in str(fields["leastSame"]["aria-describedby"])
    assert "#choice-least" in [link.get("href") for link in page.all("a")]
    assert page.all("table") == []


def test_the_old_address_leads_to_the_answer(reader: FlaskClient) -> None:
    moved = reader.get("/sparql?question=lessons-by-stage&theme=theme/offenders&theme=assets&format=csv")
    assert moved.status_code == 303
    assert moved.headers["Location"] == "/questions/lessons-by-stage?theme=theme%2Foffenders&theme=assets&format=csv"
    followed = reader.get(moved.headers["Location"])
    assert (followed.status_code, followed.mimetype) == (200, "text/csv")
    refused = {"no-such": 404, "": 404, "a&question=b": 400, "recurring-lessons&query=ASK%7B%7D": 400}
    for rest, status in refused.items():
        assert reader.get(f"/sparql?question={rest}").status_code == status, rest


def test_an_answer_has_a_suffix_for_each_format(reader: FlaskClient) -> None:
    address = "/questions/lessons-by-stage"
    types = {
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        "html": "text/html",
        "rq": "application/sparql-query",
    }
    for suffix, media_type in types.items():
        for asked in (f"{address}.{suffix}?theme=assets", f"{address}?theme=assets&format={suffix}"):
            assert reader.get(asked).mimetype == media_type, asked
        assert reader.get(f"{address}?theme=assets", headers={"Accept": media_type}).mimetype == media_type
    assert reader.get(f"{address}.ttl").status_code == 404
    links = ", ".join(reader.get(f"{address}?theme=assets").headers.getlist("Link")).split(", ")
    assert f'<{address}.csv?theme=assets>; rel="alternate"; type="text/csv"' in links
    page = reader.get(f"{address}?theme=assets", headers=HTML)
    assert f'<{address}?theme=assets>; rel="canonical"' in page.headers.getlist("Link")
    text = reader.get(f"{address}.rq?theme=assets").text
    assert "concept/theme/assets>" in text
    assert reader.get(f"/sparql?{urlencode({'query': text})}").json == reader.get(f"{address}?theme=assets").json


def test_a_part_of_an_answer_says_so(reader: FlaskClient) -> None:
    address = "/questions/questions-about.csv?keyword=money"
    whole = reader.get(address)
    assert whole.headers["X-Complete"] == "true"
    part = reader.get(f"{address}&max-rows=2")
    assert (part.headers["X-Complete"], part.headers["X-Rows"]) == ("false", "2")
    [following] = [link for link in part.headers.getlist("Link") if 'rel="next"' in link]
    assert following.startswith(f"<{address}&max-rows=2&offset=2&snapshot={part.headers['X-Snapshot']}>")
    rest = reader.get(following[1:].partition(">")[0])
    assert (part.text + rest.text.partition("\n")[2]).splitlines() == whole.text.splitlines()[:5]


def test_a_question_that_takes_too_long_keeps_its_form(reader: FlaskClient) -> None:
    address = "/questions/recurring-lessons?least=2&timeout=0.000001"
    assert reader.get(address).status_code == 503
    stopped = reader.get(address, headers=HTML)
    assert stopped.status_code == 503
    page = Reading(stopped.text)
    assert page.text("h1") == [question("recurring-lessons").title]
    assert [field["value"] for field in page.all("input") if field["name"] == "least"] == ["2"]
    assert "There is no answer" in stopped.text
    assert page.all("table") == []


def test_a_page_says_why_there_is_nothing_on_it(reader: FlaskClient) -> None:
    empty = reader.get("/questions/lessons-by-stage?theme=assets", headers=HTML).text
    assert "Nothing that is known here fits what is chosen." in " ".join(empty.split())
    waits = next(each for each in questions() if each.id == "office-area-per-person")
    assert f"waits for data: {waits.fixture}" in reader.get(f"/questions/{waits.id}", headers=HTML).text
    answered = reader.get("/questions/buildings-near-each-other", headers=HTML).text
    assert "Customs house" in answered
    assert "waits for data" not in answered, "it has come"


def test_the_list_has_each_question_under_its_subject(reader: FlaskClient) -> None:
    html = reader.get("/questions", headers=HTML).text
    answered, waiting = html.split('id="waiting"')
    for each in questions():
        part, other = (waiting, answered) if each.fixture else (answered, waiting)
        assert f'href="/questions/{each.id}"' in part
        assert f'href="/questions/{each.id}"' not in other
        assert f"{each.subject.capitalize()}</h3>" in part


def test_the_list_is_narrowed_by_words(reader: FlaskClient) -> None:
    def found(words: str) -> set[str]:
        links = (str(link.get("href")) for link in read(reader, f"/questions?q={words}").all("a"))
        return {link.removeprefix("/questions/") for link in links if link.startswith("/questions/")}

    assert found("") == {each.id for each in questions()}
    assert found("LESSONS+recur") >= {"recurring-lessons"}
    assert found("LESSONS") > found("LESSONS+recur") > set()
    assert found("claimed-savings") == {"claimed-savings"}, "by its name"
    page = read(reader, "/questions?q=%3Cscript%3E")
    assert page.all("form")
    assert [field["value"] for field in page.all("input") if field["id"] != "site-q"] == ["<script>"]
    assert "No question has all of these words" in reader.get("/questions?q=zzz", headers=HTML).text


def test_the_list_is_data_too(reader: FlaskClient) -> None:
    """The questions of the list in the pattern of the SIB, with their parameters."""
    graph = rdflib.Graph().parse(data=reader.get("/questions?q=recurring-lessons&format=nt").text, format="nt")
    executable = rdflib.URIRef(expand("sh:SPARQLExecutable"))
    iri = rdflib.URIRef(thing(HOME, "question", "recurring-lessons"))
    assert list(graph.subjects(rdflib.RDF.type, executable)) == [iri]
    assert str(graph.value(iri, rdflib.URIRef(expand("sh:select")))) == question("recurring-lessons").query
    names = {str(name) for name in graph.objects(None, rdflib.URIRef(expand("sh:name")))}
    assert names == {parameter.name for parameter in question("recurring-lessons").parameters}
    every = rdflib.Graph().parse(data=reader.get("/questions", headers={"Accept": "text/turtle"}).text, format="turtle")
    assert len(set(every.subjects(rdflib.RDF.type, executable))) == len(questions())


def test_a_choice_is_a_code_of_its_list(reader: FlaskClient) -> None:
    page = read(reader, "/questions/lessons-by-stage?theme=theme/offenders")
    [select] = page.all("select")
    assert select["name"] == "theme"
    options = page.all("option")
    assert {str(option["value"]) for option in options} == {f"theme/{code}" for code in codes("theme")}
    assert [option["value"] for option in options if "selected" in option] == ["theme/offenders"]
    full = concept("theme", "offenders")
    assert f"VALUES (?theme) {{ (<{full}>) }}" in page.text("pre")[-1]
    address = "/questions/lessons-by-stage?format=json&theme="
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
    page = read(reader, "/questions/lessons-by-stage")
    assert page.text("th")[:2] == ["Record", "Stage"]


def test_the_page_of_a_question_reads_well(reader: FlaskClient) -> None:
    for each in questions():
        page = read(reader, f"/doc/question/{each.id}")
        assert page.text("h1") == [each.title]
        assert page.texts["pre"] == [each.query], each.id
        assert f"/questions/{each.id}" in [link.get("href") for link in page.all("a")]
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
    asked = "/questions/findings-by-outcome"
    short = read(reader, f"{asked}?type=intervention/welfare-advice-in-gp-practices")
    assert "VALUES (?type) { (<https://w3id.org/whatworks/id/intervention/welfare-advice-in-gp-practices>) }" in (
        short.text("pre")[-1]
    )
    elsewhere = "https://data.swale.example/id/intervention/shared-reception"
    page = read(reader, f"{asked}?type={elsewhere}")
    assert f"(<{elsewhere}>)" in page.text("pre")[-1]
    assert [option["value"] for option in page.all("option") if "selected" in option] == [elsewhere]
    assert reader.get(f"{asked}?type=no-such").status_code == 400


def test_a_thing_of_a_class_is_chosen_from_a_list(reader: FlaskClient) -> None:
    harbour = "https://area.example/id/pilot/harbour"
    page = read(reader, f"/questions/partners-of-a-pilot?pilot={harbour}")
    [select] = page.all("select")
    assert select["name"] == "pilot"
    options = page.all("option")
    assert len(options) == 3
    assert [option["value"] for option in options if "selected" in option] == [harbour]
    html = reader.get(f"/questions/partners-of-a-pilot?pilot={harbour}", headers={"Accept": "text/html"}).text
    assert f'<option value="{harbour}" selected>Harbour' in html, "its name is what is read"
    elsewhere = "https://data.swale.example/id/pilot/swale"
    page = read(reader, f"/questions/partners-of-a-pilot?pilot={elsewhere}")
    assert [option["value"] for option in page.all("option") if "selected" in option] == [elsewhere]


def test_what_there_is_too_much_of_is_written(reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.question.LISTED", 2)
    page = read(reader, "/questions/partners-of-a-pilot?pilot=written")
    assert page.all("select") == []
    assert [field["value"] for field in page.all("input") if field.get("name") == "pilot"] == ["pilot/written"]


def test_a_thing_may_be_named_by_its_identifier(reader: FlaskClient) -> None:
    for text in ("kent", "pilot/kent"):
        page = read(reader, f"/questions/partners-of-a-pilot?pilot={text}")
        assert "(<https://w3id.org/whatworks/id/pilot/kent>)" in page.text("pre")[-1]
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
    address = "/questions/lessons-by-stage?format=json&theme=assets"
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


def test_a_question_is_called_by_what_is_chosen_in_it(reader: FlaskClient) -> None:
    """Its title says a default; on the page and in a citation stands what was asked for in its place."""
    asked = question("lessons-by-stage")
    chosen = "?theme=theme/offenders&theme=theme/assets"
    words = f"{asked.title} (theme: Offenders, Assets)"
    for address, title in (("", asked.title), ("?theme=theme/assets", asked.title), (chosen, words)):
        page = read(reader, f"/questions/{asked.id}{address}")
        assert page.text("h1") == [title]
        cited = reader.get("/cite", query_string={"path": f"/questions/{asked.id}{address}", "format": "json"})
        assert [item["title"] for item in cited.get_json(force=True)] == [title]
    refused = reader.get("/cite", query_string={"path": f"/questions/{asked.id}?theme=x"})
    assert refused.status_code == 400, "as the page is"
