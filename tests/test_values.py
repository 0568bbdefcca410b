"""Values in words."""

import pytest
from pyoxigraph import Literal, NamedNode

from web.values import date_in_words, literal_in_words, long_number, money, money_stated, number, time_in_words

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2009-12-01", "1 December 2009"),
        ("2009-12", "December 2009"),
        ("2009", "2009"),
        ("2009-12-01Z", "1 December 2009"),
        ("2009-12-01T10:30:00Z", "1 December 2009"),
        ("2009-13", "2009-13"),
        ("about 2009", "about 2009"),
        ("", ""),
    ],
)
def test_a_date_is_as_exact_as_its_text(text: str, words: str) -> None:
    assert date_in_words(text) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("40000000", "£40 million"),
        ("2553000000", "£2.553 billion"),
        ("1234500000", "£1,234.5 million"),
        ("3448854", "£3,448,854"),
        ("8300000000", "£8.3 billion"),
        ("32410", "£32,410"),
        ("0.15", "£0.15"),
        ("12.5", "£12.50"),
        ("1200.125", "£1,200.125"),
        ("-2200000", "−£2.2 million"),
        ("0", "£0"),
    ],
)
def test_money_is_in_millions_and_billions(amount: str, words: str) -> None:
    assert money(amount) == words


def test_a_currency_without_a_symbol_goes_by_its_code() -> None:
    assert money("1500", "CHF") == "CHF 1,500"


@pytest.mark.parametrize(
    ("figures", "approximate", "words"),
    [
        ({"amount": "56"}, False, "£56"),
        ({"amount": "110000000"}, True, "about £110 million"),
        ({"amountLow": "200000000", "amountHigh": "280000000"}, False, "£200 million to £280 million"),
        ({"amountLow": "5000000000"}, False, "over £5 billion"),
        ({"amountHigh": "280000000"}, False, "up to £280 million"),
        ({}, True, ""),
    ],
)
def test_one_bound_alone_is_over_or_up_to(figures: dict[str, str], approximate: bool, words: str) -> None:
    assert money_stated(figures, "GBP", approximate) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        *(("1234567.50", "1,234,567.5"), ("100", "100"), ("0.00", "0"), ("NaN", "NaN"), ("x", "x"), ("1.5E3", "1,500")),
        *((text, text) for text in ("1E999998", "1E30000000", "-1E-999998", "1E-30000000", "12345" * 6)),
        ("123456789012345678.123456789012345678", "123,456,789,012,345,678.123456789012345678"),
    ],
)
def test_digits_stand_in_groups_of_three(value: str, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("text", "datatype", "words"),
    [
        ("true", "boolean", "yes"),
        ("0", "boolean", "no"),
        ("2009", "gYear", "2009"),
        ("37859", "integer", "37,859"),
        ("2026-11-22T19:15:00+01:00", "dateTime", "22 November 2026, 18:15 UTC"),
        ("no time", "dateTime", "no time"),
        ("2009-12-01", "string", "2009-12-01"),
    ],
)
def test_a_literal_is_read_by_its_datatype(text: str, datatype: str, words: str) -> None:
    assert literal_in_words(Literal(text, datatype=NamedNode(XSD + datatype))) == words


@pytest.mark.parametrize(
    ("text", "datatype", "words"),
    [
        ("7300000000", "decimal", "7,300,000,000"),
        ("-45585", "integer", "-45,585"),
        ("12345.6", "decimal", "12,345.6"),
        ("2009", "integer", "2009"),
        ("-2009", "integer", "-2009"),
        ("16.50", "decimal", "16.50"),
        ("100012345678", "string", "100012345678"),
        ("INF", "double", "INF"),
    ],
)
def test_a_long_number_stands_in_groups_of_three(text: str, datatype: str, words: str) -> None:
    assert long_number(text, XSD + datatype) == words


def test_a_time_without_an_offset_is_utc() -> None:
    assert time_in_words("2026-11-22T19:15:00") == "22 November 2026, 19:15 UTC"
