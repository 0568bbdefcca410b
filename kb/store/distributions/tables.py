"""Tables as files: CSV as a spreadsheet reads it, and Parquet with numbers and yes/no in types of their own."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from kb.formula import safe_cell
from kb.namespaces import expand
from kb.vocabulary import term

FORMS = ("csv", "parquet")

GROUP = 50_000
"""Rows that are written at a time, and that a reader of Parquet can read alone."""

_YES_NO = {"yes": True, "no": False}

TYPES: dict[str, tuple[Any, Callable[[str], Any]]] = {
    expand("xsd:integer"): (pyarrow.int64(), int),
    expand("xsd:nonNegativeInteger"): (pyarrow.int64(), int),
    expand("xsd:decimal"): (pyarrow.float64(), float),
    expand("xsd:boolean"): (pyarrow.bool_(), _YES_NO.__getitem__),
}
"""Datatype → the type of a Parquet column, and what makes its values from a cell; of any other a column is text."""


@dataclass(frozen=True)
class Sheet:
    """Headings, their datatypes (IRIs, "" for text) and rows with a cell for each, empty where nothing is known."""

    headings: Sequence[str]
    datatypes: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_sheet(stem: Path, sheet: Sheet) -> None:
    """Writes `{stem}.csv` (UTF-8, RFC 4180) and `{stem}.parquet`.

    In the CSV a text that a spreadsheet would take for a formula begins with an apostrophe; Parquet has it as it is. An
    empty cell is null in Parquet. A column with a value that is not of its datatype is text there.
    """
    with open(f"{stem}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(sheet.headings)
        writer.writerows(map(safe_cell, row) for row in sheet.rows)
    readers = [_reader(sheet, place, datatype) for place, datatype in enumerate(sheet.datatypes)]
    schema = pyarrow.schema([(heading, type) for heading, (type, _) in zip(sheet.headings, readers, strict=True)])
    with parquet.ParquetWriter(f"{stem}.parquet", schema, compression="zstd") as written:
        for first in range(0, len(sheet.rows), GROUP):
            rows = sheet.rows[first : first + GROUP]
            arrays = [
                pyarrow.array([read(row[place]) if row[place] else None for row in rows], type=type)
                for place, (type, read) in enumerate(readers)
            ]
            written.write_table(pyarrow.table(arrays, schema=schema))


def read_rows(path: Path) -> list[tuple[str, ...]]:
    """The rows of a Parquet file that `write_sheet` wrote of texts and whole numbers, as their sheet had them."""
    columns = parquet.read_table(path).to_pydict().values()
    return [tuple("" if cell is None else str(cell) for cell in row) for row in zip(*columns, strict=True)]


def datatype(property: str) -> str:
    """The one datatype that the vocabulary gives a property, where Parquet has a type for it; else empty."""
    known = term(property)
    ranges = known.ranges if known else ()
    return ranges[0] if len(ranges) == 1 and ranges[0] in TYPES else ""


def _reader(sheet: Sheet, place: int, datatype: str) -> tuple[Any, Callable[[str], Any]]:
    """The type of a column in Parquet and what makes its values: text where a cell is not of its datatype."""
    if datatype:
        type, read = TYPES[datatype]
        try:
            for row in sheet.rows:
                if cell := row[place]:
                    pyarrow.scalar(read(cell), type)
            return type, read
        except (ValueError, KeyError, OverflowError, pyarrow.ArrowInvalid):
            pass  # the store may hold what no protocol has checked
    return pyarrow.string(), str
