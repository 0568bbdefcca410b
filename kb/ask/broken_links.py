"""Links that a change of a graph leaves without their end: to records that it removes, and to some that never were."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.ask.summaries import nodes, rows
from kb.namespaces import HOME, graph
from kb.store import sorted_lines
from kb.store.open_links import open_ends
from kb.store.readable import Store
from kb.store.record_changes import records_of

_BATCH = 1000
"""Things that one query asks for."""

_ABOUT_THE_STORE = frozenset((graph(HOME, "catalogue"),))


@dataclass(frozen=True)
class Referrer:
    """A thing that links to another, and the named graph in which it does."""

    iri: str
    graph: str


@dataclass(frozen=True)
class MissingLink:
    """A link from one record to another that no dataset describes."""

    iri: str
    property: str
    target: str


def referrers(
    store: Store | None, removed: Collection[str], after: Sequence[bytes], own: str
) -> dict[str, list[Referrer]]:
    """Removed record → what would still link to it: in the content to come of the graph `own`, and in other graphs.

    What another graph still describes is not gone, and is left out.
    """
    found: dict[str, set[Referrer]] = defaultdict(set)
    by_name = {sorted_lines.written(iri): iri for iri in removed}
    within = list(sorted_lines.linking(after, by_name)) if by_name else []
    records = records_of((subject for subject, _ in within), (), after)
    for subject, object in within:
        found[by_name[object]].add(Referrer(sorted_lines.iri_of(records[subject]), own))
    for thing, subject, name in _asked(store, "referrers", removed):
        if name.value != own and name.value not in _ABOUT_THE_STORE:
            found[thing.value].add(Referrer(subject.value, name.value))
    kept = _described(store, found, own)
    return {
        iri: sorted(by, key=lambda each: (each.graph, each.iri)) for iri, by in found.items() if iri not in kept
    }


def missing_links(
    store: Store | None, added: Iterable[bytes], after: Sequence[bytes], own: str, bases: Collection[str]
) -> list[MissingLink]:
    """The links among the lines that come whose end is under a base that is known here, and that nothing describes."""
    ends = open_ends(added, after, bases)
    known = _described(store, ends, own)
    missing = [(line, target) for target, lines in ends.items() if target not in known for line in lines]
    records = records_of((sorted_lines.subject_of(line) for line, _ in missing), (), after)
    found = set()
    for line, end in missing:
        subject, predicate, _ = line.split(b" ", 2)
        found.add(MissingLink(sorted_lines.iri_of(records[subject]), sorted_lines.iri_of(predicate), end))
    return sorted(found, key=lambda link: (link.target, link.iri, link.property))


def _described(store: Store | None, things: Collection[str], own: str) -> set[str]:
    """Those of the things that a graph other than `own` describes."""
    return {thing.value for thing, name in _asked(store, "described", things) if name.value != own}


def _asked(store: Store | None, query: str, things: Collection[str]) -> Iterator[Any]:
    if store is None:
        return
    wanted = sorted(things)
    for start in range(0, len(wanted), _BATCH):
        yield from rows(store, query, thing=nodes(wanted[start : start + _BATCH]))
