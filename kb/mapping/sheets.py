"""The mapping of one sheet: one that was saved, brought up to the protocol's version, else what is certain of it."""

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.intake.grid import Grid
from kb.mapping.mapping import Mapping
from kb.mapping.migration import migrate
from kb.mapping.proposal import Proposal, Proposed, Question, propose
from kb.mapping.recognition import doubt, recognise
from kb.mapping.side_by_side import side_by_side, what_to_do
from kb.mapping.words import words
from kb.protocols.catalogue import protocol
from kb.protocols.columns import RecordColumns, record_columns
from kb.protocols.templates import marks

_OF_HEADINGS = 0.6
"""The share of a saved mapping's headings that a sheet must have to be taken for a later version of the same."""


@dataclass(frozen=True)
class SheetMapping:
    """A sheet without rows that only explain, its mapping, and what a person has yet to decide; None: no protocol."""

    grid: Grid
    mapping: Mapping | None
    record: RecordColumns | None
    proposal: Proposal | None
    undecided: tuple[Proposed, ...] = ()
    questions: tuple[Question, ...] = ()
    to_decide: tuple[str, ...] = ()
    """What a new version of the protocol leaves open, for what the sheet was taken where that is not plain, and how to
    turn one in which values stand side by side."""

    def with_constants(self, said: ReadOnly[str, str]) -> "SheetMapping":
        """With what the sheet `Said once` of a template says: heading → value."""
        if not said or self.mapping is None or self.record is None:
            return self
        columns = {heading: self.record.headed(heading) for heading in said}
        more = {column.id: said[heading] for heading, column in columns.items() if column}
        return replace(
            self,
            mapping=replace(self.mapping, constants={**self.mapping.constants, **more}),
            questions=tuple(each for each in self.questions if each.column not in more),
        )


def sheet_mapping(
    grid: Grid, protocol_id: str | None, mappings: Sequence[Mapping], *, publisher: str = "", place: str = ""
) -> SheetMapping:
    """The saved mapping that is for this sheet, completed; else the certain part of a proposal.

    `protocol_id` is used where no mapping is. Raises NotFound for an unknown protocol.
    """
    bare = marks.without_marks(marks.without_guidance(grid))
    saved = matching(bare, mappings)
    if saved is not None:
        return _saved(bare, saved, publisher, place)
    found = recognise(bare, protocol_id, publisher=publisher, place=place)
    if not found:
        return SheetMapping(bare, None, None, None)
    best = found[0]
    proposal = best.proposal
    said = ["" if protocol_id else doubt(found)]
    if beside := side_by_side(bare.headings):
        said.append(what_to_do(beside))
    return SheetMapping(
        bare,
        proposal.mapping(),
        best.record,
        proposal,
        proposal.undecided,
        proposal.questions,
        tuple(filter(None, said)),
    )


def matching(grid: Grid, mappings: Sequence[Mapping]) -> Mapping | None:
    """The saved mapping for this sheet, by its name and headings, whose spelling may have changed a little.

    Its headings are those of the sheet; those that the sheet no longer has are left out.
    """
    best: tuple[float, Mapping] | None = None
    for each in mappings:
        renamed = _renamed(grid, each.columns)
        share = len(renamed) / len(each.columns) if each.columns else float(each.sheet == grid.sheet)
        if each.sheet and grid.sheet and each.sheet != grid.sheet:
            share -= 0.2
        if share >= _OF_HEADINGS and (best is None or share > best[0]):
            best = share, replace(each, columns=renamed, sheet=grid.sheet)
    return best[1] if best else None


def _renamed(grid: Grid, columns: ReadOnly[str, str]) -> dict[str, str]:
    alike = {words(heading): heading for heading in reversed(grid.headings)}
    found: dict[str, str] = {}
    for heading, column in columns.items():
        here = heading if heading in grid.headings else alike.get(words(heading))
        if here is not None:
            found.setdefault(here, column)
    return found


def _saved(grid: Grid, saved: Mapping, publisher: str, place: str) -> SheetMapping:
    known = protocol(saved.protocol)
    migrated = migrate(saved, record_columns(known.id), known.version)
    if migrated.mapping is None or migrated.record is None:
        return SheetMapping(grid, None, None, None, to_decide=migrated.to_decide)
    mapping, record = migrated.mapping, migrated.record
    proposal = propose(grid, known.id, record, publisher=publisher, place=place)
    taken = {column for column in mapping.columns.values() if column}
    new = [each for each in proposal.headings if each.heading not in mapping.columns]
    more = {each.heading: each.column for each in new if each.certain and each.column is not None}
    more = {heading: column for heading, column in more.items() if column not in taken}
    held = taken | set(more.values()) | set(mapping.constants)
    return SheetMapping(
        grid,
        replace(mapping, columns={**mapping.columns, **more}),
        record,
        proposal,
        tuple(each for each in new if each.heading not in more),
        tuple(each for each in proposal.questions if each.column not in held),
        migrated.to_decide,
    )
