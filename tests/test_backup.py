"""Backup and restore: a destroyed data folder comes back whole, nothing is copied twice, nothing withdrawn stays."""

import os
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from publishing_site import CONFORMING
from store_cases import SETTINGS, assert_sound, dump, new_folder, publish_one
from withdrawal_cases import RECORD, RULE, TRACES, traces
from withdrawal_cases import published as with_a_record

from kb.errors import BadInput, NotFound, StoreBusy, WhatWorksError, WrongLayout
from kb.store import releases, tombstones
from kb.store.audit import Audit
from kb.store.backup.check import faults
from kb.store.backup.manifest import read_manifest
from kb.store.backup.restore import restore, restore_state
from kb.store.backup.take import backup
from kb.store.backup.target import generations
from kb.store.contributions import Contributions
from kb.store.folder import DataFolder
from kb.store.layout import LAYOUT, write_layout
from kb.store.publisher_process import work_off
from kb.store.rebuild import rebuild
from kb.store.snapshots import Snapshots, current_id, ids, pin
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions, new_id
from kb.store.submitting import register
from kb.store.tokens import Tokens
from kb.store.withdrawal.withdraw import Target, withdraw
from web import create_app

ADDRESSES = (
    "/doc/place/2.nt",
    "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7DORDER%20BY%20%3Fs%20%3Fp%20%3Fo&format=csv",
    "/datasets?format=ttl",
    "/snapshots?format=json",
    "/search?q=meregate&format=json",
)


def answers(folder: DataFolder) -> list[tuple[int, bytes]]:
    client = create_app(replace(SETTINGS, data=folder.root)).test_client()
    return [(answer.status_code, answer.data) for answer in map(client.get, ADDRESSES)]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Two datasets, three snapshots of which the first is pinned."""
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    pin(folder, ids(folder)[0])
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "places", "places-2.ttl")
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def test_a_destroyed_data_folder_comes_back_whole(folder: DataFolder, target: Path) -> None:
    token, secret = Tokens(folder).create("kent", "estates team", "publish", 30)
    waiting, kept = new_id(), Contributions(folder)
    SubmissionFolder(folder, waiting).place(1, "money.ttl").write_bytes(CONFORMING.read_bytes())
    register(folder, token, "money", waiting, {})
    contribution = kept.send("correction", "/datasets", "kent", {"wrong": "A typing error."}, "reader@example.org")
    before, log = answers(folder), Audit(folder).entries("kent")
    [pinned], current = State(folder).pins(), current_id(folder)
    assert all(status == 200 for status, _ in before)
    made = backup(folder, target)
    assert made.faults == ()

    shutil.rmtree(folder.root)
    done = restore(target, folder)
    assert (done.generation, done.aside) == (made.path, None)
    assert (current_id(folder), State(folder).pins()) == (current, {pinned})
    assert ids(folder) == sorted({pinned, str(current)})
    assert dump(Snapshots(folder).at(pinned).store)
    for path, (old, new) in zip(ADDRESSES, zip(before, answers(folder), strict=True), strict=True):
        if path.startswith("/snapshots"):
            continue  # one that was neither current nor pinned is not in a backup
        assert new == old, path
    assert Tokens(folder).verify(secret).name == "estates team"
    assert Audit(folder).entries("kent") == log
    assert [each.id for each in kept.of("kent")] == [contribution]
    work_off(folder, SETTINGS)
    assert Submissions(folder).submission(waiting).state == "checked"

    assert publish_one(folder, "places", "places-1.ttl").release.number == 3  # type: ignore[union-attr]
    assert_sound(folder)
    assert pinned in ids(folder)


def test_what_is_unchanged_is_one_file_with_two_names(folder: DataFolder, target: Path) -> None:
    first = backup(folder, target).path
    publish_one(folder, "assets", "assets-2.ttl")
    made = backup(folder, target)
    second = made.path
    assert [each.name for each in generations(target)] == [first.name, second.name]
    release = "releases/kent/places/2/accepted.nq.gz"
    assert (first / release).samefile(second / release)
    pinned = f"snapshots/{ids(folder)[0]}"
    store = [path.relative_to(first) for path in (first / pinned / "store").iterdir()]
    assert store
    assert all((first / path).samefile(second / path) for path in store)
    assert "releases/kent/assets/2/accepted.nq.gz" in read_manifest(second).files
    assert made.copied < made.files / 2
    assert subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=second).returncode == 0
    # A file of which several snapshots have a name takes room once.
    assert (second / release).samefile(second / f"snapshots/{current_id(folder)}/distributions/kent_places.nq.gz")


def test_it_is_made_while_the_site_publishes(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    stop, wrong = threading.Event(), []

    def publish_on() -> None:
        number = 0
        while not stop.is_set():
            try:
                publish_one(folder, "places", f"places-{number % 2 + 1}.ttl", settings=SETTINGS)
            except WhatWorksError as error:
                wrong.append(error)
            number += 1

    writer = threading.Thread(target=publish_on)
    writer.start()
    made = [backup(folder, target) for _ in range(3)]
    stop.set()
    writer.join()
    assert wrong == []
    for number, each in enumerate(made):
        assert each.faults == ()
        copy = DataFolder(tmp_path / f"copy-{number}")
        restore(each.path, copy)
        publish_one(copy, "assets", "assets-2.ttl")
        assert_sound(copy)


def test_only_so_many_are_kept(folder: DataFolder, target: Path) -> None:
    made = [backup(folder, target, keep=2) for _ in range(4)]
    assert [each.name for each in generations(target)] == [each.path.name for each in made[2:]]
    assert made[3].removed == (made[1].path.name,)


def test_what_was_withdrawn_leaves_older_backups(tmp_path: Path, target: Path) -> None:
    folder = with_a_record(tmp_path)
    backup(folder, target)
    assert traces(target) >= {"zanzibar"}
    withdraw(folder, Target(RECORD), RULE, replace(SETTINGS, data=folder.root))
    made = backup(folder, target)
    assert len(made.withdrawn) == 1
    assert [each.name for each in generations(target)] == [made.path.name]
    assert traces(target) == set(), TRACES
    again = DataFolder(tmp_path / "again")
    restore(target, again)
    assert [each.number for each in tombstones.read(again)] == [1]
    assert State(again).pins() <= set(ids(again))


def test_none_is_made_in_the_middle_of_a_withdrawal(folder: DataFolder, target: Path) -> None:
    folder.withdrawals.mkdir()
    (folder.withdrawals / "pending.json").write_text("{}")
    with pytest.raises(StoreBusy, match="a withdrawal is under way"):
        backup(folder, target)
    assert generations(target) == []


def spoil(path: Path) -> None:
    """Another content of the same size and age, as a bad disk has it, under this name alone."""
    found, content = path.stat(), path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-9] + bytes(each ^ 255 for each in content[-9:]))
    os.utime(path, ns=(found.st_mtime_ns, found.st_mtime_ns))


def test_a_damaged_generation_is_not_restored_nor_built_upon(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    first = backup(folder, target).path
    path = "releases/kent/places/1/accepted.nq.gz"
    spoil(first / path)
    copy = DataFolder(tmp_path / "copy")
    with pytest.raises(BadInput, match=r"places/1/accepted.nq.gz: has not the checksum.*nothing was restored"):
        restore(target, copy)
    assert list(copy.root.iterdir()) == []
    made = backup(folder, target)
    assert (made.faults, made.damaged) == ((), first.name)
    assert list(faults(made.path)) == []
    restore(target, copy)
    assert Snapshots(copy).current().id == current_id(folder)


def test_damage_in_the_data_folder_is_said_and_older_ones_stay(folder: DataFolder, target: Path) -> None:
    first = backup(folder, target, keep=1).path
    path = folder.releases / "kent/places/1/accepted.nq.gz"
    path.write_bytes(path.read_bytes()[:-5])
    made = backup(folder, target, keep=1)
    assert any("places/1/accepted.nq.gz: is not as it was archived" in fault for fault in made.faults)
    assert [each.name for each in generations(target)] == [first.name, made.path.name]


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


def test_a_fresh_disk_is_an_empty_folder(folder: DataFolder, target: Path) -> None:
    (target / "lost+found").mkdir(parents=True)
    made = backup(folder, target)
    assert generations(target) == [made.path]


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
