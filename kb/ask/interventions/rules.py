"""The rules by which a few words are made of many findings: effect and strength of evidence. (Cost: `cost`.)

**Effect** is told for each outcome, since something can work for one and harm another. It is the way that the findings
went for those concerned (`findings.verdict`): all better, all worse, all without clear difference, or mixed where they
differ; not measured where nothing was. Every finding counts once, whatever its grade, and null and adverse ones as much
as good ones. Of several outcomes: the same rule on their verdicts. Findings are counted, not pooled: they differ in
size, people and outcome, and a count says nothing about how large an effect is (Cochrane Handbook 6.5, §12.2.1: by
direction only, never by statistical significance). That is why the counts always stand beside the word.

**Strength of evidence** is the highest grade of any finding, from 0 asserted to 5 replicated, told with how many
findings have each grade; for one outcome the highest on that outcome, as GRADE judges a body of evidence outcome by
outcome (GRADE Handbook, §5). A high grade on one outcome says nothing about another, so that the weakest outcome is
told too. What would raise it follows from the definition of the next grade.

The two are never merged: the EMMIE framework of the College of Policing keeps effect and its quality apart (Johnson,
Tilley and Bowers 2015), and the EEF Toolkit shows cost, evidence and impact side by side. A sure null result is not a
weak good one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.ask.interventions.findings import BETTER, MIXED, MOVED, NO_CHANGE, ORDER, UNMEASURED, WORSE, Finding

COUNTED = {
    BETTER: "{} for the better",
    MIXED: "{} mixed",
    MOVED: "{} changed, welcome or not",
    NO_CHANGE: "{} without clear difference",
    WORSE: "{} for the worse",
    UNMEASURED: "{} not measured",
}
"""Verdict → how a count of findings is put."""

RAISED = {
    None: "a documented account of what was done and what came of it (level 1), or better a measurement (level 2)",
    0: "a documented account, or monitoring at one point in time (level 1)",
    1: "a measurement before and after, or of how two things go together (level 2)",
    2: "a comparison with people or places without it (level 3)",
    3: "a randomised trial or a strong quasi-experiment of adequate quality (level 4)",
    4: "a second, independent study of level 3 or 4 that agrees, or a sound synthesis (level 5)",
}
"""Highest grade → what would raise it by one, by the definitions of the scale of evidence."""

GOOD = 3
"""From this grade on something was compared with what would have been without it."""


@dataclass(frozen=True)
class Effect:
    """Which way findings went; `counts` by verdict, those not known included."""

    counts: Counter[str]

    @property
    def verdict(self) -> str:
        """One of ORDER, by the rule above."""
        measured = {each for each, number in self.counts.items() if number and each != UNMEASURED}
        if not measured:
            return UNMEASURED
        return measured.pop() if len(measured) == 1 else MIXED

    @property
    def words(self) -> str:
        """The counts in words: `3 for the better, 1 without clear difference`; empty where there are none."""
        return ", ".join(COUNTED[each].format(self.counts[each]) for each in ORDER if self.counts[each])


@dataclass(frozen=True)
class Strength:
    """How sure findings are; `counts` by grade."""

    counts: Counter[int]
    ungraded: int

    @property
    def best(self) -> int | None:
        """The highest grade; None where nothing is graded."""
        return max(self.counts, default=None)

    @property
    def good(self) -> int:
        """How many findings have a grade of GOOD or above."""
        return sum(number for grade, number in self.counts.items() if grade >= GOOD)

    @property
    def raised_by(self) -> str:
        """What would raise the highest grade; empty at the top of the scale."""
        return RAISED.get(self.best, "")


@dataclass(frozen=True)
class OutcomeResult:
    """The findings on one outcome, the surest first, those that measured nothing last."""

    outcome: str
    findings: tuple[Finding, ...]

    @cached_property
    def effect(self) -> Effect:
        """Which way they went."""
        return effect(self.findings)

    @cached_property
    def strength(self) -> Strength:
        """How sure they are."""
        return strength(self.findings)

    @property
    def agreeing(self) -> int:
        """How many studies of grade GOOD or above went the same way, where they all did; 0 where they differ."""
        good = [each for each in self.findings if (each.grade or 0) >= GOOD and each.verdict != UNMEASURED]
        ways = {each.verdict for each in good}
        return studies(good) if len(ways) == 1 else 0


def studies(findings: Iterable[Finding]) -> int:
    """How many studies the findings are of; a finding of which no study is recorded counts as none."""
    return len({each.study.iri for each in findings if each.study.iri})


def effect(findings: Iterable[Finding]) -> Effect:
    """Which way the findings went."""
    return Effect(Counter(each.verdict for each in findings))


def strength(findings: Iterable[Finding]) -> Strength:
    """How sure the findings are."""
    grades = [each.grade for each in findings]
    return Strength(Counter(each for each in grades if each is not None), grades.count(None))


def by_outcome(findings: Sequence[Finding]) -> tuple[OutcomeResult, ...]:
    """The findings by outcome, those with the surest evidence first, then those with most findings.

    A finding on several outcomes stands with each, one that names none with the outcome "".
    """
    found: dict[str, list[Finding]] = {}
    for each in sorted(findings, key=lambda each: (each.verdict == UNMEASURED, each.order)):
        for outcome in each.outcomes or ("",):
            found.setdefault(outcome, []).append(each)
    results = (OutcomeResult(outcome, tuple(each)) for outcome, each in found.items())
    return tuple(sorted(results, key=_surest_first))


def across(results: Iterable[OutcomeResult]) -> Effect:
    """Which way outcomes went: the same rule on the verdict of each; findings that name no outcome are left out."""
    return Effect(Counter(each.effect.verdict for each in results if each.outcome))


def _surest_first(result: OutcomeResult) -> tuple[int, int, int, str]:
    best = result.strength.best
    silent = result.effect.verdict == UNMEASURED
    return silent, 1 if best is None else -best, -len(result.findings), result.outcome
