"""What a workbook says of a sheet besides its values: errors, results never saved, what is hidden or merged.

The library that reads the values leaves this out, so it is looked up in the XML: ECMA-376 part 1 §18.3 for Excel,
OpenDocument 1.3 part 3 §9 for .ods. Nothing here is needed to read a sheet, so what is not found is not missed.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from kb.intake.spreadsheet.archive import DAMAGE
from kb.intake.spreadsheet.found import Merged, letters

_PIECE = 1 << 22
_LONGEST_ROW = 1 << 24
_MOST = 10_000
_INSIDE = rb"[^<>]{0,400}"
"""What stands within a tag before what is sought: bounded, so that a long tag is not read again and again."""

_COLUMN = re.compile(rb"<col " + _INSIDE + rb">")
_ROW = re.compile(rb"<row " + _INSIDE + rb'?r="(\d+)"' + _INSIDE + rb'?hidden="(?:1|true)"')
_CELL = rb"<c " + _INSIDE + rb'?r="([A-Z]{1,3})(\d+)"'
_FORMULA = rb"<f" + _INSIDE + rb"?(?:/>|>[^<]*</f>)"
_ERROR = re.compile(_CELL + _INSIDE + rb'?t="e"' + _INSIDE + rb">(?:" + _FORMULA + rb")?<v>(#[^<]{1,20})</v>")
_UNSAVED = re.compile(_CELL + _INSIDE + rb">\s*" + _FORMULA + rb"\s*(?:<v\s*/>|<v></v>)?\s*</c>")


@dataclass
class Besides:
    """Rows and columns count from 1; `errors` and `unsaved` are by row and column, `hidden_columns` columns."""

    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    unsaved: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)

    def add_error(self, row: int, column: int, text: str) -> None:
        """An error value, which formulas give that cannot be worked out."""
        if len(self.errors) < _MOST:
            self.errors.setdefault(row, {})[column] = text


def column_number(name: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def beside_excel(archive: zipfile.ZipFile) -> dict[str, Besides]:
    """Sheet name → what .xlsx and .xlsm say of it."""
    found: dict[str, Besides] = {}
    try:
        for name, member in _sheet_members(archive).items():
            if member in archive.namelist():
                found[name] = _of_sheet(archive, member)
    except (ElementTree.ParseError, OSError, *DAMAGE):
        return found
    return found


def _sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    targets = {
        each.get("Id"): each.get("Target", "")
        for each in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets: dict[str, str] = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            id = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(id, "")
            sheets[element.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return sheets


def _of_sheet(archive: zipfile.ZipFile, member: str) -> Besides:
    found = Besides()
    for piece in _rows_of_xml(archive, member):
        if b'hidden="' in piece:
            for column in _COLUMN.findall(piece):
                if re.search(rb' hidden="(1|true)"', column):
                    first, last = (int(re.search(rb' %s="(\d{1,5})"' % end, column)[1]) for end in (b"min", b"max"))  # type: ignore[index]
                    found.hidden_columns += range(first, min(last, first + 200) + 1)
            found.hidden_rows += (int(row[1]) for row in _ROW.finditer(piece))
        if b't="e"' in piece:
            for name, row, text in _ERROR.findall(piece):
                found.add_error(int(row), column_number(name.decode()), text.decode("utf-8", "replace"))
        if b"<f" in piece and len(found.unsaved) < _MOST:
            found.unsaved += ((int(row), column_number(name.decode())) for name, row in _UNSAVED.findall(piece))
    return found


def _rows_of_xml(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The XML in pieces that end with a row."""
    with archive.open(member) as opened:
        rest = b""
        while (piece := opened.read(_PIECE)) and len(rest) < _LONGEST_ROW:
            rows, end, rest = (rest + piece).rpartition(b"</row>")
            yield rows + end
        yield rest


def beside_opendocument(archive: zipfile.ZipFile) -> dict[str, Besides]:
    """Sheet name → what .ods says of it."""
    found: dict[str, Besides] = {}
    try:
        if _says_more(archive):
            with archive.open("content.xml") as opened:
                _tables(ElementTree.iterparse(opened, events=("start", "end")), found)
    except (ElementTree.ParseError, OSError, *DAMAGE):
        return found
    return found


def _says_more(archive: zipfile.ZipFile) -> bool:
    with archive.open("content.xml") as opened:
        before = b""
        while piece := opened.read(_PIECE):
            if re.search(rb'covered-table-cell|value-type="error"', before + piece):
                return True
            before = piece[-40:]
    return False


def _tables(events: Iterator[tuple[str, ElementTree.Element]], found: dict[str, Besides]) -> None:
    sheet, row, column = Besides(), 0, 0
    for event, element in events:
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "table":
                sheet, row = found.setdefault(_attribute(element, "name"), Besides()), 0
            elif tag == "table-row":
                row, column = row + 1, 0
            elif tag in ("table-cell", "covered-table-cell"):
                column += 1
                _span(element, row, column, sheet)
        elif tag == "table-row":
            row += _count(element, "number-rows-repeated") - 1
            element.clear()
        elif tag in ("table-cell", "covered-table-cell"):
            if _attribute(element, "value-type", "{urn:org:documentfoundation") == "error":
                sheet.add_error(row, column, "".join(element.itertext()).strip() or "#ERR!")
            column += _count(element, "number-columns-repeated") - 1


def _span(element: ElementTree.Element, row: int, column: int, sheet: Besides) -> None:
    tall, wide = _count(element, "number-rows-spanned"), _count(element, "number-columns-spanned")
    if (tall > 1 or wide > 1) and len(sheet.merged) < _MOST:
        sheet.merged.append(Merged(row, column, row + tall - 1, column + wide - 1))


def _attribute(element: ElementTree.Element, name: str, space: str = "{") -> str:
    return next((v for k, v in element.attrib.items() if k.startswith(space) and k.endswith(f"}}{name}")), "")


def _count(element: ElementTree.Element, name: str) -> int:
    text = _attribute(element, name)
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def said_of_columns(columns: list[int]) -> str:
    """`C, D and 3 more`."""
    named = ", ".join(letters(column) for column in columns[:8])
    return named + (f" and {len(columns) - 8} more" if len(columns) > 8 else "")
