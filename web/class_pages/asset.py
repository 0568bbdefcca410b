"""A building or piece of land: where it is, what for, who holds and uses it, its state, cost, use and size, dated."""

from typing import Any
from urllib.parse import urlencode

from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.store.buildings.measured import SIZES
from web.class_pages import contact, facts
from web.class_pages.around import Headings, around_building, parts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.class_pages.measured import fact, measurements, running_cost
from web.values import date_in_words, number

HEADINGS: Headings = {
    "points": ("Services there", ("points",), "", False),
    "work": ("Pilots and work that used it", ("work",), "", False),
    "money": ("Money", ("money",), "", False),
    "same": ("The same building in other records", ("same",), "", False),
}

ROWS = (
    "skos:altLabel", "dcterms:identifier", "dcterms:isPartOf", "ww:assetStatus", "ww:holdingType",
    "ww:holdingPurpose", "ww:hostsService", "ww:supportsFunction", "ww:locatedIn", "ww:uprn",
    "ww:uprnAbsentReason", "ww:titleNumber", "ww:listedBuilding", "ww:communityValue", "ww:interest",
    "ww:occupation", "ww:measurement", "geo:hasDefaultGeometry", "prov:hadPrimarySource",
)  # fmt: skip

TOLD = ("ww:useClass", "ww:primaryUse", "ww:reportedBy", "prov:alternateOf")

_SIZES = (*SIZES, "site-area", "workstations")
_ADDRESS = ("locn:locatorDesignator", "locn:thoroughfare", "locn:postName", "locn:postCode")
_UTILISATION = ("average-utilisation", "peak-utilisation", "utilisation", "occupancy-density", "footfall")


def variables(thing: Description) -> dict[str, Any]:
    """The variables of asset-page.html."""
    if thing.page > 1:
        return framed(thing, (), ())
    found = around_building(thing)
    figures = measurements(thing)
    missing = _missing(thing)
    uses = list(dict.fromkeys((*thing.about.all("ww:primaryUse"), *thing.about.all("ww:useClass"))))
    first = [
        _address(thing, missing),
        facts.named("What for", uses, missing, ("ww:useClass", "ww:primaryUse")),
        _held(thing, missing),
        _occupied(thing, missing),
        fact("Condition", figures, ("condition", "functional-suitability"), missing),
        running_cost(figures, missing),
        fact("How much it is used", figures, _UTILISATION, missing),
        fact("Size", figures, _SIZES, missing),
        facts.named("Reported by", thing.about.all("ww:reportedBy"), "Not recorded.", ("ww:reportedBy",)),
        contact.whom(thing),
    ]
    return framed(thing, first, list(parts(found, HEADINGS).values()), ROWS, TOLD) | {
        "sharing": f"/buildings/sharing?{urlencode({'near': thing.iri})}",
    }


def _missing(thing: Description) -> str:
    """What is said of a field that the register leaves empty: who does not publish it."""
    by = [thing.labels.name(node.value) for node in thing.about.all("ww:reportedBy")]
    return f"Not published by {by[0]}." if by else "Not published."


def _parts(thing: Description, name: str) -> list[Summary]:
    return [thing.nested[node.value] for node in thing.about.all(name) if node.value in thing.nested]


def _address(thing: Description, missing: str) -> Fact:
    lines = []
    for each in _parts(thing, "locn:address"):
        words = each.first("locn:fullAddress") or ", ".join(filter(None, map(each.first, _ADDRESS)))
        lines += [Line(words)] if words else []
    return Fact("Address", tuple(lines), absent=missing, told=frozenset(("locn:address",)))


def _held(thing: Description, missing: str) -> Fact:
    """Holder, tenure, and until when."""
    lines = []
    for each in _parts(thing, "ww:interest"):
        tenure = each.all("ww:tenureDetail") or each.all("ww:tenureType")
        words = [thing.labels.name(node.value) for node in (*each.all("ww:holder"), *tenure)]
        if landlords := each.all("ww:landlord"):
            words.append(f"from {thing.labels.name(landlords[0].value)}")
        for name, said in (("ww:leaseExpiry", "lease expires"), ("ww:breakDate", "can be left")):
            if day := each.first(name):
                words.append(f"{said} {date_in_words(day)}")
        lines += [Line(", ".join(words))] if words else []
    return Fact("Who holds it", facts.few(lines, 3), absent=missing)


def _occupied(thing: Description, missing: str) -> Fact:
    """Who uses it, how much of it, and on which agreement."""
    lines, found = [], _parts(thing, "ww:occupation")
    for each in found:
        names = [thing.labels.name(node.value) for node in each.all("ww:occupier")] or ["Not named"]
        words = [*names, *(thing.labels.name(node.value).lower() for node in each.all("ww:agreementType"))]
        if area := each.first("ww:occupiedArea"):
            words.append(f"{number(area)} m²")
        if end := each.first("ww:end"):
            words.append(f"until {date_in_words(end)}")
        lines.append(Line(", ".join(words)))
    return Fact("Who uses it", facts.few(lines, facts.PLACES), absent=missing)
