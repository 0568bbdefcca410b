"""Constants: what a file says once of every row of a table, or of every table (docs/tables.md)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import BadInput, near_it
from kb.intake.heading import IDENTIFIER, Column, belongs, column
from kb.intake.sheet import read_sheet
from kb.vocabulary import Term

CONSTANTS = "constants.csv"
"""The name of the file."""

EVERY = "*"
"""The table of a constant that holds for every kind of record with a page of its own that may have the property."""

_HEADINGS = ["Table", "Column", "Value"]


@dataclass(frozen=True)
class Constant:
    """What every row of `table` has in `column` where its cell is empty; `place` is its file and row."""

    table: str
    column: Column
    value: str
    place: str


def read_constants(paths: Sequence[Path], tables: Collection[str]) -> list[Constant]:
    """The constants of the files; `tables` are the names, without `.csv`, of the tables that they are read with.

    Raises BadInput, with file and row, for what read_sheet refuses, other headings than these, an empty cell, a table
    that is not there, a heading that is unknown, numbered or IDENTIFIER, and a constant that is given twice.
    """
    found: dict[tuple[str, str], Constant] = {}
    for path in paths:
        sheet = read_sheet(path)
        if sheet.headings != _HEADINGS:
            raise BadInput(f"{path}, row {sheet.number}: the headings are {', '.join(_HEADINGS)}")
        for number, cells in sheet.rows:
            constant = _constant(f"{path}, row {number}", cells, tables)
            key = (constant.table, constant.column.heading)
            if key in found:
                raise BadInput(f"{constant.place}: is given already in {found[key].place}; keep one of them")
            found[key] = constant
    return list(found.values())


def concerning(constants: Sequence[Constant], table: str, class_: Term) -> list[Constant]:
    """Those that hold for a table, whose records are of the class; one for the table wins over one for every table."""
    named = [each for each in constants if each.table == table]
    own = {each.column.heading for each in named}
    general = (each for each in constants if each.table == EVERY and each.column.heading not in own and class_.iri_type)
    return named + [each for each in general if belongs(each.column.leading(), [class_.iri])]


def _constant(place: str, cells: list[str], tables: Collection[str]) -> Constant:
    if not all(cells):
        raise BadInput(f"{place}: needs a table, a column and a value")
    table, heading, value = cells
    if table != EVERY and table not in tables:
        there = ", ".join(sorted(tables)) or "none"
        raise BadInput(f"{place}: no table {table!r} is read with it; those read are: {there}{near_it(table, tables)}")
    try:
        found = column(heading)
    except BadInput as error:
        raise BadInput(f"{place}: {error}") from error
    if heading == IDENTIFIER:
        raise BadInput(f"{place}: {IDENTIFIER} names one record, so it is no constant")
    if found.inner and found.inner.number > 1:
        unnumbered = f"{found.inner.property.label}: {found.property.label}"
        raise BadInput(f"{place}: a constant holds for each of several; leave out the number: {unnumbered!r}")
    return Constant(table, found, value, place)
