"""Workbooks of Excel and OpenDocument: the values that were last saved. Formulas and macros are never run."""

import datetime
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine

from kb.errors import BadInput
from kb.intake.grid import Note
from kb.intake.spreadsheet.besides import Besides, beside_excel, beside_opendocument, said_of_columns
from kb.intake.spreadsheet.found import Found, Merged
from kb.intake.spreadsheet.noting import Kind, Noting

FILLED = Kind("cells that were merged repeat the value of the first", kept=10)
MOST_SHEETS = 250
"""Sheets of a workbook, hidden ones too."""

ERROR = Kind("cells hold an error of a formula", kept=50)
UNSAVED = Kind("formulas whose result was never saved are read as empty", kept=5)
MACROS = "has macros; they were not run"
_OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_DAMAGED = "is damaged or no workbook: open it in a spreadsheet program and save it anew"


def read_workbook(path: Path, file: str, most_cells: int, archive: zipfile.ZipFile | None = None) -> Iterator[Found]:
    """Its sheets that are shown and have cells; those that are hidden are noted, those of charts and macros are not.

    `archive` is the file opened as a zip, where it is one.

    Raises BadInput for what is damaged or encrypted and for a sheet whose cells lie farther apart than `most_cells`.
    """
    with path.open("rb") as opened:
        try:
            workbook = python_calamine.load_workbook(opened)
        except python_calamine.PasswordError as error:
            raise BadInput(f"{file}: is encrypted with a password: save it without one") from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise BadInput(f"{file}: {_DAMAGED}") from error
        shown = [each for each in workbook.sheets_metadata if each.visible == python_calamine.SheetVisibleEnum.Visible]
        sheets = [each for each in shown if each.typ == python_calamine.SheetTypeEnum.WorkSheet]
        if len(workbook.sheets_metadata) > MOST_SHEETS:
            count = len(workbook.sheets_metadata)
            raise BadInput(f"{file}: has {count:,} sheets, and {MOST_SHEETS} are read: send it in parts")
        hidden = [each.name for each in workbook.sheets_metadata if each not in shown]
        notes = [Note(f"the sheet “{name}” is hidden and was not read") for name in hidden] + _said(path, archive)
        besides = _besides(archive)
        for each in sheets:
            try:
                sheet = workbook.get_sheet_by_name(each.name)
            except (python_calamine.CalamineError, ValueError) as error:
                raise BadInput(f"{file}, {each.name}: {_DAMAGED}") from error
            if sheet.start is None or sheet.end is None:
                continue
            if sheet.height * sheet.width > most_cells:
                raise BadInput(
                    f"{file}, {each.name}: reaches over {sheet.height:,} rows and {sheet.width:,} columns: delete what "
                    "stands far from the table, or send it in parts"
                )
            yield _found(sheet, len(sheets) > 1, notes, besides.get(each.name, Besides()))
            notes = []


def _besides(archive: zipfile.ZipFile | None) -> dict[str, Besides]:
    if archive is None:
        return {}
    return beside_opendocument(archive) if "content.xml" in archive.namelist() else beside_excel(archive)


def _said(path: Path, archive: zipfile.ZipFile | None) -> list[Note]:
    """Of macros, and of what the old format does not let one see."""
    if archive:
        macros = any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in archive.namelist())
        return [Note(MACROS)] if macros else []
    old = Note("of an old .xls file: a cell with an error value (#REF!) is read as empty")
    return [Note(MACROS), old] if _OLD_MACROS in path.read_bytes() else [old]


def _found(sheet: python_calamine.CalamineSheet, named: bool, notes: list[Note], besides: Besides) -> Found:
    ranges = sheet.merged_cell_ranges or []
    merged = [Merged(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]
    merged += besides.merged
    noting = Noting()
    for row, columns in sorted(besides.errors.items()):
        for column, text in sorted(columns.items()):
            noting.add(ERROR, f"holds the error {text}: correct its formula, or write the value", row, column)
    for row, column in besides.unsaved:
        noting.add(UNSAVED, "holds a formula whose result was never saved, and is read as empty", row, column)
    said = list(notes)
    if besides.hidden_columns:
        columns_said = said_of_columns(besides.hidden_columns)
        said.append(Note(f"hidden columns are read too: {columns_said}", None, besides.hidden_columns[0]))
    if besides.hidden_rows:
        said.append(Note(f"{len(besides.hidden_rows):,} hidden rows are read too", besides.hidden_rows[0]))
    rows = _rows(sheet, merged, besides.errors, noting, said)
    return Found(sheet.name if named else "", rows, merged=merged, notes=said)


def _rows(
    sheet: python_calamine.CalamineSheet,
    merged: Sequence[Merged],
    errors: Mapping[int, Mapping[int, str]],
    noting: Noting,
    notes: list[Note],
) -> Iterator[list[str]]:
    """From the first row of the sheet on; a value merged over rows below stands in each that has other values too."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    tall = sorted((each for each in merged if each.bottom > each.top), key=lambda each: each.top)
    below: list[tuple[Merged, str]] = []
    for number, values in enumerate(sheet.iter_rows(), start=1):
        row = before + [written(value) for value in values]
        for column, text in errors.get(number, {}).items():
            if column <= len(row):
                row[column - 1] = text
        below = [each for each in below if each[0].bottom >= number]
        if below and any(row):
            for range_, value in below:
                column = range_.left
                if column <= len(row) and not row[column - 1] and value.strip():
                    row[column - 1] = value
                    noting.add(FILLED, f"merged with row {range_.top}: has its value too", number, column)
        while tall and tall[0].top <= number:
            range_ = tall.pop(0)
            if range_.top == number and range_.left <= len(row):
                below.append((range_, row[range_.left - 1]))
        yield row
    notes += noting.notes()


def written(value: Any) -> str:
    """A cell as text: see Grid."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep="T", timespec="seconds")
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else str(value)


def number(value: float) -> str:
    """With the fifteen digits that a spreadsheet keeps, without an exponent where twenty places are enough."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if 1e-20 < abs(value) < 1e20 else text
