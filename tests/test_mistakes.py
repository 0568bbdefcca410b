"""What is said of a query that does not parse: each file of tests/queries/malformed/ with the message beside it.

    tests/queries/malformed/{name}.rq    a query that does not parse
    tests/queries/malformed/{name}.txt   what must be said of it

To write the messages again after their words changed, and then read the difference:
    python -m tests.test_mistakes
"""

from pathlib import Path

import pytest
from pyoxigraph import Store

from kb.ask.query import evaluate, read
from kb.config import shipped
from kb.errors import QueryError
from kb.intake.mistakes import mistake
from kb.intake.patterns import unclosed, wrong_patterns
from kb.intake.scope import bound_again
from kb.intake.tokens import tokens
from kb.intake.words import unknown_words

CASES = Path(__file__).parent / "queries" / "malformed"
QUERIES = sorted(CASES.glob("*.rq"))


def message(path: Path) -> str:
    with pytest.raises(QueryError) as error:
        evaluate(Store(), read(path.read_text(encoding="utf-8")))
    return f"{error.value}\n"


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_what_to_write(path: Path) -> None:
    assert message(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_message_has_its_query() -> None:
    assert len(QUERIES) >= 45
    assert {path.stem for path in QUERIES} == {path.stem for path in CASES.glob("*.txt")}


@pytest.mark.parametrize("part", ["SELECT ", "FILTER (", "PREFIX a ", "SELECT (COUNT(", "{ SELECT ?a ", "“", "LIMIT "])
def test_any_text_is_looked_at(part: str) -> None:
    text = part * 10_000
    mistake(text, len(text))


VALID = sorted([*CASES.parent.glob("empty/*.rq"), *shipped("queries").glob("*.rq")])


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_the_patterns_of_a_query_that_parses(path: Path) -> None:
    found = list(tokens(path.read_text(encoding="utf-8")))
    assert [*wrong_patterns(found), *unclosed(found, 0), *unknown_words(found), *bound_again(found)] == []


if __name__ == "__main__":
    for each in QUERIES:
        each.with_suffix(".txt").write_text(message(each), encoding="utf-8")
