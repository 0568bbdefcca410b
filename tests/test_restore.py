"""Restoring: nothing is overwritten, nobody publishes meanwhile, and the state comes back alone too."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from backup_cases import filled
from store_cases import SETTINGS, assert_sound, publish_one

from kb.errors import BadInput, NotFound, StoreBusy, WrongLayout
from kb.store import releases
from kb.store.backup.restore import restore, restore_state
from kb.store.backup.take import backup
from kb.store.folder import DataFolder
from kb.store.layout import LAYOUT, write_layout
from kb.store.lock import locked
from kb.store.rebuild import rebuild
from kb.store.snapshots import Snapshots
from kb.store.state import State
from kb.store.tokens import Tokens


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return filled(tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_nothing_is_overwritten(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    backup(folder, target)
    with pytest.raises(BadInput, match="holds something already"):
        restore(target, folder)
    publish_one(folder, "places", "places-1.ttl")
    done = restore(target, folder, replace=True)
    assert releases.numbers(folder, "kent", "places") == [1, 2]
    assert done.aside is not None
    assert releases.numbers(DataFolder(done.aside), "kent", "places") == [1, 2, 3]
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    for place, said in ((full, "holds something else"), (folder.root / "backups", "within the data folder")):
        with pytest.raises(BadInput, match=said):
            backup(folder, place)
    with pytest.raises(NotFound, match="no folder of backups"):
        restore(full, DataFolder(tmp_path / "copy"))


def test_the_state_alone_comes_back(folder: DataFolder, target: Path) -> None:
    _, secret = Tokens(folder).create("kent", "estates team", "publish", 30)
    backup(folder, target)
    publish_one(folder, "places", "places-1.ttl")
    folder.state.write_bytes(b"nonsense" * 1000)
    restore_state(target, folder)
    assert Tokens(folder).verify(secret).publisher == "kent"
    rebuild(folder, SETTINGS)
    assert_sound(folder)
    assert Snapshots(folder).current().record.datasets["kent/places"] == 3


def test_a_state_with_another_content_is_not_restored(folder: DataFolder, target: Path) -> None:
    made = backup(folder, target).path
    before = State(folder).publishers()
    with closing(sqlite3.connect(made / "state.sqlite")) as copy, copy:
        copy.execute("UPDATE publishers SET base = 'https://evil.example'")
    with pytest.raises(BadInput, match="has not the checksum that it had; nothing was restored"):
        restore_state(target, folder)
    assert State(folder).publishers() == before


def test_nobody_publishes_while_it_is_restored(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    backup(folder, target)
    refused = []

    def try_all(step: str) -> None:
        with pytest.raises(StoreBusy), locked(folder):
            pass
        with folder.queue_lock.open("ab") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        refused.append(step)

    restore(target, folder, replace=True, on_step=try_all)
    restore_state(target, folder, on_step=try_all)
    assert len(refused) == 4
    assert publish_one(folder, "places", "places-1.ttl").release.number == 3  # type: ignore[union-attr]
    assert_sound(folder)


def test_it_is_refused_while_a_server_works_off_the_queue(folder: DataFolder, target: Path) -> None:
    backup(folder, target)
    with folder.queue_lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreBusy, match="a server works there"):
            restore(target, folder, replace=True)


@pytest.mark.parametrize("at", ["checking every file", "taking its place"])
def test_what_somebody_wrote_meanwhile_is_not_overwritten(
    folder: DataFolder, target: Path, tmp_path: Path, at: str
) -> None:
    backup(folder, target)
    copy = DataFolder(tmp_path / "copy")

    def write(step: str) -> None:
        if step == at:
            State(copy).add_publisher("surrey", "https://surrey.example")

    with pytest.raises(StoreBusy, match="was written meanwhile"):
        restore(target, copy, on_step=write)
    assert [each.id for each in State(copy).publishers()] == ["surrey"]
    done = restore(target, copy, replace=True)
    assert done.aside is not None
    assert [each.id for each in State(DataFolder(done.aside)).publishers()] == ["surrey"]


def test_where_the_parent_is_anothers_it_is_moved_aside_within(folder: DataFolder) -> None:
    with tempfile.TemporaryDirectory() as name:  # that of pytest is for its user alone
        place = Path(name)
        data = DataFolder(place / "data")
        shutil.copytree(folder.root, data.root, symlinks=True)
        backup(data, place / "backups")
        place.chmod(0o555)
        user = os.geteuid()
        if user == 0:
            for path in (data.root, place / "backups", *data.root.rglob("*"), *(place / "backups").rglob("*")):
                os.chown(path, 65534, 65534, follow_symlinks=False)
            os.seteuid(65534)
        try:
            done = restore(place / "backups", data, replace=True)
            state = restore_state(place / "backups", data)
        finally:
            os.seteuid(user)
            place.chmod(0o755)
        assert {done.aside, state.aside} <= set(data.root.resolve().iterdir())
        assert done.aside is not None
        assert releases.numbers(DataFolder(done.aside), "kent", "places") == [1, 2]


def test_a_newer_backup_is_refused(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    write_layout(folder, LAYOUT + 1)
    with pytest.raises(WrongLayout, match="install the release that wrote it"):
        backup(folder, target)
    write_layout(folder, LAYOUT)
    made = backup(folder, target).path
    manifest = made / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"layout": {LAYOUT}', f'"layout": {LAYOUT + 1}'))
    with pytest.raises(BadInput, match="install a newer one"):
        restore(target, DataFolder(tmp_path / "copy"))
