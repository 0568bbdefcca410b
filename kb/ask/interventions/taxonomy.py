"""The taxonomy of interventions: groups, their types, and below these what the records name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.ask.interventions import ROOM
from kb.ask.labels import Labels, labels_of
from kb.ask.summaries import rows
from kb.namespaces import HOME
from kb.store.readable import Store

GROUP, TYPE, NAMED = "group", "type", "named"
"""How general an intervention is: without a broader one, directly below such a one, or below a type."""

_CONCEPTS = f"{HOME}/concept/"


@dataclass(frozen=True)
class Tree:
    """Things that are ordered by skos:broader, siblings by name: interventions, or outcomes with their domains."""

    above: Mapping[str, tuple[str, ...]]
    """Thing → the broader ones; every thing is a key."""
    below: Mapping[str, tuple[str, ...]]
    """Thing → the narrower ones, where it has some."""
    labels: Labels

    def __contains__(self, iri: object) -> bool:
        return iri in self.above

    @property
    def tops(self) -> tuple[str, ...]:
        """Those without a broader one."""
        return tuple(sorted((iri for iri, broader in self.above.items() if not broader), key=self._name))

    def within(self, iri: str) -> frozenset[str]:
        """The thing and all below it, at any depth."""
        return self._reached(iri, self.below)

    def over(self, iri: str) -> frozenset[str]:
        """The thing and all above it."""
        return self._reached(iri, self.above)

    def over_all(self, things: Iterable[str]) -> frozenset[str]:
        """The things and all above them."""
        return frozenset[str]().union(*(self.over(each) for each in things))

    def kind(self, iri: str) -> str:
        """How general an intervention is: GROUP, TYPE or NAMED.

        What data of others puts below a group directly is named by them, and no type of the taxonomy.
        """
        broader = self.above.get(iri, ())
        if not broader:
            return GROUP if iri.startswith(_CONCEPTS) else NAMED
        return TYPE if iri.startswith(_CONCEPTS) and any(not self.above.get(each) for each in broader) else NAMED

    def in_order(self, top: str) -> list[tuple[int, str]]:
        """The things below one, each with its depth from 1, parents first; each once."""
        found: list[tuple[int, str]] = []
        seen = {top}
        ahead = [(1, each) for each in reversed(self.below.get(top, ()))]
        while ahead:
            depth, iri = ahead.pop()
            if iri not in seen:
                seen.add(iri)
                found.append((depth, iri))
                ahead += [(depth + 1, each) for each in reversed(self.below.get(iri, ()))]
        return found

    def _name(self, iri: str) -> tuple[str, str]:
        return self.labels.name(iri).casefold(), iri

    def _reached(self, iri: str, step: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        seen = {iri}
        ahead = [iri]
        while ahead:
            for each in step.get(ahead.pop(), ()):
                if each not in seen:
                    seen.add(each)
                    ahead.append(each)
        return frozenset(seen)


def tree(store: Store, pairs: Iterable[tuple[str, str | None]]) -> Tree:
    """The tree of (thing, broader) pairs; a broader one that is no thing of them is left out."""
    found = list(dict.fromkeys(pairs))
    known = {thing for thing, _ in found}
    labels = labels_of(store, known)
    above: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(known), ())
    below: dict[str, list[str]] = {}
    for thing, broader in found:
        if broader is not None and broader in known and broader != thing:
            above[thing] = (*above[thing], broader)
            below.setdefault(broader, []).append(thing)
    ordered = {
        iri: tuple(sorted(things, key=lambda each: (labels.name(each).casefold(), each)))
        for iri, things in below.items()
    }
    return Tree(above, ordered, labels)


def read_interventions(store: Store) -> tuple[Tree, dict[str, frozenset[str]]]:
    """The taxonomy, and the themes of the interventions that have some."""
    pairs: list[tuple[str, str | None]] = []
    themes: dict[str, set[str]] = {}
    for thing, broader, theme in rows(store, "taxonomy", package=ROOM):
        pairs.append((thing.value, broader.value if broader else None))
        if theme:
            themes.setdefault(thing.value, set()).add(theme.value)
    return tree(store, pairs), {iri: frozenset(found) for iri, found in themes.items()}
