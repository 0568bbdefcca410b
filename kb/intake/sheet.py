"""Sheets: the headings and rows of a CSV file as a spreadsheet saves it; what is not one is refused with its place."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput
from kb.intake.text import read_text

LONGEST = 10_000_000
"""Characters that a cell may have: outlines of places are long."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_QUOTED = re.compile(r'"[^"]*"')
_DIVIDERS = {";": '";"', "\t": "tabs"}
_SAID = {
    "unexpected end of data": "a quotation mark opens a cell here and is never closed",
    "',' expected after": 'text follows a closing quotation mark; within a cell it is written twice: ""',
    "field larger than": f"a cell has more than {LONGEST:,} characters",
}
"""How csv's message begins → what is said instead."""


@dataclass(frozen=True)
class Sheet:
    """`headings` stand in row `number`, counted from 1 as a spreadsheet does; `rows` are those below it, numbered too.

    Blank rows are left out; cells are without the space around them, and as many as there are headings.
    """

    path: Path
    number: int
    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_sheet(path: Path) -> Sheet:
    """The first row that is not blank holds the headings; empty cells at the end of a row are no cells.

    Raises BadInput, with the row, for what read_text refuses, an empty file, cells divided by something else than
    commas, a heading that is missing or stands twice, more cells than headings, a control character, and bad CSV.
    """
    text = read_text(path)
    first = _QUOTED.sub("", next((line for line in text.splitlines() if line.strip()), ""))
    for divider, name in _DIVIDERS.items():
        if divider in first and "," not in first:
            raise BadInput(f"{path}: the cells are divided by {name}: save with commas")
    found = _rows(path, text)
    number, headings = next(found, (0, []))
    if not number:
        raise BadInput(f"{path}: is empty; its first row holds the headings")
    for column, heading in enumerate(headings, start=1):
        if not heading:
            raise BadInput(f"{path}, row {number}: column {column} has no heading")
        if headings.count(heading) > 1:
            raise BadInput(f"{path}, row {number}: two columns are headed {heading!r}; number the second")
    rows = list(found)
    for row, cells in rows:
        if len(cells) > len(headings):
            raise BadInput(f"{path}, row {row}: {len(cells)} cells, and there are {len(headings)} columns")
        cells += [""] * (len(headings) - len(cells))
    return Sheet(path, number, headings, rows)


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that is not blank; a line end within a cell is one character, whatever it was."""
    csv.field_size_limit(LONGEST)
    found = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    number = 0
    try:
        for number, cells in enumerate(found, start=1):
            for column, cell in enumerate(cells, start=1):
                if control := _CONTROL.search(cell):
                    what = f"a control character (U+{ord(control[0]):04X}); delete it"
                    raise BadInput(f"{path}, row {number}, column {column}: {what}")
            stripped = [cell.strip().replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
            while stripped and not stripped[-1]:
                stripped.pop()
            if stripped:
                yield number, stripped
    except csv.Error as error:
        what = next((said for begin, said in _SAID.items() if str(error).startswith(begin)), f"not CSV: {error}")
        raise BadInput(f"{path}, row {number + 1}: {what}") from error
