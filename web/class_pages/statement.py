"""A finding or a statement of money: what it says, of what, where, and on what it rests."""

from typing import Any

from pyoxigraph import NamedNode

from kb.ask.resource import Description
from web.class_pages import contact, facts
from web.class_pages.frame import framed

FINDING = (
    "ww:indicator", "ww:indicatorNote", "ww:effect", "ww:comparator", "ww:comparatorNote", "ww:subgroup",
    "ww:studyPopulation",
    "ww:sampleSize", "ww:sampleNote", "ww:designNote", "ww:timePoint", "ww:contextNote", "ww:contextYear", "ww:note",
    "ww:quote", "ww:voice",
)  # fmt: skip

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
        facts.named("Which way it went", about.all("ww:direction"), "Not recorded.", ("ww:direction",)),
        facts.named("For better or worse", about.all("ww:desirability"), "Not recorded.", ("ww:desirability",)),
        facts.where(thing),
        facts.named("From which study", about.all("ww:fromEvaluation"), "", ("ww:fromEvaluation",)),
        contact.whom(thing),
    ]
    return framed(thing, first, (), FINDING)


def money(thing: Description) -> dict[str, Any]:
    """The variables of class-page.html for a statement of money."""
    return framed(thing, (), (), MONEY)


def _of(thing: Description, *names: str) -> list[NamedNode]:
    return [node for name in names for node in thing.about.all(name) if isinstance(node, NamedNode)]
