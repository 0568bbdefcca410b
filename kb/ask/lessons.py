"""Lessons by theme: which there are, the places that report each, and how they agree or contradict.

What lessons say of their theme, stage and place, and of each other, is read once for a snapshot and remembered: some
ten rows a lesson. Their words are read for those of one page only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.ask.memory import once, remembered
from kb.ask.place_directory import Directory
from kb.ask.summaries import Summary, rows, summaries
from kb.effects import effect_key
from kb.namespaces import expand
from kb.store.readable import Store

MOST = 200_000
"""Rows that are read of all lessons."""

AGREEING = ("ww:corroborates", "ww:generalises")
"""Properties by which one lesson says the same as another."""


@dataclass(frozen=True)
class Lesson:
    """One lesson by what it is found by; every member is of IRIs, `agree` and `differ` whichever of the two says so."""

    iri: str
    themes: frozenset[str]
    stages: frozenset[str]
    places: frozenset[str]
    agree: frozenset[str]
    differ: frozenset[str]
    results: tuple[str, ...]
    """The findings that it rests on."""


def lessons(store: Store) -> dict[str, Lesson]:
    """Every lesson by its IRI."""
    return once(store, "lessons", "all", lambda: _read(store))


def chosen(every: Iterable[Lesson], theme: str, stage: str, place: str, directory: Directory) -> list[Lesson]:
    """Those of a theme, a stage and a place or a place within it; an empty choice leaves all."""
    return [
        each
        for each in every
        if (not theme or theme in each.themes)
        and (not stage or stage in each.stages)
        and (not place or any(place in directory.around(where) for where in each.places))
    ]


def effects(store: Store, findings: Iterable[str]) -> dict[str, str]:
    """Finding → its effect, a key of kb.effects; what is named and is no finding has none measured."""
    known = remembered(store, "effects of findings")
    wanted = set(findings)
    for each in wanted - known.keys():
        known[each] = effect_key(*(_said(store, each, name) for name in ("ww:effectDirection", "ww:desirability")))
    return {each: known[each] for each in wanted}


def _said(store: Store, thing: str, name: str) -> str | None:
    quads = store.quads_for_pattern(NamedNode(thing), NamedNode(expand(name)), None)
    return next((quad.object.value for quad in quads if isinstance(quad.object, NamedNode)), None)


def _read(store: Store) -> dict[str, Lesson]:
    said = summaries(rows(store, "lesson-facets", MOST))
    agree, differ = (_both(said.values(), names) for names in (AGREEING, ("ww:contradicts",)))
    return {
        iri: Lesson(
            iri=iri,
            themes=_values(thing, "ww:lessonTheme"),
            stages=_values(thing, "ww:stageApplies"),
            places=_values(thing, "ww:context"),
            agree=frozenset(agree.get(iri, ())),
            differ=frozenset(differ.get(iri, ())),
            results=tuple(thing.iris("ww:supportedBy")),
        )
        for iri, thing in said.items()
    }


def _both(things: Iterable[Summary], names: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for thing in things:
        for other in thing.iris(*names):
            found.setdefault(thing.iri, set()).add(other)
            found.setdefault(other, set()).add(thing.iri)
    return found


def _values(thing: Summary, name: str) -> frozenset[str]:
    return frozenset(thing.iris(name))
