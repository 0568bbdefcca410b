"""Distributions in the making: the files of one snapshot, some of them taken over from the snapshot before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kb.store.distributions.index import FORM, Distribution, Kind, folder_of, read_index
from kb.store.durability import link, sync
from kb.store.folder import DataFolder
from kb.store.snapshots import ids


@dataclass
class Draft:
    """The folder that is written to, what is in it so far, and the files of an earlier snapshot by their names.

    `made_by` tells by what the tables of the earlier one were made (kb.store.distributions.index.made_by).
    """

    path: Path
    earlier: Path
    known: dict[str, Distribution]
    made_by: str = ""
    found: list[Distribution] = field(default_factory=list)

    def reuse(self, names: Sequence[str], made_from: str) -> bool:
        """Takes over the files where the earlier snapshot has them all from the same release; else answers False."""
        same = all(name in self.known and self.known[name].made_from == made_from for name in names)
        return same and self.take(names)

    def take(self, names: Sequence[str]) -> bool:
        """Takes over the files where the earlier snapshot has them all; else answers False."""
        if not all(name in self.known and (self.earlier / name).is_file() for name in names):
            return False
        for name in names:
            link(self.earlier / name, self.path / name)
            self.found.append(self.known[name])
        return True

    def add(
        self, file: str, kind: Kind, of: str | None, *, made_from: str | None = None, rows: int | None = None
    ) -> None:
        """Notes a file that was written, durably; where the earlier one has the same bytes, it takes no room twice."""
        path = self.path / file
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        known = self.known.get(file)
        if known is not None and known.sha256 == digest and (self.earlier / file).is_file():
            path.unlink()
            link(self.earlier / file, path)
        else:
            sync(path)
        self.found.append(Distribution(file, kind, of, made_from, path.stat().st_size, digest, rows))


def draft(folder: DataFolder, id: str, path: Path) -> Draft:
    """A draft in the folder `path`, beside the newest other snapshot whose files are written as they are now."""
    for other in reversed(ids(folder)):
        index = read_index(folder, other) if other != id else None
        if index is not None and index.form == FORM:
            known = {each.file: each for each in index.distributions}
            return Draft(path, folder_of(folder, other), known, index.made_by)
    return Draft(path, path, {})
