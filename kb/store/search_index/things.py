"""Everything that has a page, one thing after the other, as the merge of all graphs describes it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kb.namespaces import HOME, PREFIXES, expand
from kb.store.readable import Store
from kb.vocabulary import RDF_TYPE, ancestors, terms

CONCEPT = expand("skos:Concept")

_LEFT_OUT = frozenset(map(expand, ("ww:Question", "ww:Release", "ww:Payment", "qb:DataSet")))
"""Questions are found by their words in the code; the others have pages that nobody looks for by name."""

_MERGE = DefaultGraph()

_expanded = cache(expand)
"""Asked for some forty names for each thing."""


@dataclass(frozen=True)
class Thing:
    """What is said of one thing: property → values, without its classes; `kind` is the most precise of these."""

    iri: str
    kind: str
    graphs: tuple[str, ...]
    """The named graphs that say of which class it is."""
    links: dict[str, list[str]]
    texts: dict[str, list[Literal]]

    def to(self, *names: str) -> list[str]:
        """The IRIs that properties (prefix:local) lead to, each once."""
        return list(dict.fromkeys(iri for name in names for iri in self.links.get(_expanded(name), ())))

    def said(self, *names: str) -> list[str]:
        """The values of properties (prefix:local) as text; English, or in no language, before others."""
        found = [literal for name in names for literal in self.texts.get(_expanded(name), ())]
        return [literal.value for literal in (sorted(found, key=_foreign) if len(found) > 1 else found)]


@cache
def kinds() -> frozenset[str]:
    """The classes whose things are in the index."""
    paged = {term.iri for term in terms() if term.kind == "class" and term.iri_type}
    return frozenset(paged | {CONCEPT}) - _LEFT_OUT


def things(store: Store) -> Iterator[Thing]:
    """Every thing of one of `kinds`, once."""
    for kind in sorted(kinds()):
        for quad in store.quads_for_pattern(None, RDF_TYPE, NamedNode(kind), _MERGE):
            if isinstance(quad.subject, NamedNode):
                found = _described(store, quad.subject, kind)
                if found is not None:
                    yield found


def thing(store: Store, iri: str) -> Thing | None:
    """One of them; None where the store has no such thing, or it is of no such class."""
    return _described(store, NamedNode(iri), None)


def _described(store: Store, subject: NamedNode, asked: str | None) -> Thing | None:
    links: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, list[Literal]] = defaultdict(list)
    classes: list[str] = []
    for quad in store.quads_for_pattern(subject, None, None, _MERGE):
        value = quad.object
        if quad.predicate == RDF_TYPE:
            classes.append(value.value if isinstance(value, NamedNode) else "")
        elif isinstance(value, Literal):
            texts[quad.predicate.value].append(value)
        elif isinstance(value, NamedNode):
            links[quad.predicate.value].append(value.value)
    kind = _kind(tuple(sorted(classes)))
    if kind is None or asked not in (None, kind) or not _has_page(subject.value, kind):
        return None
    stated = store.quads_for_pattern(subject, RDF_TYPE, NamedNode(kind), None)
    graphs = sorted({quad.graph_name.value for quad in stated if isinstance(quad.graph_name, NamedNode)})
    return Thing(subject.value, kind, tuple(graphs), links, texts)


@cache
def _kind(classes: tuple[str, ...]) -> str | None:
    """The most precise of the classes that are in the index; None where none is, or the thing is left out."""
    if not _LEFT_OUT.isdisjoint(classes):
        return None
    return max(kinds().intersection(classes), key=lambda iri: (len(ancestors(iri)), iri), default=None)


def _has_page(iri: str, kind: str) -> bool:
    """A part that is named by a fragment or stands for a blank node is shown within another thing's page."""
    if "#" in iri or "/.well-known/genid/" in iri:
        return False
    return kind != CONCEPT or iri.startswith(f"{HOME}/concept/")


def _foreign(literal: Literal) -> bool:
    return bool(literal.language) and not str(literal.language).startswith("en")


TEXT = frozenset((PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString"))
"""Datatypes of what is read as words."""
