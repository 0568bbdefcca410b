"""The archive of all that was accepted: one folder per release, complete or absent, never changed afterwards."""

import gzip
import hashlib
import json
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from kb import namespaces
from kb.errors import NotFound, ReleaseDamaged
from kb.intake.lines import kept, pieces, split
from kb.protocols.packing import packed, unpacked
from kb.protocols.report import Report
from kb.store.durability import HALF_MADE, PRIVATE_FOLDER, make_folder, move, remove_half_made, sync_tree
from kb.store.folder import DataFolder
from kb.store.partitions import count_partitions

ACCEPTED = "accepted.nq.gz"
REPORT = "report.json.gz"
RECORD = "release.json"

COMPRESSION = 2
"""gzip level: 200,000 lines take 0.07 s and a seventh of their size; level 6 takes three times as long for a ninth."""

_GZIP = 31
"""To zlib: a gzip header, without name and time, and the largest window."""

_PIECE = 1 << 20

Kind = Literal["publication", "rollback"]
CheckedBy = Literal["protocols", "background", "nobody"]
"""By what a release was let in: the data protocols; as vocabulary or protocols, which are checked where they are
made; or by the operator's word."""


@dataclass(frozen=True)
class Release:
    """What is known of a release (release.json)."""

    publisher: str
    base: str
    dataset: str
    number: int
    kind: Kind
    issued: str
    """UTC, `2026-11-22T19:15:35Z`."""
    triples: int
    added: int
    removed: int
    checked_by: CheckedBy
    violations: int = 0
    warnings: int = 0
    infos: int = 0
    protocols: dict[str, str] = field(default_factory=dict)
    """Id → version of each protocol that applies to something in it."""
    equals: int | None = None
    """Of a rollback: the earlier release that it repeats; 0 where it takes all content back."""
    held_back: int = 0
    """Records that were sent and left out, since they violate a protocol."""
    subjects: int | None = None
    """Distinct subjects; None in a release archived before they were counted."""
    classes: dict[str, int] = field(default_factory=dict)
    """IRI of each class → things of it; empty likewise."""
    properties: dict[str, int] = field(default_factory=dict)
    """IRI of each property → triples that have it; empty likewise."""
    coverage: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Key of each measure that a record fills → its counts (kb.store.coverage); empty likewise."""
    submission: str = ""
    """kb.store.submissions.Submission.mark, of the submission that it came of; empty where it came of none."""
    files: dict[str, dict[str, str | int]] = field(default_factory=dict)
    """Path in the folder → {"sha256": …, "bytes": …}."""
    withdrawals: list[dict[str, Any]] = field(default_factory=list)
    """What was withdrawn of it since: {"number": …, "when": …, "rule": …, "files": names of what went whole}."""

    @property
    def content(self) -> str:
        """`publisher/dataset 2`, and how often something was withdrawn from it: the same for the same content."""
        changed = f" withdrawn {len(self.withdrawals)}" if self.withdrawals else ""
        return f"{self.name} {self.number}{changed}"

    @property
    def name(self) -> str:
        """`publisher/dataset`."""
        return f"{self.publisher}/{self.dataset}"

    @property
    def graph(self) -> str:
        """The IRI of the named graph of the dataset."""
        return namespaces.graph(self.base, self.dataset)

    @property
    def iri(self) -> str:
        """The IRI of the release."""
        return namespaces.release(self.base, self.dataset, self.number)

    @property
    def dataset_iri(self) -> str:
        """The IRI of the dataset."""
        return namespaces.dataset(self.base, self.dataset)


def path_of(folder: DataFolder, publisher: str, dataset: str, number: int) -> Path:
    """The folder of a release."""
    return folder.releases / publisher / dataset / str(number)


def archive(
    folder: DataFolder,
    release: Release,
    lines: Sequence[bytes],
    received: Mapping[str, Path],
    report: Report | None,
    beside: Mapping[str, bytes] | None = None,
) -> Release:
    """Writes a release durably; when this returns it is accepted. Answers it with the checksums of its files.

    `lines`: its sorted N-Triples lines; `received`: name in `received/` → file to copy; `report`: of its check;
    `beside`: path in the folder → what else is kept with it.
    """
    target = path_of(folder, release.publisher, release.dataset, release.number)
    make_folder(target.parent)
    draft = target.with_name(HALF_MADE + target.name)
    draft.mkdir()
    (draft / "received").mkdir(PRIVATE_FOLDER)  # with the columns that are never published
    for name, source in received.items():
        shutil.copyfile(source, draft / "received" / name)
    write_accepted(draft / ACCEPTED, lines, release.graph)
    if report is not None:
        (draft / REPORT).write_bytes(packed(report))
    for name, written in (beside or {}).items():
        (draft / name).write_bytes(written)
    content = asdict(release) | asdict(count_partitions(lines)) | {"files": checksums(draft)}
    (draft / RECORD).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sync_tree(draft)
    move(draft, target)
    return Release(**content)


def read(folder: DataFolder, publisher: str, dataset: str, number: int) -> Release:
    """One release; raises NotFound."""
    path = path_of(folder, publisher, dataset, number) / RECORD
    try:
        return Release(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise NotFound(f"{publisher}/{dataset}: no release {number}; see `whatworks releases`") from None
    except (ValueError, TypeError) as error:
        raise ReleaseDamaged(f"{path}: {error}; restore it from a copy") from error


def accepted(folder: DataFolder, release: Release) -> Sequence[bytes]:
    """The sorted N-Triples lines of a release; raises ReleaseDamaged when they are not what was archived."""
    ending = len(_ending(release.graph)) - 1
    return kept(line[:-ending] + b" ." for line in split(accepted_pieces(folder, release)))


def accepted_pieces(folder: DataFolder, release: Release) -> Iterator[bytes]:
    """The content of a release as sorted N-Quads, in pieces; raises ReleaseDamaged as `accepted` does."""
    with gzip.open(verify_accepted(folder, release)) as file:
        while piece := file.read(_PIECE):
            yield piece


def verify_accepted(folder: DataFolder, release: Release) -> Path:
    """The file with the content of a release; raises ReleaseDamaged where it is not what was archived."""
    path = path_of(folder, release.publisher, release.dataset, release.number) / ACCEPTED
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReleaseDamaged(f"{path}: {error.strerror}; restore it from a copy") from error
    if digest != release.files.get(path.name, {}).get("sha256"):
        raise ReleaseDamaged(f"{path}: not the checksum in release.json; restore it from a copy")
    return path


def report(folder: DataFolder, release: Release) -> Report | None:
    """The report of the check that let a release in, None where it has none; raises ReleaseDamaged."""
    path = path_of(folder, release.publisher, release.dataset, release.number) / REPORT
    if REPORT not in release.files:
        return None
    try:
        return unpacked(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ReleaseDamaged(f"{path}: {error}; restore it from a copy") from error


def received(folder: DataFolder, release: Release) -> dict[str, Path]:
    """The files of a release as they were sent: name → path; raises ReleaseDamaged where one is lost."""
    path = path_of(folder, release.publisher, release.dataset, release.number)
    sent = {Path(name).name: path / name for name in sorted(release.files) if name.startswith("received/")}
    for file in sent.values():
        if not file.is_file():
            raise ReleaseDamaged(f"{file}: is lost; restore it from a copy")
    return sent


def beside(folder: DataFolder, release: Release) -> dict[str, bytes]:
    """What is kept with a release besides its content, its report and the files as sent: path in its folder → content.

    Raises ReleaseDamaged where one is lost.
    """
    path = path_of(folder, release.publisher, release.dataset, release.number)
    names = [name for name in release.files if "/" not in name and name not in (ACCEPTED, REPORT)]
    try:
        return {name: (path / name).read_bytes() for name in names}
    except OSError as error:
        raise ReleaseDamaged(f"{error.filename}: is lost; restore it from a copy") from error


def datasets(folder: DataFolder) -> list[tuple[str, str]]:
    """(publisher, dataset) of all that has a release, sorted."""
    parents = folder.releases.glob("*/*")
    return sorted((p.parent.name, p.name) for p in parents if numbers(folder, p.parent.name, p.name))


def numbers(folder: DataFolder, publisher: str, dataset: str) -> list[int]:
    """The numbers of the releases of a dataset, from the first to the latest; what is half written has none."""
    parent = folder.releases / publisher / dataset
    if not parent.is_dir():
        return []
    return sorted(int(path.name) for path in parent.iterdir() if path.name.isdecimal())


def latest(folder: DataFolder, publisher: str, dataset: str) -> Release | None:
    """The latest release of a dataset, None when it has none."""
    found = numbers(folder, publisher, dataset)
    return read(folder, publisher, dataset, found[-1]) if found else None


def history(folder: DataFolder, publisher: str, dataset: str) -> list[Release]:
    """The releases of a dataset, from the first to the latest."""
    return [read(folder, publisher, dataset, number) for number in numbers(folder, publisher, dataset)]


def all_releases(folder: DataFolder) -> Iterator[Release]:
    """Every release, by publisher, dataset and number."""
    for publisher, dataset in datasets(folder):
        yield from history(folder, publisher, dataset)


def clean(folder: DataFolder) -> None:
    """Deletes what dead writers left half written; for the holder of the lock."""
    for parent in (*folder.releases.glob("*/*"), *folder.changes.glob("*/*")):
        remove_half_made(parent)


def write_accepted(path: Path, lines: Sequence[bytes], graph: str) -> None:
    """Writes N-Triples lines as N-Quads of the graph, gzipped; the same lines always give the same bytes."""
    packing, ending = zlib.compressobj(COMPRESSION, wbits=_GZIP), _ending(graph)
    with path.open("wb") as file:
        for piece in pieces(lines):
            file.write(packing.compress(piece.replace(b" .\n", ending)))
        file.write(packing.flush())


def _ending(graph: str) -> bytes:
    """How each line ends as N-Quads; as N-Triples it ends ` .`. A line end stands nowhere else in a line."""
    return f" <{graph}> .\n".encode()


def checksums(draft: Path) -> dict[str, dict[str, str | int]]:
    """Path in the folder → SHA-256 and bytes, of every file of a release but release.json itself."""
    checksums: dict[str, dict[str, str | int]] = {}
    for path in sorted(p for p in draft.rglob("*") if p.is_file() and p != draft / RECORD):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        checksums[path.relative_to(draft).as_posix()] = {"sha256": digest, "bytes": path.stat().st_size}
    return checksums
