"""What the page of a search shows beside its results: facets in words, what can be taken away, how it can be sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.ask.labels import Labels
from kb.ask.search.asked import CODES, Asked, written
from kb.ask.search.results import Found, Option
from kb.effects import KEYS
from kb.namespaces import expand
from kb.vocabulary import term
from web.effects import EFFECTS

FACET_HEADINGS: Mapping[str, str] = {
    "kind": "Kind of page",
    "theme": "Theme",
    "work": "Kind of work",
    "lesson": "What the lesson is about",
    "place": "Place",
    "body": "Kind of organisation",
    "evidence": "How sure we are",
    "effect": "Effect found",
    "use": "Use of the building",
    "publisher": "Published by",
    "date": "Date",
}
"""Facet → the words over it."""

ORDERS: Mapping[str, str] = {
    "relevance": "best match",
    "newest": "newest first",
    "strongest": "strongest evidence first",
    "name": "name",
}
"""Order → what it is called; none of them asks whether a result is good news."""

SHOWN = 12
"""Values of a facet that a page offers."""

_CONCEPT, _BARRIER = expand("skos:Concept"), expand("ww:Barrier")
_PLURALS = {_CONCEPT: "Code list entries", _BARRIER: "What got in the way, what helped"}
_SINGULARS = {_CONCEPT: "Code list entry", _BARRIER: "What got in the way, or helped"}


@dataclass(frozen=True)
class Choice:
    """A value of a facet: as the address has it, in words, how many results have it, whether it is chosen."""

    value: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Removal:
    """A value that is chosen, and what is searched for without it."""

    facet: str
    name: str
    left: Asked


def kind_name(class_iri: str) -> str:
    """What one thing of a class is called: `Case study`."""
    known = term(class_iri)
    return _SINGULARS.get(class_iri) or (_capital(known.label) if known else "Page")


def facets(found: Found, labels: Labels, most: int = SHOWN) -> dict[str, list[Choice]]:
    """Facet → its values, chosen ones first; one with a single value that all results have tells nothing."""
    shown = {facet: _choices(facet, options, found.asked, labels, most) for facet, options in found.facets.items()}
    return {facet: choices for facet, choices in shown.items() if _tells(choices, found.total)}


def removals(asked: Asked, labels: Labels) -> list[Removal]:
    """Everything that the results are narrowed to, one by one."""
    return [
        Removal(facet, _name(facet, value, labels), asked.without(facet, value))
        for facet, values in asked.chosen.items()
        for value in values
    ]


def more(found: Found, most: int) -> list[str]:
    """The facets that have more values than the `most` which are listed."""
    return [facet for facet, options in found.facets.items() if len(options) > most]


def chosen_values(found: Found, most: int = SHOWN) -> set[str]:
    """The IRIs that facets name where `most` values of each are listed."""
    offered = {each.value for facet, options in found.facets.items() if facet not in CODES for each in options[:most]}
    return offered | {value for facet, values in found.asked.chosen.items() if facet not in CODES for value in values}


def _choices(facet: str, options: Sequence[Option], asked: Asked, labels: Labels, most: int) -> list[Choice]:
    chosen = asked.chosen.get(facet, ())
    first = sorted(options, key=lambda option: option.value not in chosen)[: max(most, len(chosen))]
    if facet == "date":
        first = sorted(first, key=lambda option: option.value, reverse=True)
    if facet == "effect":
        first = sorted(first, key=lambda option: KEYS.index(option.value) if option.value in KEYS else len(KEYS))
    return [
        Choice(written(facet, each.value), _name(facet, each.value, labels), each.count, each.value in chosen)
        for each in first
    ]


def _tells(choices: Sequence[Choice], total: int) -> bool:
    return len(choices) > 1 or any(each.chosen or each.count != total for each in choices)


def _name(facet: str, value: str, labels: Labels) -> str:
    if facet == "effect":
        return EFFECTS[value].words if value in EFFECTS else value
    if facet == "date":
        return value.replace("-", " to ")
    if facet == "kind":
        known = term(value)
        return _PLURALS.get(value) or (known.plural if known else value)
    return labels.name(value)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
