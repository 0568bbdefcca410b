"""Joins a Report with the places of its results and with what mapping and reading said, into a CellReport."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.intake.grid import Grid
from kb.mapping.cell_report import completeness
from kb.mapping.cell_report.asked import Asked, asked, asked_in, perhaps
from kb.mapping.cell_report.completeness import Completeness
from kb.mapping.cell_report.findings import NOWHERE, WORDS, Cell, CellReport, Group, Rule, Sheet, Value, Word
from kb.mapping.mapping import Mapping
from kb.mapping.places import Locator, Place, Problem
from kb.namespaces import compact, expand
from kb.protocols.columns import RecordColumns
from kb.protocols.report import Report, Result, Severity

LEVELS: dict[Severity, Word] = {Severity.VIOLATION: "must", Severity.WARNING: "should", Severity.INFO: "may"}

SPARQL = expand("sh:SPARQLConstraintComponent")
"""A rule of its own, which may forbid what the field otherwise asks for: only its sentence can say what to write."""


@dataclass(frozen=True)
class Source:
    """A sheet that was sent and how it was read; completeness is reckoned only where mapping and columns are given."""

    grid: Grid
    mapping: Mapping | None = None
    columns: RecordColumns | None = None


def cell_report(
    report: Report, locator: Locator, problems: Iterable[Problem] = (), sources: Sequence[Source] = ()
) -> CellReport:
    """All that was found, at its cells.

    A result that asks for a value in a cell that could not be read is left out of the groups: the problem of that cell
    says it better. `conforms` is false where a problem is a must, as where a result is a Violation.
    """
    found = _Found(sources)
    problems = list(problems)
    for problem in problems:
        found.problem(problem)
    for result in report.results:
        found.result(result, found.cells(locator.places(result)), report)
    for source in sources:
        found.notes(source.grid)
    groups = found.in_order()
    rules = tuple(found.rules)
    return CellReport(
        conforms=report.conforms and not any(problem.level == "must" for problem in problems),
        sheets=tuple(found.sheets),
        rules=rules,
        groups=groups,
        located=_Located(report, locator, found),
        contents=[source.grid.rows for source in sources],
        completeness=tuple(_completeness(sources, rules, groups)),
    )


@dataclass
class _Found:
    """What has been found so far; groups keep row and value of a finding in one number, so that they sort quickly."""

    sources: Sequence[Source]
    sheets: list[Sheet] = field(default_factory=list)
    rules: dict[Rule, int] = field(default_factory=dict)
    groups: dict[tuple[int, int, int | None, str], "tuple[dict[Value, int], array[int]]"] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    unread: set[tuple[int, int, int]] = field(default_factory=set)
    """Sheet, row and column of the cells of which mapping has said something."""
    asked: dict[tuple[int, str], Asked | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for source in self.sources:
            grid = source.grid
            sheet = Sheet(grid.file, grid.sheet, grid.heading_row, grid.headings, grid.positions, len(grid.rows))
            self._number(grid.file, grid.sheet, sheet)

    def _number(self, file: str, name: str, sheet: Sheet | None = None) -> int:
        number = self.numbers.setdefault((file, name), len(self.sheets))
        if number == len(self.sheets):
            self.sheets.append(sheet or Sheet(file, name, 0, (), (), 0))
        return number

    def cells(self, places: Iterable[Place]) -> tuple[Cell, ...]:
        """The places, each once; one that is nowhere, if there is none."""
        cells = [
            Cell(self._number(each.file, each.sheet), each.row or NOWHERE, each.column, each.heading, each.written)
            for each in places
        ]
        return tuple(dict.fromkeys(cells)) or (Cell(NOWHERE, NOWHERE, None, "", ""),)

    def _add(self, rule: Rule, cell: Cell, value: Value) -> None:
        number = self.rules.setdefault(rule, len(self.rules))
        key = (number, cell.sheet, cell.column, cell.heading or rule.field)
        values, findings = self.groups.setdefault(key, ({}, array("q")))
        findings.append((cell.row + 1) << 32 | values.setdefault(value, len(values)))

    def problem(self, problem: Problem) -> None:
        """What mapping says of a cell."""
        (cell,) = self.cells([problem.place])
        meant = problem.suggestion.split("; ") if problem.suggestion else []
        value = Value(cell.written, problem.sentence, perhaps(meant) if meant else "")
        self._add(Rule(problem.level, cell.heading, ""), cell, value)
        if problem.level != "note" and cell.column is not None:
            self.unread.add((cell.sheet, cell.row, cell.column))

    def notes(self, grid: Grid) -> None:
        """What reading says of a sheet."""
        headings = dict(zip(grid.positions, grid.headings, strict=True))
        sheet = self.numbers[grid.file, grid.sheet]
        for note in grid.notes:
            heading = headings.get(note.column or 0, "")
            self._add(
                Rule("note", heading, ""),
                Cell(sheet, note.row or NOWHERE, note.column, heading, ""),
                Value("", note.text, ""),
            )

    def result(self, result: Result, cells: Iterable[Cell], report: Report) -> None:
        """What the check says of some cells."""
        ask = asked(result.shape)
        name = ask.name if ask else report.fields.get(result.shape) or compact(result.path or result.shape)
        form, example = (ask.form, ask.example) if ask else ("", "")
        forbids = result.value is not None and result.component == SPARQL
        sentence = result.message or f"{name} is not as the protocol asks."
        rule = Rule(LEVELS[result.severity], name, sentence, form, example, result.shape)
        for cell in cells:
            if result.value is None and cell.column and (cell.sheet, cell.row, cell.column) in self.unread:
                continue
            here = self._asked(cell.sheet, name) or self._asked(cell.sheet, cell.heading) or ask
            suggestion = "" if forbids or here is None else here.suggestion(cell.written)
            self._add(rule, cell, Value(cell.written, "", suggestion))

    def _asked(self, sheet: int, heading: str) -> Asked | None:
        """What belongs into a column with this heading."""
        if (sheet, heading) not in self.asked:
            columns = self.sources[sheet].columns if 0 <= sheet < len(self.sources) else None
            column = columns.headed(heading) if columns else None
            self.asked[sheet, heading] = asked_in(column) if column else None
        return self.asked[sheet, heading]

    def in_order(self) -> tuple[Group, ...]:
        """The groups by level, sheet, and the order of the fields in the protocol, else of the columns."""
        rules = list(self.rules)
        orders = [
            {column.heading: place for place, column in enumerate(source.columns.columns)} if source.columns else {}
            for source in self.sources
        ]

        def place(key: tuple[int, int, int | None, str]) -> tuple[int, int, int, int, str, str]:
            rule, sheet, column, heading = rules[key[0]], *key[1:]
            order = orders[sheet] if 0 <= sheet < len(orders) else {}
            standing = order.get(heading, order.get(rule.field, len(order)))
            return WORDS.index(rule.level), sheet, standing, column or 0, heading, rule.sentence

        return tuple(_group(key, *self.groups[key]) for key in sorted(self.groups, key=place))


def _group(key: tuple[int, int, int | None, str], values: dict[Value, int], findings: "array[int]") -> Group:
    group = Group(*key, values=list(values))
    for each in sorted(set(findings)):
        group.rows.append((each >> 32) - 1)
        group.said.append(each & 0xFFFFFFFF)
    return group


@dataclass(frozen=True)
class _Located:
    """Each result with its cells; asks the locator anew each time, since a list of them all would be large."""

    report: Report
    locator: Locator
    found: _Found

    def __iter__(self) -> Iterator[tuple[Result, tuple[Cell, ...]]]:
        for result in self.report.results:
            yield result, self.found.cells(self.locator.places(result))


def _completeness(
    sources: Sequence[Source], rules: Sequence[Rule], groups: Iterable[Group]
) -> Iterator[Completeness]:
    faulty: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for group in groups:
        rule = rules[group.rule]
        if rule.level in ("must", "should"):
            faulty[group.sheet][rule.field].update(group.rows)
            faulty[group.sheet][group.heading].update(group.rows)
    for number, source in enumerate(sources):
        if source.mapping and source.columns:
            yield from completeness.of_sheet(number, source.grid, source.mapping, source.columns, faulty[number])
