"""Tables in which a change does not show are taken over: whatever changes, each that is has the rows it would get."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store
from store_cases import SETTINGS, new_folder, publish_one

from kb.namespaces import expand
from kb.store.difference import difference
from kb.store.distributions import build as building
from kb.store.distributions.affected import affected
from kb.store.distributions.index import folder_of
from kb.store.distributions.records import table
from kb.store.distributions.within import kinds
from kb.store.folder import DataFolder
from kb.store.reconcile import reconcile
from kb.store.snapshots import current_id, ids

K = "https://kent.example/id"
THINGS = (
    f"{K}/asset/1",
    f"{K}/finding/1",
    f"{K}/measurement/asset-1",
    f"{K}/measurement/asset-1-2",
    f"{K}/cell/measurement-asset-1",
    f"{K}/asset/1#part",
    f"{K}/asset/1#part-of-part",
    "https://kent.example/.well-known/genid/x/1",
    "https://kent.example/.well-known/genid/x/2",
    "urn:x:1",
)
"""Of classes with pages, within these, and within what is within them."""

CLASSES = ("ww:Asset", "ww:Finding", "ww:AssetMeasurement", "ww:Cell", "ww:PropertyInterest")
PROPERTIES = ("ww:measurement", "ww:cell", "ww:interest", "dcterms:relation")

GRAPHS = ("https://kent.example/id/graph/x", "https://kent.example/id/graph/y")

types = some.tuples(some.sampled_from(THINGS), some.just("rdf:type"), some.sampled_from(CLASSES).map(expand))
links = some.tuples(some.sampled_from(THINGS), some.sampled_from(PROPERTIES), some.sampled_from(THINGS))
names = some.tuples(some.sampled_from(THINGS), some.just("skos:prefLabel"), some.sampled_from(("A", "B")))
triples = some.one_of(types, links, names)
said_of = some.lists(triples, max_size=8)


def lines(said: Iterable[tuple[str, str, str]]) -> list[bytes]:
    return sorted(f"<{each}> <{expand(property)}> {object_of(value)} .".encode() for each, property, value in set(said))


def object_of(value: str) -> str:
    return f"<{value}>" if ":" in value else f'"{value}"@en'


def stored(*graphs: list[bytes]) -> Store:
    """The lines of each graph, and their merge."""
    store = Store()
    for name, said in zip(GRAPHS, graphs, strict=False):
        for graph in (NamedNode(name), DefaultGraph()):
            store.load(input=b"\n".join(said), format=RdfFormat.N_TRIPLES, to_graph=graph)
    return store


def tables(store: Store) -> dict[str, object]:
    """What is written of each table."""
    found = {kind: table(store, kind) for kind in kinds()}
    return {
        kind: ([dict(row) for row in each.rows], each.addresses, each.graphs, dict(each.rows.filled))
        for kind, each in found.items()
        if each.rows
    }


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(said_of, said_of, some.lists(some.integers(0, 7), max_size=3), some.lists(triples, max_size=2))
def test_a_table_that_is_not_affected_is_as_it_was(
    said: list[tuple[str, str, str]],
    beside: list[tuple[str, str, str]],
    gone: list[int],
    more: list[tuple[str, str, str]],
) -> None:
    before, after = lines(said), lines([each for place, each in enumerate(said) if place not in gone] + more)
    old, new = tables(stored(before, lines(beside))), tables(stored(after, lines(beside)))
    shown = affected(stored(after, lines(beside)), [difference(before, after)])
    differing = {kind for kind in old.keys() | new.keys() if old.get(kind) != new.get(kind)}
    assert differing <= shown


MEASURED = [
    (f"{K}/asset/1", "rdf:type", expand("ww:Asset")),
    (f"{K}/asset/1", "ww:measurement", f"{K}/measurement/asset-1"),
    (f"{K}/measurement/asset-1", "rdf:type", expand("ww:AssetMeasurement")),
    (f"{K}/finding/1", "rdf:type", expand("ww:Finding")),
    (f"{K}/finding/1", "dcterms:relation", f"{K}/asset/1"),
]


@pytest.mark.parametrize(
    ("gone", "shown"),
    [
        (MEASURED[0], {"asset", "asset-measurement"}),
        (MEASURED[1], {"asset", "asset-measurement"}),
        (MEASURED[2], {"asset", "asset-measurement"}),
        (MEASURED[3], {"finding"}),
        (MEASURED[4], {"finding"}),
    ],
)
def test_only_the_tables_of_what_changed_are_affected(gone: tuple[str, str, str], shown: set[str]) -> None:
    before, after = lines(MEASURED), lines(each for each in MEASURED if each != gone)
    assert affected(stored(after), [difference(before, after)]) == shown
    assert affected(stored(before), [difference(after, before)]) == shown


@pytest.fixture
def folder(tmp_path) -> DataFolder:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    return folder


def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tables that are made from now on."""
    found = []

    def noted(store: Store, kind: str):
        found.append(kind)
        return table(store, kind)

    monkeypatch.setattr(building, "table", noted)
    return found


def files(folder: DataFolder) -> dict[str, bytes]:
    """The content of the current downloads."""
    return {path.name: path.read_bytes() for path in folder_of(folder, current_id(folder) or "").iterdir()}


def made_afresh(folder: DataFolder) -> dict[str, bytes]:
    """The same, made from nothing."""
    for id in ids(folder):
        for path in sorted(folder_of(folder, id).glob("*")):
            path.unlink()
        folder_of(folder, id).rmdir()
    reconcile(folder, SETTINGS, lambda step: None)
    return files(folder)


def test_a_publication_makes_the_tables_of_what_it_changes(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(monkeypatch)
    publish_one(folder, "places", "places-2.ttl")
    assert "place" in found
    assert "dataset" in found, "the catalogue tells of the release"
    assert "asset" not in found
    assert files(folder) == made_afresh(folder)
    assert "asset" in found


def test_no_table_is_taken_over_where_program_vocabulary_or_shapes_were_others(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made(monkeypatch)
    monkeypatch.setattr(building, "made_by", lambda: "others")
    publish_one(folder, "places", "places-2.ttl")
    assert set(found) == kinds().keys()


def test_no_table_is_taken_over_where_it_is_not_known_what_changed(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*of: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("kb.store.reconcile.build", killed)
        with pytest.raises(KeyboardInterrupt):
            publish_one(folder, "places", "places-2.ttl")
    found = made(monkeypatch)
    reconcile(folder, SETTINGS, lambda step: None)
    assert set(found) == kinds().keys()


@pytest.mark.parametrize("lost", ["codebook.parquet", "asset.csv", "../store/CURRENT"])
def test_what_is_lost_of_the_snapshot_before_is_made(folder: DataFolder, lost: str) -> None:
    (folder_of(folder, current_id(folder) or "") / lost).unlink()
    publish_one(folder, "places", "places-2.ttl")
    assert files(folder) == made_afresh(folder)


def test_nothing_is_taken_over_from_another_snapshot_than_the_one_before(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_one(folder, "places", "places-2.ttl")
    (folder_of(folder, current_id(folder) or "") / "index.json").unlink()
    found = made(monkeypatch)
    publish_one(folder, "assets", "assets-2.ttl")
    assert set(found) == kinds().keys()
