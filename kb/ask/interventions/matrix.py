"""The evidence gap map: interventions by outcomes, and what was found where the two meet.

A cell that nothing was found for is there and says so: that nobody has looked is what the map is to show. Direction and
strength are told apart by the rules of `rules`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.ask.interventions.evidence import SIDES, Evidence
from kb.ask.interventions.findings import Finding
from kb.ask.interventions.rules import OutcomeResult

UK, ELSEWHERE = "uk", "elsewhere"
"""Countries by which findings are told apart: no other is recorded often enough."""


@dataclass(frozen=True)
class Filters:
    """Which findings count; what is None leaves none out."""

    country: str | None = None
    place_kind: str | None = None
    grade: int | None = None
    design: str | None = None
    since: int | None = None

    @property
    def any(self) -> bool:
        """Whether something is filtered."""
        return any(each is not None for each in (self.country, self.place_kind, self.grade, self.design, self.since))

    def keeps(self, known: Evidence, finding: Finding) -> bool:
        """Whether the finding counts; one that does not tell what is asked of it doesn't."""
        return (
            (self.grade is None or (finding.grade is not None and finding.grade >= self.grade))
            and (self.since is None or (finding.year is not None and finding.year >= self.since))
            and (self.design is None or self.design in finding.designs)
            and (self.country is None or any(known.british(each) == (self.country == UK) for each in finding.places))
            and (self.place_kind is None or any(self.place_kind in kinds(known, each) for each in finding.places))
        )


@dataclass(frozen=True)
class Matrix:
    """Rows and columns in groups, each group under its heading, and the cells that hold something."""

    rows: tuple[tuple[str | None, tuple[str, ...]], ...]
    columns: tuple[tuple[str | None, tuple[str, ...]], ...]
    cells: dict[tuple[str, str], OutcomeResult]
    """(intervention, outcome) → the findings on the two and what is below them; absent where there are none."""
    counted: int
    """Findings that the map shows."""

    def across(self) -> tuple[str, ...]:
        """The columns without their groups."""
        return tuple(each for _, columns in self.columns for each in columns)

    def down(self) -> tuple[str, ...]:
        """The rows without their groups."""
        return tuple(each for _, rows in self.rows for each in rows)

    def empty(self, rows: Sequence[str]) -> int:
        """How many of some rows hold nothing in any column."""
        return len(set(rows) - {row for row, _ in self.cells})


def kinds(known: Evidence, place: str) -> tuple[str, ...]:
    """The kinds of a place."""
    about = known.places.get(place)
    return tuple(node.value for node in about.all("ww:placeType")) if about else ()


def matrix(known: Evidence, group: str | None, domain: str | None, filters: Filters) -> Matrix:
    """The map: of all types, or of what is below a group or type; by domains, or by the outcomes of one domain."""
    rows, columns = _rows(known, group), _columns(known, domain)
    wanted_rows = {each for _, found in rows for each in found}
    wanted_columns = {each for _, found in columns for each in found}
    found: dict[tuple[str, str], list[Finding]] = {}
    counted: set[str] = set()
    for finding in (each for each in known.findings if filters.keeps(known, each)):
        over = wanted_rows & known.interventions.over_all(finding.interventions)
        on = wanted_columns & known.outcomes.over_all(finding.outcomes)
        for row in over:
            for column in on:
                found.setdefault((row, column), []).append(finding)
                counted.add(finding.iri)
    cells = {(row, column): OutcomeResult(column, tuple(each)) for (row, column), each in found.items()}
    return Matrix(rows, columns, cells, len(counted))


def cell(known: Evidence, intervention: str, outcome: str, filters: Filters) -> tuple[Finding, ...]:
    """The findings on an intervention and an outcome, or what is below them, the surest first."""
    wanted = known.outcomes.within(outcome)
    found = known.found(intervention)
    return tuple(each for each in found if not wanted.isdisjoint(each.outcomes) and filters.keeps(known, each))


def _rows(known: Evidence, group: str | None) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
    tree = known.interventions
    if group is None:
        return tuple((each, tree.below[each]) for each in tree.tops if each in tree.below)
    return ((group, tree.below.get(group, (group,))),)


def _columns(known: Evidence, domain: str | None) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
    tree = known.outcomes
    if domain is None:
        seen: set[str] = set()
        found: list[tuple[str | None, tuple[str, ...]]] = []
        for side in SIDES:
            # A domain can stand on both sides; it is shown once.
            below = tuple(each for each in tree.below.get(side, ()) if each not in seen)
            seen.update(below)
            found.append((side, below))
        return tuple(found)
    leaves = [(tree.labels.name(each).casefold(), each) for each in tree.within(domain) if each not in tree.below]
    return ((domain, tuple(iri for _, iri in sorted(leaves))),)


def domains(known: Evidence) -> Sequence[tuple[str, str]]:
    """Every domain that has something below it, with its side: what columns can be chosen from."""
    tree = known.outcomes
    return [(side, each) for side in SIDES for each in tree.below.get(side, ()) if each in tree.below]
