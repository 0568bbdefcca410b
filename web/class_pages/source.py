"""A document: who published it and when, where it can be read, and what rests on it."""

from typing import Any

from kb.ask.resource import Description
from kb.namespaces import expand
from web.class_pages import facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.values import date_in_words

HEADINGS: Headings = {
    "results": ("Results read in it", ("results",), "", False),
    "studies": ("Studies that it reports", ("studies",), "", False),
    "money": ("Statements of money read in it", ("money",), "", False),
    "lessons": ("Lessons read in it", ("lessons",), "", False),
    "claims": ("What else was read in it", ("claims",), "", False),
    "others": ("Other versions and parts", ("others",), "", False),
}

ROWS = ("dcterms:bibliographicCitation", "dcterms:isPartOf", "cito:citesAsEvidence", "dcterms:license", "rdfs:seeAlso")

_RESTS = frozenset(map(expand, ("prov:hadPrimarySource", "ww:reportedIn")))

TOLD = ("dcterms:publisher", "dcterms:creator", "dcterms:issued", "ww:retrievedOn", "foaf:page", "dcterms:replaces")


def variables(thing: Description) -> dict[str, Any]:
    """The variables of class-page.html for a source."""
    if thing.page > 1:
        return framed(thing, (), ())
    found = around(thing, "source")
    about = thing.about
    by = about.all("dcterms:creator") or about.all("dcterms:publisher")
    issued, read = about.first("dcterms:issued"), about.first("ww:retrievedOn")
    number = sum(each.count for each in thing.incoming if each.iri in _RESTS)
    first = [
        facts.named("Who published it", by, "Not recorded.", ("dcterms:publisher", "dcterms:creator")),
        Fact("When", (Line(date_in_words(issued)),) if issued else (), absent="Its date is not recorded.",
             told=frozenset(("dcterms:issued",))),
        Fact("Where to read it", nodes=tuple(about.all("foaf:page")), count=len(about.all("foaf:page")),
             absent="No web address is recorded.", told=frozenset(("foaf:page",))),
        Fact("What rests on it", (Line(f"{number:,} {'record' if number == 1 else 'records'}"),) if number else (),
             absent="Nothing that is recorded here."),
        Fact("Last read", (Line(date_in_words(read)),) if read else (), told=frozenset(("ww:retrievedOn",))),
    ]  # fmt: skip
    return framed(thing, first, list(parts(found, HEADINGS).values()), ROWS, TOLD)
