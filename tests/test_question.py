"""A question file is read in words and as data, or refused with file and line."""

import re
import socket
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kb import config
from kb.errors import BadInput
from kb.intake.executable import read_question
from kb.intake.question import TAKEN, Chart, Money, Parameter, question
from kb.namespaces import HOME, PREFIXES, concept_scheme

QUERIES = sorted(config.shipped("queries").glob("*.rq"))
TEXT = """# Which lessons come up?
# A copied lesson does not count.
# It says so.
# number: 28
# keywords: lessons, pilots
# parameter theme: skos:Concept in theme - The theme to look at
# parameter least: xsd:integer - How many at least
# fixture: lessons from three pilots
PREFIX ww: <https://w3id.org/whatworks/def#>
SELECT ?l WHERE {
  VALUES (?theme ?least) { (UNDEF 3) }
  ?l ww:theme ?theme .
}
"""


def written(folder: Path, text: str, name: str = "asked.rq") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(*paths: Path) -> Store:
    store = Store()
    for path in paths:
        store.extend(read_question(path))
    return store


def asked(store: Store, query: str) -> list[tuple[str, ...]]:
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    rows = store.query(prefixes + query)
    return [tuple("" if value is None else value.value for value in row) for row in rows]  # type: ignore[union-attr]


def test_a_question_is_read_in_words(tmp_path: Path) -> None:
    read = question(written(tmp_path, TEXT))
    assert (read.id, read.title) == ("asked", "Which lessons come up?")
    assert read.description == "A copied lesson does not count. It says so."
    assert (read.number, read.keywords, read.fixture) == (28, ("lessons", "pilots"), "lessons from three pilots")
    assert read.parameters == (
        Parameter("theme", "skos:Concept", "theme", "The theme to look at", ()),
        Parameter("least", "xsd:integer", None, "How many at least", (Literal(3),)),
    )
    assert (read.subject, read.form, read.text) == ("lessons", "select", TEXT)
    assert read.query == TEXT[TEXT.index("PREFIX ww:") :]


def test_a_question_may_say_what_to_draw_and_what_is_money(tmp_path: Path) -> None:
    assert (question(written(tmp_path, TEXT)).chart, question(written(tmp_path, TEXT)).money) == (None, None)
    said = TEXT.replace("# fixture", "# chart: least, most by place, year\n# money: least, most in currency\n# fixture")
    read = question(written(tmp_path, said.replace("SELECT ?l", "SELECT ?place ?year ?least ?most ?currency")))
    assert read.chart == Chart(("least", "most"), ("place", "year"))
    assert read.money == Money(("least", "most"), "currency")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chart: l", "# chart: write columns of the answer, as findings by strength"),
        ("chart: by l", "# chart: write columns of the answer"),
        ("chart: l, by theme", "# chart: write columns of the answer"),
        ("chart: lessons by l", "# chart: the answer has no column lessons"),
        ("chart: l by theme", "# chart: the answer has no column theme"),
        ("money: l", "# money: write columns of the answer, as low, high in currency"),
        ("money: l in pounds, pence", "# money: write columns of the answer"),
        ("money: l in currency", "# money: the answer has no column currency"),
    ],
)
def test_what_is_drawn_are_columns_of_the_answer(tmp_path: Path, line: str, message: str) -> None:
    path = written(tmp_path, TEXT.replace("# fixture", f"# {line}\n# fixture"))
    with pytest.raises(BadInput, match="^" + re.escape(f"{path}: {message}")):
        question(path)


def test_a_question_is_read_as_data(tmp_path: Path) -> None:
    store = loaded(written(tmp_path, TEXT))
    [(iri, text, number, needs)] = asked(
        store,
        "SELECT ?q ?text ?n ?needs { ?q a ww:Question, sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;"
        ' rdfs:label "Which lessons come up?"@en ; schema:keywords "pilots" ;'
        " sh:select ?text ; skos:notation ?n ; ww:dataNeeded ?needs }",
    )
    assert iri == f"{HOME}/id/question/asked"
    assert (text, number, needs) == (TEXT[TEXT.index("PREFIX") :], "28", "lessons from three pilots")
    assert asked(
        store,
        "SELECT ?name ?type ?list ?default ?optional { ?q sh:parameter ?p . ?p sh:name ?name ; sh:order ?order ;"
        " sh:datatype|sh:class ?type . OPTIONAL { ?p ww:codeList ?list } OPTIONAL { ?p sh:defaultValue ?default }"
        " OPTIONAL { ?p sh:optional ?optional } } ORDER BY ?order",
    ) == [
        ("theme", PREFIXES["skos"] + "Concept", f"{HOME}/concept/theme", "", "true"),
        ("least", PREFIXES["xsd"] + "integer", "", "3", ""),
    ]


def test_a_parameter_belongs_to_its_question_and_has_a_label(tmp_path: Path) -> None:
    store = loaded(written(tmp_path, TEXT))
    assert asked(store, "SELECT ?p ?label { ?q sh:parameter ?p . ?p rdfs:label ?label } ORDER BY ?label") == [
        (f"{HOME}/id/question/asked#least", "How many at least"),
        (f"{HOME}/id/question/asked#theme", "The theme to look at"),
    ]
    subjects = {quad.subject for quad in store}
    links = {quad.object for quad in store if str(quad.object).startswith(f"<{HOME}/id/")}
    assert len(links) == 2
    assert links <= subjects, "nothing dangles"


def test_another_publisher_has_questions_under_its_own_base(tmp_path: Path) -> None:
    subjects = {quad.subject for quad in read_question(written(tmp_path, TEXT), "https://area.example")}
    assert NamedNode("https://area.example/id/question/asked") in subjects


def test_a_default_is_the_term_that_the_query_means(tmp_path: Path) -> None:
    head = "# Which?\n# keywords: a\n# parameter a: rdfs:Resource - Any\nPREFIX y: <urn:y:> PREFIX x: <urn:x:>\n"
    path = written(tmp_path, head + 'SELECT * { VALUES (?a) { (x:1) ("b {c}) (d"@en) } }')
    defaults = {quad.object for quad in read_question(path) if "defaultValue" in str(quad.predicate)}
    assert defaults == {NamedNode("urn:x:1"), Literal("b {c}) (d", language="en")}


def test_defaults_go_with_their_parameters_in_whichever_order_they_stand(tmp_path: Path) -> None:
    head = "# Which?\n# keywords: a\n# parameter z: xsd:integer - Z\n# parameter a: xsd:string - A\n"
    read = question(written(tmp_path, head + 'SELECT * { VALUES (?z ?a) { (1 "a") } }'))
    assert {each.name: each.defaults for each in read.parameters} == {"z": (Literal(1),), "a": (Literal("a"),)}


@pytest.mark.parametrize("start", ["SELECT *", "ASK", "CONSTRUCT { ?s ?p ?o }", "PREFIX ask: <urn:a#>\nselect *"])
def test_the_form_is_that_of_the_query(tmp_path: Path, start: str) -> None:
    path = written(tmp_path, f"# Which?\n# keywords: a\n{start} WHERE {{ ?s ?p ?o }}")
    form = question(path).form
    assert form == next(word for word in ("construct", "select", "ask") if word in start.lower().split())
    assert any(quad.predicate.value == f"{PREFIXES['sh']}{form}" for quad in read_question(path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("# Which lessons come up?", "# Lessons"), r", line 1: the first line is the question"),
        (("# number: 28", "# number: many"), r", line 4: number is not as it should be: number: many"),
        (("# keywords: lessons", "# number: 5, lessons"), r", line 5: number is said twice"),
        (("# keywords: lessons, pilots\n", ""), ": a question is found by keywords"),
        (("# keywords: lessons, pilots", "# keywords: ,"), ": a question is found by keywords"),
        (("# keywords: lessons", "# keyword: lessons"), r", line 5: 'keyword' is no field; there are number, keywords"),
        (("# keywords: lessons", "# Keywords: lessons"), r", line 5: 'Keywords' is no field"),
        (("# parameter least:", "# parametr least:"), r", line 7: 'parametr least' is no field"),
        (("# keywords: lessons, pilots", "# keywords: lessons\n# pilots"), r", line 6: the description stands before"),
        (("# parameter least: xsd:integer - How many at least\n", ""), ": declared in only one .*: least"),
        (("xsd:integer - How", "integer, how"), ": # parameter least: write type and meaning"),
        (("xsd:integer - How", "unknown:integer - How"), ": # parameter least: write type and meaning"),
        (("in theme -", "in themes -"), ": # parameter theme: there is no code list themes"),
        (("(UNDEF 3)", "(x:y 3)"), r", line 11, column 29: no PREFIX declares x: "),
        (("?l ww:theme ?theme", "?l ww:theme"), r", line 12, column \d+: a value is missing before "),
        (("SELECT ?l", "SELECT (?l AS ?l)"), r", line 14, column 1: The SELECT overrides an existing variable"),
        (("SELECT", "INSERT"), ": a question is a SELECT, ASK or CONSTRUCT query"),
        (("?theme .", "?theme . SERVICE <http://192.0.2.1/> { ?l ?p ?o }"), ": it calls SERVICE"),
        (("?theme .", "?theme . SERVICE <http://192.0.2.1/\\u0041> { ?l ?p ?o }"), ": it calls SERVICE"),
        (("?theme .", "?theme . " + 3000 * "{" + 3000 * "}"), r": line 12, column 87: a query may have up to"),
        (("xsd:integer", "xsd:nonsense"), ": # parameter least: there is no type xsd:nonsense"),
        (("xsd:integer", "xsd:interger"), ": # parameter least: there is no type xsd:interger; near it: xsd:integer"),
        (("xsd:integer", "ww:theme"), ": # parameter least: there is no type ww:theme"),
        (("UNDEF 3", 'UNDEF "notint"'), ': # parameter least: the default "notint" is no xsd:integer'),
        (("UNDEF 3", "UNDEF 3.5"), ": # parameter least: the default .* is no xsd:integer"),
        (("UNDEF 3", 'UNDEF "many"^^<http://www.w3.org/2001/XMLSchema#integer>'), ": .* is no xsd:integer"),
        (("UNDEF 3", "UNDEF <urn:x>"), ": # parameter least: the default <urn:x> is no xsd:integer"),
        (("UNDEF 3", '"a theme" 3'), ': # parameter theme: the default "a theme" is no skos:Concept'),
    ],
)
def test_what_a_file_must_say(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in TEXT
    path = written(tmp_path, TEXT.replace(*change))
    with pytest.raises(BadInput, match="^" + re.escape(str(path)) + message):
        question(path)


@pytest.mark.parametrize("hidden", ["# Which service: {\n", "FILTER('the service ex:a {' != '')\n"])
def test_what_only_speaks_of_a_service_is_a_question(tmp_path: Path, hidden: str) -> None:
    path = written(tmp_path, TEXT.replace("?theme .\n", f"?theme .\n{hidden}"))
    assert question(path).form == "select"


def test_no_request_is_sent_when_a_question_is_read(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        called = f"SERVICE <http://127.0.0.1:{listener.getsockname()[1]}/\\u0041> {{ ?s ?p ?o }}"
        with pytest.raises(BadInput, match="it calls SERVICE"):
            question(written(tmp_path, TEXT.replace("?theme .", f"?theme . {called}")))
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_comment_among_the_defaults_is_no_default(tmp_path: Path) -> None:
    text = TEXT.replace("VALUES (?theme ?least) { (UNDEF 3) }", "values (?theme ?least) { (UNDEF # any (all) {}\n 3) }")
    assert [each.defaults for each in question(written(tmp_path, text)).parameters] == [(), (Literal(3),)]
    head = "# Which?\n# keywords: a\n# parameter a: xsd:integer - A\n"
    several = question(written(tmp_path, head + "SELECT * { VALUES (?a) { (1) # the first\n (2) } }"))
    assert several.parameters[0].defaults == (Literal(1), Literal(2))


def test_a_whole_number_is_a_default_of_a_decimal(tmp_path: Path) -> None:
    read = question(written(tmp_path, TEXT.replace("xsd:integer", "xsd:decimal")))
    assert read.parameters[1].defaults == (Literal(3),)


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_parameter_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, TEXT.replace("parameter least", f"parameter {name}").replace("?least", f"?{name}"))
    with pytest.raises(BadInput, match=f"parameter {name}: no parameter may be called"):
        question(path)


def test_a_description_may_hold_colons(tmp_path: Path) -> None:
    said = "Of each pilot: one. See https://w3id.org/whatworks: it says ww:theme."
    lines = "# Of each pilot: one. See\n# https://w3id.org/whatworks: it says\n# ww:theme.\n#\n"
    path = written(tmp_path, TEXT.replace("# A copied lesson does not count.\n# It says so.\n", lines))
    assert question(path).description == said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.rq: no such file"):
        question(tmp_path / "absent.rq")
    (tmp_path / "latin.rq").write_bytes("# Où?".encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.rq, line 1, column 4: not UTF-8"):
        question(tmp_path / "latin.rq")


def test_the_questions_that_ship_can_be_found_and_run_over_sparql() -> None:
    store = loaded(*QUERIES)
    found = asked(store, "SELECT DISTINCT ?q { ?q a sh:SPARQLExecutable ; dcterms:title ?t ; schema:keywords ?k }")
    assert len(found) == len(QUERIES)
    texts = asked(store, "SELECT ?text { ?q sh:select ?text }")
    assert len(texts) == len(QUERIES)
    for (text,) in texts:
        [*answered] = Store().query(text)  # type: ignore[misc]
        assert len(answered) <= 1, "an empty store has nothing but a count"
    used = {iri for (iri,) in asked(store, "SELECT DISTINCT ?list { ?p ww:codeList ?list }")}
    schemes = {path.stem.removeprefix("concept-") for path in config.shipped("ontology").glob("concept-*.ttl")}
    assert len(used) >= 6
    assert used <= {concept_scheme(scheme) for scheme in schemes}


def test_no_question_has_a_blank_node() -> None:
    nodes = {node for path in QUERIES for quad in read_question(path) for node in (quad.subject, quad.object)}
    assert not any(isinstance(node, BlankNode) for node in nodes)
