"""The private folder of a submission: its files as received, its mappings, and what reading and checking made of them.

    data/submissions/{id}/received/{n}/{name}   mappings.json   lines.nt.gz   report.json.gz
        earlier-mappings.json   problems.json   decisions.json   cells.jsonl.gz (kb.mapping.cell_report)
"""

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from kb.errors import BadInput, Gone
from kb.intake.lines import kept, pieces, split
from kb.mapping.mapping import Mapping, read_mappings, written_mappings
from kb.mapping.unreadable import Unreadable
from kb.protocols.packing import packed, unpacked
from kb.protocols.report import Report
from kb.store import decisions
from kb.store.decisions import SheetDecisions
from kb.store.durability import HALF_MADE, make_folder, make_private_folder, move, sync, sync_tree
from kb.store.folder import DataFolder
from kb.store.record_changes import How
from kb.store.releases import COMPRESSION
from kb.store.submissions import Received

LINES = "lines.nt.gz"
MAPPINGS = "mappings.json"
PROBLEMS = "problems.json"
_EARLIER = "earlier-mappings.json"
_UNREADABLE = "unreadable.json"
_DECISIONS = "decisions.json"
_ABOUT = "about.json"
_CHANGES = "changes.json"

LARGE = 200_000
"""Statements from which a content is not compared record by record for each view of a page."""

MOST = 10_000
"""Problems that are kept one by one; the report has all of them, in groups."""

LONGEST_NAME = 200
"""Bytes of the name of a file, of which file systems take 255, with what a release puts before it; of a longer one the
end stays, which says what it is."""

_PIECE = 1 << 20
_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]')


class SubmissionFolder:
    """The folder of one submission."""

    def __init__(self, folder: DataFolder, id: str) -> None:
        if not _ID.fullmatch(id):
            raise BadInput("that is no id of a submission")
        self.path = folder.submissions / id

    def place(self, number: int, name: str) -> Path:
        """Where the file of this number (from 1) is to be written; its folder is made, its name made safe."""
        path = self.path / "received" / str(number) / safe_name(name)
        self.make()
        make_folder(path.parent)
        return path

    def received(self) -> list[Path]:
        """The files as they were sent, in order."""
        if not (self.path / "received").is_dir():
            return []
        folders = sorted((self.path / "received").iterdir(), key=lambda path: int(path.name))
        return [next(folder.iterdir()) for folder in folders]

    def account(self) -> list[Received]:
        """Name, size and SHA-256 of each file, which are durable from then on."""
        sync_tree(self.path)
        return [Received(path.name, path.stat().st_size, _sha256(path)) for path in self.received()]

    def mappings(self) -> list[Mapping] | None:
        """The mappings that were confirmed or proposed, one a sheet; None where there are none yet."""
        path = self.path / MAPPINGS
        if not path.exists():
            return None
        return read_mappings(path.read_text(encoding="utf-8"))

    def keep_mappings(self, mappings: Sequence[Mapping]) -> None:
        """Keeps the mappings with which the files are read from now on."""
        self._write(MAPPINGS, written_mappings(mappings).encode())

    def earlier_mappings(self) -> list[Mapping]:
        """The mappings of the submission that this one mends: they hold where its headings are theirs."""
        path = self.path / _EARLIER
        return read_mappings(path.read_text(encoding="utf-8")) if path.exists() else []

    def keep_earlier_mappings(self, mappings: Sequence[Mapping]) -> None:
        """Keeps the mappings of the submission that this one mends."""
        if mappings:
            self._write(_EARLIER, written_mappings(mappings).encode())

    def keep(self, lines: Sequence[bytes], report: Report | None, problems: Sequence[Any]) -> None:
        """Keeps what became of the files: sorted N-Triples lines, the report of their check, and what reading said."""
        shutil.rmtree(self.path / "preview", ignore_errors=True)  # kb.store.previews: of what was read before
        with self._draft(LINES) as raw, gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as packed_lines:
            packed_lines.writelines(pieces(lines))
        told = [asdict(each) for each in islice((each for each in problems if each.level != "note"), MOST)]
        self._write(PROBLEMS, json.dumps(told, ensure_ascii=False).encode())
        if report is not None:
            self._write("report.json.gz", packed(report))
        else:
            (self.path / "report.json.gz").unlink(missing_ok=True)

    def keep_unreadable(self, found: Unreadable) -> None:
        """Keeps which records could not be read."""
        self._write(_UNREADABLE, json.dumps({"records": sorted(found.records), "rows": found.rows}).encode())

    def unreadable(self) -> Unreadable:
        """Which records could not be read."""
        path = self.path / _UNREADABLE
        if not path.exists():
            return Unreadable()
        found = json.loads(path.read_bytes())
        return Unreadable(frozenset(found["records"]), found["rows"])

    def lines(self) -> Sequence[bytes]:
        """The sorted N-Triples lines."""
        with gzip.open(self.path / LINES) as packed_lines:
            return kept(split(iter(lambda: packed_lines.read(_PIECE), b"")))

    def report(self) -> Report | None:
        """The report of the check; None where there is none, since nothing was checked or nobody checks the dataset."""
        path = self.path / "report.json.gz"
        return unpacked(path.read_bytes()) if path.exists() else None

    def problems(self) -> list[dict[str, Any]]:
        """What reading said of single cells, as kb.mapping.places.Problem has it."""
        path = self.path / PROBLEMS
        found: list[dict[str, Any]] = json.loads(path.read_bytes()) if path.exists() else []
        return found

    def keep_changes(self, counts: dict[tuple[How, str], int]) -> None:
        """Keeps how many records of which class publishing would change how; for what is too large to compare again."""
        self._write(_CHANGES, json.dumps([(*key, count) for key, count in counts.items()]).encode())

    def changes(self) -> dict[tuple[How, str], int]:
        """How and class → records; nothing where it was not kept."""
        path = self.path / _CHANGES
        found = json.loads(path.read_bytes()) if path.exists() else []
        return {(how, class_): count for how, class_, count in found}

    def keep_about(self, about: dict[str, str]) -> None:
        """Keeps what is said of the dataset itself: title, licence, and more by column id (kb.store.dataset_fields)."""
        self._write(_ABOUT, json.dumps(about, ensure_ascii=False).encode())

    def about(self) -> dict[str, str]:
        """What was said of the dataset itself."""
        path = self.path / _ABOUT
        found: dict[str, str] = json.loads(path.read_bytes()) if path.exists() else {}
        return found

    def keep_written(self, name: str, write: Callable[[Path], object]) -> None:
        """Keeps what `write` writes at a path that it is given."""
        with self._drafted(name) as draft:
            write(draft)

    def keep_decisions(self, asked: Sequence[SheetDecisions]) -> None:
        """Keeps what a person has to decide or confirm."""
        self._write(_DECISIONS, json.dumps(decisions.written(asked), ensure_ascii=False).encode())

    def decisions(self) -> list[SheetDecisions]:
        """What a person has to decide or confirm; nothing where there are no sheets."""
        path = self.path / _DECISIONS
        return decisions.read(json.loads(path.read_bytes())) if path.exists() else []

    def make(self) -> None:
        """Makes the folder, for a submission without files."""
        make_private_folder(self.path.parent)
        make_private_folder(self.path)

    def delete(self) -> None:
        """Deletes the folder and all in it. Whoever writes in it finds it gone, and does not make it again."""
        doomed = self.path.with_name(HALF_MADE + self.path.name)
        with suppress(FileNotFoundError):
            self.path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    def _write(self, name: str, content: bytes) -> None:
        with self._draft(name) as file:
            file.write(content)

    @contextmanager
    def _draft(self, name: str) -> Iterator[BinaryIO]:
        """A file to write to, which gets its name when it is complete and durable; raises Gone."""
        with self._drafted(name) as draft, draft.open("wb") as file:
            yield file

    @contextmanager
    def _drafted(self, name: str) -> Iterator[Path]:
        draft = self.path / (HALF_MADE + name)
        try:
            yield draft
            sync(draft)
            move(draft, self.path / name)
        except FileNotFoundError:
            raise Gone("the files of this submission were deleted") from None


def safe_name(name: str) -> str:
    """The name of a file as it was sent, without folders, marks that mislead, and what a file system refuses."""
    name = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(". ")
    return name.encode(errors="replace")[-LONGEST_NAME:].decode(errors="ignore").strip(". ") or "file"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
