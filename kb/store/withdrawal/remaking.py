"""Snapshots made again from the releases, after something was withdrawn from these.

A snapshot that held what was withdrawn goes; what is left of it gets an id of its own, with the same serial number, so
that no answer under the old id was ever two things, and a pin goes along. The store is written afresh: a store from
which triples are only removed keeps their texts in its files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from kb.store import catalogue, checkpoint, name_orders, releases
from kb.store.buildings import build as tables_of_buildings
from kb.store.distributions.build import build, is_built
from kb.store.durability import HALF_MADE, remove_half_made
from kb.store.folder import DataFolder
from kb.store.link_counts import build as link_counts
from kb.store.payments import build as payments
from kb.store.primary import in_parts
from kb.store.releases import Release
from kb.store.search_index import build as search_index
from kb.store.snapshots import SnapshotRecord, current_id, ids, record_of
from kb.store.state import State


def remake(
    folder: DataFolder,
    records: Mapping[str, SnapshotRecord],
    new_ids: Mapping[str, str],
    near_metres: int,
    on_step: Callable[[str], None],
) -> None:
    """Removes the snapshots of `new_ids` (old id → new id), and makes what is left of each; what is done stays done.

    `records`: what was known of each, by its old id. One of them that was retired meanwhile is not made again. The
    caller holds the lock, and has made another snapshot current.
    """
    state = State(folder)
    remove_half_made(folder.snapshots)
    for old in sorted(new_ids, reverse=True):
        new, record = new_ids[old], records[old]
        there = set(ids(folder))
        if old in there and new not in there:
            on_step(f"making snapshot {old} again without what was withdrawn, as {new}")
            parent = new_ids.get(record.parent or "", record.parent)
            _make(folder, replace(record, id=new, parent=parent))
        if old in state.pins():
            state.repin(old, new)
        if old in there:
            assert old != current_id(folder)
            checkpoint.remove(folder, old)
        if new in ids(folder) and not is_built(folder, new):
            build(folder, new, _held(folder, record))
        if new in ids(folder):
            tables_of_buildings.build(folder.snapshots / new, record_of(folder.snapshots / new), near_metres)
            payments.build(folder.snapshots / new)
            name_orders.build(folder.snapshots / new)
            link_counts.build(folder.snapshots / new)


def _held(folder: DataFolder, record: SnapshotRecord) -> list[Release]:
    held = []
    for name, number in sorted(record.datasets.items()):
        publisher, _, dataset = name.partition("/")
        held.append(releases.read(folder, publisher, dataset, number))
    return held


def _make(folder: DataFolder, record: SnapshotRecord) -> None:
    draft = folder.snapshots / (HALF_MADE + record.id)
    draft.mkdir()
    held = _held(folder, record)
    store = Store(draft / "store")
    for release in held:
        _load(store, release.graph, releases.accepted(folder, release))
        history = releases.history(folder, release.publisher, release.dataset)
        until = [each for each in history if each.number <= release.number]
        _load(store, catalogue.GRAPH, catalogue.describe(until))
    store.optimize()
    store.flush()
    del store  # the only way to close it
    search_index.build(folder, draft, record, afresh=True)
    checkpoint.complete(folder, draft, replace(record, triples=sum(each.triples for each in held)))


def _load(store: Store, graph: str, lines: Sequence[bytes]) -> None:
    for name in (NamedNode(graph), DefaultGraph()):
        for part in in_parts(lines):
            store.bulk_load(input=part, format=RdfFormat.N_TRIPLES, to_graph=name, lenient=True)
