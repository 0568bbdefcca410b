"""A place: who lives there, what it was and will be, and what was tried, found, spent and learned there."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from kb.ask import succession
from kb.ask.exact import exact
from kb.ask.labels import labels_of
from kb.ask.population import Population, populations
from kb.ask.resource import Description
from web import timeline
from web.class_pages import contact, estate, facts
from web.class_pages.around import Headings, around, parts
from web.class_pages.facts import Fact, Line
from web.class_pages.frame import framed
from web.reading import snapshot
from web.values import date_in_words, number

HEADINGS: Headings = {
    "programmes": ("Pilots and work here", ("programmes", "work"), "No pilot or piece of work is recorded.", False),
    "cases": ("Case studies", ("cases",), "No case study is recorded.", False),
    "results": ("What was found here", ("results",), "Nothing measured here is recorded.", False),
    "money": ("Money", ("money",), "No cost, saving or other sum is recorded for it.", False),
    "lessons": ("Lessons and barriers reported here", ("lessons", "barriers"), "No lesson is recorded.", False),
    "services": ("Services and access points", ("services",), "", False),
    "buildings": ("Buildings", (), "No building here is published.", False),
    "bodies": ("Public bodies that serve it", ("bodies",), "No body is recorded as serving it.", True),
    "within": ("What lies within", ("within",), "", True),
    "beside": ("What lies beside it in the same area", ("beside",), "", True),
}

ROWS = (
    *("ww:gssCode", "skos:altLabel", "skos:exactMatch", "ww:ruralUrbanClass", "ww:deprivationDecile"),
    "prov:hadPrimarySource",
)

TOLD = ("ww:placeType", "ww:precededBy", "ww:succeededBy")


def variables(thing: Description) -> dict[str, Any]:
    """The variables of place-page.html."""
    store = snapshot().store
    if thing.page > 1:
        return framed(thing, (), ())
    found = around(thing, "place")
    changes = [*succession.of_place(store, thing.about), *succession.of_bodies(store, thing.iri)]
    people = populations(store, thing.iri)
    named = {each for change in changes for each in (*change.before, *change.after, change.iri, change.kind) if each}
    thing.labels.update(labels_of(store, (named | {s for each in people for s in each.sources}) - thing.labels.keys()))
    told = parts(found, HEADINGS)
    links = ((f"All that was counted and spent in {thing.name}", f"/money?{urlencode({'place': thing.iri})}"),)
    told["money"] = replace(told["money"], links=links)
    told["buildings"] = estate.of_place(thing, told["buildings"])
    first = [
        _population(people, thing),
        facts.named("Kind of place", thing.about.all("ww:placeType"), "Not recorded."),
        facts.named("Lies in", thing.about.all("geo:sfWithin"), "Not recorded.", ("geo:sfWithin",)),
        facts.when(thing),
        _ahead(changes),
        contact.whom(thing),
    ]
    return framed(thing, first, list(told.values()), ROWS, TOLD) | {
        "changes": changes,
        "timeline": timeline.timeline(changes, thing.iri, thing.labels),
        "change_when": timeline.when,
        "people": people[1:],
    }


def _population(people: list[Population], thing: Description) -> Fact:
    told = frozenset(("ww:population",))
    if people:
        latest = people[0]
        lines = [Line(f"{number(latest.value)} in {date_in_words(latest.period)}", latest.observation)]
        lines += [Line(latest.note)] if latest.note else []
        sources = tuple(map(NamedNode, latest.sources))
        return Fact("Population", tuple(lines), sources, len(sources), told=told, before="Source:")
    said = thing.about.first("ww:population") or ""
    if exact(said) is not None:
        return Fact("Population", (Line(f"{number(said)}; its year and borders are not recorded"),), told=told)
    return Fact("Population", absent="Not recorded here for any year.")


def _ahead(changes: list[succession.Change]) -> Fact:
    planned = [change for change in changes if change.planned]
    lines = (Line(f"{change.name} ({timeline.when(change)})", change.iri) for change in planned)
    return Fact("What is ahead", tuple(lines))
