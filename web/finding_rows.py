"""Findings as they stand in lists: which way, how large, how sure, against what, where, when, by whose word."""

from collections.abc import Iterable
from dataclasses import dataclass

from kb.ask.interventions.findings import Finding, iris
from kb.ask.labels import Labels
from web.evidence_words import estimate_words


@dataclass(frozen=True)
class FindingRow:
    """A finding for macros/evidence.html."""

    iri: str
    name: str
    verdict: str
    grade: int | None
    grade_iri: str | None
    sizes: list[str]
    designs: tuple[str, ...]
    comparator: str | None
    places: tuple[str, ...]
    when: str
    interventions: tuple[str, ...]
    """What was studied, where that is not what the list is about."""
    sources: tuple[str, ...]
    flags: list[str]


def finding_row(finding: Finding, labels: Labels, here: str = "") -> FindingRow:
    """The finding as it stands in a list that is about the intervention `here`."""
    about = finding.about
    flags = ["Unintended harm"] if finding.harm else []
    flags += ["Contradicted"] if about.all("ww:contradicts") else []
    flags += ["Part of the people only"] if about.all("ww:subgroup") else []
    grades = iris(about.all("ww:grade"))
    return FindingRow(
        iri=finding.iri,
        name=about.first("skos:prefLabel", "ww:statement") or labels.name(finding.iri),
        verdict=finding.verdict,
        grade=finding.grade,
        grade_iri=grades[0] if len(grades) == 1 else None,
        sizes=sizes(finding, labels),
        designs=finding.designs,
        comparator=about.first("ww:comparator"),
        places=finding.places,
        when=about.first("ww:contextYear") or "",
        interventions=tuple(each for each in finding.interventions if each != here),
        sources=finding.sources,
        flags=flags,
    )


def sizes(finding: Finding, labels: Labels) -> list[str]:
    """The estimates of a finding in words, the shares of each side after what compares them."""
    found = [words for each in finding.estimates if (words := estimate_words(each, labels))]
    return sorted(found, key=lambda words: words.startswith("share "))


def shown_in(findings: Iterable[Finding]) -> set[str]:
    """Every IRI that such a list names."""
    found: set[str] = set()
    for each in findings:
        found.add(each.iri)
        found.update(each.interventions, each.outcomes, each.places, each.designs, each.sources)
        found.update(iris((*each.about.all("ww:grade"), *each.about.all("ww:comparator"))))
        for estimate in each.estimates:
            found.update(iris((*estimate.all("ww:statistic"), *estimate.all("ww:unit"), *estimate.all("ww:arm"))))
    return found
