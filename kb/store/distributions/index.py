"""The index of a snapshot's distributions: each file with its size and checksum, and the counts of the merged graph."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from kb.config import shipped
from kb.errors import NotFound
from kb.store.durability import sync
from kb.store.folder import DataFolder

FOLDER = "distributions"
INDEX = "index.json"
CHECKSUMS = "SHA256SUMS"
"""The checksums as `sha256sum --check` reads them."""

FORM = 1
"""Raised when the same content is written differently: then no file of an earlier form is used again."""

ALL = "all"
"""Start of the names of the files that hold every dataset; no other has it, for theirs have an underscore or a kind."""

Kind = Literal["dataset", "whole", "table", "findings", "codebook"]


@dataclass(frozen=True)
class Form:
    """A form that a file has, by the end of its name; `compressed` is the media type of the compression, if any."""

    suffix: str
    title: str
    media_type: str
    compressed: str | None = None


FORMS = {
    form.suffix: form
    for form in (
        Form("nq.gz", "N-Quads, gzipped", "application/n-quads", "application/gzip"),
        Form("ttl", "Turtle", "text/turtle"),
        Form("trig", "TriG", "application/trig"),
        Form("jsonld", "JSON-LD", "application/ld+json"),
        Form("csv", "CSV", "text/csv"),
        Form("parquet", "Parquet", "application/vnd.apache.parquet"),
    )
}


@dataclass(frozen=True)
class Distribution:
    """One file. `of` is the IRI of the dataset or class whose content it is; None where it is of everything.

    `made_from` names the release of a dataset, `kent/assets 2`; None where the file is made from several.
    """

    file: str
    kind: Kind
    of: str | None
    made_from: str | None
    bytes: int
    sha256: str
    rows: int | None = None

    @property
    def stem(self) -> str:
        """The name of the file without its form."""
        return self.file.partition(".")[0]

    @property
    def form(self) -> Form:
        """The form that the end of its name tells."""
        return FORMS[self.file.partition(".")[2]]


@dataclass(frozen=True)
class ClassPartition:
    """The things of a class in the merge of all graphs, and how many triples of each property they have."""

    entities: int
    properties: dict[str, int]


@dataclass(frozen=True)
class Whole:
    """Counts of the merge of all graphs, classes and properties by their IRIs."""

    triples: int
    subjects: int
    classes: dict[str, ClassPartition]
    properties: dict[str, int]


@dataclass(frozen=True)
class Index:
    """All distributions of a snapshot, by the order in which they were built."""

    form: int
    made_by: str
    """By which program, vocabulary and shapes the tables were made (`made_by`); empty where that was not noted."""
    distributions: tuple[Distribution, ...]
    whole: Whole

    def file(self, name: str) -> Distribution:
        """The distribution with that file name; raises NotFound."""
        for each in self.distributions:
            if each.file == name:
                return each
        raise NotFound(f"{name}: no such download; /datasets lists what there is")

    def of(self, kind: Kind, iri: str | None = None) -> list[Distribution]:
        """The files of a kind, by default of all datasets or classes."""
        return [each for each in self.distributions if each.kind == kind and (iri is None or each.of == iri)]


@cache
def made_by() -> str:
    """SHA-256 of the files that decide how tables and code book are written: program, vocabulary and shapes."""
    program = (path for path in Path(__file__).parents[2].rglob("*") if path.suffix in (".py", ".rq"))
    rules = (path for name in ("ontology", "shapes") for path in shipped(name).glob("*.ttl"))
    found = sha256()
    for path in sorted({*program, *rules}):
        found.update(path.name.encode() + sha256(path.read_bytes()).digest())
    return found.hexdigest()


def folder_of(folder: DataFolder, id: str) -> Path:
    """Where the distributions of a snapshot are."""
    return folder.snapshots / id / FOLDER


def read_index(folder: DataFolder, id: str) -> Index | None:
    """The index of a snapshot; None while they are being built, for a snapshot that has none, and for no snapshot."""
    try:
        said = json.loads((folder_of(folder, id) / INDEX).read_bytes())
    except FileNotFoundError:
        return None
    whole = said["whole"]
    classes = {iri: ClassPartition(**counts) for iri, counts in whole.pop("classes").items()}
    distributions = tuple(Distribution(**each) for each in said["distributions"])
    return Index(said["form"], said.get("made_by", ""), distributions, Whole(classes=classes, **whole))


def write_index(draft: Path, distributions: Iterable[Distribution], whole: Whole) -> None:
    """Writes the index and the list of checksums into the folder that the files are in, durably."""
    index = Index(FORM, made_by(), tuple(distributions), whole)
    (draft / INDEX).write_text(json.dumps(asdict(index), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sums = "".join(f"{each.sha256}  {each.file}\n" for each in index.distributions)
    (draft / CHECKSUMS).write_text(sums, encoding="ascii")
    for written in (INDEX, CHECKSUMS):
        sync(draft / written)
    sync(draft)
