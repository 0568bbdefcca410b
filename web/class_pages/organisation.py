"""A body: what it is, what came before it and comes after it, and what it did, shared, owns, spent and published."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from kb.ask import succession
from kb.ask.estate import buildings
from kb.ask.labels import labels_of
from kb.ask.resource import Description
from web import timeline
from web.class_pages import contact, facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.reading import snapshot
from web.values import number

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

_HOW = {"reported": "that it reports", "held": "that it holds", "occupied": "that it uses"}


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
    counts = buildings(store, thing.iri)
    words = "; ".join(f"{number(counts[how])} {said}" for how, said in _HOW.items() if how in counts)
    links = (("See them", f"/buildings?{urlencode({'body': thing.iri})}"),) if words else ()
    absent = f"No building is published by {thing.name}."
    words = f"Published here: {words}." if words else ""
    told["buildings"] = replace(told["buildings"], words=words, links=links, absent=absent)
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
