"""Whose entries a publication touches: the records that changed, and those that tell of them."""

from collections.abc import Callable, Collection, Iterable, Iterator

from pyoxigraph import DefaultGraph, NamedNode

from kb.namespaces import expand
from kb.store.readable import Store
from kb.store.search_index.entries import FOUND_ON

_MERGE = DefaultGraph()
_WITHIN = NamedNode(expand("geo:sfWithin"))
_FOUND_ON = tuple(NamedNode(expand(property)) for property in FOUND_ON.values())
_BROADER = NamedNode(expand("skos:broader"))

DEEPEST = 12
"""Places within places that are followed."""


def affected(
    store: Store, changed: Collection[str], most: int, noted: Callable[[str], Iterable[str]]
) -> set[str] | None:
    """The records whose entries have to be made again, those that are gone included; None where there are more than
    `most`.

    An entry holds the names of what it links to, of the places around these, and of an intervention or outcome
    the findings on it and on what is below it. `noted` tells on which of these a record was before.
    """
    found: set[str] = set()
    for iri in _telling(store, changed, noted):
        found.add(iri)
        if len(found) > most:
            return None
    return found


def _telling(store: Store, changed: Collection[str], noted: Callable[[str], Iterable[str]]) -> Iterator[str]:
    for iri in changed:
        yield iri
        subjects = {each for property in _FOUND_ON for each in _to(store, iri, property)} | set(noted(iri))
        yield from subjects
        for each in subjects:
            yield from _to(store, each, _BROADER)
        for place in _below(store, iri):
            yield place
            yield from _leading_to(store, place, None)


def _below(store: Store, iri: str) -> Iterator[str]:
    """The thing, and the places that lie in it."""
    seen = {iri}
    level = [iri]
    for _ in range(DEEPEST):
        yield from level
        level = [iri for each in level for iri in _leading_to(store, each, _WITHIN) if iri not in seen]
        seen.update(level)
        if not level:
            return


def _leading_to(store: Store, iri: str, property: NamedNode | None) -> Iterator[str]:
    for quad in store.quads_for_pattern(None, property, NamedNode(iri), _MERGE):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def _to(store: Store, iri: str, property: NamedNode) -> list[str]:
    found = store.quads_for_pattern(NamedNode(iri), property, None, _MERGE)
    return [quad.object.value for quad in found if isinstance(quad.object, NamedNode)]
