"""What is in a generation: every file with its checksum, and what it is a copy of."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.errors import BadInput
from kb.store.durability import sync

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True)
class FileRecord:
    """A file: what its content is, and by which it is known to be unchanged where it may not change."""

    sha256: str
    bytes: int
    modified: int
    """Of the file that was copied, in ns."""


@dataclass(frozen=True)
class Manifest:
    """What is known of a generation (manifest.json)."""

    when: str
    """UTC; what changed in the data folder later is not in it."""
    layout: int
    """Version of the data folder (kb.store.layout)."""
    current: str | None
    """Id of the snapshot that was current."""
    snapshots: tuple[str, ...]
    withdrawals: tuple[int, ...]
    """Numbers of those that had been done; this program compares the tombstones themselves (`withdrawn`)."""
    files: Mapping[str, FileRecord]
    """By path."""


def write_manifest(generation: Path, manifest: Manifest) -> None:
    """Writes it, and the list of checksums, durably."""
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
    (generation / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    sums = "".join(f"{each.sha256}  {path}\n" for path, each in sorted(manifest.files.items()))
    (generation / CHECKSUMS).write_text(sums, encoding="utf-8")
    for name in (MANIFEST, CHECKSUMS):
        sync(generation / name)


def read_manifest(generation: Path) -> Manifest:
    """Raises BadInput where there is none, or it cannot be read."""
    try:
        said = json.loads((generation / MANIFEST).read_bytes())
        files = {path: FileRecord(**each) for path, each in said["files"].items()}
        lists = {name: tuple(said[name]) for name in ("snapshots", "withdrawals")}
        return Manifest(**said | lists | {"files": files})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(f"{generation / MANIFEST}: cannot be read ({error}); take another generation") from error
