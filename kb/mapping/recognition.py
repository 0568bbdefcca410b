"""Which protocol and record type a table is of, told from its headings and what its file and sheet are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import PurePath

from kb.intake.grid import Grid
from kb.mapping.cell_kinds import samples
from kb.mapping.field_names import field_of
from kb.mapping.proposal import Proposal, propose
from kb.mapping.words import names, words
from kb.protocols.catalogue import protocol, protocols
from kb.protocols.columns import RecordColumns, record_columns

ENOUGH = 1.3
"""A table that says less than this of a record type is not taken for one: names and codes alone are of anything."""
DOUBTFUL = 2.5
"""Below this, and where another comes near, it is said what a table was taken for."""
_NEAR = 0.85
_SURE = 0.8
_NAMED_BY_FILE = 2.0
_NAMED_BY_HEADING = 0.75
_SHOWN = 3


@dataclass(frozen=True)
class Recognised:
    """A record type that the table may be of, and how much speaks for it; `share` is of what speaks for the best."""

    protocol: str
    record: RecordColumns
    weight: float
    reason: str
    proposal: Proposal


def recognise(
    grid: Grid, protocol_id: str | None = None, *, publisher: str = "", place: str = ""
) -> list[Recognised]:
    """The record types that the table may be of, the likeliest first; empty where it says too little of any.

    With a protocol only its record types are looked at, and one is always found. Raises NotFound for an unknown one.
    """
    chosen = [protocol(protocol_id)] if protocol_id else list(protocols())
    cells = samples(grid)
    found = [
        _weighed(grid, each.id, record, propose(grid, each.id, record, publisher=publisher, place=place, cells=cells))
        for each in chosen
        for record in record_columns(each.id)
    ]
    found.sort(key=lambda each: -each.weight)
    if protocol_id is None:
        found = [each for each in found if each.weight >= ENOUGH]
    return found[:_SHOWN]


def doubt(found: list[Recognised]) -> str:
    """A sentence where what recognise found is not plain: what it was taken for, and what it may be; else nothing."""
    best, *others = found
    near = [each for each in others if each.weight >= _NEAR * best.weight]
    if best.weight >= DOUBTFUL and not near:
        return ""
    name = f"{best.protocol}, {best.record.record.name}"
    maybe = " or ".join(f"{each.protocol}, {each.record.record.name}" for each in near)
    return f"It was taken for {name}" + (f"; it may be {maybe}" if maybe else "") + ": say so if it is not."


def _weighed(grid: Grid, protocol_id: str, record: RecordColumns, proposal: Proposal) -> Recognised:
    weight, said = 0.0, []
    for each in proposal.headings:
        if each.column and each.confidence >= _SURE:
            column = record.column(each.column)
            weight += each.confidence * telling(field_of(record, column))
            said.append(column.heading)
    weight *= 0.6 + 0.4 * _asked_for(record, proposal)
    called = words(PurePath(grid.file).stem + " " + grid.sheet)
    if names(called, record.id):
        weight += _NAMED_BY_FILE
    if any(names(words(heading), record.id) for heading in grid.headings):
        weight += _NAMED_BY_HEADING
    reason = f"{len(said)} of {len(grid.headings)} headings are its fields: {', '.join(said[:6])}"
    return Recognised(protocol_id, record, round(weight, 3), reason, proposal)


def _asked_for(record: RecordColumns, proposal: Proposal) -> float:
    """The share of the fields that a record must have which the table has, or says once."""
    must = [column.id for column in record.columns if column.field.obligation == "Must" and not column.leading]
    held = {each.column for each in proposal.headings} | set(proposal.constants)
    return sum(id in held for id in must) / len(must) if must else 1.0


@cache
def telling(field: str) -> float:
    """How much a field says about what its record is: 0 where all record types have it, 1 where one alone does."""
    every = _every()
    holders = sum(field in {field_of(record, column) for column in record.columns} for record in every)
    return max(0.05, log(len(every) / holders) / log(len(every))) if holders else 1.0


@cache
def _every() -> Sequence[RecordColumns]:
    return [record for each in protocols() for record in record_columns(each.id)]
