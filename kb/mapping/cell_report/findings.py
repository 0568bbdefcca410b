"""What was found, by sheet, rule and column: the one form from which all voices speak."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from openpyxl.utils.cell import get_column_letter

from kb.mapping.cell_report.completeness import Completeness
from kb.protocols.report import Result

Word = Literal["must", "should", "may", "note"]
"""must: stops publication; should: lowers completeness; may: for information; note: how something was read."""

WORDS: tuple[Word, ...] = get_args(Word)

NOWHERE = -1
"""As number of a sheet: of no sheet; as number of a row: of no row."""

Row = tuple[int, tuple[str, ...]]
"""Number of the row in the file, from 1, and its cells."""


@dataclass(frozen=True)
class Sheet:
    """A table of a file, as kb.intake.grid.Grid has it; `count` is the number of its rows below the headings."""

    file: str
    name: str
    heading_row: int
    headings: tuple[str, ...]
    positions: tuple[int, ...]
    count: int

    @property
    def title(self) -> str:
        """File and sheet, for a person."""
        return f"{self.file}, sheet “{self.name}”" if self.name else self.file


@dataclass(frozen=True)
class Rule:
    """What is asked of a field: `sentence` in the words of its shape, empty where each finding has its own.

    `field` is the heading of the protocol's column, where one holds it, else what the shape calls it.

    `form` and `example` say what the shape asks for; `shape` is empty for what mapping or reading said.
    """

    level: Word
    field: str
    sentence: str
    form: str = ""
    example: str = ""
    shape: str = ""


class Value(NamedTuple):
    """What was written, what is said of it where the rule has no sentence, and what to write instead, or nothing."""

    written: str
    sentence: str
    suggestion: str


@dataclass(frozen=True)
class Group:
    """What one rule found in one column of one sheet: finding n stands in `rows[n]` and says `values[said[n]]`.

    `rule` and `sheet` are places in the lists of the CellReport. `column` counts from 1; None: no column of the sheet
    holds the field, whose heading would be `heading`.
    """

    rule: int
    sheet: int
    column: int | None
    heading: str
    values: list[Value] = field(default_factory=list)
    rows: "array[int]" = field(default_factory=lambda: array("i"))
    said: "array[int]" = field(default_factory=lambda: array("i"))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def missing(self) -> bool:
        """Whether it speaks of nothing but empty cells."""
        return not any(value.written or value.sentence for value in self.values)


class Cell(NamedTuple):
    """Where a result of the check stands: numbers as in Group, and what the cell says."""

    sheet: int
    row: int
    column: int | None
    heading: str
    written: str


class Finding(NamedTuple):
    """One line of the list for a person."""

    rule: Rule
    sheet: Sheet | None
    row: int | None
    column: int | None
    heading: str
    value: Value

    @property
    def letter(self) -> str:
        """Of the column, `AB`; empty where none holds the field."""
        return get_column_letter(self.column) if self.column else ""

    @property
    def sentence(self) -> str:
        """What is wrong, or what is asked."""
        return self.value.sentence or self.rule.sentence


@dataclass(frozen=True)
class CellReport:
    """All that one check found.

    `groups` stand in the order in which people read them: by level, sheet and field. `located` gives each result of
    the check with its cells, those too which `groups` leave out because a problem of the same cell says it already.
    `contents` are the rows of each sheet. Both may be read from a file anew each time.
    """

    conforms: bool
    sheets: tuple[Sheet, ...]
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    located: Iterable[tuple[Result, tuple[Cell, ...]]] = field(repr=False)
    contents: Sequence[Iterable[Row]] = field(repr=False)
    completeness: tuple[Completeness, ...] = ()

    def count(self, level: Word) -> int:
        """Findings of a level."""
        return sum(len(group) for group in self.groups if self.rules[group.rule].level == level)

    def sheet(self, number: int) -> Sheet | None:
        """The sheet of a group; None where what was found is of no sheet."""
        return None if number == NOWHERE else self.sheets[number]

    def findings(self, groups: Iterable[Group] | None = None) -> Iterator[Finding]:
        """Line by line, in the order of the groups."""
        for group in self.groups if groups is None else groups:
            rule, sheet = self.rules[group.rule], self.sheet(group.sheet)
            for row, said in zip(group.rows, group.said, strict=True):
                place = None if row == NOWHERE else row
                yield Finding(rule, sheet, place, group.column, group.heading, group.values[said])
