"""What an editor of queries may offer: the classes and properties in use, and the questions that are published."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.ask.labels import labels_of
from kb.ask.summaries import rows
from kb.store.readable import Store
from kb.vocabulary import RDF_TYPE, terms


@dataclass(frozen=True)
class Offer:
    """A class or property; `uses` is how many things or triples have it, None where no dataset counts them."""

    iri: str
    label: str
    uses: int | None


@dataclass(frozen=True)
class Example:
    """A published question with its query; `needed` is the data that it waits for, "" for none."""

    title: str
    query: str
    needed: str


def offers(store: Store, kind: str) -> list[Offer]:
    """The terms of a kind (`class` or `property`) that the data uses, by IRI; counts are VoID's, over all datasets."""
    counted = {term.value: int(uses.value) for found, term, uses in rows(store, "uses") if found.value == kind}
    described = {term.iri: term.label for term in terms() if term.kind == kind}
    used = {iri for iri in described if iri in counted or _used(store, kind, NamedNode(iri))} | counted.keys()
    labels = labels_of(store, used - described.keys())
    return [Offer(iri, described.get(iri) or labels.name(iri), counted.get(iri)) for iri in sorted(used)]


def examples(store: Store) -> Iterator[Example]:
    """The questions of all publishers, by title."""
    for _, title, query, needed in rows(store, "runnable-questions"):
        yield Example(title.value, query.value, needed.value if needed else "")


def _used(store: Store, kind: str, iri: NamedNode) -> bool:
    property, object = (RDF_TYPE, iri) if kind == "class" else (iri, None)
    return next(store.quads_for_pattern(None, property, object), None) is not None
