"""Workbooks of Excel and OpenDocument: the values that were last saved. Formulas and macros are never run."""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import python_calamine

from kb.errors import BadInput
from kb.intake.grid import Note
from kb.intake.spreadsheet.found import Found, Merged
from kb.intake.spreadsheet.noting import Kind, Noting

FILLED = Kind("cells that were merged repeat the value of the first", kept=10)
_DAMAGED = "is damaged or no workbook: open it in a spreadsheet program and save it anew"


def read_workbook(path: Path, file: str, most_cells: int) -> Iterator[Found]:
    """Its sheets that are shown and have cells; those that are hidden are noted, those of charts and macros are not.

    Raises BadInput for what is damaged or encrypted and for a sheet whose cells lie farther apart than `most_cells`.
    """
    with path.open("rb") as opened:
        try:
            workbook = python_calamine.load_workbook(opened)
        except python_calamine.PasswordError as error:
            raise BadInput(f"{file}: is encrypted with a password: save it without one") from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise BadInput(f"{file}: {_DAMAGED} ({_plain(error)})") from error
        shown = [each for each in workbook.sheets_metadata if each.visible == python_calamine.SheetVisibleEnum.Visible]
        sheets = [each for each in shown if each.typ == python_calamine.SheetTypeEnum.WorkSheet]
        hidden = [each.name for each in workbook.sheets_metadata if each not in shown]
        notes = [Note(f"the sheet “{name}” is hidden and was not read") for name in hidden]
        for each in sheets:
            try:
                sheet = workbook.get_sheet_by_name(each.name)
            except (python_calamine.CalamineError, ValueError) as error:
                raise BadInput(f"{file}, {each.name}: {_DAMAGED} ({_plain(error)})") from error
            if sheet.start is None or sheet.end is None:
                continue
            if sheet.height * sheet.width > most_cells:
                raise BadInput(
                    f"{file}, {each.name}: reaches over {sheet.height:,} rows and {sheet.width:,} columns: delete what "
                    "stands far from the table, or send it in parts"
                )
            yield _found(sheet, len(sheets) > 1, notes)
            notes = []


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _found(sheet: python_calamine.CalamineSheet, named: bool, notes: list[Note]) -> Found:
    ranges = sheet.merged_cell_ranges or []
    merged = [Merged(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]
    noting = Noting()
    said = list(notes)
    return Found(sheet.name if named else "", _rows(sheet, merged, noting, said), merged=merged, notes=said)


def _rows(
    sheet: python_calamine.CalamineSheet, merged: Sequence[Merged], noting: Noting, notes: list[Note]
) -> Iterator[list[str]]:
    """From the first row of the sheet on; a value merged over rows below stands in each that has other values too."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    tall = sorted((each for each in merged if each.bottom > each.top), key=lambda each: each.top)
    below: list[tuple[Merged, str]] = []
    for number, values in enumerate(sheet.iter_rows(), start=1):
        row = before + [written(value) for value in values]
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
    if "e" in text and 1e-20 < abs(value) < 1e20:
        text = f"{value:.0f}" if abs(value) >= 1 else f"{value:.24f}".rstrip("0")
    return text
