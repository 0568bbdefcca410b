"""Links that a change of a graph leaves without their end: to records that it removes, and to some that never were."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.ask.summaries import nodes, rows
from kb.namespaces import HOME, expand, graph
from kb.store import sorted_lines
from kb.store.readable import Store
from kb.store.record_changes import records_of

_BATCH = 1000
"""Things that one query asks for."""

_ABOUT_THE_STORE = frozenset((graph(HOME, "catalogue"),))
_UNFOLLOWED = tuple(f"/id/{kind}/".encode() for kind in ("graph", "release", "dataset"))
"""What is known without being described by a publisher."""

_SAID_OF_OLD = frozenset(f"<{expand(name)}>".encode() for name in ("dcterms:replaces", "dcterms:isReplacedBy"))


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
    starts = tuple(f"<{base.rstrip('/')}/id/".encode() for base in bases)
    links: dict[bytes, list[bytes]] = defaultdict(list)
    for line in added:
        if line.endswith(b"> .") and (target := sorted_lines.object_of(line)).startswith(starts):
            links[target].append(line)
    open_ends = {
        sorted_lines.iri_of(target): lines
        for target, lines in links.items()
        if not sorted_lines.holds(after, target) and not any(kind in target for kind in _UNFOLLOWED)
    }
    known = _described(store, open_ends, own)
    missing = [(line, target) for target, lines in open_ends.items() if target not in known for line in lines]
    records = records_of((sorted_lines.subject_of(line) for line, _ in missing), (), after)
    ends = set()
    for line, end in missing:
        subject, predicate, _ = line.split(b" ", 2)
        if predicate not in _SAID_OF_OLD:
            ends.add(MissingLink(sorted_lines.iri_of(records[subject]), sorted_lines.iri_of(predicate), end))
    return sorted(ends, key=lambda link: (link.target, link.iri, link.property))


def _described(store: Store | None, things: Collection[str], own: str) -> set[str]:
    """Those of the things that a graph other than `own` describes."""
    return {thing.value for thing, name in _asked(store, "described", things) if name.value != own}


def _asked(store: Store | None, query: str, things: Collection[str]) -> Iterator[Any]:
    if store is None:
        return
    wanted = sorted(things)
    for start in range(0, len(wanted), _BATCH):
        yield from rows(store, query, thing=nodes(wanted[start : start + _BATCH]))
