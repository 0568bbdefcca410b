"""Figures of an answer as a reader expects them: sums with their currency, long numbers grouped, points in degrees."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kb.ask.questions import Money
from web.geometry import WKT, coordinates, latitude_in_words, longitude_in_words
from web.values import NUMBERS, exact, long_number, money

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
    if sums is not None and variable in sums.amounts and amount is not None:
        currency = row.get(sums.currency, {}).get("value", "")
        if _CURRENCY.fullmatch(currency):
            return money(round(amount, 2), currency)
    if cell.get("datatype") == WKT and (at := coordinates(cell["value"])):
        return f"{latitude_in_words(at[1], _PLACES)}, {longitude_in_words(at[0], _PLACES)}"
    if amount is not None and amount != round(amount, _FRACTION):
        return long_number(f"{round(amount, _FRACTION if abs(amount) < 1 else 2):f}", cell["datatype"])
    return long_number(cell["value"], cell.get("datatype"))
