"""Withdrawal: how something accepted goes from releases, store, snapshots and downloads, and a tombstone stays.

`withdrawals/pending.json` holds the whole plan. Once it is written the withdrawal is certain: whoever writes next
finishes it first (kb.store.reconcile), each step being one that can be done again. It goes with the last step.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kb.store import changes, releases, tombstones
from kb.store.contributions import Contributions
from kb.store.durability import HALF_MADE, make_folder, replace_file, sync
from kb.store.folder import DataFolder
from kb.store.links import withdrawn_links
from kb.store.previews import remove_previews
from kb.store.releases import Release
from kb.store.snapshots import SnapshotRecord, current_id
from kb.store.state import State
from kb.store.tombstones import Tombstone
from kb.store.withdrawal.drafts import withdraw_drafts
from kb.store.withdrawal.redaction import Order, redact, take_places
from kb.store.withdrawal.remaking import remake
from kb.store.withdrawal.scope import Scope
from kb.store.withdrawal.visits import withhold_paths

OnStep = Callable[[str], None]

PENDING = "pending.json"


@dataclass(frozen=True)
class Plan:
    """All that is needed to do a withdrawal, or to go on with one whose writer died."""

    tombstone: Tombstone
    scope: Scope
    marks: frozenset[str]
    dataset: str | None = None
    received_of: str | None = None
    records: Mapping[str, SnapshotRecord] = field(default_factory=dict)
    """What was known of each snapshot that goes, by its id."""

    @property
    def order(self) -> Order:
        """What is to be taken from the releases."""
        said = self.tombstone
        note = {"number": said.number, "when": said.when, "rule": said.rule}
        return Order(self.scope, self.marks, note, self.dataset, self.received_of)


def write_plan(folder: DataFolder, plan: Plan) -> None:
    """Writes the plan durably: from here on it will be done. Only the operator's account may read it."""
    make_folder(folder.withdrawals)
    path = folder.withdrawals / PENDING
    path.unlink(missing_ok=True)
    os.close(os.open(path.with_name(HALF_MADE + PENDING), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    replace_file(path, json.dumps(asdict(plan), default=_written, ensure_ascii=False))


def pending(folder: DataFolder) -> Plan | None:
    """The withdrawal that was begun and not finished."""
    try:
        said = json.loads((folder.withdrawals / PENDING).read_bytes())
    except FileNotFoundError:
        return None
    scope = said["scope"]
    return Plan(
        tombstones.restored(said["tombstone"]),
        Scope(
            scope["record"].encode() if scope["record"] else None,
            frozenset(each.encode() for each in scope["inner"]),
            frozenset(each.encode() for each in scope["fields"]),
            scope["dataset"],
        ),
        frozenset(said["marks"]),
        said["dataset"],
        said["received_of"],
        {id: SnapshotRecord(**record) for id, record in said["records"].items()},
    )


def redact_releases(folder: DataFolder, plan: Plan, on_step: OnStep) -> None:
    """Steps before the store is made again: the tombstone, the releases, the short links."""
    tombstones.write(folder, plan.tombstone)
    take_all_places(folder)
    for publisher, dataset in releases.datasets(folder):
        on_step(f"withdrawing from the releases of {publisher}/{dataset}")
        before: Release | None = None
        touched = False
        for release in releases.history(folder, publisher, dataset):
            before = redact(folder, release, plan.order, before, touched)
            touched = any(each["number"] == plan.tombstone.number for each in before.withdrawals)
    on_step("withdrawing submissions, indexes of changes and short links")
    withdraw_drafts(folder, plan.tombstone, plan.marks, plan.received_of)
    Contributions(folder).withdraw(plan.tombstone, plan.marks)
    forget_changes(folder, plan)
    withdrawn_links(folder, plan.marks, plan.tombstone)


def forget_changes(folder: DataFolder, plan: Plan) -> None:
    """Deletes what is known of the changes of the datasets; it is made again from the releases when it is asked for."""
    for name in plan.tombstone.datasets:
        publisher, _, dataset = name.partition("/")
        changes.forget(folder, publisher, dataset)


def is_served(folder: DataFolder, plan: Plan) -> bool:
    """Whether the current snapshot was made after the releases were redacted; then the store was too."""
    id = current_id(folder)
    if id is None or id in plan.records:
        return False
    return any(each.number == plan.tombstone.number for each in tombstones.carried(folder.snapshots / id))


def finish(folder: DataFolder, plan: Plan, near_metres: int, on_step: OnStep) -> None:
    """Steps after another snapshot is current: the older ones, then the plan itself."""
    remake(folder, plan.records, plan.tombstone.snapshots, near_metres, on_step)
    remove_previews(folder)
    forget_changes(folder, plan)  # a reader may have made one meanwhile from what it had read before
    forget_plan(folder, plan)


def forget_plan(folder: DataFolder, plan: Plan) -> None:
    """The last steps, when no reader is shown it any more: nothing but the tombstone is left."""
    withhold_paths(folder, plan.tombstone, plan.marks, (each.base for each in State(folder).publishers()))
    State(folder).compact()
    (folder.withdrawals / PENDING).unlink()
    sync(folder.withdrawals)


def take_all_places(folder: DataFolder) -> None:
    """Completes what a dead writer left between two renames of a release."""
    for parent in folder.releases.glob("*/*"):
        take_places(parent)


def new_names(ids: Iterable[str]) -> dict[str, str]:
    """Old id → the id of what is left: the same serial number, another random part."""
    return {id: f"{id.partition('-')[0]}-{secrets.token_hex(4)}" for id in ids}


def _written(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value)}: not part of a plan")

