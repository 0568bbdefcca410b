"""Figures of an answer as a reader expects them: sums with their currency, long numbers grouped, points in degrees."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kb.ask.exact import exact
from kb.ask.questions import Money
from web.geometry import WKT, coordinates, latitude_in_words, longitude_in_words
from web.values import NUMBERS, XSD, long_number, money

Cell = Mapping[str, Any]
Row = Mapping[str, Cell]
"""A solution in the form of SPARQL 1.1 Query Results JSON: variable → cell."""

_PLACES = 4
"""Decimal places of degrees: some 10 m."""

_FRACTION = 4
"""Decimal places of a number that is shown as it is."""

_LARGEST = 10**15
"""A number from which on its text is left as it is: no sum, and more digits than decimal arithmetic rounds."""

_DOUBLE = 309
"""Power of ten that no number of binary64 reaches (XML Schema 1.1 §3.3.5)."""
_DECIMAL = f"{XSD}decimal"

_CURRENCY = re.compile(r"[A-Z]{3}")


def number(row: Row, variable: str) -> Decimal | None:
    """The cell as a number; None where it is empty or none, is not finite, or is beyond doubles."""
    cell = row.get(variable)
    return exact(cell["value"], _DOUBLE) if cell is not None and cell.get("datatype") in NUMBERS else None


def in_words(row: Row, variable: str, sums: Money | None = None) -> str:
    """A literal as it is shown: of `sums` the amounts, to the penny, with the currency that the row gives.

    A fraction that a division made, longer than anybody states, is rounded; the other formats have all of it.
    """
    cell, amount = row[variable], number(row, variable)
    if amount is not None and abs(amount) >= _LARGEST:
        return str(cell["value"])
    if amount is not None and (sum_ := _as_sum(row, (variable,), amount, sums)):
        return sum_
    if cell.get("datatype") == WKT and (at := coordinates(cell["value"])):
        return f"{latitude_in_words(at[1], _PLACES)}, {longitude_in_words(at[0], _PLACES)}"
    return long_number(cell["value"] if amount is None else _rounded(amount, cell["value"]), cell.get("datatype"))


def total_in_words(row: Row, variables: Sequence[str], sums: Money | None = None) -> str:
    """What the numbers of the row come to together, as one of them is shown; a sum of money where all of them are."""
    if len(variables) == 1:
        return in_words(row, variables[0], sums)
    amount = sum((found for each in variables if (found := number(row, each)) is not None), Decimal(0))
    if abs(amount) >= _LARGEST:
        return str(amount)
    return _as_sum(row, variables, amount, sums) or long_number(_rounded(amount, f"{amount.normalize():f}"), _DECIMAL)


def _as_sum(row: Row, variables: Sequence[str], amount: Decimal, sums: Money | None) -> str | None:
    """The amount with the currency that the row gives; None where it is no money, or the row has no one currency."""
    if sums is None or not set(variables) <= set(sums.amounts):
        return None
    currency = row.get(sums.currency, {}).get("value", "")
    return money(round(amount, 2), currency) if _CURRENCY.fullmatch(currency) else None


def _rounded(amount: Decimal, text: str) -> str:
    """The text of the amount, or a shorter one where it has more decimal places than anybody states."""
    return text if amount == round(amount, _FRACTION) else f"{round(amount, _FRACTION if abs(amount) < 1 else 2):f}"
