"""Text files whose cells are divided by commas, tabs or another sign."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from kb.errors import BadInput
from kb.intake.grid import Note
from kb.intake.spreadsheet.encoding import WESTERN, encoding_of
from kb.intake.spreadsheet.found import Found
from kb.intake.spreadsheet.noting import Kind, Noting

LONGEST = 1_000_000
"""Characters that a cell may have: outlines of places are long, and what is longer is an unclosed quotation mark."""

DIVIDERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", "$": "$", "^": "^", "~": "~", "¦": "¦"}
"""Sign → what it is called; of equal ones the first."""

STRAY = Kind("a quotation mark stands within a text", kept=5, unit="rows")

_SAMPLE = 1 << 16
_SAID = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_END = "\x1e\x1f"


def read_delimited(path: Path, file: str) -> Found:
    """The rows of a text file; the divider is what makes its first rows most alike.

    Raises BadInput, here or while the rows are read, for what encoding_of refuses, a quotation mark that is never
    closed and a cell of more than LONGEST characters.
    """
    encoding, notes = encoding_of(path, file)
    with path.open(encoding=encoding, errors=WESTERN, newline="") as opened:
        sample = opened.read(_SAMPLE)
    said = _SAID.match(sample)
    lines = sample.splitlines(keepends=True)
    if len(sample) == _SAMPLE and len(lines) > 1:
        lines.pop()
    divider = said[1] if said else _divider(lines)
    if divider != ",":
        notes.append(Note(f"cells are divided by {DIVIDERS.get(divider, divider)}"))
    if f'{divider} "' in sample and _lenient(lines, divider, spaced=False) != _lenient(lines, divider):
        notes.append(Note("a space stands between a divider and a quotation mark: read as if it did not"))
    return Found("", _rows(path, file, encoding, divider, said is not None, notes), notes=notes, ragged=True)


def _divider(lines: list[str]) -> str:
    """The sign for which most rows have the same number of cells, and many."""
    best, highest = ",", 0.0
    for divider in DIVIDERS:
        widths = Counter(len(row) for row in _lenient(lines, divider) if len(row) > 1 or any(map(str.strip, row)))
        if not widths:
            continue
        (width, count), rows = widths.most_common(1)[0], widths.total()
        wide = sum(n for cells, n in widths.items() if cells > 1)
        score = (count / rows) * (wide / rows) * math.log2(max(width, 1))
        if score > highest + 1e-9:
            best, highest = divider, score
    return best


def _lenient(lines: list[str], divider: str, spaced: bool = True) -> list[list[str]]:
    """Rows of a sample; where `spaced`, a space before a quotation mark is no part of the cell."""
    csv.field_size_limit(LONGEST)
    try:
        rows = csv.reader(lines, delimiter=divider, skipinitialspace=spaced and divider != "\t")
        return [[cell.strip() for cell in row] for row in rows]
    except csv.Error:
        return [line.split(divider) for line in lines]


def _rows(path: Path, file: str, encoding: str, divider: str, said: bool, notes: list[Note]) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST)
    with path.open(encoding=encoding, errors=WESTERN, newline="") as opened:
        lines = _Lines(opened, divider)
        reader = csv.reader(lines, delimiter=divider, skipinitialspace=divider != "\t")
        noting = Noting()
        number, row = 0, [""]
        try:
            for number, row in enumerate(reader, start=1):
                if row == [_END]:
                    notes += noting.notes()
                    return
                if row and row[-1].endswith(_END):
                    raise BadInput(f"{file}, row {number}: a quotation mark opens a cell here and is never closed")
                if lines.stray:
                    lines.stray = False
                    noting.add(STRAY, "a quotation mark stands within a text: compare the cells with the file", number)
                yield [] if number == 1 and said else row
        except csv.Error as error:
            longest = f"a cell has more than {LONGEST:,} characters: is a quotation mark not closed?"
            what = longest if "field larger" in str(error) else f"not readable as text with dividers: {error}"
            raise BadInput(f"{file}, row {number + 1}: {what}") from error
        except UnicodeError as error:
            raise BadInput(f"{file}, row {number + 1}: is not {encoding.upper()}: save it as UTF-8") from error


class _Lines(Iterator[str]):
    """The lines, and one that shows whether it is read as a row of its own or as part of a cell left open."""

    def __init__(self, opened: io.TextIOWrapper, divider: str) -> None:
        self.stray = False
        """Whether a line since this was unset has a quotation mark that neither begins nor ends a cell."""
        self._lines = chain(opened, [_END])
        sign = re.escape(divider)
        self._stray = re.compile(rf'[^"{sign}\s] *"[^"{sign}\s]')

    def __next__(self) -> str:
        line = next(self._lines)
        if '"' in line and self._stray.search(line):
            self.stray = True
        return line
