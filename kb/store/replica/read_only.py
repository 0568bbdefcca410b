"""A data folder that is a copy of another one (kb.store.replica) is read, and never written by anything else."""

import json
from dataclasses import dataclass

from kb.errors import ReadsOnly
from kb.store.folder import DataFolder


@dataclass(frozen=True)
class ReplicaRecord:
    """What is known of a replica (replica.json): where it is copied from, when that was last done, and what came."""

    source: str
    copied: str
    """UTC."""
    current: str
    """Id of the snapshot that was current there."""


def replica_of(folder: DataFolder) -> ReplicaRecord | None:
    """Of what a data folder is a copy; None for one that is none."""
    try:
        return ReplicaRecord(**json.loads(folder.replica.read_bytes()))
    except FileNotFoundError:
        return None


def check_is_no_replica(folder: DataFolder) -> None:
    """Raises ReadsOnly for a replica."""
    found = replica_of(folder)
    if found is not None:
        raise ReadsOnly(
            f"{folder.root}: is a copy of {found.source} that only reads; publish there, and "
            f"`whatworks replicate {found.source}` brings it here"
        )
