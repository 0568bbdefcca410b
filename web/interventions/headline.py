"""The three answers at the top of the page of an intervention: what it costs, what it does, how sure that is.

Each is a word or two, what it rests on, and what would make it surer. They are told side by side and never combined.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ask.interventions.cost import COSTS, SAVINGS, Range, ranges
from kb.ask.interventions.findings import BETTER, MIXED, MOVED, NO_CHANGE, UNMEASURED, WORSE, Finding, iris
from kb.ask.interventions.rules import Effect, OutcomeResult, Strength, across, strength, studies
from kb.ask.summaries import Summary
from web.evidence_words import range_note, range_words

MOST_RANGES = 4
"""Ranges of costs, and of savings, that the card shows; all statements stand below."""


@dataclass(frozen=True)
class MoneyLine:
    """One range in words, the note on it, and the statements that it is made of."""

    words: str
    note: str
    statements: tuple[Summary, ...]


@dataclass(frozen=True)
class CostCard:
    """What it cost and saved; both lists are empty where nothing is recorded."""

    costs: list[MoneyLine]
    savings: list[MoneyLine]
    cost_bases: int
    saving_bases: int
    statements: tuple[Summary, ...]
    """All statements behind the two."""
    raised_by: str


@dataclass(frozen=True)
class EffectCard:
    """Which way outcomes went."""

    effect: Effect
    """Of the verdicts of the outcomes."""
    measured: int
    """Outcomes on which something was measured."""
    words: str
    worse: tuple[OutcomeResult, ...]
    """The outcomes that went worse, the surest first."""
    raised_by: str


@dataclass(frozen=True)
class EvidenceCard:
    """How sure findings are."""

    strength: Strength
    findings: int
    studies: int
    best: tuple[Finding, ...]
    """The findings of the highest grade."""
    weakest: tuple[str, int] | None
    """The outcome with the weakest evidence and its level, where that is less than the highest."""
    reasons: tuple[tuple[str, int], ...]
    """Why grades are no higher, with how many findings give the reason; the commonest first."""


def cost_card(statements: Sequence[Summary]) -> CostCard:
    """The card on money, from the statements that concern the intervention and the work that carries it out."""
    costs, savings = ranges(statements, COSTS), ranges(statements, SAVINGS)
    behind = dict.fromkeys(each.iri for found in (*costs, *savings) for each in found.statements)
    known = {each.iri: each for each in statements}
    return CostCard(
        costs=_lines(costs),
        savings=_lines(savings),
        cost_bases=len(costs),
        saving_bases=len(savings),
        statements=tuple(known[iri] for iri in behind),
        raised_by=_costs_raised_by(costs),
    )


def effect_card(results: Sequence[OutcomeResult]) -> EffectCard:
    """The card on effect, from the results by outcome."""
    found = across(results)
    measured = sum(number for way, number in found.counts.items() if way != UNMEASURED)
    parts = [f"{words} {found.counts[way]}" for way, words in _ON.items() if found.counts[way]]
    outcomes = "outcome" if measured == 1 else "outcomes"
    words = f"Of {measured} {outcomes} measured: {', '.join(parts)}." if measured else ""
    if found.counts[UNMEASURED]:
        named = f"{found.counts[UNMEASURED]} more named" if measured else f"{found.counts[UNMEASURED]} named"
        words = f"{words} {named} and not measured.".strip()
    mixed = [each for each in results if each.effect.verdict == MIXED]
    raised = (
        "a study that measures what came of it"
        if not measured
        else "studies that tell for whom and where it went which way, since results differ"
        if mixed
        else "the same outcomes measured elsewhere, and outcomes that nobody has measured (below)"
    )
    worse = tuple(each for each in results if each.outcome and each.effect.verdict == WORSE)
    return EffectCard(found, measured, words, worse, raised)


def evidence_card(findings: Sequence[Finding], results: Sequence[OutcomeResult]) -> EvidenceCard:
    """The card on the strength of the evidence."""
    found = strength(findings)
    levels = [(each.strength.best, each.outcome) for each in results if each.outcome and each.strength.best is not None]
    lowest = min(levels, default=None)
    weakest = (lowest[1], lowest[0]) if lowest and lowest[0] != found.best else None
    reasons = Counter(reason for each in findings for reason in iris(each.about.all("ww:reason")))
    return EvidenceCard(
        strength=found,
        findings=len(findings),
        studies=studies(findings),
        best=tuple(each for each in findings if found.best is not None and each.grade == found.best),
        weakest=weakest,
        reasons=tuple(reasons.most_common(5)),
    )


_ON = {
    BETTER: "better on",
    MIXED: "mixed on",
    MOVED: "changed on",
    NO_CHANGE: "no clear difference on",
    WORSE: "worse on",
}


def _lines(found: Sequence[Range]) -> list[MoneyLine]:
    return [MoneyLine(range_words(each), range_note(each), each.statements) for each in found[:MOST_RANGES]]


def _costs_raised_by(costs: Sequence[Range]) -> str:
    if not any(each.comparable for each in costs):
        return "a cost for each person or transaction, with the year of its prices and who paid it"
    if not any(each.one_price_base for each in costs):
        return "costs that tell the year of their prices"
    return "costs that an auditor or evaluator has checked"
