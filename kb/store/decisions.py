"""What a person has to decide about a sheet, as a submission keeps it until it is decided, and the answers."""

from collections import Counter
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from kb.mapping.mapping import Mapping
from kb.mapping.new_things import decision, makeable
from kb.mapping.prepare import Prepared, PreparedSheet
from kb.mapping.problems import Question
from kb.mapping.proposal import CERTAIN, Proposed
from kb.mapping.values.dates import with_word
from kb.protocols.columns import Column, RecordColumns

SAMPLES = 3
"""Values of a column that are shown."""

SHOWN = 100
"""Questions about values that are asked at a time; the most frequent come first."""

_LONGEST = 80


@dataclass(frozen=True)
class ColumnDecision:
    """A heading with the first of its values, and what is proposed: a column id, "" for not published, None: asked."""

    heading: str
    samples: tuple[str, ...]
    column: str | None
    confidence: float
    reason: str
    candidates: tuple[tuple[str, str], ...] = ()
    """Column id and heading of what it may be."""

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.column is not None and self.confidence >= CERTAIN


@dataclass(frozen=True)
class Constant:
    """What the sheet says once: a column id, what is asked, and what is proposed."""

    column: str
    heading: str
    text: str
    value: str


@dataclass(frozen=True)
class ValueDecision:
    """What cells say that has to be told once; `choices` may be meant."""

    column: str
    heading: str
    written: str
    sentence: str
    choices: tuple[str, ...]
    rows: int
    dates: tuple[str, ...] = ()
    """Words of which one answers it for the column's dates, where the question is about these."""
    kinds: tuple[tuple[str, str], ...] = ()
    """Code and label of what it may be made as, where it names a thing that nobody has described."""
    optional: bool = False
    """Whether all goes on without it: the values are left out."""


@dataclass(frozen=True)
class SheetDecisions:
    """All of one sheet; `record` is empty where no protocol fits its headings."""

    file: str
    sheet: str
    protocol: str
    version: str
    record: str
    rows: int
    columns: tuple[ColumnDecision, ...]
    constants: tuple[Constant, ...] = ()
    values: tuple[ValueDecision, ...] = ()
    sentences: tuple[str, ...] = ()
    mapping: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How much of it is undecided."""
        columns = sum(not each.sure for each in self.columns)
        said = sum(not each.value for each in self.constants)
        return columns + said + sum(not each.optional for each in self.values) + len(self.sentences) + (not self.record)


def decisions(prepared: Prepared, body: str) -> list[SheetDecisions]:
    """What is to be decided or confirmed, sheet by sheet; `body` is what the publishing body is called."""
    return [_sheet(each, body) for each in prepared.sheets]


def written(found: Sequence[SheetDecisions]) -> list[dict[str, Any]]:
    """As JSON can hold it."""
    return [asdict(each) for each in found]


def read(content: Sequence[dict[str, Any]]) -> list[SheetDecisions]:
    """What `written` wrote."""
    return [
        SheetDecisions(
            **each
            | {
                "columns": tuple(ColumnDecision(**column) for column in each["columns"]),
                "constants": tuple(Constant(**constant) for constant in each["constants"]),
                "values": tuple(_value_read(value) for value in each["values"]),
                "sentences": tuple(each["sentences"]),
            }
        )
        for each in content
    ]


def _value_read(content: dict[str, Any]) -> ValueDecision:
    kinds = tuple((code, label) for code, label in content.get("kinds", ()))
    told = {"choices": tuple(content["choices"]), "dates": tuple(content["dates"]), "kinds": kinds}
    return ValueDecision(**content | told)


def decided(sheet: SheetDecisions, answers: ReadOnly[str, str], number: int) -> Mapping:
    """The mapping that the answers of the page's form make; what was left open is not published.

    Fields of the form: `column-{sheet}-{n}`, `constant-{sheet}-{column}`, `value-{sheet}-{n}`, and `new-{sheet}-{n}`
    with the kind of what is to be made under that name, or under what is written.
    """
    before = Mapping(**sheet.mapping)
    columns = {
        each.heading: answers.get(f"column-{number}-{place}", each.column or "")
        for place, each in enumerate(sheet.columns)
    }
    constants = dict(before.constants)
    for constant in sheet.constants:
        said = answers.get(f"constant-{number}-{constant.column}", constant.value).strip()
        constants.pop(constant.column, None)
        if said:
            constants[constant.column] = said
    values = {column: dict(said) for column, said in before.values.items()}
    dates = dict(before.dates)
    for place, value in enumerate(sheet.values):
        answer = answers.get(f"value-{number}-{place}", "").strip()
        if kind := answers.get(f"new-{number}-{place}", ""):
            answer = decision(answer or value.written, kind)
        if answer in value.dates:
            dates[value.column] = with_word(dates.get(value.column, ""), answer)
        elif answer and not value.dates:
            values.setdefault(value.column, {})[value.written] = answer
    return Mapping(
        before.protocol, before.version, before.record, columns, constants, values, dates, before.sheet
    )


def _sheet(prepared: PreparedSheet, body: str) -> SheetDecisions:
    grid, mapped = prepared.grid, prepared.mapped
    mapping, record = mapped.mapping, mapped.record
    proposed = {each.heading: each for each in mapped.proposal.headings} if mapped.proposal else {}
    if mapping is None or record is None:
        return SheetDecisions(grid.file, grid.sheet, "", "", "", len(grid.rows), (), sentences=mapped.to_decide)
    columns = tuple(
        _column(heading, _samples(prepared, place), mapping.columns.get(heading), proposed.get(heading))
        for place, heading in enumerate(grid.headings)
    )
    asked = {each.column: each for each in mapped.questions}
    constants = [
        Constant(id, record.column(id).heading, "", value)
        for id, value in mapping.constants.items()
        if id not in asked and any(column.id == id for column in record.columns)
    ]
    constants += [Constant(each.column, each.heading, each.text, "") for each in mapped.questions]
    questions = _once([_value(each, record) for each in prepared.records.questions] if prepared.records else [])
    questions += _unread(prepared, questions, body)
    return SheetDecisions(
        grid.file,
        grid.sheet,
        mapping.protocol,
        mapping.version,
        mapping.record,
        len(grid.rows),
        columns,
        tuple(constants),
        tuple(questions[:SHOWN]),
        mapped.to_decide,
        asdict(mapping),
    )


def _unread(prepared: PreparedSheet, questions: Sequence[ValueDecision], body: str) -> list[ValueDecision]:
    """What cannot be read and must be, names a thing that is not known, or is in no code list, each text once: what it
    stands for is said once.
    """
    mapping, record = prepared.mapped.mapping, prepared.mapped.record
    assert mapping is not None
    assert record is not None
    meant = {each.id for each in record.columns if each.links_to or each.code_lists}
    counted: Counter[tuple[bool, str, str, str, str]] = Counter()
    asked = {(each.column, "" if each.dates else each.written) for each in questions}
    for each in prepared.records.problems if prepared.records else ():
        column, written = mapping.columns.get(each.place.heading, ""), each.place.written
        if each.level == "note" or not written or not column or {(column, ""), (column, written)} & asked:
            continue
        if each.level == "must" or column in meant:
            said = f"{each.sentence}\n{each.suggestion}"
            counted[each.level != "must", column, each.place.heading, written, said] += 1
    found = []
    first = sorted(counted.items(), key=lambda each: (each[0][0], -each[1]))[:SHOWN]
    for (optional, column, heading, written, said), rows in first:
        sentence, _, suggestion = said.partition("\n")
        about = record.column(column)
        own = body if about.links_to and not optional else ""
        choices = tuple(filter(None, (*suggestion.split("; "), own)))
        found.append(
            ValueDecision(column, heading, written, sentence, choices, rows, kinds=_kinds(about), optional=optional)
        )
    return found


def _once(questions: list[ValueDecision]) -> list[ValueDecision]:
    """What is asked about the dates of a column is one question, of its first date: the answer holds for all."""
    found: dict[tuple[str, str | tuple[str, ...]], ValueDecision] = {}
    for each in questions:
        key = each.column, each.dates or each.written
        rows = found[key].rows + each.rows if key in found else each.rows
        found[key] = replace(found.get(key, each), rows=rows)
    return list(found.values())


def _kinds(column: Column) -> tuple[tuple[str, str], ...]:
    made = makeable(column) if column.links_to else None
    return tuple(made.kinds()) if made else ()


def _samples(prepared: PreparedSheet, place: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for _, cells in prepared.grid.rows[:1000]:
        if cells[place]:
            found[cells[place][:_LONGEST]] = None
        if len(found) == SAMPLES:
            break
    return tuple(found)


def _column(heading: str, samples: tuple[str, ...], taken: str | None, proposed: Proposed | None) -> ColumnDecision:
    candidates = tuple((each.column, each.heading) for each in proposed.candidates) if proposed else ()
    if taken is not None and (proposed is None or proposed.column != taken):
        return ColumnDecision(heading, samples, taken, 1.0, "as was decided before", candidates)
    if proposed is None:
        return ColumnDecision(heading, samples, None, 0.0, "nothing is proposed", candidates)
    confidence = max(proposed.confidence, CERTAIN) if taken is not None else proposed.confidence
    return ColumnDecision(heading, samples, proposed.column, confidence, proposed.reason, candidates)


def _value(question: Question, record: RecordColumns) -> ValueDecision:
    return ValueDecision(
        question.column,
        question.heading,
        question.written,
        question.sentence,
        question.choices,
        question.rows,
        question.dates,
        () if question.dates else _kinds(record.column(question.column)),
        optional=record.column(question.column).obligation != "Must" and bool(record.column(question.column).links_to),
    )
