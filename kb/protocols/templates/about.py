"""The sheet of a template that explains it."""

from collections.abc import Mapping

from kb.namespaces import compact
from kb.protocols.catalogue import Protocol
from kb.protocols.columns import RecordColumns
from kb.protocols.templates.marks import ASKED, CONSTANTS, EXAMPLE, GUIDANCE, LISTS, PROTOCOL, VERSION

OBLIGATIONS = {
    "Must": "without it the record is not published",
    "Should": "the record is published, and counts as less complete without it",
    "May": "fill it in where you know it",
}
"""Obligation → what it means for the person who fills in."""

LICENCE = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def about(
    protocol: Protocol, records: dict[str, RecordColumns], left_out: Mapping[str, int]
) -> list[tuple[str, str]]:
    """The rows of the sheet: a heading with nothing beside it, or a word and what is said of it.

    `records` gives the record type of each sheet, `left_out` what is published and in none of them: predicate → number.
    """
    lost = [(compact(each), f"{number:,}") for each, number in sorted(left_out.items())]
    warned = ("Published, and not in this workbook", ""), ("", "What is counted here, by property or class, has no "
              "column. A dataset that is replaced by this workbook no longer says it.")  # fmt: skip
    asked = [(word, f"{meaning[0].upper()}{meaning[1:]}.") for word, meaning in OBLIGATIONS.items()]
    sheets = [(name, _sheet(record)) for name, record in records.items()]
    return [
        (f"Template: {protocol.title}", ""),
        (PROTOCOL, protocol.id),
        (VERSION, protocol.version),
        ("Identifier", protocol.iri),
        ("What it is for", protocol.description),
        ("Licence", f"This template is under the Open Government Licence v3.0, {LICENCE}"),
        *((*warned, *lost) if lost else ()),
        ("Sheets", ""),
        *sheets,
        (CONSTANTS, "What is the same for every row, such as the currency or the reporting body: say it once here."),
        (LISTS, "The codes of the drop-down lists."),
        ("How to fill it in", ""),
        ("Rows", f"One record a row, below the example. Rows whose first cell begins with {ASKED}, {GUIDANCE} or "
                 f"{EXAMPLE} are never imported; they may stay."),
        ("Columns", "Keep the headings. Columns that you do not need may be deleted, moved or left empty."),
        ("Identifier", "Your own key for the record. Keep it from year to year: by it a later sheet is matched with "
                       "this one."),
        ("Lists", "Choose from the drop-down. Where several apply, write them divided by a semicolon. What no list "
                  "holds may be written all the same: you are asked about it after the upload."),
        ("Dates", "As 2026-04-01; where only the month or the year is known, 2026-04 or 2026."),
        ("Money and figures", "In full units, without thousands separators: 182000, not 182k."),
        ("Links", "The web address of the organisation, place or document, or its name."),
        ("Not known", "Leave the cell empty. Do not write n/a, 0 or a dash."),
        ("Personal data", "Leave out names, e-mail addresses and telephone numbers of persons."),
        ("How strictly a column is asked for", ""),
        *asked,
    ]  # fmt: skip


def _sheet(record: RecordColumns) -> str:
    must = [column.heading for column in record.columns if column.obligation == "Must"]
    words = record.record.description or f"One row for each {record.record.name.lower()}."
    return f"{words} Must: {', '.join(must)}." if must else words
