"""Where the kind of a value is put before it in ORDER BY; what else the query says stays as it is."""

import pytest
from pyoxigraph import Store

from kb.ask.ordering import KIND, by_kind
from kb.ask.query import read

CHANGED = {
    "a variable": ("?a", f"ASC({KIND.format('?a')}) ASC(?a)"),
    "descending": ("DESC(?a)", f"DESC({KIND.format('(?a)')}) DESC((?a))"),
    "an expression": ("(?a + 1)", f"ASC({KIND.format('(?a + 1)')}) ASC((?a + 1))"),
    "a call": ("STR(?a)", f"ASC({KIND.format('STR(?a)')}) ASC(STR(?a))"),
    "several": ("?a desc(?b)", f"ASC({KIND.format('?a')}) ASC(?a) DESC({KIND.format('(?b)')}) DESC((?b))"),
}


@pytest.mark.parametrize("after", ["", " LIMIT 3", " OFFSET 1", " VALUES (?a) { (1) }"])
@pytest.mark.parametrize("case", CHANGED)
def test_the_kind_comes_first(case: str, after: str) -> None:
    condition, expected = CHANGED[case]
    before = "SELECT * { ?a ?p ?b BIND (1 AS ?order) } # ORDER BY ?c\nORDER BY "
    found = by_kind(read(f"{before}{condition}{after}"))
    assert found is not None
    assert found.text == f"{before}{expected}{after}"
    Store().query(found.text)


def test_subqueries_are_ordered_too() -> None:
    found = by_kind(read("SELECT * { { SELECT ?a { ?a ?p ?b } ORDER BY ?b LIMIT 1 } } ORDER BY COUNT(?a)"))
    assert found is not None
    assert found.text.count("isLiteral") == 2


@pytest.mark.parametrize(
    "text", ["ASK {}", "SELECT * { ?a ?b 'ORDER BY ?a' }", "SELECT * {} ORDER BY (EXISTS { ?a ?b 1 })"]
)
def test_nothing_to_change(text: str) -> None:
    assert by_kind(read(text)) is None
