"""What is not known of an intervention, each derived from what the records say and do not say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.ask.interventions.cost import AHEAD, COSTS, SAVINGS
from kb.ask.interventions.evidence import Evidence
from kb.ask.interventions.findings import UNMEASURED, Finding, code, iris
from kb.ask.interventions.rules import GOOD, studies
from kb.ask.summaries import Summary

MEASURED = frozenset(("evaluated", "audited", "not-realised"))
"""Statuses of a sum that somebody else than those concerned has looked at."""


@dataclass(frozen=True)
class Gap:
    """Something that is not known: its code, the things that it is about, and how many there are of them."""

    code: str
    things: tuple[str, ...] = ()
    of: int = 0
    """Of how many, where that says more."""


def gaps(known: Evidence, intervention: str, intended: Sequence[str]) -> tuple[Gap, ...]:
    """What is not known of the intervention; `intended` are the outcomes that it is meant to have."""
    findings = known.found(intervention)
    statements = known.money(intervention)
    return (
        *_of_outcomes(known, intervention, findings, intended),
        *_of_studies(known, findings),
        *_of_money(statements),
        *_of_work(known, intervention, findings),
    )


def _of_outcomes(
    known: Evidence, intervention: str, findings: Sequence[Finding], intended: Sequence[str]
) -> Iterator[Gap]:
    measured = {outcome for each in findings if each.verdict != UNMEASURED for outcome in each.outcomes}
    if hoped := tuple(outcome for outcome in intended if outcome not in measured):
        yield Gap("intended-not-measured", hoped, len(intended))
    tree = known.interventions
    groups = [each for each in tree.over(intervention) if not tree.above.get(each) and each != intervention]
    others = [each for group in sorted(groups) for each in known.found(group) if each.verdict != UNMEASURED]
    elsewhere = dict.fromkeys(outcome for each in others for outcome in each.outcomes)
    if missing := tuple(each for each in elsewhere if each not in measured and each not in hoped):
        yield Gap("measured-of-others", missing, len(elsewhere))


def _of_studies(known: Evidence, findings: Sequence[Finding]) -> Iterator[Gap]:
    if not findings:
        yield Gap("no-finding")
        return
    if not any((each.grade or 0) >= GOOD for each in findings):
        yield Gap("no-comparison")
    placed = [place for each in findings for place in each.places]
    if placed and not any(known.british(place) for place in placed):
        yield Gap("not-in-the-uk", tuple(dict.fromkeys(placed)))
    if studies(findings) == 1 and all(each.study.iri for each in findings):
        yield Gap("one-study")
    if not any(each.estimates for each in findings):
        yield Gap("no-size")
    if disputed := tuple(each.iri for each in findings if each.about.all("ww:contradicts")):
        yield Gap("contradicted", disputed, len(findings))


def _of_money(statements: Sequence[Summary]) -> Iterator[Gap]:
    costs = [each for each in statements if code(each, "ww:moneyKind") in COSTS]
    savings = [each for each in statements if code(each, "ww:moneyKind") in SAVINGS]
    if not costs:
        yield Gap("no-cost")
    if savings and all(code(each, "ww:estimateStatus") in AHEAD for each in savings):
        yield Gap("savings-only-forecast", tuple(each.iri for each in savings))
    elif savings and not any(code(each, "ww:estimateStatus") in MEASURED for each in savings):
        yield Gap("savings-unchecked", tuple(each.iri for each in savings))
    if statements and not any(each.all("ww:borneBy") for each in statements):
        yield Gap("no-payer", tuple(each.iri for each in statements))


def _of_work(known: Evidence, intervention: str, findings: Sequence[Finding]) -> Iterator[Gap]:
    work = known.done(intervention)
    told = {iri for each in findings for iri in each.work}
    told |= {about for each in findings for about in iris(each.study.all("ww:evaluates"))}
    if silent := tuple(each.iri for each in work if each.iri not in told):
        yield Gap("work-without-result", silent, len(work))
    if not work and not findings:
        yield Gap("never-tried")
