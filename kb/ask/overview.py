"""What is here, in numbers: the classes that have a list, how many things are in each, and what was published last."""

from dataclasses import dataclass

from kb.ask.graphs import Graph, graphs
from kb.ask.summaries import rows
from kb.store.readable import Store
from kb.vocabulary import Term, terms


@dataclass(frozen=True)
class Kind:
    """A class that the ontology names in the plural, and how many things of it the snapshot holds."""

    term: Term
    things: int
    """Those of its subclasses included."""

    @property
    def iri(self) -> str:
        """The class."""
        return self.term.iri

    @property
    def slug(self) -> str:
        """Its local name, which names its list."""
        return slug(self.iri)

    @property
    def paged(self) -> bool:
        """Whether each of its things has a page of its own, not only a place on another's."""
        return bool(self.term.iri_type)


def slug(class_iri: str) -> str:
    """The local name of a class."""
    return class_iri.rpartition("#")[2].rpartition("/")[2]


def kinds(store: Store) -> list[Kind]:
    """Every class that the ontology names in the plural, by that name; those without a thing included."""
    counted = {class_.value: int(things.value) for class_, things in rows(store, "class-counts")}
    named = sorted((term for term in terms() if term.plural), key=lambda term: term.plural.lower())
    return [Kind(term, counted.get(term.iri, 0)) for term in named]


def class_named(name: str) -> Term | None:
    """The class with a list whose local name this is, one of this vocabulary before a reused one."""
    found = [term for term in terms() if term.plural and slug(term.iri) == name]
    return min(found, key=lambda term: not term.minted, default=None)


def latest(store: Store, number: int) -> list[Graph]:
    """The datasets released last; those that are only background (vocabulary, code lists, protocols) left out."""
    return [graph for graph in graphs(store) if graph.checked or graph.unchecked][:number]
