"""Texts that a spreadsheet would take for formulas: written so that it does not, and read back as they were.

A formula in a cell can ask other sites for something, or offer to run a program, on the machine of whoever opens it.
"""

import re

_FORMULA = re.compile(r"[\s'\ufeff]*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""Spaces before the sign, and the signs of full width, are passed over by some programs."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula, or for one that `safe` has made text."""
    return _FORMULA.match(text) is not None


NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no workbook may hold, since XML may not (XML 1.0 §2.2)."""


def safe(text: str) -> str:
    """The text as a cell may hold it: one that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if is_formula(text) else text


def safe_cell(text: str) -> str:
    """The same for a cell of a CSV, in which what is written as a number is one."""
    return text if _NUMBER.fullmatch(text) else safe(text)


def unsafe(cell: str) -> str:
    """What `safe` was given."""
    return cell[1:] if cell.startswith("'") and is_formula(cell) else cell
