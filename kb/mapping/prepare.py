"""The one entry: the files of a submission, of all kinds, become triples, with all that has to be said or decided.

    prepared = prepare(paths, base=…, genid=…, graph=…, settings=…, names=…, mappings=[…])
    prepared.lines       sorted, unique N-Triples lines, as kb.intake.submission.Submission has them
    prepared.problems    what is to be said of cells (a Sequence; long ones are made when asked for)
    prepared.undecided   what a person decides first: columns, and what the dataset says once
    prepared.locator     result of the check → cells
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain
from pathlib import Path
from typing import overload

from kb.config import Settings
from kb.errors import BadInput
from kb.intake.grid import Grid
from kb.intake.lengths import check_lengths
from kb.intake.lines import merged
from kb.intake.spreadsheet.limits import limits_of
from kb.intake.spreadsheet.read import read_grids
from kb.intake.submission import read_submission
from kb.mapping.earlier import Earlier
from kb.mapping.known_records import known_records, links_to
from kb.mapping.mapping import Mapping
from kb.mapping.places import Place, Problem, Spot, Thing
from kb.mapping.problems import Question
from kb.mapping.proposal import Candidate
from kb.mapping.records import Around, Records, records
from kb.mapping.sheets import SheetMapping, sheet_mapping
from kb.mapping.submitted import is_sheet
from kb.mapping.values.area import Area
from kb.mapping.values.geocoding import postcodes
from kb.mapping.values.names import Names
from kb.protocols.report import Result
from kb.protocols.templates import marks


@dataclass(frozen=True)
class Undecided:
    """What a person decides before all of a sheet is understood, in a sentence; with columns that it may be.

    `heading` is that of a column of the sheet, or with `said_once` the template's for what every row says.
    """

    file: str
    sheet: str
    heading: str
    sentence: str
    candidates: tuple[Candidate, ...] = ()
    said_once: str = ""
    """Column id of the field that the dataset says once."""


@dataclass(frozen=True)
class PreparedSheet:
    """A sheet that was read: with what mapping, and what became of it; `records` is None for one without a protocol."""

    grid: Grid
    mapped: SheetMapping
    records: Records | None


@dataclass(frozen=True)
class Prepared:
    """What the files of a submission say."""

    lines: Sequence[bytes]
    problems: Sequence[Problem]
    notes: tuple[Problem, ...]
    """What reading the files mended, or could not."""
    locator: "SheetsLocator"
    sheets: tuple[PreparedSheet, ...] = field(default=())
    undecided: tuple[Undecided, ...] = field(default=())

    @property
    def mappings(self) -> tuple[Mapping, ...]:
        """The mappings that were used, given or proposed: to be confirmed and kept."""
        return tuple(each.mapped.mapping for each in self.sheets if each.mapped.mapping)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What cells say that a person decides once, the most frequent first."""
        every = [question for each in self.sheets if each.records for question in each.records.questions]
        return tuple(sorted(every, key=lambda each: -each.rows))

    @property
    def readable(self) -> bool:
        """Whether no cell that must be read could not be."""
        return not any(problem.level == "must" for problem in self.problems)


def prepare(
    paths: Sequence[Path],
    *,
    base: str,
    genid: str,
    graph: str | None,
    settings: Settings,
    protocol: str | None = None,
    mappings: Sequence[Mapping] = (),
    names: Names | None = None,
    area: Area | None = None,
    publisher: str = "",
    place: str = "",
    earlier: Sequence[bytes] = (),
    file_names: Sequence[str] = (),
) -> Prepared:
    """What the files together say, under the publisher's base.

    RDF files, questions and tables of docs/tables.md are read as kb.intake.submission does; all else is a sheet, for
    which one of the mappings is taken or, where none is for it, what is certain of a proposal for `protocol` or for
    the likeliest one.
    `publisher` is what the publishing body is called, `place` what it serves, `area` where that lies; `earlier` are
    the lines of the dataset's latest release, with whose records these are matched; `file_names` are the files' names
    as sent, where the paths have others. Raises BadInput for what cannot be read, NotFound for an unknown protocol.
    """
    named = dict(zip(paths, file_names, strict=True)) if file_names else {path: path.name for path in paths}
    as_sheets = [path for path in paths if is_sheet(path, mappings)]
    others = [path for path in paths if path not in as_sheets]
    lines: Sequence[bytes] = []
    if others:
        lines = read_submission(
            others,
            genid=genid,
            graph=graph,
            seconds=settings.canonicalise_seconds,
            megabytes=settings.canonicalise_mb,
            base=base,
        ).lines
    mapped: list[tuple[Grid, SheetMapping]] = []
    notes: list[Problem] = []
    for path in as_sheets:
        grids = read_grids(path, limits_of(settings), named[path])
        records_in = [grid for grid in grids if not marks.is_guidance_sheet(grid)]
        notes += [_noted(grid, note.text, note.row, note.column) for grid in records_in for note in grid.notes]
        found = list(_mapped(grids, protocol, mappings, publisher, place))
        if not any(len(sheet.grid.rows) for _, sheet in found):
            raise BadInput(_nothing_in(named[path], grids))
        mapped += found
    around = Around(base, names or Names(), area, postcodes(settings.postcodes))
    sheets = tuple(_prepared(mapped, around, earlier))
    made = [each.records for each in sheets if each.records]
    for each in made:
        check_lengths(each.lines)
    return Prepared(
        lines=merged([lines, *(each.lines for each in made)]),
        problems=Together([each.problems for each in made]),
        notes=tuple(notes),
        locator=SheetsLocator(made),
        sheets=sheets,
        undecided=tuple(each for grid, sheet in mapped for each in _undecided(grid, sheet)),
    )


def _mapped(
    grids: list[Grid], protocol: str | None, mappings: Sequence[Mapping], publisher: str, place: str
) -> Iterator[tuple[Grid, SheetMapping]]:
    """Each sheet of a file that holds records, without what only explains, with its mapping."""
    template = marks.identity(grids)
    said_once = marks.constants(grids)
    for grid in grids:
        if not marks.is_guidance_sheet(grid):
            sheet = sheet_mapping(
                grid,
                protocol or (template.protocol if template else None),
                mappings,
                publisher=publisher,
                place=place,
            )
            yield sheet.grid, sheet.with_constants(said_once.get(grid.sheet, {}))


def _nothing_in(file: str, grids: Sequence[Grid]) -> str:
    """What is said of a file without a single record."""
    first = next((each for each in grids if not marks.is_guidance_sheet(each)), None)
    if first is None or marks.identity(grids):
        return f"{file}: no record is filled in; write the first below the headings, and send it again"
    headings = ", ".join(filter(None, first.headings))[:80]
    return f"{file}: there is nothing below its first line (“{headings}”); send a table with headings and records"


def _prepared(
    mapped: list[tuple[Grid, SheetMapping]], around: Around, earlier: Sequence[bytes]
) -> Iterator[PreparedSheet]:
    """The records of all sheets; those that link to records of the same submission know these by their names."""
    held = {each.class_: Earlier(earlier, each.class_) for _, sheet in mapped if earlier and (each := sheet.record)}
    made = [_records(sheet, around, held) for _, sheet in mapped]
    every = [sheet for _, sheet in mapped]
    linking = [links_to(sheet, every) for sheet in every]
    if not any(linking):
        yield from (PreparedSheet(grid, sheet, found) for (grid, sheet), found in zip(mapped, made, strict=True))
        return
    known = [each for sheet, found in zip(every, made, strict=True) for each in known_records(sheet, found)]
    among = replace(around, names=around.names.with_more(known))
    for (grid, sheet), found, links in zip(mapped, made, linking, strict=True):
        yield PreparedSheet(grid, sheet, _records(sheet, among, held) if links else found)


def _records(sheet: SheetMapping, around: Around, held: ReadOnly[str, Earlier]) -> Records | None:
    if sheet.mapping is None or sheet.record is None:
        return None
    return records(sheet.grid, sheet.mapping, sheet.record, replace(around, earlier=held.get(sheet.record.class_)))


def _undecided(grid: Grid, sheet: SheetMapping) -> Iterator[Undecided]:
    if sheet.record is None:
        text = "No protocol fits the headings of this sheet: say for which one it is (--protocol)."
        yield Undecided(grid.file, grid.sheet, "", text)
        return
    for sentence in sheet.to_decide:
        yield Undecided(grid.file, grid.sheet, "", sentence)
    for each in sheet.undecided:
        text = f"Which field is the column “{each.heading}”? For now it is left out: {each.reason}."
        if each.column:
            text = f"Is the column “{each.heading}” the field “{sheet.record.column(each.column).heading}”? "
            text += f"For now it is left out: {each.reason}."
        yield Undecided(grid.file, grid.sheet, each.heading, text, each.candidates)
    for asked in sheet.questions:
        yield Undecided(grid.file, grid.sheet, asked.heading, asked.text, said_once=asked.column)


def _noted(grid: Grid, text: str, row: int | None, column: int | None) -> Problem:
    heading = dict(zip(grid.positions, grid.headings, strict=True)).get(column or 0, "")
    return Problem(Place(grid.file, grid.sheet, row, column, heading, ""), "note", text)


class SheetsLocator:
    """The Locator (kb.mapping.places) of several sheets."""

    def __init__(self, made: Sequence[Records]) -> None:
        self._made = made

    def places(self, result: Result) -> Iterator[Place]:
        """The cells in whichever sheets hold what the result is about."""
        if len(self._made) == 1:
            return self._made[0].locator.places(result)
        return chain.from_iterable(each.locator.places(result) for each in self._made)

    def spot(self, focus: str) -> Spot | None:
        """The row, in whichever sheet holds the thing."""
        if len(self._made) == 1:
            return self._made[0].locator.spot(focus)
        holding = [number for number, each in enumerate(self._made) if each.locator.rows(focus)]
        found = self._made[holding[0]].locator.spot(focus) if len(holding) == 1 else None
        return found and found._replace(thing=(holding[0], found.thing[1]))

    def columns(self, result: Result, thing: Thing) -> tuple[int, ...]:
        """Positions of the cells in a row of its sheet."""
        return self._made[thing[0]].locator.columns(result, thing)


class Together(Sequence[Problem]):
    """The problems of several sheets, one sheet after the other; none is made before it is asked for."""

    def __init__(self, parts: Sequence[Sequence[Problem]]) -> None:
        self._parts = parts
        self._ends = list(accumulate(map(len, parts)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Problem]:
        for part in self._parts:
            yield from part

    @overload
    def __getitem__(self, at: int) -> Problem: ...
    @overload
    def __getitem__(self, at: slice) -> list[Problem]: ...
    def __getitem__(self, at: int | slice) -> Problem | list[Problem]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError(at)
        part = bisect_right(self._ends, at)
        return self._parts[part][at - (self._ends[part - 1] if part else 0)]
