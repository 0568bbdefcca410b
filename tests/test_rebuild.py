"""The store made again from the releases is the same, byte for byte."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Store
from store_cases import SETTINGS, assert_sound, dump, new_folder, publish_one

from kb.errors import NotFound, ReleaseDamaged, StoreMissing
from kb.store.folder import DataFolder
from kb.store.publication import register_unchecked, rollback
from kb.store.rebuild import rebuild
from kb.store.snapshots import Snapshots
from kb.store.state import State


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = new_folder(tmp_path)
    register_unchecked(folder, "kent", "places")
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "assets", "assets-2.ttl")
    publish_one(folder, "places", "places-2.ttl")
    rollback(folder, "kent", "assets", 1, SETTINGS)
    return folder


def served(folder: DataFolder) -> list[bytes]:
    return dump(Snapshots(folder).current().store)


def test_a_rebuilt_store_is_the_same(folder: DataFolder) -> None:
    before = served(folder)
    id = rebuild(folder, SETTINGS)
    assert Snapshots(folder).current().id == id
    assert served(folder) == before
    assert_sound(folder)


def test_a_lost_store_is_made_again_by_the_next_writer(folder: DataFolder) -> None:
    before = served(folder)
    shutil.rmtree(folder.store)
    publish_one(folder, "assets", "assets-1.ttl")
    assert served(folder) == before


def test_a_damaged_store_is_said_so_and_can_be_rebuilt(folder: DataFolder) -> None:
    before = served(folder)
    (folder.store / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreMissing, match="whatworks rebuild"):
        publish_one(folder, "assets", "assets-2.ttl")
    rebuild(folder, SETTINGS)
    assert len(served(folder)) != len(before)
    assert_sound(folder)


def test_a_lost_release_is_said_so_and_can_be_given_up(folder: DataFolder) -> None:
    shutil.rmtree(folder.releases / "kent" / "assets" / "3")
    with pytest.raises(ReleaseDamaged, match="kent/assets: release 3 was accepted and is not in"):
        publish_one(folder, "assets", "assets-2.ttl")
    rebuild(folder, SETTINGS)
    assert_sound(folder)


@pytest.mark.parametrize("name", ["accepted.nq.gz", "release.json"])
def test_a_damaged_release_is_found_before_the_store_goes(folder: DataFolder, name: str) -> None:
    before, applied = dump(Store.read_only(str(folder.store))), State(folder).applied()
    (folder.releases / "kent/places/2" / name).write_bytes(b"nonsense")
    with pytest.raises(ReleaseDamaged, match="restore it from a copy"):
        rebuild(folder, SETTINGS)
    assert dump(Store.read_only(str(folder.store))) == before
    assert State(folder).applied() == applied


def test_releases_alone_are_enough(folder: DataFolder) -> None:
    before = served(folder)
    for path in (folder.store, folder.snapshots):
        shutil.rmtree(path)
    for path in (folder.current, *folder.root.glob("state.sqlite*"), folder.lock):
        path.unlink()
    rebuild(folder, SETTINGS)
    assert served(folder) == before
    assert [publisher.id for publisher in State(folder).publishers()] == ["kent"]
    assert State(folder).is_unchecked("kent", "places")


def test_nothing_to_rebuild_from(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no releases to rebuild from"):
        rebuild(new_folder(tmp_path), SETTINGS)
