"""Joins a Report with the places of its results and with what mapping and reading said, into a CellReport."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from kb.intake.grid import Grid
from kb.mapping.cell_report import completeness
from kb.mapping.cell_report.asked import Asked, asked, asked_in, perhaps
from kb.mapping.cell_report.completeness import Completeness
from kb.mapping.cell_report.findings import NOWHERE, WORDS, Cell, CellReport, Group, Rule, Sheet, Value, Word
from kb.mapping.cell_report.located import Located
from kb.mapping.cell_report.standing import Source, Standing
from kb.mapping.places import Locator, Place, Problem, Spot, Thing
from kb.namespaces import compact, expand
from kb.protocols.columns import Column
from kb.protocols.report import Report, Result, Severity
from kb.protocols.results import Results, as_numbers

__all__ = ["Source", "cell_report"]

LEVELS: dict[Severity, Word] = {Severity.VIOLATION: "must", Severity.WARNING: "should", Severity.INFO: "may"}

SPARQL = expand("sh:SPARQLConstraintComponent")
"""A rule of its own, which may forbid what the field otherwise asks for: only its sentence can say what to write."""


def cell_report(
    report: Report, locator: Locator, problems: Iterable[Problem] = (), sources: Sequence[Source] = ()
) -> CellReport:
    """All that was found, at its cells.

    A result that asks for a value in a cell that could not be read is left out of the groups: the problem of that cell
    says it better. So is one that misses what the cell holds and the protocol keeps from the public: a note says that.
    `conforms` is false where a problem is a must, as where a result is a Violation.
    """
    results = as_numbers(report.results)
    found = _Found(sources, report, results, locator)
    for problem in problems:
        found.problem(problem)
    for focus, kinds in results.runs():
        found.run(focus, kinds)
    for source in sources:
        found.notes(source.grid)
    groups = found.in_order()
    rules = tuple(found.rules)
    return CellReport(
        conforms=report.conforms and not found.unreadable,
        sheets=tuple(found.sheets),
        rules=rules,
        groups=groups,
        located=found.located,
        contents=[source.grid.rows for source in sources],
        completeness=tuple(_completeness(sources, rules, groups)),
    )


_SETTLED = 10_000
"""Different cells of one kind of result of which it is kept what is said: a register's own texts are without number."""


@dataclass(frozen=True, eq=False)
class _Kind:
    """What all results of one kind have in common: the same is said of each, of the same field."""

    name: str
    ask: Asked | None
    level: Word
    sentence: str
    suggests: bool
    numbers: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    """Sheet and id of the column → number of the rule there, and its field."""
    missing: dict[tuple[Thing, tuple[str, ...]], "_Missing"] = field(default_factory=dict)
    """Kind of thing and what its cells say → what is said there of a row that lacks a value."""


Added = tuple["array[int]", int]
"""The findings of a group, and the number there of what is said."""


class _Missing(NamedTuple):
    """What is said where a value is missing, which is the same in all rows whose cells say the same."""

    told: list[tuple[Cell, Column | None]]
    pattern: int
    """Of those cells, for Located."""
    added: list[Added | None]
    """Of each what is added; None where none has been added yet."""


class _Run(NamedTuple):
    """What is said of a thing all of whose results miss something in cells that are empty: the same in all rows."""

    added: list[Added]
    pattern: int


@dataclass
class _Found:
    """What has been found so far; groups keep row and value of a finding in one number, so that they sort quickly."""

    sources: Sequence[Source]
    report: Report
    results: Results
    locator: Locator
    located: Located = field(init=False)
    sheets: list[Sheet] = field(default_factory=list)
    rules: dict[Rule, int] = field(default_factory=dict)
    groups: dict[tuple[int, int, int | None, str], tuple[dict[Value, int], "array[int]"]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    unread: set[tuple[int, int, int]] = field(default_factory=set)
    """Sheet, row and column of the cells of which mapping has said something."""
    unread_rows: set[int] = field(default_factory=set)
    """Rows of any sheet with such a cell."""
    suggestions: dict[tuple[str, str, str], str] = field(default_factory=dict)
    kinds: dict[tuple[str, str | None, Severity, str, str, bool], _Kind] = field(default_factory=dict)
    positions: dict[tuple[tuple[int, ...], Thing], tuple[int, ...]] = field(default_factory=dict)
    """Kinds of results without a value, and of the thing that has them → the cells that they miss."""
    runs: dict[tuple[tuple[int, ...], Thing], _Run] = field(default_factory=dict)
    """Of the same what is said where these cells are empty."""
    standing: list[Standing] = field(default_factory=list)
    unreadable: bool = False
    """Whether a problem is a must."""

    def __post_init__(self) -> None:
        self.located = Located(self.results)
        for source in self.sources:
            grid = source.grid
            sheet = Sheet(grid.file, grid.sheet, grid.heading_row, grid.headings, grid.positions, len(grid.rows))
            self._number(grid.file, grid.sheet, sheet)
            self.standing.append(Standing(source))

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
        if len(cells) == 1:
            return (cells[0],)
        return tuple(dict.fromkeys(cells)) or (Cell(NOWHERE, NOWHERE, None, "", ""),)

    def _add(self, rule: Rule, cell: Cell, value: Value) -> None:
        self._add_to(self.rules.setdefault(rule, len(self.rules)), rule.field, cell, value)

    def _add_to(self, rule: int, name: str, cell: Cell, value: Value) -> Added:
        key = (rule, cell.sheet, cell.column, cell.heading or name)
        values, findings = self.groups.setdefault(key, ({}, array("q")))
        number = values.setdefault(value, len(values))
        findings.append((cell.row + 1) << 32 | number)
        return findings, number

    def _column(self, sheet: int, position: int | None) -> Column | None:
        """The column of the protocol that a column of a sheet holds."""
        return self.standing[sheet].columns.get(position or 0) if 0 <= sheet < len(self.standing) else None

    def _field(self, sheet: int, column: Column | None) -> str:
        """What the field of a column of the protocol is called; empty where there is none."""
        return self.standing[sheet].field(column) if column else ""

    def problem(self, problem: Problem) -> None:
        """What mapping says of a cell."""
        (cell,) = self.cells([problem.place])
        meant = problem.suggestion.split("; ") if problem.suggestion else []
        value = Value(cell.written, problem.sentence, perhaps(meant) if meant else "")
        column = self._column(cell.sheet, cell.column)
        self._add(Rule(problem.level, self._field(cell.sheet, column) or cell.heading, ""), cell, value)
        self.unreadable = self.unreadable or problem.level == "must"
        if problem.level != "note" and cell.column is not None:
            self.unread.add((cell.sheet, cell.row, cell.column))
            self.unread_rows.add(cell.row)

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

    def at(self, result: Result, name: str, places: Iterable[Place]) -> list[tuple[Cell, Column | None]]:
        """The cells at which a result is told, each with the column of the protocol that it holds."""
        cells = self.cells(places)
        if len(cells) == 1 and 0 <= cells[0].sheet < len(self.standing):
            return self.standing[cells[0].sheet].cells(result, name, cells)
        told: list[tuple[Cell, Column | None]] = []
        for number, of_sheet in groupby(cells, key=lambda cell: cell.sheet):
            if 0 <= number < len(self.standing):
                told += self.standing[number].cells(result, name, list(of_sheet))
            else:
                told += [(cell, None) for cell in of_sheet]
        return told

    def _kind(self, result: Result) -> _Kind:
        key = (result.shape, result.path, result.severity, result.component, result.message, result.value is None)
        if found := self.kinds.get(key):
            return found
        ask = asked(result.shape)
        name = ask.name if ask else self.report.fields.get(result.shape) or compact(result.path or result.shape)
        sentence = result.message or f"{name} is not as the protocol asks."
        forbids = result.value is not None and result.component == SPARQL
        self.kinds[key] = _Kind(name, ask, LEVELS[result.severity], sentence, not forbids)
        return self.kinds[key]

    def _rule(self, kind: _Kind, shape: str, sheet: int, column: Column | None) -> tuple[int, str]:
        key = sheet, column.id if column else ""
        if key not in kind.numbers:
            name = self._field(sheet, column) or kind.name
            form, example = (kind.ask.form, kind.ask.example) if kind.ask else ("", "")
            rule = Rule(kind.level, name, kind.sentence, form, example, shape)
            kind.numbers[key] = self.rules.setdefault(rule, len(self.rules)), name
        return kind.numbers[key]

    def run(self, focus: str, numbers: tuple[int, ...]) -> None:
        """What the check says of one thing. Of a hundred thousand it is mostly the same, and settled once."""
        spot = self.locator.spot(focus)
        alike = (numbers, spot.thing) if spot and self._in_empty_cells(numbers, spot) else None
        # Where each row lacks something else, there is nothing to settle.
        if alike and len(self.runs) >= _SETTLED and alike not in self.runs:
            alike = None
        if spot and alike and (known := self.runs.get(alike)):
            for findings, said in known.added:
                findings.append((spot.row + 1) << 32 | said)
            self.located.add(known.pattern, spot.row)
            return
        missing = [self._result(self.results.kind(number)._replace(focus=focus), spot) for number in numbers]
        if spot and alike:
            added = [each for one in missing if one for each in one.added if each]
            told = [[cell._replace(row=spot.row) for cell, _ in one.told] for one in missing if one]
            self.runs[alike] = _Run(added, self.located.pattern(told))

    def _in_empty_cells(self, numbers: tuple[int, ...], spot: Spot) -> bool:
        """Whether all these results miss something in empty cells, and mapping has said nothing of the row."""
        key = numbers, spot.thing
        if key not in self.positions:
            results = [self.results.kind(number) for number in numbers]
            if any(each.value is not None for each in results):
                return False
            if len(self.positions) >= _SETTLED:
                return False
            self.positions[key] = tuple({at for each in results for at in self.locator.columns(each, spot.thing)})
        if spot.row in self.unread_rows:
            return False
        return not "".join([spot.cells[at] for at in self.positions[key]])

    def _result(self, result: Result, spot: Spot | None) -> _Missing | None:
        """What the check says of some cells; gives it back where something is missing in one row."""
        kind = self._kind(result)
        if result.value is None and spot:
            return self._missing(kind, result, spot)
        told = self.at(result, kind.name, self.locator.places(result))
        self._locate(told)
        for cell, column in told:
            self._tell(kind, result, cell, column)
        return None

    def _locate(self, told: Sequence[tuple[Cell, Column | None]]) -> int:
        cells = [cell for cell, _ in told]
        pattern = self.located.pattern([cells])
        self.located.add(pattern, cells[0].row if cells else 0)
        return pattern

    def _missing(self, kind: _Kind, result: Result, spot: Spot) -> _Missing:
        """What the check misses in a row."""
        row = spot.row
        alike = spot.thing, tuple([spot.cells[at] for at in self.locator.columns(result, spot.thing)])
        known = kind.missing.get(alike)
        if known is None:
            told = self.at(result, kind.name, self.locator.places(result))
            known = _Missing(told, self._locate(told), [None] * len(told))
            if len(kind.missing) < _SETTLED:
                kind.missing[alike] = known
        else:
            self.located.add(known.pattern, row)
        for number, added in enumerate(known.added):
            cell, column = known.told[number]
            if added is None:
                known.added[number] = self._tell(kind, result, cell._replace(row=row), column)
            elif not self.unread or (cell.sheet, row, cell.column) not in self.unread:
                added[0].append((row + 1) << 32 | added[1])
        return known

    def _tell(self, kind: _Kind, result: Result, cell: Cell, column: Column | None) -> Added | None:
        """Adds what is said of one cell; None where something else says it better."""
        if result.value is None and cell.column and (cell.sheet, cell.row, cell.column) in self.unread:
            return None
        if result.value is None and kind.level != "must" and column and self._kept_back(cell, column):
            return None
        suggestion = self._suggestion(kind.ask, column, cell.written) if kind.suggests else ""
        rule, name = self._rule(kind, result.shape, cell.sheet, column)
        return self._add_to(rule, name, cell, Value(cell.written, "", suggestion))

    def _kept_back(self, cell: Cell, column: Column) -> bool:
        return self.standing[cell.sheet].kept_back(column, cell.written)

    def _suggestion(self, ask: Asked | None, column: Column | None, written: str) -> str:
        """What to write into a cell: what its column holds, else what the shape asks for."""
        key = (column.id if column else "", ask.name if ask else "", written)
        if key not in self.suggestions:
            wanted = asked_in(column) if column else ask
            self.suggestions[key] = wanted.suggestion(written) if wanted else ""
        return self.suggestions[key]

    def in_order(self) -> tuple[Group, ...]:
        """The groups by level, sheet, and the order of the fields in the protocol, else of the columns."""
        rules = list(self.rules)
        orders = [
            {column.heading: place for place, column in enumerate(source.columns.columns)} if source.columns else {}
            for source in self.sources
        ]

        def standing(key: tuple[int, int, int | None, str]) -> tuple[int, int, int, int, str, str]:
            rule, sheet, column, heading = rules[key[0]], *key[1:]
            order = orders[sheet] if 0 <= sheet < len(orders) else {}
            place = order.get(rule.field, len(order))
            return WORDS.index(rule.level), sheet, place, column or 0, heading, rule.sentence

        return tuple(_group(key, *self.groups[key]) for key in sorted(self.groups, key=standing))


def _group(key: tuple[int, int, int | None, str], values: dict[Value, int], findings: "array[int]") -> Group:
    group = Group(*key, values=list(values))
    for each in sorted(set(findings)):
        group.rows.append((each >> 32) - 1)
        group.said.append(each & 0xFFFFFFFF)
    return group


def _completeness(
    sources: Sequence[Source], rules: Sequence[Rule], groups: Iterable[Group]
) -> Iterator[Completeness]:
    faulty: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for group in groups:
        rule = rules[group.rule]
        if rule.level in ("must", "should"):
            faulty[group.sheet][rule.field].update(group.rows)
    for number, source in enumerate(sources):
        if source.mapping and source.columns:
            yield from completeness.of_sheet(number, source.grid, source.mapping, source.columns, faulty[number])
