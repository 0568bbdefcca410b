"""`whatworks verify` finds each kind of damage, says which command mends it, and that does."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from backup_cases import spoil
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store
from store_cases import BASE, SETTINGS, assert_sound, new_folder, publish_one

from kb.store.folder import DataFolder
from kb.store.rebuild import rebuild
from kb.store.reconcile import remove_store
from kb.store.snapshots import current_id, ids
from kb.store.state import State
from kb.store.verification import verify

GRAPH = NamedNode(f"{BASE}/id/graph/assets")
ALIEN = (NamedNode(f"{BASE}/id/asset/9"), NamedNode(f"{BASE}/p"), Literal("never released"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    folder = new_folder(tmp_path_factory.mktemp("sound"))
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "assets", "assets-2.ttl")
    return folder


@pytest.fixture
def folder(sound: DataFolder, tmp_path: Path) -> DataFolder:
    return DataFolder(Path(shutil.copytree(sound.root, tmp_path / "data", symlinks=True)))


def add(folder: DataFolder, *graphs: NamedNode | DefaultGraph) -> None:
    store = Store(folder.store)
    for graph in graphs:
        store.add(Quad(*ALIEN, graph))
    store.flush()


def current(folder: DataFolder) -> Path:
    return folder.snapshots / str(current_id(folder))


def largest(store: Path) -> Path:
    return max(store.glob("*.sst"), key=lambda path: path.stat().st_size)


DAMAGE: dict[str, tuple[Callable[[DataFolder], object], str]] = {
    "a triple too many": (lambda f: add(f, GRAPH, DefaultGraph()), "is not what its latest release says"),
    "a merge with more": (lambda f: add(f, DefaultGraph()), "not the merge of the named graphs"),
    "a garbled store": (lambda f: spoil(largest(f.store)), "store/0"),
    "no store": (lambda f: shutil.rmtree(f.store), "store: is not there, as after a restore"),
    "a truncated snapshot": (lambda f: os.truncate(largest(current(f) / "store"), 100), "is not as it was written"),
    "a snapshot without a file": (lambda f: largest(current(f) / "store").unlink(), "No such file"),
    "a garbled snapshot": (lambda f: spoil(largest(current(f) / "store")), "is not as it was written"),
    "a garbled download": (lambda f: spoil(current(f) / "distributions/all.trig"), "has not its checksum"),
    "an unfinished publication": (lambda f: State(f).begin([("kent", "assets", 2)]), "or has it in part"),
}
"""What is done to a data folder, and what must be said of it; `whatworks rebuild` mends each."""


def test_a_sound_folder(folder: DataFolder) -> None:
    before = sorted(path.name for path in folder.root.iterdir())
    assert verify(folder, SETTINGS) == []
    assert sorted(path.name for path in folder.root.iterdir()) == before


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_and_mended(folder: DataFolder, kind: str) -> None:
    damage, said = DAMAGE[kind]
    damage(folder)
    found = verify(folder, SETTINGS)
    assert any(said in f"{fault.where}: {fault.what}" for fault in found), found
    assert {fault.mend for fault in found} == {"whatworks rebuild"}
    bad = current_id(folder)
    rebuild(folder, SETTINGS)
    assert_sound(folder)
    assert [fault for fault in verify(folder, SETTINGS) if str(bad) not in fault.where] == []


def test_a_damaged_release_is_named(folder: DataFolder) -> None:
    [received] = (folder.releases / "kent/assets/1/received").iterdir()
    for path in (folder.releases / "kent/assets/1/accepted.nq.gz", received):
        spoil(path)
    found = verify(folder, SETTINGS)
    assert [fault.where for fault in found] == [
        "releases/kent/assets/1/accepted.nq.gz",
        f"releases/kent/assets/1/received/{received.name}",
    ]
    assert all("from a backup" in fault.mend for fault in found)


@pytest.mark.parametrize("part", ["releases", "releases/kent", "releases/kent/assets", "releases/kent/assets/1"])
def test_lost_releases_are_named_and_never_given_up(folder: DataFolder, part: str) -> None:
    shutil.rmtree(folder.root / part)
    found = verify(folder, SETTINGS)
    assert any(fault.what == "release 1 was accepted, and is not there" for fault in found)
    assert all("from a backup" in fault.mend and "rebuild" not in fault.mend for fault in found), found


def test_the_current_snapshot_knows_of_them_too(folder: DataFolder) -> None:
    shutil.rmtree(folder.releases / "kent/places")
    State(folder).forget_applied()
    assert any(fault.where == "releases/kent/places" for fault in verify(folder, SETTINGS))


READ = (
    "releases/kent/places/1/release.json",
    "releases/kent/places/1/accepted.nq.gz",
    "current/snapshot.json",
    "current/store.sha256",
    "current/distributions/SHA256SUMS",
)
"""Files that verification reads."""


@pytest.mark.parametrize("content", [None, b"", b"\xff nonsense\n", b"[1]"])
def test_every_lost_or_garbled_file_is_a_fault_and_no_failure(sound: DataFolder, content: bytes | None) -> None:
    for name in READ:
        path = sound.root / name
        before = path.read_bytes()
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        found = verify(sound, SETTINGS)
        path.unlink(missing_ok=True)
        path.write_bytes(before)
        # Snapshots from before there were checksums have no such file.
        assert found or (path.name == "store.sha256" and content is None), name


def test_a_damaged_state(folder: DataFolder) -> None:
    for path in folder.root.glob("state.sqlite*"):
        path.unlink()
    folder.state.write_bytes(b"nonsense" * 1000)
    [fault] = verify(folder, SETTINGS)
    assert (fault.where, fault.what) == ("state.sqlite", "file is not a database")
    assert "--state" in fault.mend


def test_an_older_snapshot_is_looked_at_too(folder: DataFolder) -> None:
    first = ids(folder)[0]
    spoil(largest(folder.snapshots / first / "store"))
    [fault] = verify(folder, SETTINGS)
    assert fault.where == f"snapshots/{first}"


def test_a_store_that_is_being_made_again_is_one_fault(tmp_path: Path) -> None:
    """Its files have the names of others in the snapshot, and each dataset is not stored yet."""
    folder = new_folder(tmp_path)
    for number in range(7):
        publish_one(folder, f"places-{number}", "places-1.ttl")
    remove_store(folder)
    add(folder, GRAPH)
    shutil.copyfile(largest(folder.store), folder.store / largest(current(folder) / "store").name)
    found = [fault.what for fault in verify(folder, SETTINGS) if fault.where.startswith("store")]
    assert found[0] == (
        "lacks kent/places-0 release 1, kent/places-1 release 1, kent/places-2 release 1, kent/places-3 release 1, "
        "kent/places-4 release 1 and 2 more, or has them in part"
    )
    assert not any("as it was written" in what or "release 1" in what for what in found[1:])
