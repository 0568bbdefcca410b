"""A finding or a statement of money: what it says, of what, where, and on what it rests."""

from typing import Any

from pyoxigraph import NamedNode

from kb.ask.resource import Description
from web.class_pages import contact, facts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.effects import effect_of
from web.evidence_words import estimate_words

FINDING = (
    *("ww:indicator", "ww:indicatorNote", "ww:effectEstimate", "ww:estimateNote", "ww:harm", "ww:perspective"),
    *("ww:comparator", "ww:comparatorNote", "ww:subgroup", "ww:studyPopulation", "ww:sampleSize", "ww:sampleNote"),
    *("ww:designNote", "ww:followUp", "ww:costNote", "ww:hypothesis", "ww:claimant", "ww:contextNote"),
    *("ww:contextYear", "ww:note", "ww:quote", "ww:voice"),
)

MONEY = (
    "ww:concerns", "ww:moneyKind", "ww:estimateStatus", "ww:start", "ww:end", "ww:borneBy", "ww:benefits",
    "ww:cashable", "ww:grossNet", "ww:netOf", "ww:priceBasis", "ww:priceBaseYear", "ww:discountRate", "ww:valueType",
    "ww:counterfactual",
    "ww:claimant", "ww:method", "ww:note", "ww:quote", "ww:voice",
)  # fmt: skip


def finding(thing: Description) -> dict[str, Any]:
    """The variables of class-page.html for a finding or a synthesis."""
    if thing.page > 1:
        return framed(thing, (), ())
    about = thing.about
    first = [
        facts.named("What was tried", _of(thing, "ww:ofIntervention", "ww:inImplementation"), "Not recorded.",
                    ("ww:ofIntervention", "ww:inImplementation")),
        facts.named("What was measured", about.all("ww:outcome"), "Not recorded.", ("ww:outcome",)),
        _went(thing),
        _size(thing),
        facts.where(thing),
        facts.named("From which study", about.all("ww:fromEvaluation"), "", ("ww:fromEvaluation",)),
        contact.whom(thing),
    ]
    return framed(thing, first, (), FINDING)


def _went(thing: Description) -> Fact:
    """Which way the measure moved and whether that is welcome: never how sure that is."""
    direction = next(iter(thing.about.iris("ww:effectDirection")), None)
    found = effect_of(direction, next(iter(thing.about.iris("ww:desirability")), None))
    words = f"The measure: {thing.labels.name(direction).lower()}" if direction else ""
    told = frozenset(("ww:effectDirection", "ww:desirability"))
    return Fact("Which way it went", (Line(words),) if words else (), told=told, effect=found.key)


def _size(thing: Description) -> Fact:
    """The estimates in words, with their intervals."""
    nested = (thing.nested.get(iri) for iri in thing.about.iris("ww:effectEstimate"))
    words = (estimate_words(each, thing.labels) for each in nested if each is not None)
    return Fact("How large", tuple(Line(each) for each in words if each)[:3], absent="No figure is given.")


def money(thing: Description) -> dict[str, Any]:
    """The variables of class-page.html for a statement of money."""
    return framed(thing, (), (), MONEY)


def _of(thing: Description, *names: str) -> list[NamedNode]:
    return [node for name in names for node in thing.about.all(name) if isinstance(node, NamedNode)]
