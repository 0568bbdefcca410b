"""The records of which a cell that must be read could not be, and the rows of which no record could be made."""

from collections.abc import Iterator
from dataclasses import dataclass

from kb.mapping.prepare import Prepared, PreparedSheet


@dataclass(frozen=True)
class Unreadable:
    """What cannot be published as it was sent: IRIs of records, and how many rows are no record at all."""

    records: frozenset[str] = frozenset()
    rows: int = 0


NOTHING = Unreadable()


def unreadable(prepared: Prepared) -> Unreadable:
    """What has a problem of the level `must`; what is wrong with a whole sheet is wrong with all its records."""
    records: set[str] = set()
    nameless = 0
    for sheet in prepared.sheets:
        if sheet.records is None:
            continue
        wrong = {problem.place.row for problem in sheet.records.problems if problem.level == "must"}
        if None in wrong:
            records.update(sheet.records.things)
        elif wrong:
            records.update(iri for iri, rows in _rows(sheet) if rows & wrong)
        nameless += len(wrong - {None} - {row for _, rows in _rows(sheet) for row in rows}) if wrong else 0
    return Unreadable(frozenset(records), nameless)


def _rows(sheet: PreparedSheet) -> Iterator[tuple[str, set[int | None]]]:
    """Each record, with the numbers of its rows."""
    assert sheet.records is not None
    for iri, positions in sheet.records.things.items():
        yield iri, {sheet.grid.rows[position][0] for position in positions}
