"""The manager's voice: what was found by rule and by field, how complete each field is, and how that has changed."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from typing import Any

from kb.formula import safe
from kb.mapping.cell_report.completeness import RULE
from kb.mapping.cell_report.findings import Sheet, Word
from kb.mapping.cell_report.overview import Overview

COLUMNS = ("sheet", "field", "obligation", "rows", "filled", "sound", "must", "should", "may")

UNREAD = "The value could not be read as it is written."
"""For what mapping says of single cells: a summary quotes none, since it may be shown to others."""


@dataclass(frozen=True)
class FieldCount:
    """One field of one sheet. `rows`, `filled` and `sound` are None where how the sheet was read is not known.

    `filled`: rows with a value; `sound`: rows with a value that nothing is said against, or that need none.
    """

    sheet: str
    field: str
    obligation: str
    rows: int | None
    filled: int | None
    sound: int | None
    must: int
    should: int
    may: int

    @property
    def share(self) -> float | None:
        """Of the rows, those that are sound, from 0 to 1."""
        return self.sound / self.rows if self.rows and self.sound is not None else None


@dataclass(frozen=True)
class RuleCount:
    """One rule: findings of it in one sheet."""

    level: Word
    sheet: str
    field: str
    sentence: str
    count: int


@dataclass(frozen=True)
class Point:
    """One submission or release in the trend of its dataset: `label` names it, `when` is its time, ISO 8601."""

    label: str
    when: str
    conforms: bool
    completeness: float | None
    must: int
    should: int


@dataclass(frozen=True)
class Summary:
    """What a manager reads; trend from the oldest to the newest."""

    conforms: bool
    completeness: float | None
    counts: dict[Word, int]
    fields: tuple[FieldCount, ...]
    rules: tuple[RuleCount, ...]
    trend: tuple[Point, ...] = ()

    def json(self) -> dict[str, Any]:
        """The summary as JSON values."""
        return asdict(self) | {"completeness_rule": RULE}

    def csv(self) -> str:
        """The fields as a table, RFC 4180; text that a spreadsheet might take for a formula begins with `'`."""
        out = StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for each in self.fields:
            values = [getattr(each, name) for name in COLUMNS]
            writer.writerow([safe(value) if isinstance(value, str) else value for value in values])
        return out.getvalue()


def point(found: Overview, label: str, when: str) -> Point:
    """What the trend keeps of one submission."""
    return Point(label, when, found.conforms, found.completeness, found.counts["must"], found.counts["should"])


def summary(found: Overview, trend: Iterable[Point] = ()) -> Summary:
    """Counts and completeness of one check, with those before it."""
    return Summary(
        conforms=found.conforms,
        completeness=found.completeness,
        counts=found.counts,
        fields=tuple(_fields(found)),
        rules=tuple(_rules(found)),
        trend=tuple(trend),
    )


def _fields(found: Overview) -> Iterable[FieldCount]:
    counts: dict[tuple[int, str], dict[Word, int]] = {}
    for told in found.told:
        if told.level != "note":
            of_field = counts.setdefault((told.sheet, told.field), {})
            of_field[told.level] = of_field.get(told.level, 0) + told.count
    for each in found.fields:
        said = counts.pop((each.sheet, each.field), {})
        yield FieldCount(
            _name(found.sheets, each.sheet), each.field, each.obligation, each.rows, each.filled, each.sound,
            *_levels(said),
        )  # fmt: skip
    for (sheet, field), said in counts.items():
        yield FieldCount(_name(found.sheets, sheet), field, "", None, None, None, *_levels(said))


def _levels(said: dict[Word, int]) -> tuple[int, int, int]:
    return said.get("must", 0), said.get("should", 0), said.get("may", 0)


def _rules(found: Overview) -> Iterable[RuleCount]:
    for told in found.told:
        if told.level != "note":
            sentence = told.sentence or UNREAD
            yield RuleCount(told.level, _name(found.sheets, told.sheet), told.field, sentence, told.count)


def _name(sheets: Sequence[Sheet], number: int) -> str:
    return (sheets[number].name or sheets[number].file) if 0 <= number < len(sheets) else ""
