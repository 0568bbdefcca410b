"""Brings the primary store, the catalogue and the current snapshot up to the releases.

A publication ends in it, and a writer begins with it, for the writer before may have died at any point.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from kb.config import Settings
from kb.errors import ReleaseDamaged
from kb.store import catalogue, name_orders, releases
from kb.store.buildings import build as tables_of_buildings
from kb.store.buildings.tables import has_tables
from kb.store.checkpoint import checkpoint, retire, switch
from kb.store.difference import Difference, difference
from kb.store.distributions.build import build, is_built
from kb.store.durability import HALF_MADE, remove_half_made
from kb.store.folder import DataFolder
from kb.store.link_counts import build as link_counts
from kb.store.payments import build as payments
from kb.store.primary import Primary
from kb.store.releases import Release
from kb.store.search_index import build as search_index
from kb.store.snapshots import SnapshotRecord, current_id, record_of
from kb.store.state import Applied, State
from kb.store.touched import touched
from kb.store.withdrawal import plan

OnStep = Callable[[str], None]
"""Is told what is done next, in words for a person."""

UNSNAPSHOTTED = "unsnapshotted"


def reconcile(
    folder: DataFolder,
    settings: Settings,
    on_step: OnStep,
    just_accepted: Mapping[str, Difference] | None = None,
    *,
    afresh: bool = False,
) -> str | None:
    """Answers the id of the current snapshot, None where nothing has been published; the caller holds the lock.

    `just_accepted`: `publisher/dataset` → what a release archived a moment ago changed, which spares finding it again.
    `afresh`: no file of an earlier snapshot is used again, since one may be damaged.
    Where the settings name an engine, it is brought up in place of the primary store.
    Raises ReleaseDamaged or StoreMissing, and then `current` is as it was.
    """
    begun = plan.pending(folder)
    afresh = afresh or begun is not None
    plan.take_all_places(folder)
    if begun is not None:
        plan.redact_releases(folder, begun, on_step)
    if settings.store:
        from kb.store import engine_publication

        id = engine_publication.reconcile(folder, settings, on_step, afresh=afresh, alone=begun is not None)
        if begun is not None:
            plan.forget_plan(folder, begun)
        return id
    state = State(folder)
    releases.clean(folder)
    if begun is not None and not plan.is_served(folder, begun):
        on_step("removing the store, to make it again")
        remove_store(folder)
    remove_half_made(folder.root)
    if not (folder.store / "CURRENT").exists():
        state.forget_applied()
    behind = _behind(folder, state.applied())
    unserved = state.mark(UNSNAPSHOTTED) == "1" or (folder.releases.exists() and current_id(folder) is None)
    if behind or (unserved and releases.datasets(folder)):
        _serve(folder, settings, state, behind, just_accepted or {}, on_step, afresh=afresh)
    id = current_id(folder)
    if id is not None and not search_index.is_built(folder, id):
        on_step("making the search index")
        search_index.build(folder, folder.snapshots / id, record_of(folder.snapshots / id), afresh=afresh)
    if id is not None and not is_built(folder, id):
        on_step("making the downloads")
        build(folder, id, _held(folder, state), just_accepted=just_accepted, afresh=afresh)
    if id is not None and not has_tables(folder, id):
        on_step("making the tables of buildings")
        tables_of_buildings.build(folder.snapshots / id, record_of(folder.snapshots / id), settings.near_metres)
    if id is not None and not payments.has_totals(folder, id):
        on_step("adding up payments")
        payments.build(folder.snapshots / id)
    if id is not None and not name_orders.has_orders(folder, id):
        name_orders.build(folder.snapshots / id)
    if id is not None and not link_counts.has_counts(folder, id):
        link_counts.build(folder.snapshots / id)
    if begun is not None:
        plan.finish(folder, begun, settings.near_metres, on_step)
        retire(folder, settings.keep_snapshots)
    return id


def is_left_to_do(folder: DataFolder) -> bool:
    """Whether a writer that died has left something that the next one does; raises ReleaseDamaged as `reconcile`."""
    state = State(folder)
    begun = plan.pending(folder) is not None or state.mark(UNSNAPSHOTTED) == "1"
    return begun or bool(_behind(folder, state.applied()))


def remove_store(folder: DataFolder) -> None:
    """Removes the primary store, which `reconcile` then makes again from the releases; readers keep their snapshot."""
    state = State(folder)
    state.forget_applied()
    state.set_mark(UNSNAPSHOTTED, "1")
    if folder.store.exists():
        doomed = folder.root / f"{HALF_MADE}store"
        folder.store.rename(doomed)
        shutil.rmtree(doomed)


def _serve(
    folder: DataFolder,
    settings: Settings,
    state: State,
    behind: list[tuple[Release, Applied | None]],
    just_accepted: Mapping[str, Difference],
    on_step: OnStep,
    afresh: bool,
) -> None:
    """Applies what the store lacks, and makes a snapshot of it current; `afresh`: from no earlier file."""

    def derive(draft: Path, record: SnapshotRecord) -> None:
        on_step("making the search index")
        search_index.build(folder, draft, record, afresh=afresh)
        on_step("making the tables of buildings")
        parent = folder.snapshots / record.parent if record.parent and not afresh else None
        known = touched(record_of(parent), record, just_accepted) if parent is not None else None
        tables_of_buildings.build(draft, record, settings.near_metres, parent, known)
        on_step("adding up payments")
        payments.build(draft)
        name_orders.build(draft)
        link_counts.build(draft)

    with Primary(folder) as primary:
        if behind:
            _apply(folder, state, primary, behind, just_accepted, on_step)
        on_step("making a snapshot")
        held = _held(folder, state)
        datasets, triples = {each.name: each.number for each in held}, sum(each.triples for each in held)
        id = checkpoint(folder, primary, datasets, triples, derive)
    on_step("switching to the new snapshot")
    switch(folder, id)
    on_step(f"retiring old snapshots, keeping {settings.keep_snapshots}")
    state.set_mark(UNSNAPSHOTTED, "0")
    retire(folder, settings.keep_snapshots)


def _behind(folder: DataFolder, applied: dict[tuple[str, str], Applied]) -> list[tuple[Release, Applied | None]]:
    """The latest release of each dataset that the store does not have in full, and what it has instead."""
    behind = []
    for publisher, dataset in releases.datasets(folder):
        number = releases.numbers(folder, publisher, dataset)[-1]
        has = applied.get((publisher, dataset))
        if has is not None and has.release > number:
            raise ReleaseDamaged(
                f"{publisher}/{dataset}: release {has.release} was accepted and is not in {folder.releases}; "
                "restore it from a copy, or go on without it by `whatworks rebuild`"
            )
        if has != Applied(number, complete=True):
            behind.append((releases.read(folder, publisher, dataset, number), has))
    return behind


def _held(folder: DataFolder, state: State) -> list[Release]:
    """The releases that the store has, by publisher and dataset."""
    return [releases.read(folder, *key, applied.release) for key, applied in sorted(state.applied().items())]


def _apply(
    folder: DataFolder,
    state: State,
    primary: Primary,
    behind: list[tuple[Release, Applied | None]],
    just_accepted: Mapping[str, Difference],
    on_step: OnStep,
) -> None:
    state.begin((release.publisher, release.dataset, release.number) for release, _ in behind)
    for release, has in behind:
        on_step(f"storing {release.name} release {release.number}")
        change = _change(folder, primary, release, has, just_accepted.get(release.name))
        primary.apply(release.graph, change)
        on_step(f"cataloguing {release.name}")
        history = releases.history(folder, release.publisher, release.dataset)
        known = primary.about(catalogue.GRAPH, catalogue.subjects(history))
        primary.apply(catalogue.GRAPH, difference(known, catalogue.describe(history)))
    on_step("completing the store")
    primary.flush()
    state.complete()


def _change(
    folder: DataFolder, primary: Primary, release: Release, has: Applied | None, known: Difference | None
) -> Difference:
    if has is not None and has.complete:
        if known is not None:
            return known
        before = releases.read(folder, release.publisher, release.dataset, has.release)
        return difference(releases.accepted(folder, before), releases.accepted(folder, release))
    if known is not None and release.number == 1:
        return primary.difference_to(release.graph, known.added)
    return primary.difference_to(release.graph, releases.accepted(folder, release))
