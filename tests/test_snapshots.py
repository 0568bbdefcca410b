"""Snapshots: readers follow a switch at once, and retention spares the current one and the pinned."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from store_cases import SETTINGS, assert_sound, content, new_folder, publish_one

from kb.errors import Gone, NotFound, SnapshotsBusy, StoreMissing
from kb.store.folder import DataFolder
from kb.store.snapshots import OPEN, Snapshots, current_id, ids, list_snapshots, pin, unpin
from kb.store.state import State


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return new_folder(tmp_path)


def publish_in_turn(folder: DataFolder, times: int, keep: int) -> None:
    for number in range(times):
        publish_one(
            folder, "assets", f"assets-{number % 2 + 1}.ttl", settings=replace(SETTINGS, keep_snapshots=keep)
        )


def test_nothing_published(folder: DataFolder) -> None:
    with pytest.raises(StoreMissing, match="holds no snapshot"):
        Snapshots(folder).current()
    assert list_snapshots(folder) == []


def test_a_reader_sees_each_switch_at_once(folder: DataFolder) -> None:
    reader = Snapshots(folder)
    publish_one(folder, "assets", "assets-1.ttl")
    first = reader.current()
    assert reader.current() is first
    before = content(first.store)
    publish_one(folder, "assets", "assets-2.ttl")
    second = reader.current()
    assert second.id > first.id
    assert second.record.parent == first.id
    assert content(first.store) == before != content(second.store)
    assert content(reader.at(first.id).store) == before
    assert reader.at(second.id) is second


def test_a_snapshot_is_read_only(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    with pytest.raises(RuntimeError, match="read-write"):
        Snapshots(folder).current().store.remove_graph(NamedNode("https://kent.example/id/graph/assets"))


def test_no_such_snapshot(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    for id in ("000009-00000000", "..", ""):
        with pytest.raises(NotFound, match="no such snapshot"):
            Snapshots(folder).at(id)
    with pytest.raises(NotFound, match="no such snapshot"):
        pin(folder, "000009-00000000")


def test_a_snapshot_that_was_retired_is_told_from_one_that_never_was(folder: DataFolder) -> None:
    publish_in_turn(folder, 1, keep=1)
    first = ids(folder)[0]
    reader = Snapshots(folder)
    publish_in_turn(folder, 3, keep=1)
    for gone in (first, "000001-00000000"):
        with pytest.raises(Gone, match="not kept any more"):
            reader.at(gone)
    for unknown in ("000009-00000000", "000001", "000001-00000000/..", ""):
        with pytest.raises(NotFound, match="no such snapshot") as raised:
            reader.at(unknown)
        assert not isinstance(raised.value, Gone)


def test_as_many_are_open_as_may_be(folder: DataFolder) -> None:
    publish_in_turn(folder, OPEN + 3, keep=OPEN + 3)
    reader = Snapshots(folder)
    *earlier, last = ids(folder)
    reader.current()
    first = reader.at(earlier[0])
    assert first.location == str(folder.snapshots / first.id / "store")
    assert reader.at(earlier[0]) is first
    for id in earlier:
        assert reader.at(id).id == id
        assert len(reader._named_open) <= OPEN
    assert reader.at(first.id) is first  # it was read all the time, so it was never closed
    held = [first, *(reader.at(id) for id in earlier[1:OPEN])]
    with pytest.raises(SnapshotsBusy, match="try again in a moment"):
        reader.at(earlier[OPEN])
    assert reader.at(last) is reader.current()
    held.pop()
    assert reader.at(earlier[OPEN]).id == earlier[OPEN]


def test_retention_keeps_the_newest_besides_the_current(folder: DataFolder) -> None:
    publish_in_turn(folder, 5, keep=2)
    assert [id.partition("-")[0] for id in ids(folder)] == ["000003", "000004", "000005"]
    assert [entry.current for entry in list_snapshots(folder)] == [False, False, True]
    assert_sound(folder)


def test_retention_spares_the_pinned(folder: DataFolder) -> None:
    publish_in_turn(folder, 1, keep=1)
    first = ids(folder)[0]
    pin(folder, first)
    publish_in_turn(folder, 4, keep=1)
    assert [id.partition("-")[0] for id in ids(folder)] == ["000001", "000003", "000004"]
    assert [entry.pinned for entry in list_snapshots(folder)] == [True, False, False]
    unpin(folder, first)
    publish_in_turn(folder, 1, keep=1)
    assert [id.partition("-")[0] for id in ids(folder)] == ["000004", "000005"]
    assert State(folder).pins() == set()
    with pytest.raises(NotFound, match="no such snapshot is pinned"):
        unpin(folder, first)


def test_a_reader_finishes_on_a_retired_snapshot(folder: DataFolder) -> None:
    publish_in_turn(folder, 1, keep=1)
    old = Snapshots(folder).current()
    before = content(old.store)
    publish_in_turn(folder, 4, keep=1)
    assert old.id not in ids(folder)
    assert content(old.store) == before


def test_a_copied_snapshot_is_complete(folder: DataFolder, tmp_path: Path) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    copy = DataFolder(tmp_path / "replica")
    copy.root.mkdir()
    folder.snapshots.rename(copy.snapshots)
    copy.current.symlink_to(Path("snapshots", current_id(folder) or ""))
    assert len(content(Snapshots(copy).current().store)) == 12


def test_a_damaged_snapshot_is_said_so(folder: DataFolder) -> None:
    publish_one(folder, "assets", "assets-1.ttl")
    (folder.current / "store" / "CURRENT").unlink()
    with pytest.raises(StoreMissing, match="whatworks rebuild"):
        Snapshots(folder).current()
