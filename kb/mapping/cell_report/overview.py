"""The report as a person reads it first: what each rule found, told in a few lines however many rows it is."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from openpyxl.utils.cell import get_column_letter

from kb.mapping.cell_report import completeness
from kb.mapping.cell_report.completeness import Completeness
from kb.mapping.cell_report.findings import NOWHERE, WORDS, CellReport, Group, Sheet, Word
from kb.mapping.cell_report.rows import in_words
from kb.namespaces import expand

SHOWN: dict[Word, int] = {"must": 100, "should": 5, "may": 5, "note": 5}
"""Different values of a group that are told one by one; all are in the workbook and in the JSON."""

ELSEWHERE = "what the dataset says once, or of records that the files sent do not hold"
"""Where a finding stands that is of no sheet."""

DATASET = expand("wws:DatasetShape")
"""How the names of the shapes begin that speak of the dataset itself (protocol dp-10)."""


@dataclass(frozen=True)
class Said:
    """The same value in the same column: where, and what to write instead."""

    written: str
    sentence: str
    suggestion: str
    count: int
    rows: str


@dataclass(frozen=True)
class Told:
    """One group: `count` findings in `rows`; the values told one by one, those that stand in most rows first.

    `sheet` is a place in the list of sheets, -1 for none; `letter` is empty where no column holds the field.
    `missing`: all are empty cells. `whole`: in every row of the sheet. `more` values are not told.
    """

    level: Word
    field: str
    heading: str
    sheet: int
    letter: str
    sentence: str
    example: str
    shape: str
    count: int
    rows: str
    missing: bool
    whole: bool
    values: tuple[Said, ...]
    more: int

    @property
    def shown(self) -> bool:
        """Whether the values say more than the group does."""
        return not self.missing or any(value.sentence for value in self.values)

    @property
    def of_dataset(self) -> bool:
        """Whether it is said once, of the dataset itself."""
        return self.sheet == NOWHERE and self.shape.startswith(DATASET)

    @property
    def where(self) -> str:
        """In how many rows, and which: `612 rows have no value: rows 2–613.`"""
        if self.of_dataset:
            return "The dataset has no value." if self.missing and not self.shown else ""
        if not self.rows:
            return "" if self.sheet != NOWHERE else f"{self.count:,} of {ELSEWHERE}."
        if self.count == 1:
            return f"{self.rows} has no value." if self.missing and not self.shown else f"{self.rows}."
        counted = f"all {self.count:,} rows" if self.whole else f"{self.count:,} rows"
        have = " have no value" if self.missing and not self.shown else ""
        return f"{counted}{have}: {self.rows.removeprefix('rows ')}."

    @property
    def suggestion(self) -> str:
        """Of a group without values to show."""
        return self.values[0].suggestion if self.values else ""


@dataclass(frozen=True)
class Overview:
    """What pages need of a CellReport; small, however many rows were sent."""

    conforms: bool
    counts: dict[Word, int]
    sheets: tuple[Sheet, ...]
    told: tuple[Told, ...]
    fields: tuple[Completeness, ...]

    @property
    def completeness(self) -> float | None:
        """The one figure, from 0 to 1, by completeness.RULE."""
        return completeness.share(self.fields)

    def level(self, level: Word) -> list[Told]:
        """What was found of a level."""
        return [each for each in self.told if each.level == level]

    def by_field(self, level: Word) -> Iterator[tuple[str, list[Told]]]:
        """What was found of a level, field by field."""
        found: dict[tuple[int, str], list[Told]] = defaultdict(list)
        for each in self.level(level):
            found[each.sheet, each.field].append(each)
        for (_, field), told in found.items():
            yield field, told


def overview(report: CellReport) -> Overview:
    """What a person reads first."""
    return Overview(
        conforms=report.conforms,
        counts={word: report.count(word) for word in WORDS},
        sheets=report.sheets,
        told=tuple(_told(report, group) for group in report.groups),
        fields=report.completeness,
    )


def _told(report: CellReport, group: Group) -> Told:
    rule, sheet = report.rules[group.rule], report.sheet(group.sheet)
    standing = sorted(zip(group.said, group.rows, strict=True))
    values = [
        Said(**group.values[said]._asdict(), count=len(rows), rows=in_words(rows, 4))
        for said, rows in ((said, [row for _, row in found]) for said, found in groupby(standing, key=lambda at: at[0]))
    ]
    shown = SHOWN[rule.level]
    if len(values) > shown:
        values.sort(key=lambda value: -value.count)
    return Told(
        level=rule.level,
        field=rule.field,
        heading=group.heading,
        sheet=group.sheet,
        letter=get_column_letter(group.column) if group.column else "",
        sentence=rule.sentence,
        example=rule.example,
        shape=rule.shape,
        count=len(group),
        rows=in_words(group.rows),
        missing=group.missing,
        whole=sheet is not None and 0 < sheet.count == len(set(group.rows)),
        values=tuple(values[:shown]),
        more=max(0, len(values) - shown),
    )
