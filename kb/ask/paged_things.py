"""The things that have pages of their own, class by class, in the order of the store: how many, and which."""

from collections.abc import Iterator
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode

from kb.ask.memory import once
from kb.ask.overview import slug
from kb.ask.summaries import rows
from kb.namespaces import expand
from kb.store.readable import Store
from kb.vocabulary import terms

_TYPE = NamedNode(expand("rdf:type"))
_CONCEPT = expand("skos:Concept")


def counts(store: Store) -> dict[str, int]:
    """Local name of a class whose things have pages → how many are stated to be of it; classes without one left out."""

    def read() -> dict[str, int]:
        counted = {class_.value: int(things.value) for class_, things in rows(store, "type-counts")}
        return {name: counted[iri] for name, iri in _classes().items() if iri in counted}

    return once(store, "paged things", "all", read)


def things(store: Store, name: str, first: int, number: int) -> Iterator[str]:
    """The IRIs of `number` things of the class of this local name, from the `first` (0) on; none for another name."""
    class_ = _classes().get(name)
    if class_ is None:
        return
    stated = store.quads_for_pattern(None, _TYPE, NamedNode(class_), DefaultGraph())
    for quad in islice(stated, first, first + number):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def _classes() -> dict[str, str]:
    """Local name → class, of those whose things have pages; codes have theirs under their list."""
    found = (term.iri for term in terms() if term.plural and (term.iri_type or term.iri == _CONCEPT))
    return {slug(iri): iri for iri in found}
