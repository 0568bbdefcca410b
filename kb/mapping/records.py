"""A grid and its mapping become records: N-Triples, problems with their cells, and the way back from triple to cell.

    made = records(grid, mapping, about, Around(base, names, area, postcodes, earlier))
    made.lines       sorted, unique N-Triples lines, as kb.intake.submission.Submission has them
    made.problems    a Sequence[Problem]; each is made when asked for, so that there may be many
    made.questions   what a person has to decide, once for each text (kb.mapping.problems.Question)
    made.locator     a Locator (kb.mapping.places): result of the check → cells
    made.things      IRI of each record → positions of its rows in grid.rows
    made.matching    what of an earlier release was found again (kb.mapping.earlier.Matching)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kb import namespaces
from kb.intake.grid import Grid
from kb.intake.lines import Sorting, merged
from kb.mapping.earlier import Earlier, Matching
from kb.mapping.identities import Clues, Identity, digest, identities
from kb.mapping.locator import SheetLocator
from kb.mapping.mapping import Mapping
from kb.mapping.new_things import linked, new_things
from kb.mapping.places import Level
from kb.mapping.plan import Plan, Planned, plan
from kb.mapping.problems import Problems, Question
from kb.mapping.row import RowReader, Tell, Values
from kb.mapping.shared_uprns import shared_uprns
from kb.mapping.triples import IDENTIFIER, NAME, TITLE, triples
from kb.mapping.values.area import Area
from kb.mapping.values.geocoding import Postcodes
from kb.mapping.values.labels import plain
from kb.mapping.values.names import Names
from kb.mapping.values.reader import POSTCODE, UPRN
from kb.mapping.values.said import Remark
from kb.mapping.withholding import Withholding
from kb.namespaces import expand
from kb.protocols.columns import Column, RecordColumns

_NAMELESS = Remark("unread", "The row has no identifier, no UPRN and no name: nothing tells what it is about.")
_LIKE_ANOTHER = Remark("note", "Another identifier differs from this in case or signs only: both were kept.")
_TOWN = expand("locn:postName")


@dataclass(frozen=True)
class Around:
    """What a sheet is read against: the publisher's base, known names, where its things should lie, postcodes, and
    what the dataset held before."""

    base: str
    names: Names = field(default_factory=Names)
    area: Area | None = None
    postcodes: Postcodes | None = None
    earlier: Earlier | None = None


@dataclass(frozen=True)
class Records:
    """What was made of a sheet."""

    lines: Sequence[bytes]
    problems: Problems
    questions: list[Question]
    locator: SheetLocator
    things: dict[str, tuple[int, ...]]
    matching: Matching


def records(grid: Grid, mapping: Mapping, about: RecordColumns, around: Around) -> Records:
    """The records of a grid. Nothing is raised for what a cell says: that becomes a problem."""
    fresh = new_things(mapping, about, around.base, around.names)
    if not fresh:
        return _Making(grid, plan(grid, mapping, about, around.names), mapping.protocol, around).made()
    around = replace(around, names=around.names.with_more(each.known() for each in fresh))
    made = _Making(grid, plan(grid, mapping, about, around.names), mapping.protocol, around).made()
    lines = [line for each in linked(fresh, made.lines) for line in each.lines()]
    return replace(made, lines=merged([made.lines, sorted(set(lines))]))


class _Making:
    """One run over a grid."""

    def __init__(self, grid: Grid, ready: Plan, protocol: str, around: Around) -> None:
        self.grid, self.plan, self.around = grid, ready, around
        self.problems = Problems(grid)
        self._reader = RowReader(ready, grid.rows, around.area, around.postcodes)
        self._withholding = Withholding(ready, protocol)
        self._named = any(each.path in (NAME, TITLE) and not each.leading for each in ready.about.columns)
        self._remarks: dict[str, Remark] = {}

    def made(self) -> Records:
        """All rows, those of one record together."""
        self._constants()
        clues = [self._clues(cells) for _, cells in self.grid.rows]
        grouped: dict[str, list[int]] = {}
        known: dict[str, Identity] = {}
        for row, identity in enumerate(identities(clues, named=self._named)):
            if identity is None:
                self.problems.add(row, -1, self.plan.about.key, "must", _NAMELESS)
            else:
                if identity.clashes:
                    position = key.cells[0] if (key := self.plan.of(IDENTIFIER)) and key.cells else -1
                    self.problems.add(row, position, self.plan.about.key, "note", _LIKE_ANOTHER)
                known[identity.slug] = identity
                grouped.setdefault(identity.slug, []).append(row)
        matching = Matching()
        if self.around.earlier:
            matching = self.around.earlier.matching({self._iri(slug): clues[rows[0]] for slug, rows in grouped.items()})
        self._tell_shared_uprns(grouped)
        del clues
        sorting = Sorting()
        things: dict[str, tuple[int, ...]] = {}
        for slug, rows in grouped.items():
            minted = self._iri(slug)
            iri = matching.kept.get(minted, minted)
            things[iri] = tuple(rows)
            said = self._said(rows)
            sorting.add("\n".join(triples(self.plan, iri, known[slug], said)).encode().split(b"\n"))
        lines = sorting.lines()
        locator = SheetLocator(self.grid, self.plan, things)
        return Records(lines, self.problems, list(self.problems.questions()), locator, things, matching)

    def _tell_shared_uprns(self, grouped: dict[str, list[int]]) -> None:
        planned = self.plan.of(UPRN)
        if planned is None or not planned.cells:
            return
        numbers, uprns = [], []
        for number, cells in self.grid.rows:
            numbers.append(number)
            uprns.append(self._first(planned, cells))
        for row, remark in shared_uprns(uprns, numbers, grouped):
            self.problems.add(row, planned.cells[0], planned.column, "note", self._kept(remark.sentence, "note"))

    def _iri(self, slug: str) -> str:
        return namespaces.thing(self.around.base, self.plan.kind, slug)

    def _constants(self) -> None:
        """What could not be read of what the mapping says of every row."""
        for planned in self.plan.planned:
            remark = planned.constant.remark
            if remark and remark.kind != "note":
                level: Level = "must" if planned.column.obligation == "Must" else "should"
                self.problems.of_sheet(planned.column, planned.written_constant, level, remark)

    def _clues(self, cells: Sequence[str]) -> Clues:
        key = self.plan.of(IDENTIFIER)
        name = self._first(self.plan.of(NAME), cells) or self._first(self.plan.of(TITLE), cells)
        withheld = self._withholding.cell(cells) is not None
        postcode = self._first(self.plan.anywhere(POSTCODE), cells)
        uprn = self._first(self.plan.of(UPRN), cells)
        own = "/".join(cells[each] for each in key.cells if cells[each]) if key else ""
        return Clues(
            key=own if not (withheld and uprn and uprn in own) else "",
            uprn=uprn if not withheld else "",
            name=name,
            place=postcode.partition(" ")[0] if withheld else postcode or self._first(self.plan.anywhere(_TOWN), cells),
            content="" if self._named else digest("\n".join(cells)),
        )

    def _first(self, planned: Planned | None, cells: Sequence[str]) -> str:
        return self._reader.first(planned, cells)

    def _said(self, rows: list[int]) -> Values:
        """What the rows of one record say together."""
        first = rows[0]
        said = self._reader.values(self.grid.rows[first][1], self._teller(first))
        for row in rows[1:]:
            other = self._reader.values(self.grid.rows[row][1], self._teller(row))
            said = self._merged(said, other, first, row)
        sign = next((found for row in rows if (found := self._withholding.cell(self.grid.rows[row][1]))), None)
        if sign:
            self._withholding.withhold(said, sign)
        self._reader.geocode(said, self._teller(first))
        if sign:
            level: Level = "should" if sign.remark.kind == "ask" else "note"
            self.problems.add(first, sign.position, sign.column, level, sign.remark)
            for position, column, remark in self._withholding.telling(said, self.grid.rows[first][1]):
                self.problems.add(first, position, column, "note", remark)
            self._withholding.set_precision(said)
        return said

    def _teller(self, row: int) -> Tell:
        def tell(position: int, column: Column, remark: Remark) -> None:
            level: Level = "note"
            if remark.kind != "note":
                level = "must" if column.obligation == "Must" else "should"
            self.problems.add(row, position, column, level, remark)

        return tell

    def _merged(self, one: Values, other: Values, first: int, row: int) -> Values:
        """Both rows as one record; what they do not agree on is a problem of the second."""
        differing = [each for each in other if each in one and not _agree(each, one[each], other[each])]
        for each in differing:
            self.problems.add(row, next(iter(each.cells), -1), each.column, "must", self._differs(first))
        if differing:
            return one
        self.problems.add(row, -1, None, "note", self._same(first))
        union = {each: tuple(dict.fromkeys(one.get(each, ()) + other[each])) for each in other if _unites(each)}
        return {**other, **one, **union}

    def _differs(self, first: int) -> Remark:
        number = self.grid.rows[first][0]
        advice = "give each row an identifier of its own, or let them agree"
        return self._kept(f"Row {number} is the same record and says something else here: {advice}.", "unread")

    def _same(self, first: int) -> Remark:
        return self._kept(f"Row {self.grid.rows[first][0]} is the same record; the rows were taken as one.", "note")

    def _kept(self, sentence: str, kind: str) -> Remark:
        remark = Remark("note" if kind == "note" else "unread", sentence)
        return self._remarks.setdefault(sentence, remark)


def _agree(planned: Planned, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other or _unites(planned):
        return True
    return all(each.startswith('"') for each in one + other) and [*map(plain, one)] == [*map(plain, other)]


def _unites(planned: Planned) -> bool:
    """Whether a record may have the values of several rows: links and codes without a limit."""
    return planned.column.repeats and planned.column.field.datatype is None
