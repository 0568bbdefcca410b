"""The things that are public already, by the names that a sheet may call them: bodies, places and the like."""

from collections.abc import Iterable, Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kb.mapping.known_records import classes_of
from kb.mapping.values.names import Known, Names
from kb.namespaces import expand
from kb.protocols.catalogue import protocols
from kb.protocols.columns import record_columns
from kb.store.readable import Store
from kb.vocabulary import RDF_TYPE

_LABELS = tuple(NamedNode(expand(name)) for name in ("skos:prefLabel", "dcterms:title", "skos:altLabel", "ww:gssCode"))
_SAME = NamedNode(expand("skos:exactMatch"))


def known_things(store: Store, classes: Iterable[str]) -> Names:
    """The named things of these classes and those below them, in all public graphs, the shipped ones included."""
    wanted = set(classes)
    return Names(known for class_ in _described() if wanted & {*classes_of(class_)} for known in _of(store, class_))


def linked_classes(protocol: str | None = None) -> set[str]:
    """The classes whose things the columns of a protocol link to, or those of all; raises NotFound for an unknown one.

    Classes of records that are many (assets, payments) are among them only where a column names them.
    """
    chosen = [protocol] if protocol else [each.id for each in protocols()]
    return {
        class_
        for id in chosen
        for record in record_columns(id)
        for column in record.columns
        for class_ in column.links_to
    }


def _described() -> set[str]:
    """The classes that have a record type in some protocol: whatever else has a type is not linked to by name."""
    return {record.class_ for each in protocols() for record in record_columns(each.id)}


def _of(store: Store, class_: str) -> Iterator[Known]:
    for quad in store.quads_for_pattern(None, RDF_TYPE, NamedNode(class_), DefaultGraph()):
        if not isinstance(quad.subject, NamedNode):
            continue
        labels = [
            said.object.value
            for property in _LABELS
            for said in store.quads_for_pattern(quad.subject, property, None, DefaultGraph())
            if isinstance(said.object, Literal)
        ]
        same = store.quads_for_pattern(quad.subject, _SAME, None, DefaultGraph())
        labels += [said.object.value for said in same if isinstance(said.object, NamedNode)]
        if labels:
            yield Known(quad.subject.value, classes_of(class_), tuple(dict.fromkeys(labels)))
