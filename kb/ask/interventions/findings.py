"""Findings as pages compare them: which way, how large, how sure, on what, where, by which study."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import NamedNode

from kb.ask.exact import exact
from kb.ask.interventions import ROOM
from kb.ask.summaries import Summary, Term, rows, summaries
from kb.ask.vocabulary import GRADES, levels
from kb.effects import effect_key
from kb.namespaces import HOME
from kb.store.readable import Store

BETTER, NO_CHANGE, WORSE, MIXED = "better", "none", "worse", "mixed"
"""Which way something went for those concerned."""

MOVED, UNMEASURED = "moved", "unmeasured"
"""It moved, and whether that is welcome is not stated; nothing was measured, or nobody told which way."""

ORDER = (BETTER, MIXED, MOVED, NO_CHANGE, WORSE, UNMEASURED)
"""Every verdict, in the order in which they are told."""

_SUPERSEDED = NamedNode(f"{HOME}/concept/record-status/superseded")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Finding:
    """One finding; codes are the last parts of IRIs."""

    about: Summary
    """All that the finding says itself, with ww:grade and ww:reason of its assessments."""
    study: Summary
    """The evaluation from which it comes; empty where none is named."""
    estimates: tuple[Summary, ...]
    verdict: str
    grade: int | None
    """On the scale of evidence, 0 asserted to 5 replicated; of several assessments the highest, None without one."""

    @property
    def iri(self) -> str:
        """The finding."""
        return self.about.iri

    @property
    def interventions(self) -> tuple[str, ...]:
        """What was studied."""
        return iris(self.about.all("ww:ofIntervention"))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """On what."""
        return iris(self.about.all("ww:outcome"))

    @property
    def places(self) -> tuple[str, ...]:
        """Where."""
        return iris(self.about.all("ww:context"))

    @property
    def work(self) -> tuple[str, ...]:
        """The pieces of work in which it was found, where it is about some."""
        return iris(self.about.all("ww:inImplementation"))

    @property
    def designs(self) -> tuple[str, ...]:
        """The designs of its study."""
        return iris(self.study.all("ww:studyDesign"))

    @property
    def sources(self) -> tuple[str, ...]:
        """The documents that say so."""
        return iris(self.about.all("prov:hadPrimarySource"))

    @property
    def year(self) -> int | None:
        """The last year that its context names, else the year in which its study ended; None where neither is told."""
        for text in (self.about.first("ww:contextYear"), self.study.first("ww:end")):
            if found := _YEAR.findall(text or ""):
                return int(max(found))
        return None

    @property
    def harm(self) -> bool:
        """Whether its source calls it an unintended harm."""
        return self.about.first("ww:harm") == "true"

    @property
    def order(self) -> tuple[int, str, str]:
        """The surest first, then by name."""
        name = self.about.first("skos:prefLabel") or ""
        return 1 if self.grade is None else -self.grade, name.casefold(), self.iri


def iris(terms: Iterable[Term]) -> tuple[str, ...]:
    """The IRIs among terms."""
    return tuple(term.value for term in terms if isinstance(term, NamedNode))


def code(thing: Summary, name: str) -> str:
    """The code of the first value of a property, the last part of its IRI; empty where there is none."""
    return (thing.first(name) or "").rpartition("/")[2]


def decimal(thing: Summary, name: str) -> Decimal | None:
    """The number that a property gives; None where it gives none."""
    return exact(thing.first(name) or "")


def superseded(thing: Summary) -> bool:
    """Whether a later record has taken its place."""
    return _SUPERSEDED in thing.all("adms:status")


def verdict(about: Summary) -> str:
    """Which way a finding or synthesis went for those concerned: one of ORDER, by the rule of `kb.effects`."""
    return effect_key(about.first("ww:effectDirection"), about.first("ww:desirability"))


def read_findings(store: Store) -> tuple[Finding, ...]:
    """Every finding that has not been superseded, the surest first."""
    said = summaries(rows(store, "findings", package=ROOM))
    estimates = summaries(rows(store, "estimates", package=ROOM)) if said else {}
    studies = summaries(rows(store, "studies", package=ROOM)) if said else {}
    scale = levels(store, GRADES)
    found = (_finding(about, estimates, studies, scale) for about in said.values() if not superseded(about))
    return tuple(sorted(found, key=lambda each: each.order))


def _finding(
    about: Summary, estimates: Mapping[str, Summary], studies: Mapping[str, Summary], scale: Mapping[str, int]
) -> Finding:
    grades = [scale[iri] for iri in iris(about.all("ww:grade")) if iri in scale]
    study = next(iter(iris(about.all("ww:fromEvaluation"))), "")
    stated = (estimates[node.value] for node in about.all("ww:effectEstimate") if node.value in estimates)
    return Finding(about, studies.get(study, Summary(study)), tuple(stated), verdict(about), max(grades, default=None))
