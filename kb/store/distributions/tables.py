"""Tables as files: CSV as a spreadsheet reads it, and Parquet with numbers and yes/no in types of their own."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from kb.namespaces import expand
from kb.vocabulary import term

FORMS = ("csv", "parquet")

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

    An empty cell is null in Parquet. A column with a value that is not of its datatype is text there.
    """
    with open(f"{stem}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(sheet.headings)
        writer.writerows(sheet.rows)
    columns = enumerate(sheet.datatypes)
    arrays = [_array([row[place] for row in sheet.rows], datatype) for place, datatype in columns]
    parquet.write_table(pyarrow.table(arrays, names=list(sheet.headings)), f"{stem}.parquet", compression="zstd")


def datatype(property: str) -> str:
    """The one datatype that the vocabulary gives a property, where Parquet has a type for it; else empty."""
    known = term(property)
    ranges = known.ranges if known else ()
    return ranges[0] if len(ranges) == 1 and ranges[0] in TYPES else ""


def _array(cells: Sequence[str], datatype: str) -> Any:
    if datatype:
        type, read = TYPES[datatype]
        try:
            return pyarrow.array([read(cell) if cell else None for cell in cells], type=type)
        except (ValueError, KeyError, OverflowError, pyarrow.ArrowInvalid):
            pass  # the store may hold what no protocol has checked
    return pyarrow.array([cell or None for cell in cells], type=pyarrow.string())
