"""Which things stand in the row of another: what is within a thing has columns there, and no row of its own."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store

from kb.intake.heading import hyphened, inner_class, record_kinds
from kb.namespaces import GENID
from kb.vocabulary import RDF_TYPE, Term, term

_NUMBER = re.compile(r"-(?:[2-9]|[1-9][0-9]+)")


@cache
def kinds() -> tuple[tuple[str, Term], ...]:
    """The name of each table and its class, in the order in which they are made: classes with pages first."""
    return tuple(sorted(record_kinds().items(), key=lambda item: (not item[1].iri_type, item[0])))


@cache
def places() -> dict[str, int]:
    """Class → where its table stands among `kinds`."""
    return {class_.iri: place for place, (_, class_) in enumerate(kinds())}


def tables_of(store: Store, thing: str) -> list[int]:
    """The tables (places in `kinds`) of the classes that the thing is said to be of."""
    types = (quad.object for quad in store.quads_for_pattern(NamedNode(thing), RDF_TYPE, None, DefaultGraph()))
    return [places()[each.value] for each in types if isinstance(each, NamedNode) and each.value in places()]


def stands_elsewhere(store: Store, thing: str, place: int) -> bool:
    """Whether a thing, of the class of the table at that place, stands in a table before it, or in the row of a thing
    that has one before."""
    within = any(_has_row(store, owner, (place, thing)) for owner in owners(store, thing))
    return within or min(tables_of(store, thing)) < place


def owners(store: Store, thing: str) -> Iterator[str]:
    """The things within which a thing is."""
    for quad in store.quads_for_pattern(None, None, NamedNode(thing), DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and inner(quad.subject.value, quad.predicate.value, [quad.object]):
            yield quad.subject.value


def parts(store: Store, thing: str) -> Iterator[str]:
    """The things that are within a thing."""
    for quad in store.quads_for_pattern(NamedNode(thing), None, None, DefaultGraph()):
        yield from inner(thing, quad.predicate.value, [quad.object]).values()


def inner(thing: str, property: str, values: Sequence[Any]) -> dict[int, str]:
    """The things within the thing that the property leads to, by their numbers.

    Those of tables have addresses made from that of their record (docs/tables.md); of RDF, they are nodes without a
    name, or fragments of the thing, in the order of their addresses.
    """
    name = _leading(property)
    if not name:
        return {}
    head, kind, slug = ["", "", *thing.rsplit("/", 2)][-3:]
    own = f"{head}/{name}/{kind}-{slug}"
    found: dict[int, str] = {}
    rest = []
    for iri in (value.value for value in values if isinstance(value, NamedNode)):
        number = iri.removeprefix(own)
        if number == "":
            found[1] = iri
        elif number != iri and _NUMBER.fullmatch(number):
            found[int(number[1:])] = iri
        elif GENID in iri or iri.startswith(f"{thing}#"):
            rest.append(iri)
    free = (number for number in count(1) if number not in found)
    return found | {next(free): iri for iri in sorted(rest)}


def _has_row(store: Store, thing: str, before: tuple[int, str]) -> bool:
    """Whether the thing has a row in a table of a class with pages, or in another one before that table and thing."""
    own = tables_of(store, thing)
    if not own:
        return False
    first = min(own)
    if kinds()[first][1].iri_type:
        return True
    return (first, thing) < before and not stands_elsewhere(store, thing, first)


@cache
def _leading(property: str) -> str:
    """What stands in the addresses of the things that the property leads to; empty where these have their own pages."""
    known = term(property)
    within = inner_class(known) if known else None
    return hyphened(known.name) if known and within and not within.iri_type else ""
