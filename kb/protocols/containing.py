"""What belongs to another thing: the properties that lead to it and its classes, by the protocols' shapes."""

from collections.abc import Iterator
from functools import cache

from kb.protocols.catalogue import protocols
from kb.protocols.fields import Field, fields
from kb.vocabulary import term


@cache
def containing() -> frozenset[str]:
    """The properties whose values the shapes describe with the thing itself: nodes that belong to it."""

    def walk(found: tuple[Field, ...]) -> Iterator[str]:
        for field in found:
            if field.fields:
                yield field.path
                yield from walk(field.fields)

    return frozenset(
        iri for protocol in protocols() for record in fields(protocol.id) for iri in walk(record.fields)
    )


@cache
def contained_classes() -> frozenset[str]:
    """The classes of the nodes that belong to another thing, as the vocabulary gives them as ranges."""
    known = (term(iri) for iri in containing())
    ranges = {iri for property in known if property for iri in property.ranges}
    return frozenset(iri for iri in ranges if (class_ := term(iri)) and not class_.iri_type)
