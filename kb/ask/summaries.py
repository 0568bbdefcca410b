"""Short summaries of many things at once: rows of (thing, property, value) become one summary each."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kb.ask.binding import Binding, bind, read
from kb.names import language_rank
from kb.namespaces import expand
from kb.store.readable import Store

Term = NamedNode | BlankNode | Literal


@dataclass(frozen=True)
class Summary:
    """One thing and its values by property IRI; every list is sorted, so that a page is the same each time."""

    iri: str
    values: dict[str, list[Term]] = field(default_factory=dict)

    def all(self, name: str) -> list[Term]:
        """Values of a property given as prefix:local; empty where there is none."""
        return self.values.get(expand(name), [])

    def iris(self, *names: str) -> list[str]:
        """The IRIs among the values of these properties; a literal where a link should be is left out."""
        return [value.value for name in names for value in self.all(name) if isinstance(value, NamedNode)]

    def first(self, *names: str) -> str | None:
        """The text of the first value of the first property that has one, English before other languages."""
        for name in names:
            if found := self.all(name):
                return min(found, key=_english_first).value
        return None

    def only(self, properties: Collection[str]) -> "Summary":
        """What it says by these properties (IRIs)."""
        return Summary(self.iri, {name: values for name, values in self.values.items() if name in properties})

    @property
    def length(self) -> int:
        """Characters of all values."""
        return sum(len(str(value)) for values in self.values.values() for value in values)

    def links(self) -> Iterator[str]:
        """Every IRI that is a value or a property: what a page needs labels for."""
        for prop, values in self.values.items():
            yield prop
            yield from (value.value for value in values if isinstance(value, NamedNode))


def nodes(names: Iterable[str]) -> Sequence[NamedNode]:
    """Terms for `bind`, from IRIs; a text that stands where a publisher should have an IRI is left out."""
    found = []
    for name in names:
        with suppress(ValueError):
            found.append(NamedNode(name))
    return found


def rows(
    store: Store,
    name: str,
    limit: int | None = None,
    offset: int | None = None,
    *,
    package: str = "kb.ask",
    **terms: Binding,
) -> Iterator[Any]:
    """The solutions of the query `name`.rq that stands beside the modules of `package`, with its parameters bound."""
    solutions: Any = store.query(bind(read(name, package), limit=limit, offset=offset, **terms))
    return iter(solutions)


def summaries(solutions: Iterable[Any]) -> dict[str, Summary]:
    """Thing → summary, in the order in which the things first come."""
    found: dict[str, Summary] = {}
    for thing, prop, value in solutions:
        summary = found.setdefault(thing.value, Summary(thing.value))
        summary.values.setdefault(prop.value, []).append(value)
    for summary in found.values():
        for values in summary.values.values():
            values.sort(key=str)
    return found


def statements_on(store: Store, things: Iterable[str]) -> list[Triple]:
    """Every public triple whose subject is one of the things."""
    return [
        Triple(quad.subject, quad.predicate, quad.object)
        for thing in things
        for quad in store.quads_for_pattern(NamedNode(thing), None, None, DefaultGraph())
    ]


def _english_first(term: Term) -> tuple[int, str]:
    return language_rank(term.language if isinstance(term, Literal) else None), term.value
