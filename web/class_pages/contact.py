"""Whom to ask about a thing: a post, office or page, never a person; and when that was last confirmed."""

from collections.abc import Sequence

from pyoxigraph import NamedNode

from kb.ask import lists
from kb.ask.labels import labels_of
from kb.ask.resource import Description
from web.class_pages.facts import Fact, Line
from web.reading import snapshot
from web.values import date_in_words

_CONFIRMED = ("ww:validAsOf", "dcterms:modified")
"""When something was last known to hold: as it says itself, else when its record was last changed."""

_RESPONSIBLE = ("ww:leadOrganisation", "ww:adopter", "ww:reportedBy", "cv:ownedBy", "cv:hasCompetentAuthority")
"""Who could have published a contact, the nearest first."""


def whom(thing: Description, responsible: Sequence[str] = ()) -> Fact:
    """The contact of a thing and the day on which it was confirmed; else who publishes none, and who keeps the record.

    `responsible` are those who lead it where the thing itself does not say so.
    """
    store = snapshot().store
    contacts = list(map(NamedNode, thing.about.iris("dcat:contactPoint")))
    dataset = thing.datasets.get(thing.graph, "")
    asked = [*filter(None, [dataset]), *(node.value for node in contacts)]
    known = lists.cells(store, asked, (*_CONFIRMED, "dcterms:publisher", "dcat:contactPoint"))
    leading = thing.about.iris(*_RESPONSIBLE) or list(responsible)
    keepers = known[dataset].iris("dcterms:publisher") if dataset else []
    others = tuple(map(NamedNode, known[dataset].iris("dcat:contactPoint"))) if dataset else ()
    thing.labels.update(labels_of(store, {*leading, *keepers} - thing.labels.keys()))
    changed = thing.about.first("dcterms:modified")
    if contacts:
        days = dict.fromkeys(_confirmed(thing, known[node.value].first(*_CONFIRMED)) for node in contacts)
        lines = tuple(Line(f"last confirmed {day}") for day in days)
        return Fact("Who to ask", lines, tuple(contacts), len(contacts), told=frozenset(("dcat:contactPoint",)))
    by = " and ".join(map(thing.labels.name, leading[:2]))
    words = f"Not published by {by}." if by else "No contact is published."
    if keepers:
        words += f" The record is kept by {thing.labels.name(keepers[0])}"
        words += f" and was last changed on {date_in_words(changed)}." if changed else "."
    return Fact("Who to ask", (Line(words),), others, len(others))


def _confirmed(thing: Description, on: str | None) -> str:
    on = on or thing.about.first(*_CONFIRMED)
    return f"on {date_in_words(on)}" if on else "on a day that is not recorded"
