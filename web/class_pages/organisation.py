"""A body: what it is, what came before it and comes after it, and what it did, shared, owns, spent and published."""

from dataclasses import replace
from typing import Any

from kb.ask import succession
from kb.ask.labels import labels_of
from kb.ask.resource import Description
from web import timeline
from web.class_pages import contact, estate, facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.reading import snapshot

HEADINGS: Headings = {
    "pilots": ("What it led", ("pilots", "work"), "", False),
    "partnerships": ("Partnerships", ("partnerships",), "No partnership is recorded.", False),
    "services": ("Access points that it runs or shares", ("services",), "", False),
    "buildings": ("Buildings", (), "", False),
    "money": ("Money", ("money",), "No sum of money is recorded for it.", False),
    "studies": ("Studies that it carried out", ("studies",), "", False),
    "adoptions": ("What it took over from others", ("adoptions",), "", False),
    "posts": ("Posts", ("posts",), "", False),
    "datasets": ("Data that it published here", ("datasets",), "", False),
    "sources": ("Documents that it published", ("sources",), "No document of its own was read.", False),
}

ROWS = ("skos:altLabel", "foaf:homepage", "skos:exactMatch", "org:subOrganizationOf", "prov:hadPrimarySource")

TOLD = ("ww:organisationType", "dcterms:spatial", "org:changedBy")


def variables(thing: Description) -> dict[str, Any]:
    """The variables of organisation-page.html."""
    store = snapshot().store
    if thing.page > 1:
        return framed(thing, (), ())
    found = around(thing, "organisation")
    changes = succession.of_bodies(store, thing.iri)
    named = {each for change in changes for each in (*change.before, *change.after, change.iri, change.kind) if each}
    thing.labels.update(labels_of(store, named - thing.labels.keys()))
    told = parts(found, HEADINGS)
    absent = f"No building is published by {thing.name}."
    told["buildings"] = estate.of_body(thing, replace(told["buildings"], absent=absent))
    first = [
        facts.named("Kind of body", thing.about.all("ww:organisationType"), "Not recorded.", ("ww:organisationType",)),
        facts.named("Area that it serves", thing.about.all("dcterms:spatial"), "Not recorded.", ("dcterms:spatial",)),
        facts.when(thing),
        _fate(changes, thing.iri),
        contact.whom(thing),
    ]
    places = [(node.value, ()) for node in thing.about.all("dcterms:spatial")]
    return framed(thing, first, list(told.values()), ROWS, TOLD, places) | {
        "changes": changes,
        "timeline": timeline.timeline(changes, thing.iri, thing.labels),
        "change_when": timeline.when,
    }


def _fate(changes: list[succession.Change], iri: str) -> Fact:
    """What became of it, or is to."""
    lines = tuple(Line(f"{each.name} ({timeline.when(each)})", each.iri) for each in changes if iri in each.before)
    return Fact("What became of it", lines)
