"""Figures of an answer as a page shows them."""

from typing import Any

import pytest

from kb.ask.questions import Money
from web.figures import in_words, number, total_in_words
from web.values import XSD

SUMS = Money(("low", "high"), "currency")


def amount(text: str, kind: str = "decimal") -> dict[str, str]:
    return {"type": "literal", "value": text, "datatype": f"{XSD}{kind}"}


def code(text: str) -> dict[str, str]:
    return {"type": "literal", "value": text, "xml:lang": "en"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"low": amount("40000000"), "currency": code("GBP")}, "£40 million"),
        ({"low": amount("12.5"), "currency": code("EUR")}, "€12.50"),
        ({"low": amount("6014.651782"), "currency": code("GBP")}, "£6,014.65"),
        ({"low": amount("-3", "integer"), "currency": code("GBP")}, "−£3"),
        ({"low": amount("40000"), "currency": code("Unknown")}, "40,000"),
        ({"low": amount("40000"), "currency": code("GBP / EUR")}, "40,000"),
        ({"low": amount("40000")}, "40,000"),
        ({"low": amount("1E+50", "double"), "currency": code("GBP")}, "1E+50"),
        ({"low": amount("1E30000000"), "currency": code("GBP")}, "1E30000000"),
        ({"low": amount("9" * 20), "currency": code("GBP")}, "9" * 20),
        ({"low": code("much"), "currency": code("GBP")}, "much"),
        ({"low": amount("2009", "gYear"), "currency": code("GBP")}, "2009"),
    ],
)
def test_a_sum_has_the_currency_of_its_row(row: dict[str, Any], words: str) -> None:
    assert in_words(row, "low", SUMS) == words


def test_other_numbers_are_no_money() -> None:
    row = {"grade": amount("3", "integer"), "people": amount("1424500"), "currency": code("GBP")}
    assert [in_words(row, name, SUMS) for name in row] == ["3", "1,424,500", "GBP"]
    assert in_words({"low": amount("12345"), "currency": code("GBP")}, "low") == "12,345"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("16.666666666666666667", "16.67"),
        ("-123456.123456", "-123,456.12"),
        ("0.123456", "0.1235"),
        ("0.1234", "0.1234"),
        ("12.3456", "12.3456"),
        ("100", "100"),
    ],
)
def test_what_a_division_made_is_rounded(text: str, words: str) -> None:
    assert in_words({"n": amount(text)}, "n") == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [("40000000", "2500000", "£42.5 million"), ("12.345", "0.1", "£12.44"), ("-3", "1", "−£2")],
)
def test_a_total_of_sums_has_their_currency(low: str, high: str, words: str) -> None:
    row = {"low": amount(low), "high": amount(high), "currency": code("GBP")}
    assert total_in_words(row, ("low", "high"), SUMS) == words
    assert "£" not in total_in_words(row, ("low", "high"))
    assert "£" not in total_in_words(row | {"people": amount("3")}, ("low", "people"), SUMS), "not all of it is money"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("16.666666666666666667", "16.666666666666666667"), "33.33"),
        (("100000", "23456.50"), "123,456.5"),
        (("3", "4"), "7"),
        (("0E-999999", "0"), "0"),
        (("1E+300", "5"), "1.000000000000000000000000000E+300"),
        (("0012",), "0012"),
    ],
)
def test_a_total_is_written_as_its_parts_are(parts: tuple[str, ...], words: str) -> None:
    row = {str(place): amount(text) for place, text in enumerate(parts)}
    assert total_in_words(row, tuple(row)) == words


@pytest.mark.parametrize("cell", [code("5"), amount("many"), amount("INF", "double"), amount("NaN", "double")])
def test_what_is_no_number_is_none(cell: dict[str, str]) -> None:
    assert number({"n": cell}, "n") is None
    assert number({}, "n") is None
