"""Where an intervention was tried or studied, and with what result."""

from collections.abc import Iterable
from dataclasses import dataclass

from kb.ask.interventions.evidence import Evidence, Work
from kb.ask.interventions.findings import Finding
from kb.ask.interventions.rules import Effect, Strength, effect, strength


@dataclass(frozen=True)
class Tried:
    """A place with the work that was done there and what was found there; one of the two may be empty."""

    place: str
    work: tuple[Work, ...]
    findings: tuple[Finding, ...]

    @property
    def effect(self) -> Effect:
        """Which way the findings of this place went."""
        return effect(self.findings)

    @property
    def strength(self) -> Strength:
        """How sure they are."""
        return strength(self.findings)


def tried(known: Evidence, intervention: str) -> tuple[Tried, ...]:
    """Every place in which it was done or studied: those with most findings first, then by name of the place's IRI."""
    return by_place(known.found(intervention), known.done(intervention))


def by_place(findings: Iterable[Finding], work: Iterable[Work]) -> tuple[Tried, ...]:
    """The findings and pieces of work by place; one that names several stands with each."""
    found: dict[str, tuple[list[Work], list[Finding]]] = {}
    for each in work:
        for place in each.places:
            found.setdefault(place, ([], []))[0].append(each)
    for finding in findings:
        for place in finding.places:
            found.setdefault(place, ([], []))[1].append(finding)
    places = (Tried(place, tuple(done), tuple(results)) for place, (done, results) in found.items())
    return tuple(sorted(places, key=lambda each: (-len(each.findings), -len(each.work), each.place)))
