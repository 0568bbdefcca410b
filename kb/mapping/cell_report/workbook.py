"""The officer's voice: the same sheets back as .xlsx, bad cells coloured and commented, behind a list of what to do.

The workbook is built from the rows as they were read; the file that was sent is never opened again. Cells stand where
they stood. Text that a spreadsheet might take for a formula is written as text, and stays text when it is edited.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import get_column_letter

from kb.formula import NO_CHARACTER, is_formula
from kb.mapping.cell_report.findings import NOWHERE, CellReport, Finding, Group, Sheet, Word
from kb.mapping.cell_report.rows import in_words
from kb.protocols.templates.marks import TO_PUT_RIGHT, WHAT_TO_PUT_RIGHT

LINES = 100_000
"""Findings that the list has a line for; what comes after is counted on the last."""

COMMENTS = 10_000
"""Cells with a comment, musts first: each takes a spreadsheet as long as hundreds of plain cells."""

STRETCH = 20
"""Cells of one column with the same value that take a line each in the list; of more, one line names the rows."""

LAST_ROW = 1_048_576
"""Of a sheet (Excel specifications and limits)."""

LONGEST = 32_767
"""Characters of a cell, likewise."""

COLOURS: dict[Word, str] = {"must": "F4B6AC", "should": "FBE3A6", "may": "D3E5F3", "note": "E6E6E6"}
LEVELS: tuple[Word, ...] = ("must", "should", "may")
"""Those that the last column of a sheet sums up, the worst first."""

FILLS = {word: PatternFill("solid", start_color=colour) for word, colour in COLOURS.items()}
HEAD = (Font(bold=True, color="FFFFFF"), PatternFill("solid", start_color="123C4A"))
COLUMNS = {"What": 9, "Sheet": 26, "Row": 12, "Column": 9, "Heading": 26, "Value": 28, "What is asked": 70,
           "Suggestion": 60}  # fmt: skip
"""Heading of the list → width of its column in characters."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")


def write_workbook(report: CellReport, target: Path | IO[bytes]) -> None:
    """Writes the workbook. Memory does not grow with the rows; an .xlsx of 100,000 rows takes a minute."""
    book = Workbook(write_only=True)
    names = _names(report.sheets)
    _list(book, report, names)
    left = COMMENTS
    for number, sheet in enumerate(report.sheets):
        if sheet.count:
            left = _sheet_back(book.create_sheet(names[number]), report, number, left)
    book.save(target)


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """A name for each sheet: its own, as far as a workbook allows, and no two the same."""
    taken, found = {TO_PUT_RIGHT.lower()}, []
    for sheet in sheets:
        stem = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", sheet.name or Path(sheet.file).stem).strip(" '") or "Sheet"
        name, number = stem[:31], 2
        while name.lower() in taken:
            name = f"{stem[:26]} ({number})"
            number += 1
        taken.add(name.lower())
        found.append(name)
    return found


def _list(book: Any, report: CellReport, names: Sequence[str]) -> None:
    page = book.create_sheet(TO_PUT_RIGHT)
    for place, width in enumerate(COLUMNS.values(), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.freeze_panes = "A3"
    counts = ", ".join(f"{report.count(word):,} {word}" for word in COLOURS)
    verdict = "Can be published" if report.conforms else "Can't be published before each Must is put right"
    page.append([_text(page, f"{verdict}. Found: {counts}. A comment is on the first {COMMENTS:,} cells.", bold=True)])
    page.append([_head(page, heading) for heading in COLUMNS])
    written = 0
    for number, line in enumerate(_lines(report, names), 1):
        if number > LINES:
            continue
        written = number
        page.append([_text(page, part, fill=FILLS[line[0]] if not place else None, word=not place)
                     if isinstance(part, str) else part for place, part in enumerate(line)])
    if written == LINES:
        page.append([_text(page, f"The list ends after {LINES:,} lines; the JSON of the report holds all.", bold=True)])


def _lines(report: CellReport, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for group in report.groups:
        rule = report.rules[group.rule]
        sheet = names[group.sheet] if group.sheet != NOWHERE else ""
        letter = get_column_letter(group.column) if group.column else ""
        rows_of: dict[int, list[int]] = {}
        for row, said in zip(group.rows, group.said, strict=True):
            rows_of.setdefault(said, []).append(row)
        for said, rows in rows_of.items():
            value = group.values[said]
            sentence = value.sentence or rule.sentence
            for at in _rows(rows):
                yield rule.level, sheet, at, letter, group.heading, value.written, sentence, value.suggestion


def _rows(rows: Sequence[int]) -> Sequence[str | int]:
    """What the list says of where a value stands, for each line that it takes."""
    if len(rows) > STRETCH:
        return [in_words(rows, STRETCH).removeprefix("rows ")]
    return ["" if row == NOWHERE else row for row in rows]


def _sheet_back(page: Any, report: CellReport, number: int, left: int) -> int:
    """Writes one sheet with its marks; answers how many comments may still be made.

    What every row lacks, since no column holds it, stands in the list alone, unless it is a must.
    """
    sheet = report.sheets[number]
    extra = max(sheet.positions, default=0) + 1
    marks = [_Marks(report, group, extra) for group in report.groups if group.sheet == number]
    marks = [each for each in marks if each.group.column or each.level == "must" or len(each.group) < sheet.count]
    for each in marks:
        each.comments = min(left, len(each.group)) if each.group.column else 0
        left -= each.comments
    page.column_dimensions[get_column_letter(extra)].width = 60
    if sheet.heading_row:
        page.freeze_panes = f"A{sheet.heading_row + 1}"
    last = 0
    if sheet.heading_row:
        last = _append(page, last, sheet.heading_row, _heading_cells(page, sheet, extra))
    for row, cells in report.contents[number]:
        if row > LAST_ROW:
            break
        last = _append(page, last, row, _row(page, sheet, row, cells, marks, extra))
    return left


def _append(page: Any, last: int, row: int, cells: list[Any]) -> int:
    for _ in range(last + 1, row):
        page.append(())
    page.append(cells)
    return row


def _heading_cells(page: Any, sheet: Sheet, extra: int) -> list[Any]:
    cells: list[Any] = [None] * extra
    for position, heading in zip(sheet.positions, sheet.headings, strict=True):
        cells[position - 1] = _head(page, heading)
    cells[extra - 1] = _head(page, WHAT_TO_PUT_RIGHT)
    return cells


class _Marks:
    """What one group says of the rows of its sheet, asked row by row in their order."""

    def __init__(self, report: CellReport, group: Group, extra: int) -> None:
        self.report, self.group, self.comments, self.next = report, group, 0, 0
        self.column = group.column or extra
        self.level = report.rules[group.rule].level

    def at(self, row: int) -> Iterator[tuple[Finding, bool]]:
        """The findings of a row, and whether each may have a comment."""
        group = self.group
        while self.next < len(group) and group.rows[self.next] <= row:
            place, self.next = self.next, self.next + 1
            if group.rows[place] == row:
                rule, sheet = self.report.rules[group.rule], self.report.sheets[group.sheet]
                value = group.values[group.said[place]]
                yield Finding(rule, sheet, row, group.column, group.heading, value), place < self.comments


def _row(
    page: Any, sheet: Sheet, row: int, cells: Sequence[str], marks: Sequence[_Marks], extra: int
) -> list[Any]:
    out: list[Any] = [None] * extra
    for position, text in zip(sheet.positions, cells, strict=True):
        if text:
            out[position - 1] = _value(page, text)
    marked: dict[int, list[tuple[Finding, bool]]] = {}
    for each in marks:
        for one in each.at(row):
            marked.setdefault(each.column, []).append(one)
    if marked:
        for column, found in marked.items():
            if column != extra and column <= extra:
                out[column - 1] = _marked(page, out[column - 1], found)
        out[extra - 1] = _summary(page, marked, extra)
    return out


def _marked(page: Any, value: Any, found: Sequence[tuple[Finding, bool]]) -> Any:
    """A cell in the colour of the worst that is said of it, with a comment that says all."""
    cell = value if isinstance(value, Cell) else WriteOnlyCell(page, value)
    cell.fill = FILLS[found[0][0].rule.level]
    if any(may for _, may in found):
        cell.comment = Comment(_clean("\n".join(_said(each) for each, _ in found)), "What works", 120, 320)
    return cell


def _said(finding: Finding) -> str:
    return " ".join(part for part in (f"{_word(finding.rule.level)}:", finding.sentence, finding.value.suggestion)
                    if part)


def _summary(page: Any, marked: dict[int, list[tuple[Finding, bool]]], extra: int) -> Any:
    """The last cell of a row: level by level the columns to look at, and the fields that no column holds.

    A must without a column is told in full, since no cell has its comment. Notes are left to their cells.
    """
    parts: list[str] = []
    for level in LEVELS:
        of_row = [each for each, _ in marked.get(extra, ()) if each.rule.level == level]
        columns = [get_column_letter(column) for column, found in sorted(marked.items())
                   if column != extra and any(each.rule.level == level for each, _ in found)]  # fmt: skip
        if level == "must":
            parts += [f"Must: {each.heading}. {each.sentence} {each.value.suggestion}".rstrip() for each in of_row]
            of_row = []
        names = dict.fromkeys([*columns, *(each.heading for each in of_row)])
        if names:
            parts.append(f"{_word(level)}: {', '.join(names)}")
    if not parts:
        return None
    worst = next(level for level in LEVELS if any(part.startswith(_word(level)) for part in parts))
    return _text(page, "\n".join(parts), fill=FILLS[worst])


def _word(level: Word) -> str:
    return level.capitalize()


def _value(page: Any, text: str) -> Any:
    """A cell as it was read: a number where that loses no digit, else text."""
    if len(text) <= 16 and _NUMBER.fullmatch(text) and sum(map(str.isdigit, text)) <= 15:
        return float(text) if "." in text else int(text)
    return _text(page, text)


def _text(page: Any, text: str, *, fill: PatternFill | None = None, bold: bool = False, word: bool = False) -> Any:
    clean = _clean(text.capitalize() if word else text)
    formula = is_formula(clean)
    if not (formula or fill or bold):
        return clean
    cell = WriteOnlyCell(page, clean)
    if formula:
        cell.data_type = "s"
        cell.quotePrefix = True
    if fill:
        cell.fill = fill
    if bold:
        cell.font = Font(bold=True)
    return cell


def _clean(text: str) -> str:
    clean: str = NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    return clean[:LONGEST]


def _head(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, _clean(text))
    cell.data_type = "s"
    cell.font, cell.fill = HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
