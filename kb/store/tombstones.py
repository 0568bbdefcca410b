"""What is left of what was withdrawn: when it went and by which rule, and no more of its name than a hash.

`withdrawals/{n}.json` in the data folder has one tombstone each; a snapshot carries those that there were when it was
made, so that a copied one tells a replica what it may not serve any more (docs/withdrawal.md).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from kb.store.durability import make_folder, replace_file
from kb.store.folder import DataFolder

FILE = "withdrawals.json"
"""In the folder of a snapshot: the tombstones that there were when it was made."""

Kind = Literal["record", "fields", "dataset", "received"]


@dataclass(frozen=True)
class Tombstone:
    """One withdrawal. The IRIs are hashed, since what was published by mistake may stand in its name too."""

    number: int
    when: str
    """UTC, `2026-11-22T19:15:35Z`."""
    rule: str
    """Why, in the words of whoever withdrew it; public."""
    kind: Kind
    datasets: tuple[str, ...]
    """`publisher/dataset` of each dataset from whose releases something went."""
    names: tuple[str, ...] = ()
    """`hashed` IRIs that are gone."""
    fields: tuple[str, ...] = ()
    """`hashed` pairs of IRI and property, of which only these fields went."""
    snapshots: Mapping[str, str] = field(default_factory=dict)
    """Id of each snapshot that held it → the id of what is left of that snapshot."""
    lifted: str | None = None
    """When the operator let it be published again."""

    @cached_property
    def gone(self) -> frozenset[str]:
        """`names`, to look one up."""
        return frozenset(self.names)

    @cached_property
    def withheld(self) -> frozenset[str]:
        """`fields`, to look one up."""
        return frozenset(self.fields)

    @property
    def said(self) -> str:
        """When and why, as part of a sentence."""
        return f"withdrawn on {self.when[:10]}: {self.rule}"


class Tombstones(Sequence[Tombstone]):
    """Tombstones by number, and what they say of one name."""

    def __init__(self, found: Iterable[Tombstone] = ()) -> None:
        self._all = tuple(sorted(found, key=lambda each: each.number))

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, place: Any) -> Any:
        return self._all[place]

    def of(self, iri: str) -> Tombstone | None:
        """The last withdrawal of a thing; None where there was none."""
        if not self._all:
            return None
        name = hashed(iri)
        return next((each for each in reversed(self._all) if name in each.gone), None)

    def of_field(self, iri: str, property: str) -> Tombstone | None:
        """The last withdrawal of this field of a thing, or of the whole thing, that holds against publishing it."""
        name, pair = hashed(iri), hashed(iri, property)
        standing = (each for each in reversed(self._all) if each.lifted is None and each.kind in ("record", "fields"))
        return next((each for each in standing if name in each.gone or pair in each.withheld), None)

    def of_snapshot(self, id: str) -> tuple[Tombstone, str] | None:
        """The last withdrawal that changed a snapshot, and the id of what is left of it now; None for any other."""
        found = None
        for each in self._all:
            if id in each.snapshots:
                id = each.snapshots[id]
                found = each, id
        return found


def hashed(*names: str) -> str:
    """How a tombstone writes an IRI, or an IRI with a property."""
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:32]


def read(folder: DataFolder) -> Tombstones:
    """Every tombstone of the data folder."""
    return Tombstones(restored(json.loads(path.read_bytes())) for path in folder.withdrawals.glob("[0-9]*.json"))


def write(folder: DataFolder, tombstone: Tombstone) -> None:
    """Writes a tombstone durably, in the place of an earlier form of the same."""
    make_folder(folder.withdrawals)
    replace_file(folder.withdrawals / f"{tombstone.number}.json", json.dumps(asdict(tombstone), ensure_ascii=False))


def carried(snapshot: Path) -> Tombstones:
    """The tombstones that a snapshot, by its folder, was made with."""
    try:
        return Tombstones(map(restored, json.loads((snapshot / FILE).read_bytes())))
    except FileNotFoundError:
        return Tombstones()


def carry(folder: DataFolder, snapshot: Path) -> None:
    """Writes the tombstones of the data folder into the folder of a snapshot in the making, where there are any."""
    if found := read(folder):
        (snapshot / FILE).write_text(json.dumps([asdict(each) for each in found], ensure_ascii=False), encoding="utf-8")


def restored(said: dict[str, Any]) -> Tombstone:
    """A tombstone as its file has it."""
    lists = {name: tuple(said[name]) for name in ("datasets", "names", "fields")}
    return Tombstone(**said | lists)
