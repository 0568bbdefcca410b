"""A first proposal for a table: which heading is which column of a protocol, how sure that is, and why."""

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from kb.intake.grid import Grid
from kb.mapping.addresses_beside import addresses_beside
from kb.mapping.cell_kinds import Cells, Fit, fit, samples
from kb.mapping.field_names import EXACT, Nearness, field_names, field_of
from kb.mapping.mapping import Mapping
from kb.mapping.side_by_side import REASON, side_by_side
from kb.mapping.words import rows, words
from kb.protocols.catalogue import protocol as protocol_of
from kb.protocols.columns import Column, RecordColumns

CERTAIN = 0.85
"""From here on a proposal is taken without asking."""
PROBABLE = 0.66
"""From here on a column is proposed; below, it is one of the candidates that a person is asked about."""
KEPT_BACK = 0.9
"""Of a proposal not to publish a column."""
BESIDE = 0.9
"""Of a proposal that two columns say one field, the one by name and the other by address."""
_WORTH_SAYING = 0.45
_SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """A column that a heading may stand for. `confidence` goes from 0 to 1; the reason is the end of a sentence."""

    column: str
    heading: str
    """Of the column in the template."""
    confidence: float
    reason: str


@dataclass(frozen=True)
class Proposed:
    """What one heading is proposed to be: a column's id, "" for not published, or None: a person decides."""

    heading: str
    column: str | None
    confidence: float
    reason: str
    candidates: tuple[Candidate, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether it can be taken without asking."""
        return self.column is not None and self.confidence >= CERTAIN


@dataclass(frozen=True)
class Question:
    """What the whole dataset says once and no column holds: the field's column id and what to ask."""

    column: str
    heading: str
    text: str


@dataclass(frozen=True)
class Proposal:
    """The proposal for one table, heading by heading in the order of the file."""

    protocol: str
    version: str
    record: str
    sheet: str
    headings: tuple[Proposed, ...]
    constants: ReadOnly[str, str]
    questions: tuple[Question, ...] = field(default=())

    def mapping(self, *, probable: bool = False) -> Mapping:
        """What is certain, with what is merely probable if asked for, as a mapping to confirm."""
        taken = {
            each.heading: each.column
            for each in self.headings
            if each.column is not None and (probable or each.certain)
        }
        return Mapping(self.protocol, self.version, self.record, taken, dict(self.constants), sheet=self.sheet)

    @property
    def undecided(self) -> tuple[Proposed, ...]:
        """The headings that a person decides about."""
        return tuple(each for each in self.headings if not each.certain)


def propose(
    grid: Grid,
    protocol: str,
    record: RecordColumns,
    *,
    publisher: str = "",
    place: str = "",
    cells: Sequence[Cells] | None = None,
) -> Proposal:
    """The proposal for a table whose rows are records of this type.

    `publisher` is what the publishing body is called: it is proposed where a record must name the body behind it;
    `place` is the one that it serves, by name or address: it is proposed where its things lie.
    `cells` are the samples of the columns, where they were taken before.
    """
    cells = samples(grid) if cells is None else cells
    candidates = {
        heading: _candidates(heading, cells[position], protocol, record)
        for position, heading in enumerate(grid.headings)
    }
    kept_back = {
        heading: reason
        for position, heading in enumerate(grid.headings)
        if record.headed(heading) is None and (reason := _kept_back(heading, cells[position]))
    } | {heading: REASON for heading in side_by_side(grid.headings) if record.headed(heading) is None}
    chosen = _assigned({name: () if name in kept_back else each for name, each in candidates.items()}, cells, record)
    chosen |= _addresses(chosen, dict(zip(grid.headings, cells, strict=True)), record)
    headings = tuple(
        Proposed(heading, "", KEPT_BACK, kept_back[heading], _worth_saying(candidates[heading]))
        if heading in kept_back
        else _proposed(heading, cells[position], chosen.get(heading), candidates[heading])
        for position, heading in enumerate(grid.headings)
    )
    held = {each.column for each in headings if each.column}
    constants, questions = _constants(record, held, {"publisher": publisher, "place": place})
    version = protocol_of(protocol).version
    return Proposal(protocol, version, record.id, grid.sheet, headings, constants, questions)


def _proposed(heading: str, cells: Cells, chosen: Candidate | None, candidates: Sequence[Candidate]) -> Proposed:
    if chosen and chosen.confidence == EXACT:
        return Proposed(heading, chosen.column, EXACT, chosen.reason)
    shown = _worth_saying(candidates)
    if chosen and chosen.confidence >= PROBABLE:
        return Proposed(heading, chosen.column, chosen.confidence, chosen.reason, shown)
    if not cells.values and not shown:
        return Proposed(heading, "", KEPT_BACK, "the column is empty")
    if not shown:
        return Proposed(heading, None, 0, "nothing in its name or its cells tells which field it is")
    return Proposed(heading, None, shown[0].confidence, "it may be one of these fields, or none", shown)


def _worth_saying(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple(each for each in candidates if each.confidence >= _WORTH_SAYING)[:_SHOWN]


def _kept_back(heading: str, cells: Cells) -> str | None:
    """Why a column is not published, where its name or its cells say that it holds what must not be, or no field."""
    what = _persons().get(words(heading)) or cells.personal()
    return f"{what} is not published" if what else _unheld().get(words(heading))


def _candidates(heading: str, cells: Cells, protocol: str, record: RecordColumns) -> tuple[Candidate, ...]:
    near = field_names(protocol, record.id).nearness(heading)
    further = record.headed(heading)
    found = [
        candidate
        for column in ((further,) if further and further not in record.columns else record.columns)
        if (candidate := _candidate(column, near.get(column.id), fit(cells, column)))
    ]
    return tuple(sorted(found, key=lambda each: -each.confidence))


def _candidate(column: Column, near: Nearness | None, suits: Fit | None) -> Candidate | None:
    if near and near.confidence == EXACT:
        return Candidate(column.id, column.heading, EXACT, near.reason)
    if near is None:
        if suits is None or not suits.telling or suits.share < 0.8:
            return None
        return Candidate(column.id, column.heading, 0.6, f"its cells look like it: {suits.kind}")
    if suits is None:
        return Candidate(column.id, column.heading, near.confidence, near.reason)
    if suits.share < 0.2 and not suits.own_words:
        reason = f"{near.reason}, but its cells do not look like it: {suits.kind}"
        return Candidate(column.id, column.heading, near.confidence * 0.6, reason)
    raised = near.confidence + (0.1 if suits.share > 0.8 else 0) * (0.95 - near.confidence)
    reason = f"{near.reason}, and its cells look like it" if suits.share > 0.8 else near.reason
    return Candidate(column.id, column.heading, min(raised, 0.99), reason)


def _assigned(
    candidates: ReadOnly[str, Sequence[Candidate]], cells: Sequence[Cells], record: RecordColumns
) -> dict[str, Candidate]:
    """Heading → the column that it gets: the surest first, each column once; filled columns before empty ones.

    Headings that differ by a number alone (`address1`, `address2`) share a column, in the order of the file.
    """
    filled = dict(zip(candidates, cells, strict=True))
    order = {heading: number for number, heading in enumerate(candidates)}
    pairs = [(heading, each) for heading, several in candidates.items() for each in several]
    pairs.sort(key=lambda pair: (-pair[1].confidence - (0.1 if filled[pair[0]].values else 0), order[pair[0]]))
    chosen: dict[str, Candidate] = {}
    owner: dict[str, str] = {}
    for heading, each in pairs:
        if heading in chosen or each.confidence < _WORTH_SAYING:
            continue
        first = owner.setdefault(each.column, heading)
        if first == heading or (_in_parts(record.column(each.column)) and _numbered(first, heading)):
            chosen[heading] = each
    return chosen


def _addresses(
    chosen: ReadOnly[str, Candidate], cells: ReadOnly[str, Cells], record: RecordColumns
) -> dict[str, Candidate]:
    """The columns that name, or hold the address of, what another of the sheet says."""
    ids = {heading: each.column for heading, each in chosen.items()}
    said = "it and “{}” say the same, by name and by address"
    return {
        heading: Candidate(id, record.column(id).heading, BESIDE, said.format(other))
        for heading, id, other in addresses_beside(ids, cells, record)
    }


def joins(column: Column) -> bool:
    """Whether several columns of a sheet can say it: text in parts, one after the other, a link by name and address."""
    return bool(column.links_to) or _in_parts(column)


def _in_parts(column: Column) -> bool:
    return (column.field.datatype or "").endswith(("#string", "#langString"))


def _numbered(first: str, second: str) -> bool:
    return words(first) == words(second) and first != second and any(char.isdigit() for char in second)


def _constants(
    record: RecordColumns, held: set[str], own: ReadOnly[str, str]
) -> tuple[dict[str, str], tuple[Question, ...]]:
    constants: dict[str, str] = {}
    questions: list[Question] = []
    for column in record.columns:
        asked = _said_once().get(field_of(record, column))
        if asked is None or column.id in held:
            continue
        value = asked["value"].format_map(own)
        if value:
            constants[column.id] = value
        elif column.field.min_count and asked["question"]:
            questions.append(Question(column.id, column.heading, asked["question"]))
    return constants, tuple(questions)


@cache
def _said_once() -> ReadOnly[str, dict[str, str]]:
    return {row["field"]: row for row in rows("constants.csv")}


@cache
def _persons() -> ReadOnly[tuple[str, ...], str]:
    return {words(row["heading"]): row["what"] for row in rows("personal.csv")}


@cache
def _unheld() -> ReadOnly[tuple[str, ...], str]:
    return {words(row["heading"]): row["why"] for row in rows("unheld.csv")}
