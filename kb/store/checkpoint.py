"""The writer's side of snapshots: making one, making it current, and retiring old ones."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from kb.store import tombstones
from kb.store.checksums import write_checksums
from kb.store.clock import now
from kb.store.durability import HALF_MADE, make_folder, move, remove_half_made, sync, sync_tree
from kb.store.folder import DataFolder
from kb.store.primary import Primary
from kb.store.snapshots import SnapshotRecord, current_id, ids
from kb.store.state import State


def checkpoint(
    folder: DataFolder,
    primary: Primary,
    datasets: Mapping[str, int],
    triples: int,
    derive: Callable[[Path, SnapshotRecord], None] = lambda draft, record: None,
) -> str:
    """Makes a snapshot of the primary store, durably, and answers its id; it is not current yet.

    `derive` writes what else belongs to it into its folder, where the store is by then.
    """
    make_folder(folder.snapshots)
    remove_half_made(folder.snapshots)
    id = next_id(ids(folder))
    draft = folder.snapshots / (HALF_MADE + id)
    draft.mkdir()
    primary.checkpoint(draft / "store")
    record = SnapshotRecord(id, now(), current_id(folder), dict(datasets), triples)
    derive(draft, record)
    complete(folder, draft, record)
    return id


def complete(folder: DataFolder, draft: Path, record: SnapshotRecord) -> None:
    """Makes a snapshot of a folder in which its store is, durably; it carries the tombstones that there are."""
    (draft / "snapshot.json").write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    tombstones.carry(folder, draft)
    write_checksums(draft)
    sync_tree(draft)
    move(draft, folder.snapshots / record.id)


def next_id(known: Iterable[str]) -> str:
    """An id that comes after the known ones, and that was never given before."""
    serial = max((int(id.partition("-")[0]) for id in known), default=0) + 1
    return f"{serial:06d}-{secrets.token_hex(4)}"


def switch(folder: DataFolder, id: str) -> None:
    """Makes a snapshot current: one rename, so that a reader sees the old or the new one."""
    link = folder.root / f"{HALF_MADE}current"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(folder.snapshots.name, id))
    move(link, folder.current)


def retire(folder: DataFolder, keep: int) -> list[str]:
    """Deletes all snapshots but the `keep` newest, the current one and the pinned ones; the ids of those that went.

    A reader that has a deleted snapshot open finishes: the files stay for who has them open.
    """
    kept = State(folder).pins() | {current_id(folder)}
    others = [id for id in ids(folder) if id not in kept]
    doomed = others[: max(0, len(others) - keep)]
    for id in doomed:
        remove(folder, id)
    return doomed


def remove(folder: DataFolder, id: str) -> None:
    """Deletes a snapshot, which no reader finds from the first step on."""
    doomed = folder.snapshots / (HALF_MADE + id)
    (folder.snapshots / id).rename(doomed)
    sync(folder.snapshots)
    shutil.rmtree(doomed)
