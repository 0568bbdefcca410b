"""Parameters of query files are bound as terms; nothing is spliced."""

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Store

import kb.ask
from kb.ask import surroundings
from kb.ask.binding import bind, parameters, read

ASK = Path(kb.ask.__file__).parent
QUERIES = sorted(ASK.glob("*.rq"))
QUERY = """SELECT ?a ?b WHERE {
  VALUES (?a ?b) { (<http://x.example/a> "it \\"is\\" so"@en) }
}"""
A = NamedNode("http://x.example/1")


def rows(text: str) -> set[tuple[str, ...]]:
    return {tuple(str(value) for value in row) for row in Store().query(text)}


def test_a_query_file_declares_its_parameters() -> None:
    assert parameters(QUERY) == {"a": ("<http://x.example/a>",), "b": ('"it \\"is\\" so"@en',)}
    assert parameters("SELECT * { ?s ?p ?o }") == {}


def test_a_table_of_the_query_is_not_its_parameters() -> None:
    assert parameters("SELECT * { VALUES (?a ?b) { (1 2) (3 4) } }") == {}
    assert parameters("SELECT * { VALUES (?a) { (1) (2) } }") == {"a": ("1", "2")}
    assert parameters("""SELECT * { VALUES (?a ?b) { ('1) (' "2") } }""") == {"a": ("'1) ('",), "b": ('"2"',)}


def test_a_comment_within_the_block_is_no_default() -> None:
    one = "SELECT * { VALUES (?a ?b) { (1 # the first\n 2) } }"
    assert parameters(one) == {"a": ("1",), "b": ("2",)}
    assert rows(bind(one, a=A)) == {(str(A), '"2"^^<http://www.w3.org/2001/XMLSchema#integer>')}
    assert parameters("SELECT * { values (?a) { (1) # (3)\n (2) } }") == {"a": ("1", "2")}
    assert parameters("SELECT * { VALUES (?a ?b) { (<http://x.example/#a> '#') } }") == {
        "a": ("<http://x.example/#a>",),
        "b": ("'#'",),
    }


def test_what_a_comment_says_is_not_bound() -> None:
    comment = "# As in VALUES (?a ?b) { (1 2) }\n"
    inner = QUERY.replace("{", "{ # or VALUES (?a ?b) { (3 4) }, see <http://x.example/#>", 1)
    for text in (comment + QUERY, comment + inner):
        assert parameters(text) == parameters(QUERY)
        assert rows(bind(text, a=A)) == rows(bind(QUERY, a=A))
    assert bind(comment + QUERY, a=A).startswith(comment)


@pytest.mark.parametrize("default", ['"a {b} c"', "'}'", '"""a " } b"""', '") } #"@en', '"1"^^<urn:x:(y)>'])
def test_a_default_may_hold_any_character(default: str) -> None:
    text = f"SELECT * {{ VALUES (?a ?b) {{ ({default} 1) }} }}"
    assert parameters(text) == {"a": (default,), "b": ("1",)}
    assert {b for _, b in rows(bind(text, b=Literal("new")))} == {'"new"'}
    assert {a for a, _ in rows(bind(text, b=Literal("new")))} == {a for a, _ in rows(text)}


def test_what_is_not_given_keeps_its_default() -> None:
    assert rows(bind(QUERY)) == rows(QUERY)
    assert rows(bind(QUERY, a=A)) == {(str(A), '"it \\"is\\" so"@en')}


def test_a_parameter_takes_several_values_or_any() -> None:
    b = [Literal("x"), Literal("y")]
    assert rows(bind(QUERY, a=[A, NamedNode("http://x.example/2")], b=b)) == {
        (f"<http://x.example/{n}>", f'"{t}"') for n in (1, 2) for t in "xy"
    }
    assert "UNDEF" in bind(QUERY, a=None)
    assert rows(bind(QUERY, a=[])) == set()


@pytest.mark.parametrize("text", ['") } #', "a\nb", "\\", "} UNION { ?a ?b ?c }"])
def test_a_hostile_literal_stays_one_literal(text: str) -> None:
    [(a, b)] = list(Store().query(bind(QUERY, b=Literal(text))))
    assert b.value == text


def test_a_term_with_a_group_reference_is_not_expanded() -> None:
    assert rows(bind(QUERY, b=Literal(r"\1 \g<0>"))) == {("<http://x.example/a>", r'"\\1 \\g<0>"')}


def test_limit_and_offset_are_numbers() -> None:
    assert bind(QUERY, limit=5, offset=10).endswith("LIMIT 5\nOFFSET 10\n")
    for wrong in (-1, "5", "5 } #"):
        with pytest.raises(ValueError, match="natural number"):
            bind(QUERY, limit=wrong)  # type: ignore[arg-type]


def test_what_cannot_be_bound_is_an_error() -> None:
    with pytest.raises(ValueError, match="no parameter c"):
        bind(QUERY, c=A)
    with pytest.raises(ValueError, match="neither an IRI nor a literal"):
        bind(QUERY, a=BlankNode())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [path.stem for path in QUERIES])
def test_every_query_file_runs_as_it_stands_and_is_asked(name: str) -> None:
    text = read(name)
    assert text.startswith("# ")
    assert "?" in text.splitlines()[0]
    assert len(list(Store().query(text))) <= 1, "an empty store has nothing but a count"
    assert ("VALUES (" in text) == bool(parameters(text))
    called = name.removesuffix("-in-order")  # as kb.ask.lists.stretch asks for more than are sorted once they are read
    literally = any(f'"{called}"' in module.read_text(encoding="utf-8") for module in ASK.rglob("*.py"))
    assert literally or name.removesuffix("-surroundings") in surroundings.TABLES
