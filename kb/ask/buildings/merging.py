"""Registers of several bodies put side by side for a reorganisation: coverage, probable duplicates, overlaps, gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from pyoxigraph import DefaultGraph, NamedNode

from kb.ask.buildings.sharing import DEFAULT
from kb.ask.summaries import rows
from kb.namespaces import expand
from kb.store.buildings.same import CLOSE, LINKED, POSTCODE, SIMILAR, UPRN
from kb.store.buildings.tables import Tables
from kb.store.readable import Store

_NAMED_GRAPH = NamedNode(expand("ww:namedGraph"))

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("Name", "texts", "name"),
    ("Identifier", "texts", "identifier"),
    ("UPRN", "texts", "uprn"),
    ("Postcode", "texts", "postcode"),
    ("Point", "figures", "longitude"),
    ("Use", "lists", "uses"),
    ("Status", "codes", "status"),
    ("Tenure", "lists", "tenures"),
    ("Lease dates", "either", "break"),
    ("Occupier", "lists", "occupiers"),
    ("Size", "figures", "size"),
    ("Running cost", "figures", "cost"),
    ("Condition", "codes", "condition"),
    ("Utilisation", "figures", "utilisation"),
    ("Place", "lists", "places"),
)
"""What a merged register needs: its name, and in which column of the table it is."""


@dataclass(frozen=True)
class Coverage:
    """One field, and how many buildings of each body have it, in the order of the bodies."""

    field: str
    filled: tuple[int, ...]


@dataclass(frozen=True)
class Merged:
    """Bodies (IRIs) with how many buildings each reports; `same` and `overlaps` are rows of those tables."""

    bodies: tuple[str, ...]
    buildings: tuple[int, ...]
    coverage: tuple[Coverage, ...]
    same: Any
    overlaps: Any


@dataclass(frozen=True)
class Change:
    """A reorganisation: bodies that end and bodies that follow, IRIs; either may be empty."""

    iri: str
    planned: bool
    before: tuple[str, ...]
    after: tuple[str, ...]


def merged(tables: Tables, bodies: Sequence[str]) -> Merged:
    """The registers of these bodies (IRIs) put together; nothing is merged by itself."""
    known = tables.index.bodies
    of = tables.buildings.numbers("register_of")
    theirs = [of == known.index(body) if body in known else numpy.zeros(len(of), dtype=bool) for body in bodies]
    among = numpy.any(theirs, axis=0) if theirs else numpy.zeros(len(of), dtype=bool)
    one, other = tables.same.numbers("one"), tables.same.numbers("other")
    (same,) = numpy.nonzero(among[one] & among[other])
    alike = tables.same.numbers("alike")[same].astype(int)
    order = numpy.lexsort((other[same], one[same], -alike, _sureness(tables, same)))
    return Merged(
        tuple(bodies),
        tuple(int(mask.sum()) for mask in theirs),
        tuple(_coverage(tables, theirs)),
        same[order],
        _overlaps(tables, among, of),
    )


def datasets_of(store: Store, tables: Tables, bodies: Sequence[str]) -> set[str]:
    """The datasets (IRIs) in which the registers of these bodies stand."""
    numbers = [number for number, body in enumerate(tables.index.bodies) if body in bodies]
    of = tables.buildings.numbers("register_of")
    values, rows_ = tables.buildings.lists("registers")
    graphs = [tables.index.registers[each] for each in numpy.unique(values[numpy.isin(of[rows_], numbers)])]
    stated = (
        quad.subject
        for graph in graphs
        for quad in store.quads_for_pattern(None, _NAMED_GRAPH, NamedNode(graph), DefaultGraph())
    )
    return {each.value for each in stated if isinstance(each, NamedNode)}


def confidence(by: int, alike: int) -> str:
    """How sure it is that two records are of one building, in words."""
    if by & LINKED:
        return "certain: one record says so"
    if by & UPRN:
        return "very likely" if alike >= SIMILAR else "likely, though the names differ"
    return "likely" if alike == 100 or (by & POSTCODE and by & CLOSE) else "possible"


def because(by: int, alike: int, metres: float | None) -> str:
    """What says that two records are of one building, in words."""
    said = []
    if by & LINKED:
        said.append("one record links to the other")
    if by & UPRN:
        said.append("the same UPRN")
    if by & POSTCODE:
        said.append("the same postcode")
    if by & CLOSE and metres is not None:
        said.append(f"points {metres:.0f} m apart")
    said.append("the same name" if alike == 100 else "similar names" if alike >= SIMILAR else "different names")
    return ", ".join(said)


def changes(store: Store) -> list[Change]:
    """Every reorganisation that is known, the latest first."""
    found: dict[str, tuple[bool, dict[str, None], dict[str, None]]] = {}
    for change, planned, before, after in rows(store, "reorganisations"):
        _, ends, follows = found.setdefault(change.value, (planned is not None and planned.value == "true", {}, {}))
        if before is not None:
            ends[before.value] = None
        if after is not None:
            follows[after.value] = None
    return [Change(iri, planned, tuple(ends), tuple(follows)) for iri, (planned, ends, follows) in found.items()]


def change(store: Store, iri: str) -> Change | None:
    """One reorganisation; None where it is none that is known."""
    return next((each for each in changes(store) if each.iri == iri), None)


def _coverage(tables: Tables, theirs: Sequence[Any]) -> list[Coverage]:
    return [Coverage(field, tuple(int((has & mask).sum()) for mask in theirs)) for field, has in _filled(tables)]


def _filled(tables: Tables) -> list[tuple[str, Any]]:
    table = tables.buildings
    found = []
    for field, kind, column in FIELDS:
        if kind == "lists":
            has = numpy.zeros(len(table), dtype=bool)
            has[table.lists(column)[1]] = True
        elif kind == "codes":
            has = table.numbers(column) >= 0
        elif kind == "figures":
            has = ~numpy.isnan(table.numbers(column))
        elif kind == "either":
            has = table.is_filled("break") | table.is_filled("expiry")
        else:
            has = table.is_filled(column)
        found.append((field, has))
    return found


def _sureness(tables: Tables, same: Any) -> Any:
    by = tables.same.numbers("by")[same]
    return numpy.where(by & LINKED, 0, numpy.where(by & UPRN, 1, 2))


def _overlaps(tables: Tables, among: Any, of: Any) -> Any:
    """Pairs of near buildings of two of the bodies with one main use, the nearest first."""
    near = tables.near
    one, other, metres = (near.numbers(name) for name in ("one", "other", "metres"))
    main = tables.buildings.numbers("main_use")
    keep = among[one] & among[other] & (of[one] != of[other]) & (main[one] >= 0) & (main[one] == main[other])
    (found,) = numpy.nonzero(keep & (metres <= DEFAULT))
    return found[numpy.argsort(metres[found], kind="stable")]
