"""The template of a protocol as a workbook: a sheet for each record type, its columns explained, their values checked.

The same protocol gives the same bytes. No cell is a formula.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kb.formula import NO_CHARACTER, safe
from kb.protocols import catalogue
from kb.protocols.background import Background, background
from kb.protocols.catalogue import Protocol
from kb.protocols.columns import Column, RecordColumns, record_columns
from kb.protocols.templates.about import about
from kb.protocols.templates.marks import ABOUT, ASKED, CONSTANTS, EXAMPLE, GUIDANCE, LISTS, SAID_ONCE
from kb.protocols.templates.writing import choices, example, how, kind

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_ROW = 5
"""Of the records: above it stand headings, obligations, guidance and the example."""

_LAST_ROW = 1_048_576
_LONGEST_NAME = 31
_EPOCH = datetime(2026, 1, 1)
_STAMP = _EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
_WIDTHS = {"yes-no": 12, "date": 14, "part-date": 14, "number": 16, "whole": 16}
_FORMATS = {"date": "yyyy-mm-dd", "number": "General", "whole": "0", "yes-no": "General"}
"""Others are text: a spreadsheet would drop leading zeros, and make a day of 2009-04."""

_FILLS = {
    "Must": PatternFill("solid", fgColor="1D4F76"),
    "Should": PatternFill("solid", fgColor="BBD4EA"),
    "May": PatternFill("solid", fgColor="EDEFF1"),
}
_QUIET = PatternFill("solid", fgColor="F8F8F8")
_EDGE = Border(bottom=Side(style="thin", color="B1B4B6"))
_WRAPPED = Alignment(wrap_text=True, vertical="top")

Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""Id of a record type → its records: id of a column → what its cell says."""


@dataclass
class _Lists:
    """The sheet of codes, a column for each list that a column of a record is chosen from."""

    sheet: Worksheet
    places: dict[tuple[str, ...], str]

    def place(self, name: str, words: tuple[str, ...]) -> str:
        """Where the list stands, as a data validation names it."""
        if words not in self.places:
            column = len(self.places) + 1
            letter = get_column_letter(column)
            _write(self.sheet.cell(1, column), name).font = Font(bold=True)
            for row, word in enumerate(words, 2):
                _write(self.sheet.cell(row, column), word)
            self.sheet.column_dimensions[letter].width = min(50, max(map(len, (name, *words))) + 2)
            self.places[words] = f"{LISTS}!${letter}$2:${letter}${len(words) + 1}"
        return self.places[words]


def workbook(
    protocol_id: str,
    rows: Rows | None = None,
    left_out: Mapping[str, int] | None = None,
    *,
    shapes: Path | None = None,
    ontology: Path | None = None,
) -> bytes:
    """The workbook, empty or with what is there already; raises NotFound for an unknown protocol.

    `left_out` is what is there and the rows cannot say: predicate → number of values. `shapes` and `ontology` are
    folders, by default those that ship.
    """
    protocol = catalogue.protocol(protocol_id, shapes)
    known = background(ontology)
    records = sheet_names(record_columns(protocol.id, shapes=shapes, ontology=ontology), known)
    book = Workbook()
    explained = book.active
    assert isinstance(explained, Worksheet)
    explained.title = ABOUT
    _explain(explained, about(protocol, records, left_out or {}))
    lists = _Lists(book.create_sheet(LISTS), {})
    for name, record in records.items():
        sheet = book.create_sheet(name, len(book.sheetnames) - 1)
        _head(sheet, record, known)
        for place, column in enumerate(record.columns, 1):
            _validate(sheet, place, column, lists, known, ontology)
        _fill(sheet, record, (rows or {}).get(record.id, ()))
    _say_once(book.create_sheet(CONSTANTS, 1), records, lists)
    book.active = 2
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is book.worksheets[2]
    _describe(book, protocol)
    return _packed(book)


def sheet_names(records: Iterable[RecordColumns], known: Background | None = None) -> dict[str, RecordColumns]:
    """Name of its sheet → record type: what it is called, where a spreadsheet takes that as a name."""
    known = known or background()
    found: dict[str, RecordColumns] = {}
    for record in records:
        name = re.sub(r"[\[\]:*?/\\]", " ", record.record.name)
        found[name if len(name) <= _LONGEST_NAME else known.label(record.class_)[:_LONGEST_NAME]] = record
    return found


def _explain(sheet: Worksheet, rows: Iterable[tuple[str, str]]) -> None:
    for number, (word, text) in enumerate(rows, 1):
        first, second = _write(sheet.cell(number, 1), word), _write(sheet.cell(number, 2), text)
        first.alignment = second.alignment = _WRAPPED
        first.font = Font(bold=True, size=18 if number == 1 else 13 if not text else 11)
        if word in _FILLS:
            first.fill, first.font = _FILLS[word], _font(word)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 36, 100


def _head(sheet: Worksheet, record: RecordColumns, known: Background) -> None:
    for place, column in enumerate(record.columns, 1):
        marks = [ASKED, GUIDANCE, EXAMPLE] if place == 1 else ["", "", ""]
        texts = [
            column.heading, column.obligation, f"{column.description} {how(column, known)}".strip(), example(column),
        ]  # fmt: skip
        for row, (mark, text) in enumerate(zip(["", *marks], texts, strict=True), 1):
            cell = _write(sheet.cell(row, place), f"{mark} {text}".strip())
            cell.alignment, cell.border = _WRAPPED, _EDGE
            cell.fill = _FILLS[column.obligation] if row <= 2 else _QUIET
            cell.font = _font(column.obligation, bold=row == 1) if row <= 2 else Font(italic=row == 4, color="505A5F")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(_WIDTHS.get(kind(column), 26), len(column.heading) + 3)
        sheet.column_dimensions[letter].number_format = _FORMATS.get(kind(column), "@")
    sheet.row_dimensions[3].height = 120
    sheet.freeze_panes = "B2"


def _font(obligation: str, bold: bool = False) -> Font:
    return Font(bold=bold, color="FFFFFF" if obligation == "Must" else "0B0C0C")


def _validate(
    sheet: Worksheet, place: int, column: Column, lists: _Lists, known: Background, ontology: Path | None
) -> None:
    """What the spreadsheet says when the cell is entered, and when something unlikely is written."""
    letter, sort = get_column_letter(place), kind(column)
    if words := choices(column, ontology):
        named = " or ".join(each.name for each in column.code_lists)
        name = named or ("Yes or no" if sort == "yes-no" else column.heading)
        rule = DataValidation("list", formula1=lists.place(name, words))
        rule.errorStyle = "information" if column.repeats else "warning"
        rule.error = f"Not in the list.{' Several are divided by a semicolon.' if column.repeats else ''} Keep it?"
    elif sort == "date":
        rule = DataValidation("date", operator="greaterThan", formula1="1", errorStyle="warning")
        rule.error = "This is no date such as 2026-04-01. Keep it?"
    elif sort in ("number", "whole"):
        rule = DataValidation({"number": "decimal", "whole": "whole"}[sort], operator="between", errorStyle="warning")
        rule.formula1, rule.formula2 = "-1000000000000000", "1000000000000000"
        rule.error = "This is no number. Keep it?"
    else:
        rule = DataValidation(None)
    rule.allow_blank = True
    rule.showErrorMessage, rule.showInputMessage = rule.type is not None, True
    rule.errorTitle = rule.promptTitle = column.heading[:32]
    rule.prompt = _shortened(f"{column.obligation}. {column.description} {how(column, known)}".strip(), 255)
    rule.add(f"{letter}{FIRST_ROW}:{letter}{_LAST_ROW}")
    sheet.add_data_validation(rule)


def _fill(sheet: Worksheet, record: RecordColumns, rows: Iterable[Mapping[str, str]]) -> None:
    columns = {column.id: (place, column) for place, column in enumerate(record.columns, 1)}
    for number, row in enumerate(rows, FIRST_ROW):
        for id, text in row.items():
            if id not in columns:
                columns[id] = (len(columns) + 1, record.column(id))
                _write(sheet.cell(1, columns[id][0]), columns[id][1].heading).font = Font(bold=True)
            place, column = columns[id]
            cell = _write(sheet.cell(number, place), text)
            cell.number_format = _FORMATS.get(kind(column), "@")
            if kind(column) in ("number", "whole"):
                _as_number(cell, text)


def _as_number(cell: Cell, text: str) -> None:
    """Writes digits as a number, where the spreadsheet's numbers hold them all."""
    if re.fullmatch(r"-?[0-9]{1,15}", text) or (re.fullmatch(r"-?[0-9]+\.[0-9]+", text) and len(text) <= 15):
        cell.value = float(text) if "." in text else int(text)


def _say_once(sheet: Worksheet, records: Mapping[str, RecordColumns], lists: _Lists) -> None:
    first = next(iter(records))
    rows = [
        SAID_ONCE,
        (f"{GUIDANCE} The sheet that it holds for.", "The heading of a column there.",
         "What every row says whose cell is empty, written as in the cell."),
        (f"{EXAMPLE} {first}", "Record status", "Current"),
    ]  # fmt: skip
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            cell = _write(sheet.cell(number, place), text)
            cell.alignment, cell.border = _WRAPPED, _EDGE
            cell.font = Font(bold=number == 1, italic=number == 3)
    rule = DataValidation("list", formula1=lists.place("Sheets", tuple(records)), allow_blank=True)
    rule.add("A4:A200")
    sheet.add_data_validation(rule)
    for letter in "ABC":
        sheet.column_dimensions[letter].width = 40
    sheet.freeze_panes = "A2"


def _write(cell: object, text: str) -> Cell:
    """Puts a text in the cell as a text, never as a formula."""
    assert isinstance(cell, Cell)
    cell.value = NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", safe(text)) or None
    cell.data_type = "s" if text else "n"
    return cell


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rsplit(' ', 1)[0]}…"


def _describe(book: Workbook, protocol: Protocol) -> None:
    about_it = book.properties
    about_it.title = f"{protocol.title}: template of protocol {protocol.id.upper()}, version {protocol.version}"
    about_it.creator, about_it.identifier, about_it.version = "What works", protocol.iri, protocol.version
    about_it.created = _EPOCH
    book.custom_doc_props.append(StringProperty(name="whatworks-protocol", value=protocol.id))
    book.custom_doc_props.append(StringProperty(name="whatworks-version", value=protocol.version))


def _packed(book: Workbook) -> bytes:
    """The file, with one time for all that the library would stamp with now."""
    saved, packed = BytesIO(), BytesIO()
    book.save(saved)
    with ZipFile(saved) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + _STAMP, content)
            target.writestr(ZipInfo(name, _EPOCH.timetuple()[:6]), content, ZIP_DEFLATED)
    return packed.getvalue()
