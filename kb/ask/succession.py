"""What came before a body or place and what comes after it: changes that were made or are planned, in order of time."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.ask import lists
from kb.ask.summaries import Summary, rows
from kb.store.readable import Store

_SAID = (
    "skos:prefLabel", "dcterms:title", "dcterms:date", "ww:changeKind", "ww:planned", "dcterms:description",
    "org:originalOrganization", "org:resultingOrganization", "ww:start", "ww:end",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change: what there was before it and after it; `iri` and `kind` are empty where only the places say so."""

    iri: str
    name: str
    date: str
    """As ISO 8601; empty where it is not recorded."""
    planned: bool
    kind: str
    description: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def of_bodies(store: Store, iri: str) -> list[Change]:
    """The changes of a body, or of those that serve a place."""
    found = [change.value for (change,) in rows(store, "changes-of-bodies", thing=NamedNode(iri))]
    said = lists.cells(store, found, _SAID)
    return sorted((_change(said[each]) for each in found), key=lambda change: (change.date or "9999", change.iri))


def of_place(store: Store, thing: Summary) -> list[Change]:
    """The areas that a place took over, and those that took over its own: one change each, as far as they say when."""
    before = tuple(sorted(set(thing.iris("ww:precededBy"))))
    after = tuple(sorted(set(thing.iris("ww:succeededBy"))))
    said = lists.cells(store, [*before, *after], _SAID)
    changes = []
    if before:
        ended = thing.first("ww:start") or _one(said[each].first("ww:end") for each in before)
        changes.append(Change("", "Areas before it", ended, False, "", "", before, (thing.iri,)))
    if after:
        ended = thing.first("ww:end") or _one(said[each].first("ww:start") for each in after)
        changes.append(Change("", "Areas after it", ended, False, "", "", (thing.iri,), after))
    return changes


def _one(dates: Iterable[str | None]) -> str:
    """The date that all give; empty where they give none or several."""
    found = {each for each in dates if each}
    return found.pop() if len(found) == 1 else ""


def _change(said: Summary) -> Change:
    return Change(
        iri=said.iri,
        name=said.first("skos:prefLabel", "dcterms:title") or "",
        date=said.first("dcterms:date") or "",
        planned=said.first("ww:planned") == "true",
        kind=next(iter(said.iris("ww:changeKind")), ""),
        description=said.first("dcterms:description") or "",
        before=tuple(said.iris("org:originalOrganization")),
        after=tuple(said.iris("org:resultingOrganization")),
    )
