"""What each release changed, record by record: made once from the releases, so that a page's history is looked up.

`changes/{publisher}/{dataset}/{n}/` in the data folder has `summary.json`, how many records of which class, and
`records.tsv`, all of them sorted by IRI, so that one is found by binary search. Both can be made again at any time.
"""

import json
import mmap
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from kb.store import releases
from kb.store.difference import Difference
from kb.store.durability import HALF_MADE, make_folder, move
from kb.store.folder import DataFolder
from kb.store.record_changes import How, RecordChange, record_changes
from kb.store.releases import Release

SUMMARY = "summary.json"
RECORDS = "records.tsv"

_AWAY = "away"
"""In place of a kind of change: of the IRI that a record had before."""


@dataclass(frozen=True)
class Change:
    """What one release did with one IRI; `other` is the IRI it had before, or (`away`) has now, else ""."""

    iri: str
    how: str
    class_: str
    other: str


def make(
    folder: DataFolder, release: Release, after: Sequence[bytes] | None = None, change: Difference | None = None
) -> Path:
    """Writes what a release changed, and answers the folder; `after` and `change` spare reading and comparing again.

    Raises ReleaseDamaged, and OSError where it cannot be written.
    """
    found = _found(folder, release, after, change)
    target = _path(folder, release)
    draft = target.with_name(f"{HALF_MADE}{target.name}-{uuid4().hex}")
    make_folder(draft)
    (draft / RECORDS).write_bytes(b"".join(sorted(_rows(found))))
    (draft / SUMMARY).write_text(json.dumps(_counts(found)) + "\n", encoding="utf-8")
    try:
        move(draft, target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not target.exists():  # another process was first
            raise
    return target


def forget(folder: DataFolder, publisher: str, dataset: str) -> None:
    """Deletes what is known of the changes of a dataset, when its releases are not what they were; it is made again."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder.changes / publisher / dataset)


def counts(folder: DataFolder, release: Release) -> Mapping[tuple[How, str], int]:
    """How and class → how many records the release changed so; raises ReleaseDamaged."""
    path = _path(folder, release) / SUMMARY
    try:
        rows = json.loads(path.read_bytes())
    except OSError:
        try:
            rows = json.loads((make(folder, release) / SUMMARY).read_bytes())
        except OSError:  # a data folder that may not be written
            rows = _counts(_found(folder, release))
    return {(how, class_): count for how, class_, count in rows}


def records(folder: DataFolder, release: Release) -> Iterator[Change]:
    """Everything that the release changed, by IRI; raises ReleaseDamaged."""
    for row in _content(folder, release).splitlines():
        yield _change(row)


def of_resource(folder: DataFolder, release: Release, iri: str) -> Change | None:
    """What the release did with one IRI, None where nothing; raises ReleaseDamaged."""
    path = _path(folder, release) / RECORDS
    wanted = f"{iri}\t".encode()
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                return None
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as rows:
                row = _search(rows, wanted)
    except OSError:
        content = _content(folder, release)
        row = _search(content, wanted)
    return _change(row) if row else None


def _search(rows: "mmap.mmap | bytes", wanted: bytes) -> bytes | None:
    """The row that starts so, among rows sorted and each ended by a line feed."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        start = rows.rfind(b"\n", low, middle) + 1 or low
        end = rows.find(b"\n", start)
        row = rows[start:end]
        if row.startswith(wanted):
            return row
        low, high = (end + 1, high) if row < wanted else (low, start)
    return None


def _content(folder: DataFolder, release: Release) -> bytes:
    path = _path(folder, release) / RECORDS
    try:
        return path.read_bytes()
    except OSError:
        try:
            return (make(folder, release) / RECORDS).read_bytes()
        except OSError:
            return b"".join(sorted(_rows(_found(folder, release))))


def _found(
    folder: DataFolder, release: Release, after: Sequence[bytes] | None = None, change: Difference | None = None
) -> list[RecordChange]:
    numbers = releases.numbers(folder, release.publisher, release.dataset)
    before: Sequence[bytes] = ()
    if previous := [number for number in numbers if number < release.number]:
        before = releases.accepted(folder, releases.read(folder, release.publisher, release.dataset, previous[-1]))
    return record_changes(before, releases.accepted(folder, release) if after is None else after, change)


def _counts(found: Sequence[RecordChange]) -> list[tuple[str, str, int]]:
    counted = Counter((each.how, each.class_) for each in found)
    return [(how, class_, count) for (how, class_), count in sorted(counted.items())]


def _rows(found: Sequence[RecordChange]) -> Iterator[bytes]:
    for each in found:
        yield _row(each.iri, each.how, each.class_, each.before or "")
        if each.before:
            yield _row(each.before, _AWAY, each.class_, each.iri)


def _row(*fields: str) -> bytes:
    # An IRI holds no white space (RFC 3987 §2.2), so that a row can be split again.
    return "\t".join(fields).encode() + b"\n"


def _change(row: bytes) -> Change:
    return Change(*row.decode().split("\t"))


def _path(folder: DataFolder, release: Release) -> Path:
    return folder.changes / release.publisher / release.dataset / str(release.number)
