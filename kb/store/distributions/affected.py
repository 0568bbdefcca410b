"""In which tables a change of the store may show; the others are as they were, row by row."""

from collections.abc import Iterable

from pyoxigraph import NamedNode, Store

from kb.store import sorted_lines
from kb.store.difference import Difference
from kb.store.distributions.within import inner, owners, parts, table_of, tables_of
from kb.vocabulary import RDF_TYPE


def affected(store: Store, changes: Iterable[Difference]) -> frozenset[str]:
    """The names of the tables that differ, or may, since these changes of graphs led to the store.

    A row tells of a thing and of what is within it. Where something comes to be within a thing, or is so no longer, it
    loses or gets a row of its own, and so may what is within that.
    """
    subjects: set[str] = set()
    left: set[str] = set()
    found: set[str | None] = set()
    for change in changes:
        subjects.update(sorted_lines.iri_of(each) for each in set(map(sorted_lines.subject_of, change.added)))
        for subject, property, value in sorted_lines.triples(change.removed):
            subjects.add(subject)
            if property == RDF_TYPE.value:
                found.add(table_of(value.value))
            elif isinstance(value, NamedNode):
                left.update(inner(subject, property, [value]).values())
    reached = subjects | left
    waiting = list(reached)
    while waiting:
        new = set(parts(store, waiting.pop())) - reached
        reached |= new
        waiting += new
    reached.update(owner for subject in subjects for owner in owners(store, subject))
    found.update(kind for thing in reached for kind in tables_of(store, thing))
    return frozenset(kind for kind in found if kind is not None)
