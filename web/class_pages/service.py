"""A public service, or a place where services are to be had: what, for whom, by whom, where and since when."""

from typing import Any

from kb.ask.resource import Description
from web.class_pages import contact, facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.facts import Fact
from web.class_pages.frame import framed
from web.class_pages.measured import fact, measurements

HEADINGS: Headings = {
    "points": ("Where it is to be had", ("points",), "", False),
    "assets": ("Buildings", ("assets",), "", False),
    "work": ("What changed it", ("work",), "", False),
    "money": ("Money", ("money",), "No cost, saving or other sum is recorded.", False),
    "claims": ("What is said of it", ("claims",), "", False),
}

ROWS = (
    "ww:delivers", "ww:serves", "cv:openingHours", "dcterms:type", "cv:thematicArea", "ww:addresses", "ww:lgslService",
    "ww:measurement", "locn:address", "geo:hasDefaultGeometry", "dcterms:accessRights",
    "prov:hadPrimarySource",
)  # fmt: skip

TOLD = ("cv:hasChannel", "ww:providedFrom")

_RUN = ("cv:hasCompetentAuthority", "cv:ownedBy")


def variables(thing: Description) -> dict[str, Any]:
    """The variables of class-page.html for a service or an access point."""
    if thing.page > 1:
        return framed(thing, (), ())
    found = around(thing, "service")
    run = [node for name in _RUN for node in thing.about.all(name)]
    visits = fact("Visits", measurements(thing), ("footfall",), "")
    opened = facts.when(thing, "When it opened is not recorded.")
    first = [
        facts.named("Who runs it", run, "Not recorded.", _RUN),
        facts.named("Shared by", thing.about.all("ww:sharedBy"), "", ("ww:sharedBy",)),
        facts.where(thing),
        Fact("Open", opened.lines, absent=opened.absent, told=opened.told),
        visits,
        _offered(thing),
        contact.whom(thing),
    ]
    return framed(thing, first, list(parts(found, HEADINGS).values()), ROWS, TOLD)


def _offered(thing: Description) -> Fact:
    """What is to be had there."""
    return facts.named("Services there", thing.about.all("ww:delivers"))
