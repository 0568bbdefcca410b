"""Cases of tests/intake/spreadsheets: TOML that says what a file holds, and the grids or the message expected."""

import io
import json
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from kb.intake.grid import Grid

CASES = Path(__file__).parent / "intake" / "spreadsheets"


def case(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def content(described: dict[str, Any]) -> bytes:
    """The file: `text` (with `encoding`, `line_end`; before it `start`, after it `end`, itself `repeat`ed), `hex`,
    `sheets` of a workbook or `members` of a zip; of what there is only the first bytes up to `cut`."""
    return _content(described)[: described.get("cut")]


def _content(described: dict[str, Any]) -> bytes:
    if "hex" in described:
        return bytes.fromhex(described["hex"])
    if "text" in described:
        text = described["text"].replace("\n", described.get("line_end", "\n")) * described.get("repeat", 1)
        text = described.get("start", "") + text + described.get("end", "")
        return text.encode(described.get("encoding", "utf-8"))
    if "members" in described:
        return _zip(described["members"])
    return _workbook(described["sheets"], described.get("macros", False))


def _zip(members: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in members.items():
            archive.writestr(name, content(inside) if isinstance(inside, dict) else inside)
    return out.getvalue()


def _workbook(sheets: dict[str, Any], macros: bool) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, described in sheets.items():
        sheet = workbook.create_sheet(name)
        for number, row in enumerate(described["rows"], start=described.get("first_row", 1)):
            for column, value in enumerate(row, start=described.get("first_column", 1)):
                if value != "":
                    sheet.cell(number, column).value = value
                if isinstance(value, str) and value.startswith("#"):
                    sheet.cell(number, column).data_type = "e"
        for place, value in described.get("cells", {}).items():
            sheet[place] = value
        for merged in described.get("merged", []):
            sheet.merge_cells(merged)
        for column in described.get("hidden_columns", []):
            sheet.column_dimensions[column].hidden = True
        sheet.sheet_state = described.get("state", "visible")
    out = io.BytesIO()
    workbook.save(out)
    if macros:
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"macros")
    return out.getvalue()


def said(grid: Grid, all_rows: bool) -> dict[str, Any]:
    """A grid as a case states it; of many rows, their number and the numbers of the first and last."""
    found: dict[str, Any] = {
        "file": grid.file,
        "sheet": grid.sheet,
        "heading_row": grid.heading_row,
        "headings": list(grid.headings),
        "notes": [_place(note.row, note.column) + note.text for note in grid.notes],
    }
    if grid.positions != tuple(range(1, len(grid.headings) + 1)):
        found["positions"] = list(grid.positions)
    if all_rows:
        found["rows"] = [[number, *cells] for number, cells in grid.rows]
    else:
        found["rows"] = len(grid.rows)
        found["first_and_last"] = [grid.rows[0][0], grid.rows[-1][0]] if len(grid.rows) else []
    return found


def _place(row: int | None, column: int | None) -> str:
    place = ", ".join(f"{what} {number}" for what, number in (("row", row), ("column", column)) if number)
    return f"{place}: " if place else ""


def written(grids: Sequence[dict[str, Any]]) -> str:
    """Grids in TOML, to be read before they are believed."""
    lines: list[str] = []
    for grid in grids:
        lines.append("[[grids]]")
        for name, value in grid.items():
            if name in ("rows", "notes") and isinstance(value, list) and value:
                inner = "".join(f"  {json.dumps(each, ensure_ascii=False)},\n" for each in value)
                lines.append(f"{name} = [\n{inner}]")
            else:
                lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
        lines.append("")
    return "\n".join(lines)
