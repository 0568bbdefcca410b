"""Building the distributions of a snapshot, once; the caller holds the lock, and readers have the snapshot already."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Store

from kb.store import catalogue, releases
from kb.store.difference import Difference, difference
from kb.store.distributions import codebook, dumps, findings
from kb.store.distributions.affected import affected
from kb.store.distributions.counts import count_whole
from kb.store.distributions.draft import Draft, draft
from kb.store.distributions.index import ALL, Kind, folder_of, made_by, write_index
from kb.store.distributions.records import ADDRESS, STATED_IN, Table, table
from kb.store.distributions.spilled import Spilled
from kb.store.distributions.tables import FORMS, Sheet, datatype, read_rows, write_sheet
from kb.store.distributions.within import kinds
from kb.store.durability import HALF_MADE, link, move, remove_half_made
from kb.store.folder import DataFolder
from kb.store.primary import lines_of
from kb.store.releases import Release
from kb.store.snapshots import record_of
from kb.store.touched import differences

_log = logging.getLogger(__name__)

CATALOGUE = "catalogue"
"""Start of the names of the files of the catalogue graph."""


@dataclass(frozen=True)
class _Graph:
    """A named graph to be dumped: start of its files' names, IRIs of dataset and graph, and what it is made from."""

    stem: str
    dataset: str
    name: str
    made_from: str | None


def build(
    folder: DataFolder,
    id: str,
    held: Sequence[Release],
    *,
    just_accepted: Mapping[str, Difference] | None = None,
    afresh: bool = False,
) -> None:
    """Makes the distributions of a snapshot durably, from the releases that it holds; where it has them, nothing.

    `just_accepted`, as `kb.store.touched.differences` has it: where that tells what changed, tables in which it does
    not show are taken over from the snapshot before. `afresh`: no file is taken over from an earlier snapshot.
    Raises ReleaseDamaged where a release that must be read is not as it was archived.
    """
    snapshot, target = folder.snapshots / id, folder_of(folder, id)
    remove_half_made(snapshot)
    if target.exists():
        return
    path = snapshot / f"{HALF_MADE}{target.name}"
    path.mkdir()
    work = Draft(path, path, {}) if afresh else draft(folder, id, path)
    store = Store.read_only(str(snapshot / "store"))
    graphs = [_release(folder, release, work) for release in held]
    graphs.append(_catalogue(store, work))
    _whole(graphs, work)
    _tables(store, work, _unaffected(folder, id, store, work, just_accepted) if just_accepted else {})
    write_index(path, work.found, count_whole(store))
    move(path, target)


def is_built(folder: DataFolder, id: str) -> bool:
    """Whether a snapshot has its distributions."""
    return folder_of(folder, id).is_dir()


def _release(folder: DataFolder, release: Release, work: Draft) -> _Graph:
    stem, made_from = f"{release.publisher}_{release.dataset}", release.content
    graph = _Graph(stem, release.dataset_iri, release.graph, made_from)
    if not work.reuse([f"{stem}.{form}" for form in dumps.DATASET], made_from):
        releases.verify_accepted(folder, release)
        parent = releases.path_of(folder, release.publisher, release.dataset, release.number)
        link(parent / releases.ACCEPTED, work.path / f"{stem}.nq.gz")
        _graph(graph, work)
    return graph


def _catalogue(store: Store, work: Draft) -> _Graph:
    graph = _Graph(CATALOGUE, catalogue.CATALOGUE.value, catalogue.GRAPH, None)
    releases.write_accepted(work.path / f"{graph.stem}.nq.gz", lines_of(store, NamedNode(graph.name)), graph.name)
    _graph(graph, work)
    return graph


def _graph(graph: _Graph, work: Draft) -> None:
    dumps.write_dataset(work.path / graph.stem)
    for form in dumps.DATASET:
        work.add(f"{graph.stem}.{form}", "dataset", graph.dataset, made_from=graph.made_from)


def _whole(graphs: Sequence[_Graph], work: Draft) -> None:
    def files(form: str) -> list[Path]:
        return [work.path / f"{graph.stem}.{form}" for graph in graphs]

    dumps.join_nquads(files("nq.gz"), work.path / f"{ALL}.nq.gz")
    named = zip((graph.name for graph in graphs), files("ttl"), strict=True)
    dumps.join_turtle(list(named), work.path / f"{ALL}.trig")
    dumps.join_jsonld(files("jsonld"), work.path / f"{ALL}.jsonld")
    for form in dumps.WHOLE:
        work.add(f"{ALL}.{form}", "whole", None)


def _unaffected(
    folder: DataFolder, id: str, store: Store, work: Draft, just_accepted: Mapping[str, Difference]
) -> dict[str, list[tuple[str, ...]]]:
    """The names of the tables that are as in the snapshot before, with their rows of its code book.

    None where it is not known what changed, or where the files of that snapshot cannot be read.
    """
    before, record = work.earlier.parent, record_of(folder.snapshots / id)
    if before.name != record.parent or work.made_by != made_by():
        return {}
    try:
        changed = differences(record_of(before), record, just_accepted)
        if changed is None:
            return {}
        described = lines_of(Store.read_only(str(before / "store")), NamedNode(catalogue.GRAPH))
        book = read_rows(work.earlier / f"{codebook.STEM}.parquet")
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        _log.warning("all tables for download are made, since those of %s cannot be used again: %s", before.name, error)
        return {}
    changed.append(difference(described, lines_of(store, NamedNode(catalogue.GRAPH))))
    shown = affected(store, changed)
    return {kind: [row for row in book if row[0] == kind] for kind in kinds() if kind not in shown}


def _tables(store: Store, work: Draft, unaffected: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Tables, the flat one of findings and the code book; the unaffected are taken over."""
    book: list[Sequence[str]] = []
    for kind in kinds():
        if kind in unaffected and work.take([f"{kind}.{form}" for form in FORMS]):
            book += unaffected[kind]
        elif (found := table(store, kind)).rows:
            book += _table(found, work)
    flat = findings.sheet(store)
    if flat.rows:
        _sheet(findings.STEM, "findings", findings.FINDING.value, flat, work)
        book += codebook.of_findings(flat)
    _sheet(codebook.STEM, "codebook", None, codebook.sheet(book), work)


def _table(found: Table, work: Draft) -> Sequence[Sequence[str]]:
    """Writes a table; its rows of the code book."""
    columns = codebook.ordered(found)
    headings = [*(column.heading for column in columns), ADDRESS, STATED_IN]
    datatypes = [*(datatype(column.predicate) for column in columns), "", ""]
    rows = Spilled()
    for cells, address, graphs in zip(found.rows.cells(columns), found.addresses, found.graphs, strict=True):
        rows.append([*cells, address, graphs])
    _sheet(found.kind, "table", found.class_.iri, Sheet(headings, datatypes, rows), work)
    return codebook.rows(found, columns)


def _sheet(stem: str, kind: Kind, of: str | None, sheet: Sheet, work: Draft) -> None:
    write_sheet(work.path / stem, sheet)
    for form in FORMS:
        work.add(f"{stem}.{form}", kind, of, rows=len(sheet.rows))
