"""The CSV of a question: that of the standard, but that no spreadsheet runs a text of it."""

import csv
from io import BytesIO, StringIO

import pytest
from flask import Flask
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from kb.ask.result_sheet import write_sheet

MILD = """
SELECT ?text ?number ?iri ?nothing ?node WHERE {
  VALUES (?text ?number ?iri) {
    ("plain" 1.50 <https://area.example/a>)
    ("a, \\"b\\"\\nc" -3 <https://area.example/-b>)
    ("Ynys M\u00f4n"@cy 1e3 UNDEF)
    ("'tis" "-0.5" UNDEF)
  }
  BIND (IF(?number = 1.5, BNODE("x"), 1) AS ?node)
}
"""


def written(query: str) -> str:
    results = Store().query(query)
    assert isinstance(results, QuerySolutions)
    output = BytesIO()
    write_sheet(results, output)
    return output.getvalue().decode()


def test_what_no_spreadsheet_runs_is_as_the_standard_has_it() -> None:
    theirs = Store().query(MILD)
    assert isinstance(theirs, QuerySolutions)
    standard = (theirs.serialize(format=QueryResultsFormat.CSV) or b"").decode()
    rows, expected = (list(csv.reader(StringIO(text, newline=""))) for text in (written(MILD), standard))
    assert rows[0] == expected[0] == ["text", "number", "iri", "nothing", "node"]
    for row, other in zip(rows[1:], expected[1:], strict=True):
        assert row[:4] == other[:4]
    assert rows[1][4].startswith("_:")


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\\t=1", "\\n=1", " =1", "\uff1d1"])
def test_a_formula_begins_with_an_apostrophe(text: str) -> None:
    [_, [cell]] = csv.reader(StringIO(written(f'SELECT ("{text}" AS ?cell) {{}}'), newline=""))
    assert cell == "'" + text.replace("\\t", "\t").replace("\\n", "\n")


def test_many_rows_and_none() -> None:
    many = "SELECT ?a { VALUES ?a { " + " ".join(map(str, range(2500))) + " } }"
    assert written(many).split("\r\n") == ["a", *map(str, range(2500)), ""]
    assert written("SELECT ?a { VALUES ?a { } }") == "a\r\n"


def test_the_csv_of_a_question_is_one(shipped_site: Flask) -> None:
    reader = shipped_site.test_client()
    said = reader.get("/questions/claimed-savings.csv")
    standard = reader.get("/questions/claimed-savings.json").json
    assert standard is not None
    assert said.mimetype == "text/csv"
    rows = list(csv.reader(StringIO(said.text, newline="")))
    assert rows[0] == standard["head"]["vars"]
    assert len(rows) - 1 == len(standard["results"]["bindings"])
