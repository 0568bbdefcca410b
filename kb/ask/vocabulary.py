"""The vocabulary as the snapshot holds it: the ontology's terms, and the code lists with their concepts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.ask.memory import once
from kb.ask.summaries import Summary, nodes, rows, summaries
from kb.namespaces import HOME
from kb.store.readable import Store

ONTOLOGY = f"{HOME}/def"

INTERVENTIONS = f"{HOME}/concept/intervention"
"""The taxonomy of what is done: groups, types, and below them what the records name."""

GRADES = f"{HOME}/concept/evidence-strength"
"""The scale that says how sure a statement is."""


@dataclass(frozen=True)
class Scheme:
    """A code list, how many concepts it has, and what it is for in words (empty where it does not say)."""

    iri: str
    concepts: int
    meaning: str


@dataclass(frozen=True)
class Branch:
    """A concept and the narrower ones of its scheme; `again` where it stood in an earlier branch already."""

    concept: Summary
    narrower: tuple["Branch", ...]
    again: bool


def about(store: Store, things: Iterable[str]) -> dict[str, Summary]:
    """All that is said of the things; a thing of which nothing is said has an empty summary."""
    wanted = list(things)
    found = summaries(rows(store, "about", thing=nodes(wanted))) if wanted else {}
    return {thing: found.get(thing, Summary(thing)) for thing in wanted}


def terms(store: Store) -> list[Summary]:
    """Every class and property of the ontology, its own and the reused ones, by IRI."""

    def read() -> list[Summary]:
        return sorted(summaries(rows(store, "terms")).values(), key=lambda term: term.iri.lower())

    return list(once(store, "terms", "", read))


def schemes(store: Store) -> list[Scheme]:
    """Every code list, by IRI."""

    def read() -> list[Scheme]:
        found = {scheme.value: int(concepts.value) for scheme, concepts in rows(store, "schemes")}
        # Kept, since each says too which concepts are at its top.
        said = about(store, found)
        meaning = {iri: said[iri].first("dcterms:description", "skos:definition") or "" for iri in found}
        return [Scheme(iri, concepts, meaning[iri]) for iri, concepts in found.items()]

    return list(once(store, "schemes", "", read))


def concepts(store: Store, scheme: str) -> list[Branch]:
    """The concepts of a code list as a tree by skos:broader, siblings by notation (numbers as numbers)."""
    return list(once(store, "concepts", scheme, lambda: _tree(store, scheme)))


def _tree(store: Store, scheme: str) -> list[Branch]:
    found = summaries(rows(store, "concepts", scheme=NamedNode(scheme)))
    narrower: dict[str, list[str]] = {}
    for iri, concept in found.items():
        parents = [parent.value for parent in concept.all("skos:broader") if parent.value in found]
        for parent in parents or [""]:
            narrower.setdefault(parent, []).append(iri)

    seen: set[str] = set()

    def grow(parent: str, above: frozenset[str]) -> Iterator[Branch]:
        children = (found[iri] for iri in narrower.get(parent, ()) if iri not in above)
        for child in sorted(children, key=_order):
            again = child.iri in seen
            seen.add(child.iri)
            yield Branch(child, tuple(grow(child.iri, above | {child.iri})), again)

    return list(grow("", frozenset()))


def levels(store: Store, scheme: str) -> dict[str, int]:
    """Concept → its place on an ordered scale, for a scheme whose notations are integers."""

    def read() -> dict[str, int]:
        found = summaries(rows(store, "concepts", scheme=NamedNode(scheme)))
        notations = {iri: concept.first("skos:notation") or "" for iri, concept in found.items()}
        return {iri: int(notation) for iri, notation in notations.items() if notation.isdigit()}

    return once(store, "levels", scheme, read)


def _order(concept: Summary) -> tuple[list[tuple[int, int, str]], str]:
    notation = concept.first("skos:notation", "skos:prefLabel") or ""
    parts = re.findall(r"\d+|\D+", notation.lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts], concept.iri
