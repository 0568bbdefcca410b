"""A question file is read in words and as data, or refused with file and line."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kb import config
from kb.errors import BadInput
from kb.intake.query_file import Parameter, parameters, question
from kb.intake.question import read_question
from kb.namespaces import HOME, PREFIXES

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
        Parameter("least", "xsd:integer", None, "How many at least", ("3",)),
    )
    assert read.query.startswith("PREFIX ww:")


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


def test_another_publisher_has_questions_under_its_own_base(tmp_path: Path) -> None:
    subjects = {quad.subject for quad in read_question(written(tmp_path, TEXT), "https://area.example")}
    assert NamedNode("https://area.example/id/question/asked") in subjects


def test_a_default_is_the_term_that_the_query_means(tmp_path: Path) -> None:
    head = "# Which?\n# parameter a: rdfs:Resource - Any\nPREFIX x: <urn:x:>\n"
    path = written(tmp_path, head + 'SELECT * { VALUES (?a) { (x:1) ("b c"@en) } }')
    defaults = {quad.object for quad in read_question(path) if "defaultValue" in str(quad.predicate)}
    assert defaults == {NamedNode("urn:x:1"), Literal("b c", language="en")}


def test_a_table_of_the_query_is_not_its_parameters() -> None:
    assert parameters("SELECT * { VALUES (?a ?b) { (1 2) (3 4) } }") == {}
    assert parameters("SELECT * { VALUES (?a) { (1) (2) } }") == {"a": "1 2"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("# Which lessons come up?", "# Lessons"), r"asked\.rq, line 1: the first line is the question"),
        (("# number: 28", "# number: many"), r"asked\.rq, line 4: number"),
        (("# keywords: lessons", "# number: 5, lessons"), r"asked\.rq, line 5: number"),
        (("# parameter least: xsd:integer - How many at least\n", ""), "comment and the first VALUES: least"),
        (("xsd:integer - How", "integer, how"), "parameter least: write type and meaning"),
        (("xsd:integer - How", "unknown:integer - How"), "parameter least: write type and meaning"),
        (("(UNDEF 3)", "(3)"), "2 parameters have 1 defaults"),
        (("SELECT", "INSERT"), "SELECT, ASK or CONSTRUCT"),
    ],
)
def test_what_a_file_must_say(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in TEXT
    with pytest.raises(BadInput, match=message):
        question(written(tmp_path, TEXT.replace(*change)))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.rq: cannot be read"):
        question(tmp_path / "absent.rq")
    (tmp_path / "latin.rq").write_bytes("# Où?".encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.rq: cannot be read"):
        question(tmp_path / "latin.rq")


def test_the_questions_that_ship_can_be_found_and_run_over_sparql() -> None:
    store = loaded(*QUERIES)
    found = asked(store, "SELECT DISTINCT ?q { ?q a sh:SPARQLExecutable ; dcterms:title ?t ; schema:keywords ?k }")
    assert len(found) == len(QUERIES)
    for (text,) in asked(store, "SELECT ?text { ?q sh:select ?text }"):
        assert list(Store().query(text)) is not None  # type: ignore[arg-type]
    used = asked(store, "SELECT DISTINCT ?list { ?p ww:codeList ?list }")
    schemes = {path.stem.removeprefix("concept-") for path in config.shipped("ontology").glob("concept-*.ttl")}
    assert {iri.removeprefix(f"{HOME}/concept/") for (iri,) in used} <= schemes


def test_no_question_has_a_blank_node() -> None:
    nodes = {node for path in QUERIES for quad in read_question(path) for node in (quad.subject, quad.object)}
    assert not any(isinstance(node, BlankNode) for node in nodes)
