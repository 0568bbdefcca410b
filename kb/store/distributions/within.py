"""Which things stand in the row of another: what is within a thing has columns there, and no row of its own."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store

from kb.intake.heading import hyphened, inner_class, record_kinds
from kb.namespaces import GENID
from kb.vocabulary import RDF_TYPE, Term, term, terms

_NUMBER = re.compile(r"-(?:[2-9]|[1-9][0-9]+)")


@cache
def kinds() -> dict[str, Term]:
    """The name of each table and its class, in their order: classes with pages first."""
    return dict(sorted(record_kinds().items(), key=lambda item: _standing(item[0])))


def tables_of(store: Store, thing: str) -> list[str]:
    """The tables of the classes that the thing is said to be of."""
    types = (quad.object for quad in store.quads_for_pattern(NamedNode(thing), RDF_TYPE, None, DefaultGraph()))
    return [_kinds_of()[each.value] for each in types if isinstance(each, NamedNode) and each.value in _kinds_of()]


def table_of(class_: str) -> str | None:
    """The table of the things of a class; None where it has none."""
    return _kinds_of().get(class_)


def stands_elsewhere(store: Store, thing: str, kind: str) -> bool:
    """Whether a thing of the class of a table stands in a table before it, or in the row of a thing that has one.

    Of two things without pages, each within the other, the one that comes first has a row.
    """
    if min(map(_standing, tables_of(store, thing))) < _standing(kind):
        return True
    here = _standing(kind), thing
    return any(_has_row(store, owner, here) for owner in owners(store, thing))


def owners(store: Store, thing: str) -> Iterator[str]:
    """The things within which a thing is."""
    if not _may_be_within(thing):  # a code or a body has as many links to it as there are things
        return
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
    head, kind, slug = _ending(thing)
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


def _has_row(store: Store, owner: str, before: tuple[tuple[bool, str], str]) -> bool:
    """Whether the owner has a row, in a table of a class with pages or before that table and thing.

    Only one level further is looked at: a chain of things within each other, as long as you like, costs no more.
    """
    kind = min(tables_of(store, owner), key=_standing, default=None)
    if kind is None or record_kinds()[kind].iri_type:
        return kind is not None
    return (_standing(kind), owner) < before and not any(tables_of(store, each) for each in owners(store, owner))


def _standing(kind: str) -> tuple[bool, str]:
    """By which tables are ordered."""
    return not record_kinds()[kind].iri_type, kind


def _may_be_within(thing: str) -> bool:
    return "#" in thing or GENID in thing or _ending(thing)[1] in _all_leading()


def _ending(iri: str) -> list[str]:
    """Head, kind and slug of `head/kind/slug`; what has fewer parts has an empty head, which no other thing has."""
    return ["", "", *iri.rsplit("/", 2)][-3:]


@cache
def _kinds_of() -> dict[str, str]:
    return {class_.iri: kind for kind, class_ in kinds().items()}


@cache
def _all_leading() -> frozenset[str]:
    return frozenset(_leading(each.iri) for each in terms()) - {""}


@cache
def _leading(property: str) -> str:
    """What stands in the addresses of the things that the property leads to; empty where these have their own pages."""
    known = term(property)
    within = inner_class(known) if known else None
    return hyphened(known.name) if known and within and not within.iri_type else ""
