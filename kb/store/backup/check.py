"""Whether a generation is what its manifest says, and can be opened: state, releases and snapshots."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph

from kb.errors import NotFound, ReleaseDamaged
from kb.store import releases
from kb.store.backup.manifest import Manifest, read_manifest
from kb.store.checksums import damaged, digest
from kb.store.database import Database
from kb.store.folder import DataFolder
from kb.store.losses import lost

_ANSWERS = "ASK { ?s ?p ?o }"


def faults(generation: Path, only: set[str] | None = None) -> Iterator[str]:
    """What is wrong with a generation, a sentence for each; `only`: of these paths the content is read, else of all.

    Raises BadInput where it has no manifest.
    """
    manifest = read_manifest(generation)
    yield from _content(generation, manifest, only)
    folder = DataFolder(generation)
    broken = Database(folder).faults()
    yield from (f"{folder.state.name}: {fault}" for fault in broken)
    yield from (each.said for each in lost(folder, stated=not broken))
    yield from _releases(folder, manifest)
    for id in manifest.snapshots:
        yield from _snapshot(folder, id)


def _content(generation: Path, manifest: Manifest, only: set[str] | None) -> Iterator[str]:
    for path, record in manifest.files.items():
        try:
            if (generation / path).stat().st_size != record.bytes:
                yield f"{path}: has not the size that it had"
            elif (only is None or path in only) and digest(generation / path) != record.sha256:
                yield f"{path}: has not the checksum that it had"
        except OSError as error:
            yield f"{path}: {error.strerror}"


def _releases(folder: DataFolder, manifest: Manifest) -> Iterator[str]:
    """Every release has the files that its record tells, as they were archived; the latest one is read as N-Quads."""
    newest: releases.Release | None = None
    for publisher, dataset in releases.datasets(folder):
        for number in releases.numbers(folder, publisher, dataset):
            place = releases.path_of(folder, publisher, dataset, number).relative_to(folder.root).as_posix()
            try:
                release = releases.read(folder, publisher, dataset, number)
            except (ReleaseDamaged, NotFound, OSError) as error:
                yield f"{place}: {error}"
                continue
            for name, said in release.files.items():
                copied = manifest.files.get(f"{place}/{name}")
                if copied is None or copied.sha256 != said["sha256"]:
                    yield f"{place}/{name}: is not as it was archived; see `whatworks verify`"
            newest = release if newest is None or release.issued >= newest.issued else newest
    if newest is not None:
        try:
            with gzip.open(releases.verify_accepted(folder, newest)) as file:
                quads = pyoxigraph.parse(cast(IO[bytes], file), pyoxigraph.RdfFormat.N_QUADS)
                read = sum(1 for _ in quads)
            if read != newest.triples:
                yield f"{newest.name} release {newest.number}: has {read} triples, not {newest.triples}"
        except (ReleaseDamaged, SyntaxError, OSError, EOFError) as error:
            yield f"{newest.name} release {newest.number}: cannot be read ({error})"


def _snapshot(folder: DataFolder, id: str) -> Iterator[str]:
    wrong = list(damaged(folder.snapshots / id))
    if wrong:
        yield f"snapshot {id}: {wrong[0]}"
        return
    try:
        answer = pyoxigraph.Store.read_only(str(folder.snapshots / id / "store")).query(_ANSWERS)
    except (OSError, RuntimeError, ValueError) as error:
        yield f"snapshot {id}: cannot be opened ({error})"
    else:
        assert isinstance(answer, pyoxigraph.QueryBoolean)
        if not answer:
            yield f"snapshot {id}: is empty"
