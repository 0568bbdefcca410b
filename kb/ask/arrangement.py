"""How a page arranges what is said of a thing: the protocols' shapes give names, groups and order to its properties.

The sh:name, sh:group and sh:order of the shapes that target a class, or a class above it, are followed (SHACL §2.3.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from kb.namespaces import expand
from kb.protocols.catalogue import protocols
from kb.protocols.fields import Field, Record, fields
from kb.vocabulary import term

ASSESSMENT = expand("ww:assessment")
"""Links a statement to the judgement of how far it can be relied on; the classes that have it are statements."""

ORIGIN = "Where this comes from"
"""Heading of what a shape has among the facts about the record, and a reader still looks for."""

SOURCE = expand("prov:hadPrimarySource")
_ORIGIN = frozenset((SOURCE, *map(expand, ("ww:locator", "ww:note"))))
_KEEPING = frozenset(
    map(expand, ("ww:identifierDerived", "ww:sourceDepth", "adms:status", "dcterms:modified"))
)
"""Properties that only those who keep records look for, wherever a shape has them."""

_IDENTIFIER = expand("dcterms:identifier")
"""The publisher's own key: shown where the shapes put it, among what is kept of the record where none has it."""


@dataclass(frozen=True)
class Place:
    """Where a property stands on a page: name, heading and order; `inner` arranges a node that it contains."""

    name: str
    heading: str
    order: tuple[float, ...]
    keeping: bool
    """Whether it only says how the record is kept."""
    inner: "Arrangement"


Arrangement = dict[str, Place]
"""Property → its place."""


@lru_cache(maxsize=1000)
def arrangement(types: tuple[str, ...]) -> Arrangement:
    """The places of the properties of a thing of these classes; of the more general class first."""
    places: Arrangement = {}
    for generation, class_ in enumerate(dict.fromkeys(above for iri in types for above in _lineage(iri))):
        for record in _records().get(class_, ()):
            for field in record.fields:
                places.setdefault(field.path, _place(field, generation))
    return places


def place(property: str, places: Arrangement) -> Place:
    """Where a property stands; one that no shape has comes after the others, under no heading."""
    found = places.get(property)
    return found or Place("", "", (float("inf"),), property in _KEEPING or property == _IDENTIFIER, {})


def is_statement(types: tuple[str, ...]) -> bool:
    """Whether things of these classes are statements of a source, which are graded by how sure they are."""
    return ASSESSMENT in arrangement(types)


@cache
def _records() -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for protocol in protocols():
        for record in fields(protocol.id):
            for class_ in record.target_classes:
                found.setdefault(class_, []).append(record)
    return found


def _lineage(class_: str) -> Iterator[str]:
    """The class after all those above it; the vocabulary has no circle in its hierarchy (shapes/ontology.ttl)."""
    known = term(class_)
    for parent in known.parents if known else ():
        yield from _lineage(parent)
    yield class_


def _place(field: Field, generation: int) -> Place:
    group = field.group
    about_record = group is not None and group.iri.endswith("-record")
    order = 0.0 if about_record and field.path == SOURCE else field.order
    keeping = field.path in _KEEPING or (about_record and field.path not in _ORIGIN)
    return Place(
        name=field.name,
        heading=ORIGIN if about_record else group.label if group else "",
        order=(group.order if group else 0.0, generation, order),
        keeping=keeping,
        inner={inner.path: _place(inner, 0) for inner in reversed(field.fields)},
    )
