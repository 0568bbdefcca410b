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
    def studied(self) -> tuple[str, ...]:
        """The interventions that the findings are about."""
        return tuple(dict.fromkeys(iri for each in self.findings for iri in each.interventions))

    @property
    def strength(self) -> Strength:
        """How sure they are."""
        return strength(self.findings)


def tried(known: Evidence, intervention: str) -> tuple[Tried, ...]:
    """Every place in which it was done or studied, in the order of `by_place`."""
    return by_place(known.found(intervention), known.done(intervention))


def by_place(findings: Iterable[Finding], work: Iterable[Work]) -> tuple[Tried, ...]:
    """The findings and pieces of work by place; one that names several stands with each.

    A finding brings the work in which it was made to its place, as a county's work is studied in one of its towns.
    Where work is on record comes first, then those with most findings, then by the place's IRI.
    """
    found: dict[str, tuple[list[Work], list[Finding]]] = {}
    known = {each.iri: each for each in work}
    for each in known.values():
        for place in each.places:
            found.setdefault(place, ([], []))[0].append(each)
    for finding in findings:
        made_in = [known[iri] for iri in finding.work if iri in known]
        for place in finding.places:
            done, results = found.setdefault(place, ([], []))
            done.extend(each for each in made_in if each not in done)
            results.append(finding)
    places = (Tried(place, tuple(done), tuple(results)) for place, (done, results) in found.items())
    return tuple(sorted(places, key=lambda each: (not each.work, -len(each.findings), -len(each.work), each.place)))
