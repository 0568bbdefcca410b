"""Unique property reference numbers: up to twelve digits, which spreadsheets like to spoil."""

import re

from kb.mapping.values.said import Said, ask, bounded, empty, literal, noted, says_nothing, unread
from kb.vocabulary import XSD_STRING

_DIGITS = re.compile(r"[0-9]+")
_FLOAT = re.compile(r"([0-9]+)\.0+")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?e\+?[0-9]+", re.IGNORECASE)
_SHORTEST = 6
"""Digits below which a number under this heading is hardly a UPRN: local numbers are that short."""
_LONGEST = 12


@bounded
def read_uprn(cell: str) -> Said:
    """A UPRN as text without the zeros before it; a number that has lost digits is refused."""
    if says_nothing(cell):
        return empty(cell)
    if _SCIENTIFIC.fullmatch(cell):
        return unread(f"“{cell}” has lost its digits: the spreadsheet rounded the UPRN; format the column as text.")
    squeezed = cell.replace(" ", "").replace(",", "").replace("\u00a0", "")
    if found := _FLOAT.fullmatch(squeezed):
        squeezed = found[1]
    digits = squeezed.lstrip("0")
    if not _DIGITS.fullmatch(squeezed) or not digits:
        return unread(f"“{cell}” is not a UPRN, which has up to twelve digits.")
    if len(digits) > _LONGEST:
        return unread(f"“{cell}” has {len(digits)} digits; a UPRN has up to twelve.")
    if len(digits) < _SHORTEST:
        return ask(f"“{cell}” is short for a UPRN and looks like a number of your own.")
    term = literal(digits, XSD_STRING)
    return Said((term,)) if squeezed == cell else noted(term, f"“{cell}” was read as {digits}.")
