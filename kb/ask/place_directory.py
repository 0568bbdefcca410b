"""The places by kind and by the larger place that each lies in; read once for a snapshot and remembered."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from kb.ask.memory import once
from kb.ask.summaries import nodes, rows, summaries
from kb.namespaces import concept
from kb.store.readable import Store
from kb.vocabulary import ancestors

MOST = 200_000
"""Rows that are read of all places, some three of each."""

REGION = concept("place-type", "region")


@dataclass(frozen=True)
class Entry:
    """One place; `kind` is the concept of its type, `within` the places that it says it lies in."""

    iri: str
    name: str
    kind: str
    within: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """The places by IRI, and what each lies in, however far up."""

    places: dict[str, Entry]
    _around: dict[str, frozenset[str]] = field(default_factory=dict)

    def around(self, place: str) -> frozenset[str]:
        """The place and all that it lies in; a circle ends where it began."""
        if place not in self._around:
            found: set[str] = set()
            waiting = [place]
            while waiting:
                current = waiting.pop()
                if current not in found:
                    found.add(current)
                    known = self.places.get(current)
                    waiting += known.within if known else ()
            self._around[place] = frozenset(found)
        return self._around[place]

    def of_kind(self, kind: str) -> list[Entry]:
        """The places of a kind, by name."""
        return sorted((each for each in self.places.values() if each.kind == kind), key=lambda each: each.name)

    def chosen(self, kind: str, region: str) -> list[Entry]:
        """The places of a kind within a place, by name; an empty choice leaves all."""
        found = (each for each in self.places.values() if not kind or each.kind == kind)
        inside = (each for each in found if not region or region in self.around(each.iri))
        return sorted(inside, key=lambda each: each.name.lower())


def directory(store: Store) -> Directory:
    """All places of the snapshot."""
    return once(store, "places", "all", lambda: Directory({entry.iri: entry for entry in _entries(store)}))


def counts(store: Store, places: Sequence[str], classes: Sequence[Collection[str]]) -> dict[str, list[int]]:
    """Place → for each group of classes how many things of it are recorded there, subclasses included."""
    found: dict[str, list[set[str]]] = {place: [set() for _ in classes] for place in places}
    if places:
        for place, item, class_ in rows(store, "place-items", MOST, place=nodes(places)):
            above = ancestors(class_.value)
            for number, wanted in enumerate(classes):
                if not above.isdisjoint(wanted):
                    found[place.value][number].add(item.value)
    return {place: [len(items) for items in groups] for place, groups in found.items()}


def points(store: Store, places: Sequence[str]) -> list[tuple[str, str]]:
    """Place and point (WKT) of those that have one."""
    found = rows(store, "place-points", place=nodes(places)) if places else ()
    return [(place.value, point.value) for place, point in found]


def _entries(store: Store) -> Iterable[Entry]:
    for iri, said in summaries(rows(store, "place-facets", MOST)).items():
        kind = next(iter(said.iris("ww:placeType")), "")
        yield Entry(iri, said.first("skos:prefLabel") or iri, kind, tuple(said.iris("geo:sfWithin")))
