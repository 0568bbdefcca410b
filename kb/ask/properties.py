"""The properties of a thing as its page shows them: in the order of the shapes, a page of values each, nodes nested."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import Literal, NamedNode

from kb.ask.arrangement import SOURCE, Arrangement, Place, arrangement, place
from kb.ask.labels import Labels
from kb.ask.statements import TYPE, About, Statements, is_skolem, nested, types_of
from kb.names import NAMES
from kb.namespaces import expand
from kb.protocols.containing import containing
from kb.vocabulary import term

_IDENTIFIER = expand("dcterms:identifier")

PAGE = 50
"""Values of one property, and incoming links, on one page."""


UNSHOWN = frozenset((TYPE, *map(expand, ("void:classPartition", "void:propertyPartition", "ww:holdsMeasure"))))
"""What a page tells in another way, and what counts a dataset part by part: hundreds of nodes, for programs."""


@dataclass(frozen=True)
class Value:
    """One object of a statement, the named graphs that state it, and what is said about it where it is nested."""

    term: Any
    graphs: tuple[str, ...]
    nested: "tuple[Property, ...]" = ()


@dataclass(frozen=True)
class Property:
    """The values of one property on this page; `count` is of all pages. `place` is where the shapes put it."""

    iri: str
    values: tuple[Value, ...]
    count: int
    place: Place

    @property
    def name(self) -> str:
        """What the shapes call it there, else the vocabulary; empty where neither knows it."""
        if self.place.name:
            return self.place.name
        known = term(self.iri)
        return known.label if known else ""


def properties_of(
    statements: Statements, subject: str, places: Arrangement, page: int, levels: int, above: tuple[str, ...] = ()
) -> list[Property]:
    """The statements about a subject by property; `above` are the subjects around it, so that a circle ends.

    Of a nested node its name, what only repeats the thing around it, and how its record is kept are left out.
    """
    start = (page - 1) * PAGE
    properties = []
    for iri, objects in statements.get(subject, {}).items():
        if iri in UNSHOWN:
            continue
        if above and (iri in NAMES or _shared(iri, objects, statements[above[-1]])):
            continue
        stands = place(iri, places)
        if above and stands.keeping and not is_skolem(subject):
            continue
        values = []
        for value in in_order(objects)[start : start + PAGE]:
            graphs = objects[value]
            inner: list[Property] = []
            if levels and isinstance(value, NamedNode) and value.value in statements and value.value not in above:
                around = (*above, subject)
                if nested(value.value, around[0]) or iri in containing():
                    within = stands.inner or arrangement(types_of(statements[value.value]))
                    inner = properties_of(statements, value.value, within, 1, levels - 1, around)
            values.append(Value(value, tuple(sorted(graphs) if len(graphs) > 1 else graphs), tuple(inner)))
        if values:
            properties.append(Property(iri, tuple(values), len(objects), stands))
    return sorted(properties, key=lambda each: (each.place.order, each.iri)) if above else properties


def in_order(values: Collection[Any]) -> list[Any]:
    """The values of one property in the order in which pages show them."""
    return sorted(values, key=str) if len(values) > 1 else list(values)


def _shared(property: str, objects: dict[Any, list[str]], owner: About) -> bool:
    """Whether a nested node only repeats the source of the thing that it belongs to."""
    return property == SOURCE and objects.keys() == owner.get(SOURCE, {}).keys()


def ordered(properties: list[Property], labels: Labels, iri: str, graph: str) -> tuple[Property, ...]:
    """By place, then by name. What repeats the title is left out, unless another dataset than the main one says it."""

    def standing(each: Property) -> tuple[bool, tuple[float, ...], str]:
        return each.place.keeping, each.place.order, (each.name or labels.name(each.iri)).casefold()

    name = labels.name(iri)
    kept = (_folded(left, iri) for each in properties if (left := _without(each, name, graph)).values)
    return tuple(sorted(kept, key=standing))


def _folded(property: Property, iri: str) -> Property:
    """An identifier that only repeats the last part of the address tells no reader anything."""
    slug = iri.rpartition("/")[2]
    if property.iri != _IDENTIFIER or any(str(each.term.value) != slug for each in property.values):
        return property
    return replace(property, place=replace(property.place, keeping=True))


def _without(property: Property, name: str, graph: str) -> Property:
    if property.iri not in NAMES:
        return property
    values = tuple(each for each in property.values if each.graphs != (graph,) or not _is_name(each.term, name))
    return Property(property.iri, values, property.count, property.place)


def _is_name(value: Any, name: str) -> bool:
    return isinstance(value, Literal) and value.value == name and (value.language or "en").lower().startswith("en")


def within(properties: Iterable[Property]) -> Iterator[str]:
    """Every IRI that the properties show."""
    for property in properties:
        yield property.iri
        for value in property.values:
            if isinstance(value.term, NamedNode):
                yield value.term.value
            yield from within(value.nested)
