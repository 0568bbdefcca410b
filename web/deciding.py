"""The page on which a person says what a sheet means: which column is which field, what holds for all rows, values."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from werkzeug.exceptions import NotFound as NoSuchPage

from kb.errors import WrongState
from kb.mapping.mapping import Mapping as SheetMapping
from kb.mapping.proposal import joins
from kb.protocols.catalogue import protocols
from kb.protocols.columns import record_columns
from kb.protocols.templates.writing import choices
from kb.store.decisions import SheetDecisions
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submission

CHANGE = "change"
"""The button of the form by which the fields of a sure column are shown, to choose another; nothing is kept yet."""

MOST = 100
"""Codes that a person chooses from; of a longer list one is typed."""


def shown(submission: Submission, place: SubmissionFolder, answers: Mapping[str, str]) -> dict[str, Any]:
    """What the template `decisions.html` is filled with. Raises werkzeug NotFound without sheets, WrongState."""
    sheets = place.decisions()
    if not sheets:
        raise NoSuchPage("There is nothing to decide: the submission has no sheet, or has not been read yet.")
    if submission.working or submission.state == "published":
        raise WrongState(f"this submission is {submission.state}: nothing can be decided now")
    kinds = {(each.protocol, each.record) for each in sheets if each.record}
    return {
        "submission": submission,
        "sheets": sheets,
        "columns": {kind: columns(*kind) for kind in kinds},
        "headings": {kind: dict(columns(*kind)) for kind in kinds},
        "codes": {kind: _codes(*kind) for kind in kinds},
        "protocols": protocols(),
        "answers": answers,
    }


def opened(asked: Sequence[SheetDecisions], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers with the column that a person wants to change (`change`: sheet-column) among them, as it is."""
    sheet, _, column = answers.get(CHANGE, "").partition("-")
    if not (sheet.isdecimal() and column.isdecimal() and int(sheet) < len(asked)):
        return dict(answers)
    found = asked[int(sheet)].columns[int(column) : int(column) + 1]
    return {f"column-{sheet}-{column}": each.column or "" for each in found} | dict(answers)


def said_twice(mappings: Sequence[SheetMapping]) -> str:
    """What is wrong where two columns of a sheet are said to be one field; else empty."""
    for mapping in mappings:
        taken = [column for column in mapping.columns.values() if column]
        several = (column for column in taken if taken.count(column) > 1)
        if twice := next((column for column in several if not _joins(mapping, column)), None):
            heading = dict(columns(mapping.protocol, mapping.record)).get(twice, twice)
            return f"Two columns are said to be “{heading}”. Choose for which of them it is."
    return ""


@cache
def columns(protocol_id: str, record: str) -> tuple[tuple[str, str], ...]:
    """Id and heading of every column of a kind of record."""
    found = next((each for each in record_columns(protocol_id) if each.id == record), None)
    return tuple((column.id, column.heading) for column in found.columns) if found else ()


def _joins(mapping: SheetMapping, column: str) -> bool:
    """Whether several columns of a sheet may be this field."""
    record = next(each for each in record_columns(mapping.protocol) if each.id == mapping.record)
    return joins(record.column(column))


@cache
def _codes(protocol_id: str, record: str) -> dict[str, tuple[str, ...]]:
    """Column id → what may stand in it, where that is few."""
    found = next((each for each in record_columns(protocol_id) if each.id == record), None)
    listed = {column.id: choices(column) for column in found.columns} if found else {}
    return {id: labels for id, labels in listed.items() if 0 < len(labels) <= MOST}
