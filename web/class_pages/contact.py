"""Whom to ask about a thing: a post, office or page, never a person; and when that was last confirmed."""

from kb.ask import lists
from kb.ask.labels import labels_of
from kb.ask.resource import Description
from kb.ask.summaries import Term
from web.class_pages.facts import Fact, Line
from web.reading import snapshot
from web.values import date_in_words

_CONFIRMED = ("ww:validAsOf", "dcterms:modified")
"""When something was last known to hold: as it says itself, else when its record was last changed."""

_RESPONSIBLE = ("ww:leadOrganisation", "ww:adopter", "ww:reportedBy", "cv:ownedBy", "cv:hasCompetentAuthority")
"""Who could have published a contact, the nearest first."""


def whom(thing: Description, responsible: tuple[Term, ...] = ()) -> Fact:
    """The contact of a thing and the day on which it was confirmed; else who publishes none, and who keeps the record.

    `responsible` are those who lead it where the thing itself does not say so.
    """
    store = snapshot().store
    contacts = thing.about.all("dcat:contactPoint")
    dataset = thing.datasets.get(thing.graph, "")
    asked = [dataset, *(node.value for node in contacts)]
    known = lists.cells(store, asked, (*_CONFIRMED, "dcterms:publisher", "dcat:contactPoint"))
    leading = [node for name in _RESPONSIBLE for node in thing.about.all(name)] or list(responsible)
    keepers = known[dataset].all("dcterms:publisher") if dataset else []
    wanted = {node.value for node in (*contacts, *leading, *keepers)}
    thing.labels.update(labels_of(store, wanted - thing.labels.keys()))
    changed = thing.about.first("dcterms:modified")
    if contacts:
        days = dict.fromkeys(_confirmed(thing, known[node.value].first(*_CONFIRMED)) for node in contacts)
        lines = tuple(Line(f"last confirmed {day}") for day in days)
        return Fact("Who to ask", lines, tuple(contacts), len(contacts), told=frozenset(("dcat:contactPoint",)))
    by = " and ".join(thing.labels.name(node.value) for node in leading[:2])
    words = f"Not published by {by}." if by else "No contact is published."
    if keepers:
        words += f" The record is kept by {thing.labels.name(keepers[0].value)}"
        words += f" and was last changed on {date_in_words(changed)}." if changed else "."
    others = tuple(known[dataset].all("dcat:contactPoint")) if dataset else ()
    thing.labels.update(labels_of(store, {node.value for node in others} - thing.labels.keys()))
    return Fact("Who to ask", (Line(words),), others, len(others))


def _confirmed(thing: Description, on: str | None) -> str:
    on = on or thing.about.first(*_CONFIRMED)
    return f"on {date_in_words(on)}" if on else "on a day that is not recorded"
