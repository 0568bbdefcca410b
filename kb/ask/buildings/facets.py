"""What can be chosen, each choice with how many buildings it would leave beside the others that are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy

from kb.ask.buildings.wanted import all_of, short
from kb.store.buildings.tables import Tables

MOST = 60
"""Choices of one facet that are offered, those with most buildings."""


@dataclass(frozen=True)
class Choice:
    """`value` is what stands in the address, `iri` what is named."""

    value: str
    iri: str
    buildings: int


@dataclass(frozen=True)
class Facet:
    """The choices of one field, by number; `left_out` counts those that are not offered."""

    name: str
    choices: tuple[Choice, ...]
    left_out: int


def facets(tables: Tables, fitting: Mapping[str, Any]) -> list[Facet]:
    """The facets, of buildings that fit the masks of kb.ask.buildings.wanted."""
    index = tables.index
    found = [
        _facet("place", index.places, _listed(tables, "places", all_of(tables, fitting, "place"))),
        _facet("body", index.bodies, _bodies(tables, all_of(tables, fitting, "body"))),
        _facet("occupier", index.bodies, _listed(tables, "occupiers", all_of(tables, fitting, "occupier"))),
        _facet("kind", *_kinds(tables, all_of(tables, fitting, "kind"))),
    ]
    for name, column in (("use", "uses_and_above"), ("tenure", "tenures")):
        found.append(_facet(name, index.codes, _listed(tables, column, all_of(tables, fitting, name))))
    for name in ("condition", "status"):
        numbers = tables.buildings.numbers(name)[all_of(tables, fitting, name)]
        found.append(_facet(name, index.codes, numpy.bincount(numbers[numbers >= 0], minlength=len(index.codes))))
    return [each for each in found if each.choices]


def _facet(name: str, iris: tuple[str, ...], counts: Any) -> Facet:
    there = [(int(count), iri) for count, iri in zip(counts, iris, strict=True) if count]
    there.sort(key=lambda each: (-each[0], each[1]))
    written = short if name in ("place", "body", "occupier") else _code
    choices = tuple(Choice(written(iri), iri, count) for count, iri in there[:MOST])
    return Facet(name, choices, max(0, len(there) - MOST))


def _listed(tables: Tables, column: str, mask: Any) -> Any:
    values, rows = tables.buildings.lists(column)
    known = {"places": tables.index.places, "occupiers": tables.index.bodies}.get(column, tables.index.codes)
    return numpy.bincount(values[mask[rows]], minlength=len(known))


def _bodies(tables: Tables, mask: Any) -> Any:
    """How many buildings each body reports or holds, each once."""
    size = len(tables.index.bodies)
    reporting = tables.buildings.numbers("register_of")
    values, rows = tables.buildings.lists("holders")
    other = mask[rows] & (values != reporting[rows])
    own = reporting[mask & (reporting >= 0)]
    return numpy.bincount(own, minlength=size) + numpy.bincount(values[other], minlength=size)


def _kinds(tables: Tables, mask: Any) -> tuple[tuple[str, ...], list[int]]:
    """The kinds of the bodies that have buildings, and of how many buildings each is, by their reporting body.

    The most specific kind of each body: of a police force not also that it is police, unless that is all that is said
    of another.
    """
    own: set[str] = set()
    counts: dict[str, int] = {}
    for body, number in zip(tables.index.bodies, _bodies(tables, mask), strict=True):
        own.update(tables.index.own_kinds[body] if number else ())
        for kind in tables.index.kinds[body] if number else ():
            counts[kind] = counts.get(kind, 0) + int(number)
    return tuple(own), [counts[kind] for kind in own]


def _code(iri: str) -> str:
    return iri.rpartition("/")[2]
