"""One record entered in a form: its questions, and the row that the answers make, which goes the way of any sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.intake.grid import Grid
from kb.protocols.columns import Column, RecordColumns
from kb.protocols.templates.writing import DIVIDER, choices, how, kind

FEW = 5
"""Codes that are shown side by side; of more, one is chosen in a list."""

_NAMES = ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title")


@dataclass(frozen=True)
class Entry:
    """A question of the form for one column. `control` is the kind of field: text, area, select, radios, checkboxes."""

    column: Column
    control: str
    choices: tuple[str, ...]
    hint: str

    @property
    def id(self) -> str:
        """What the answer is called in the form."""
        return self.column.id


@dataclass(frozen=True)
class Section:
    """The questions of one group: those that must or should be answered, and the others."""

    heading: str
    asked: tuple[Entry, ...]
    further: tuple[Entry, ...]


def sections(record: RecordColumns) -> list[Section]:
    """The form of a record type, group by group."""
    found = []
    for heading, columns in groupby(_entered(record), key=lambda each: each.field.group and each.field.group.label):
        entries = [_entry(column) for column in columns]
        found.append(
            Section(
                heading or record.record.name,
                tuple(each for each in entries if each.column.obligation != "May"),
                tuple(each for each in entries if each.column.obligation == "May"),
            )
        )
    return found


def _entered(record: RecordColumns) -> list[Column]:
    """Its columns; of a point only the three parts, since a person has them rather than WKT."""
    pointed = {column.thing for column in record.columns if column.part}
    return [each for each in record.columns if each.thing not in pointed or each.part or kind(each) != "point"]


def _entry(column: Column) -> Entry:
    chosen = choices(column)
    control = _control(column, len(chosen))
    written = {"checkboxes": "Choose all that apply.", "radios": "", "select": ""}.get(control, how(column))
    return Entry(column, control, chosen, f"{column.description} {written}".strip())


def _control(column: Column, many: int) -> str:
    if many and column.repeats and not column.part:
        return "checkboxes"
    if many:
        return "radios" if column.obligation == "Must" and many <= FEW else "select"
    prose = (column.field.datatype or "").endswith("langString") and column.path not in _NAMES
    return "area" if prose else "text"


def grid(record: RecordColumns, answers: Mapping[str, Sequence[str]]) -> Grid:
    """The sheet of one row that the answers (id of a column → what was written or chosen) make.

    What is blank has no column; what is no column of the record type is left out.
    """
    cells = {
        column: DIVIDER.join(value.strip() for value in answers.get(column.id, ()) if value.strip())
        for column in _entered(record)
    }
    filled = {column.heading: cell for column, cell in cells.items() if cell}
    return Grid(
        file=f"{record.record.name}, entered in the form",
        sheet="",
        heading_row=1,
        headings=tuple(filled),
        positions=tuple(range(1, len(filled) + 1)),
        rows=((2, tuple(filled.values())),),
    )
