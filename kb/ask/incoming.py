"""What links to a thing, property by property; statements among it as tables, so that they can be weighed at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode

from kb.ask import lists
from kb.ask.arrangement import arrangement, is_statement
from kb.ask.lists import Table
from kb.ask.statements import is_skolem
from kb.ask.summaries import Summary, nodes, rows
from kb.namespaces import compact, expand
from kb.protocols.containing import contained_classes
from kb.store.link_counts import build as link_counts
from kb.store.readable import Store
from kb.vocabulary import term

SORTED = 1000
"""Links by one property that are sorted to be shown."""


@dataclass(frozen=True)
class Link:
    """A thing that links here; `owner` is what it belongs to where it is a nested node."""

    iri: str
    owner: str | None


@dataclass(frozen=True)
class Incoming:
    """The links to the thing by one property on this page; `count` is of all pages. `plain` are those in no table."""

    iri: str
    name: str
    """The property read the other way, as ww:inverseLabel has it."""
    links: tuple[Link, ...]
    count: int
    tables: tuple[Table, ...]
    plain: tuple[str, ...]

    def shown(self) -> Iterator[str]:
        """Every IRI that the page shows for it."""
        yield self.iri
        yield from self.plain
        for link in self.links:
            yield link.iri
        for table in self.tables:
            for thing in table.things:
                yield from thing.links()


def counts(store: Store, iri: str, snapshot: Path | None = None) -> dict[str, int]:
    """Property → how many links to the thing it makes; of what is linked to often, as its snapshot has counted."""
    if snapshot and (counted := link_counts.read(snapshot, iri)) is not None:
        return counted
    node = NamedNode(iri)
    if next(store.quads_for_pattern(None, None, node, DefaultGraph()), None) is None:
        return {}
    return {property.value: int(count.value) for property, count in rows(store, "incoming-counts", object=node)}


def links(
    store: Store, iri: str, limit: int, offset: int, counted: Mapping[str, int]
) -> dict[str, list[str]]:
    """Property → the things that link here by it, of the `limit` links from `offset` on; `counted` is from `counts`.

    Properties stand in the order of their IRIs, and so do the things of each, unless they are more than SORTED: those
    come as the store has them, which is the same each time for a snapshot. A query with ORDER BY reads and compares all
    of them for each page (14,000 links: some hundred times as long as counting them).
    """
    found: dict[str, list[str]] = {}
    for property in sorted(counted):
        if offset >= counted[property]:
            offset -= counted[property]
        elif limit:
            linking = partial(rows, store, "linking", property=NamedNode(property), object=NamedNode(iri))
            if counted[property] <= SORTED:
                subjects = sorted(_iris(linking()))[offset : offset + limit]
            else:
                subjects = list(_iris(linking(limit=limit, offset=offset)))
            found[property] = subjects
            limit, offset = limit - len(subjects), 0
    return found


def _iris(found: Iterable[Any]) -> Iterator[str]:
    return (subject.value for (subject,) in found if isinstance(subject, NamedNode))


def classes(store: Store, found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Linking thing → its classes."""
    wanted = sorted({iri for subjects in found.values() for iri in subjects})
    kinds: dict[str, list[str]] = {iri: [] for iri in wanted}
    if wanted:
        for thing, class_ in rows(store, "types", thing=nodes(wanted)):
            kinds[thing.value].append(class_.value)
    return kinds


def arranged(
    store: Store,
    found: Mapping[str, list[str]],
    counted: Mapping[str, int],
    kinds: Mapping[str, list[str]],
    cells: Mapping[str, Summary],
) -> tuple[Incoming, ...]:
    """The links as a page shows them; `cells` fill the tables of those that have one by their classes."""
    belonging = [iri for iri, found in kinds.items() if is_skolem(iri) or not contained_classes().isdisjoint(found)]
    owners: dict[str, str] = {}
    if belonging:
        for node, owner in rows(store, "owners", node=nodes(belonging)):
            owners.setdefault(node.value, owner.value)

    def group(property: str, subjects: list[str]) -> Incoming:
        tables: dict[str, list[Summary]] = {}
        plain: dict[str, None] = {}
        for iri in subjects:
            kind = tabled(kinds[iri])
            if kind and iri not in owners:
                tables.setdefault(kind, []).append(cells[iri])
            else:
                plain[owners.get(iri, iri)] = None
        links = tuple(Link(iri, owners.get(iri)) for iri in subjects)
        return Incoming(
            property, _name(property), links, counted[property], tuple(_tables(property, tables)), tuple(plain)
        )

    return tuple(group(property, subjects) for property, subjects in found.items())


def tabled(classes: Iterable[str]) -> str | None:
    """The class whose columns a linking thing is shown with, if it has one of that kind."""
    return next(filter(_is_tabled, classes), None)


def _tables(property: str, found: Mapping[str, list[Summary]]) -> Iterator[Table]:
    for kind, things in found.items():
        known = term(kind)
        assert known is not None
        columns = tuple(name for name in lists.columns(kind) if expand(name) != property)
        yield Table(known, tuple(things), columns, len(things))


@cache
def _is_tabled(class_: str) -> bool:
    """Whether things of the class are worth a table: statements, and things that have no page to follow."""
    known = term(class_)
    has_columns = compact(class_) in lists.COLUMNS and bool(arrangement((class_,)))
    return known is not None and has_columns and (is_statement((class_,)) or not known.iri_type)


def _name(property: str) -> str:
    known = term(property)
    if known is None:
        return ""
    return known.inverse_label or f"Linked by “{known.label}”"
