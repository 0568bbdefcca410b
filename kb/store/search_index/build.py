"""Making the index of a snapshot: all of it, or from that of an earlier snapshot the entries that changed."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

import tantivy
from pyoxigraph import Store as Folder

from kb.store import changes, releases
from kb.store.durability import HALF_MADE, link, move_folder, remove_half_made, sync_tree
from kb.store.folder import DataFolder
from kb.store.readable import Store
from kb.store.search_index import schema
from kb.store.search_index.affected import affected
from kb.store.search_index.entries import Entry, entry
from kb.store.search_index.surroundings import Surroundings
from kb.store.search_index.things import Thing, thing, things
from kb.store.snapshots import SnapshotRecord, ids, record_of

HEAP = 48_000_000
"""Bytes of entries that are in memory before they are written."""

SHARE = 0.25
"""From this share of the entries on all are made again: to look for what a change touches would cost more."""


def build(folder: DataFolder, snapshot: Path, record: SnapshotRecord, *, afresh: bool = False) -> None:
    """Makes the index in the folder of a snapshot, durably, where it has none of the present form.

    `afresh`: without a look at earlier ones, since files taken over from them hold what was deleted there.
    Raises OSError or ValueError where it cannot be written.
    """
    target = snapshot / schema.FOLDER
    if schema.is_index(target):
        return
    remove_half_made(snapshot)
    draft = snapshot / f"{HALF_MADE}{schema.FOLDER}"
    store = Folder.read_only(str(snapshot / "store"))
    if afresh or not _renewed(folder, store, record, draft):
        make(store, draft)
    sync_tree(draft)
    move_folder(draft, target)


def is_built(folder: DataFolder, id: str) -> bool:
    """Whether a snapshot has its index, in the present form."""
    return schema.is_index(folder.snapshots / id / schema.FOLDER)


def make(store: Store, path: Path) -> None:
    """Writes an index of everything in the store to a new folder."""
    path.mkdir()
    near = Surroundings(store)
    _write(path, (), (entry(each, near) for each in things(store)))


def renew(store: Store, earlier: Path, path: Path, changed: Collection[str]) -> bool:
    """Writes to a new folder what an earlier index becomes when these records (IRIs) are no longer what they were.

    The files of the earlier one are linked to, not copied. Answers False, with nothing written, where it is as well
    to make all entries again, or where the earlier one cannot be read.
    """
    try:
        searcher = schema.searcher(earlier)
    except (OSError, ValueError):  # damaged, or with other fields
        return False
    touched = affected(store, changed, int(searcher.num_docs * SHARE), lambda iri: _noted(searcher, iri))
    if touched is None:
        return False
    path.mkdir()
    for file in sorted(earlier.iterdir()):
        if file.name != schema.FORM:
            link(file, path / file.name)
    near = Surroundings(store)
    found = (thing(store, iri) for iri in sorted(touched))
    _write(path, touched, (entry(each, near) for each in found if isinstance(each, Thing)))
    return True


def _renewed(folder: DataFolder, store: Store, record: SnapshotRecord, draft: Path) -> bool:
    earlier = _earlier(folder, record.id)
    changed = changed_records(folder, earlier, record) if earlier else None
    if earlier is None or changed is None:
        return False
    return renew(store, folder.snapshots / earlier.id / schema.FOLDER, draft, changed)


def _write(path: Path, replaced: Iterable[str], entries: Iterable[Entry]) -> None:
    writer = schema.opened(path).writer(heap_size=HEAP, num_threads=1)
    for iri in replaced:
        writer.delete_documents_by_term(schema.IRI, iri)
    for each in entries:
        if each.title:
            writer.add_document(_document(each))
    writer.commit()
    writer.wait_merging_threads()
    for lock in path.glob("*.lock"):
        lock.unlink()
    (path / schema.FORM).write_text(f"{schema.NUMBER}\n", encoding="ascii")


def _document(said: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text(schema.IRI, said.iri)
    document.add_text(schema.NAME, said.title[:200])
    texts = ([said.title], said.names, said.about, said.around, said.text)
    for name, parts in zip(schema.TEXTS, texts, strict=True):
        for part in parts:
            document.add_text(name, schema.plain(part))
    heading = "\n".join((said.title, *said.names))
    document.add_text(schema.HEADING, schema.plain(heading))
    document.add_text(schema.WORDS, schema.plain("\n".join((heading, *said.about, *said.text))))
    for name, values in said.facets.items():
        for value in sorted(values):
            document.add_text(name, value)
    document.add_unsigned(schema.NEWEST, said.newest)
    document.add_unsigned(schema.STRONGEST, said.strongest)
    document.add_float(schema.WEIGHT, said.weight)
    document.add_text(schema.SHOWN, said.line())
    return document


def _earlier(folder: DataFolder, id: str) -> SnapshotRecord | None:
    """The newest other snapshot that has an index of this form."""
    for other in reversed(ids(folder)):
        if other != id and schema.is_index(folder.snapshots / other / schema.FOLDER):
            return record_of(folder.snapshots / other)
    return None


def changed_records(folder: DataFolder, earlier: SnapshotRecord, now: SnapshotRecord) -> set[str] | None:
    """The records that differ between two snapshots, and their datasets; None where that cannot be told."""
    if not earlier.datasets.keys() <= now.datasets.keys():
        return None
    found: set[str] = set()
    for name, number in now.datasets.items():
        before = earlier.datasets.get(name, 0)
        if number < before:
            return None
        publisher, _, dataset = name.partition("/")
        for release in releases.history(folder, publisher, dataset):
            if before < release.number <= number:
                found.add(release.dataset_iri)
                found.update(each.iri for each in changes.records(folder, release))
    return found


def _noted(searcher: tantivy.Searcher, iri: str) -> list[str]:
    """The interventions and outcomes that count an entry of the earlier index among their findings."""
    hits = searcher.search(tantivy.Query.term_query(schema.schema(), schema.IRI, iri), 1).hits
    return [each for _, address in hits for each in _shown(searcher.doc(address)).get("of", ())]


def _shown(document: tantivy.Document) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = json.loads(document.get_first(schema.SHOWN) or "{}")
    return shown
