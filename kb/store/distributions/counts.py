"""What the merge of all graphs is made of (VoID §4.5): classes with their properties, properties, subjects, triples."""

from pyoxigraph import NamedNode, Store

from kb.store.distributions.index import ClassPartition, Whole
from kb.store.distributions.solutions import solutions


def count_whole(store: Store) -> Whole:
    """The counts of the default graph; a class that is a blank node is left out."""
    [(subjects,)] = solutions(store, "subject-counts")
    properties = {property.value: int(count.value) for property, count in solutions(store, "property-counts")}
    classes = {
        class_.value: ClassPartition(int(count.value), {})
        for class_, count in solutions(store, "class-counts")
        if isinstance(class_, NamedNode)
    }
    for class_, property, count in solutions(store, "class-property-counts"):
        if class_.value in classes:
            classes[class_.value].properties[property.value] = int(count.value)
    return Whole(sum(properties.values()), int(subjects.value), classes, properties)
