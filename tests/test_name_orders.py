"""Large classes in the order of their names, as they are sorted at publication and read page by page."""

from pathlib import Path

import pytest
from flask import Flask
from pyoxigraph import Store

from kb.ask import lists
from kb.namespaces import expand
from kb.store import name_orders
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshots
from kb.vocabulary import terms


@pytest.fixture
def sorted_anew(site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Store]:
    """The folder of a snapshot in which each class of more than five things is sorted; beside it the store."""
    read = Snapshots(DataFolder(site.config["SETTINGS"].data)).current()
    assert read.folder is not None
    monkeypatch.setattr(name_orders, "LEAST", 5)
    monkeypatch.setattr(name_orders, "MARKED", 7)
    (tmp_path / "store").symlink_to(read.folder / "store")
    name_orders.build(tmp_path)
    return tmp_path, read.store  # type: ignore[return-value]


def test_the_order_is_that_of_the_list_that_a_reader_sorts(sorted_anew: tuple[Path, Store]) -> None:
    snapshot, store = sorted_anew
    large = [known.iri for known in terms() if known.plural and lists.count(store, known.iri) > 5]
    assert len(large) > 10
    for kind in large:
        total = lists.count(store, kind)
        wanted = lists.members(store, kind, total, 0)
        found = [name_orders.read(snapshot, kind, 10, offset) or [] for offset in range(0, total + 10, 10)]
        assert [thing for page in found for thing in page] == wanted, kind


def test_any_page_is_read_alone(sorted_anew: tuple[Path, Store]) -> None:
    snapshot, store = sorted_anew
    kind = max((known.iri for known in terms() if known.plural), key=lambda iri: lists.count(store, iri))
    wanted = lists.members(store, kind, lists.count(store, kind), 0)
    assert len(wanted) > 20
    for offset in (0, 6, 7, 8, len(wanted) - 1, len(wanted), len(wanted) + 50):
        assert name_orders.read(snapshot, kind, 3, offset) == wanted[offset : offset + 3]


def test_a_small_class_and_a_snapshot_without_orders_are_sorted_by_who_reads(
    sorted_anew: tuple[Path, Store], tmp_path_factory: pytest.TempPathFactory
) -> None:
    snapshot, store = sorted_anew
    bare = tmp_path_factory.mktemp("bare")
    assert name_orders.read(snapshot, expand("ww:None"), 10, 0) is None
    assert name_orders.read(bare, expand("ww:Place"), 10, 0) is None
    assert lists.members(store, expand("ww:Place"), 10, 0, bare) == lists.members(store, expand("ww:Place"), 10, 0)


def test_a_list_is_read_from_the_order_of_the_snapshot(sorted_anew: tuple[Path, Store]) -> None:
    snapshot, store = sorted_anew
    kind = next(iter(name_orders._index(snapshot)["classes"]))
    file = snapshot / "orders" / name_orders._index(snapshot)["classes"][kind]["file"]
    file.write_bytes(file.read_bytes().replace(b"http", b"HTTP"))
    assert lists.members(store, kind, 1, 0, snapshot)[0].startswith("HTTP")
