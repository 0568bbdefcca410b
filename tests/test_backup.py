"""Backup: a destroyed data folder comes back whole, nothing is copied twice, nothing withdrawn stays."""

import json
import os
import shutil
import subprocess
import threading
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from backup_cases import ADDRESSES, answers, filled, spoil
from publishing_site import CONFORMING
from store_cases import BASE, SETTINGS, assert_sound, dump, new_folder, publish_one
from withdrawal_cases import RECORD, RULE, TRACES, traces
from withdrawal_cases import published as with_a_record

from kb.errors import BadInput, StoreBusy, StoreUnwritable, WhatWorksError
from kb.store import releases, tombstones
from kb.store.audit import Audit
from kb.store.backup import take
from kb.store.backup.check import faults
from kb.store.backup.manifest import read_manifest
from kb.store.backup.restore import restore
from kb.store.backup.take import backup
from kb.store.backup.target import MARK, generation, generations
from kb.store.clock import ago
from kb.store.contributions import Contributions
from kb.store.folder import DataFolder
from kb.store.publisher_process import work_off
from kb.store.snapshots import Snapshots, current_id, ids
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions, new_id
from kb.store.submitting import register
from kb.store.tokens import Tokens
from kb.store.withdrawal import withdraw as withdrawing
from kb.store.withdrawal.withdraw import Target, withdraw
from web.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return filled(tmp_path)


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


def test_two_sites_do_not_share_a_folder(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    kept = [backup(folder, target, keep=2).path for _ in range(2)]
    other = filled(tmp_path / "other")
    with pytest.raises(BadInput, match="the backups of another data folder.*name another folder") as refused:
        backup(other, target, keep=1)
    assert "\n" not in str(refused.value)
    assert generations(target) == kept
    assert backup(other, tmp_path / "others").adopted is None
    assert backup(folder, target, keep=3).adopted is None


def test_a_restored_data_folder_goes_on_with_its_backups(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    first = backup(folder, target).path
    shutil.rmtree(folder.root)
    restore(target, folder)
    moved = DataFolder(tmp_path / "moved")
    shutil.copytree(first, moved.root, symlinks=True)  # without the program
    made = [backup(each, target).path for each in (folder, moved)]
    assert generations(target) == [first, *made]


def test_a_folder_of_before_is_adopted_and_its_generations_come_back(
    folder: DataFolder, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = backup(folder, target).path
    for path in (folder.id, first / "id"):
        path.unlink()
    (target / MARK).write_bytes(b"")
    said = json.loads((first / "manifest.json").read_bytes())
    del said["files"]["id"]
    (first / "manifest.json").write_text(json.dumps(said))
    command = ["backup", str(target), "--data", str(folder.root)]
    assert main(command) == 0
    assert f"{target}: is from now on for the backups of {folder.root} alone" in capsys.readouterr().out
    assert main(command) == 0
    assert "from now on" not in capsys.readouterr().out
    restore(target, folder, name=first.name, replace=True)
    assert main(command) == 0


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


def test_a_generation_from_before_a_withdrawal_is_not_restored(tmp_path: Path, target: Path) -> None:
    folder = with_a_record(tmp_path)
    before = backup(folder, target).path
    withdraw(folder, Target(RECORD), RULE, replace(SETTINGS, data=folder.root))
    with pytest.raises(BadInput, match="would come back"):
        restore(target, folder, replace=True)
    assert traces(folder.root) == set(), TRACES
    assert restore(target, DataFolder(tmp_path / "elsewhere")).generation == before, "nothing there knows of it"


def test_numbers_of_withdrawals_that_come_twice_are_told_apart(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that went back to an older generation counts its withdrawals anew."""
    folder, back = with_a_record(tmp_path), DataFolder(tmp_path / "back")
    restore(backup(folder, target).path, back)
    withdraw(folder, Target(f"{BASE}/id/asset/library"), RULE, replace(SETTINGS, data=folder.root))
    other = backup(folder, target).path
    later = ago(timedelta(minutes=-1))
    monkeypatch.setattr(withdrawing, "now", lambda: later)
    withdraw(back, Target(RECORD), RULE, replace(SETTINGS, data=back.root))
    assert [each.number for site in (folder, back) for each in tombstones.read(site)] == [1, 1]
    with pytest.raises(BadInput, match="would come back"):
        restore(target, back, replace=True)
    made = backup(back, target)
    assert made.withdrawn == (other.name,)
    assert traces(target) == set(), TRACES


def test_none_is_made_in_the_middle_of_a_withdrawal(folder: DataFolder, target: Path) -> None:
    folder.withdrawals.mkdir()
    (folder.withdrawals / "pending.json").write_text("{}")
    with pytest.raises(StoreBusy, match="a withdrawal is under way"):
        backup(folder, target)
    assert generations(target) == []


def test_a_damaged_generation_is_not_restored_nor_built_upon(folder: DataFolder, target: Path, tmp_path: Path) -> None:
    first = backup(folder, target).path
    path = "releases/kent/places/1/accepted.nq.gz"
    spoil(first / path)
    copy = DataFolder(tmp_path / "copy")
    with pytest.raises(BadInput, match=r"places/1/accepted.nq.gz: has not the checksum.*nothing was restored"):
        restore(target, copy)
    assert {path.name for path in copy.root.iterdir()} == {"lock", "queue.lock"}
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


def nest(folder: Path) -> None:
    """Makes folders so deep within that none of a full path can be listed, as none on a bad disk can."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=place)
        inner = os.open("x" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def test_what_cannot_be_listed_ends_the_backup(folder: DataFolder, target: Path) -> None:
    first = backup(folder, target, keep=1).path
    nest(folder.releases / "kent")
    with pytest.raises(StoreUnwritable, match="earlier generations are kept"):
        backup(folder, target, keep=1)
    assert generations(target) == [first]


@pytest.mark.parametrize("part", ["releases", "releases/kent/places", "releases/kent/places/1"])
def test_a_generation_without_a_release_is_not_sound(folder: DataFolder, target: Path, part: str) -> None:
    first = backup(folder, target, keep=1).path
    shutil.rmtree(folder.root / part)
    made = backup(folder, target, keep=1)
    assert any("releases/kent/places: release 1 was accepted, and is not there" in each for each in made.faults)
    assert generations(target) == [first, made.path]


def test_a_snapshot_says_of_lost_releases_where_the_state_is_new(folder: DataFolder, target: Path) -> None:
    shutil.rmtree(folder.releases)
    State(folder).forget_applied()
    assert any("kent/places: release 2 was accepted" in each for each in backup(folder, target).faults)


@pytest.mark.parametrize("name", ["release.json", "accepted.nq.gz", "report.json.gz"])
@pytest.mark.parametrize("content", [None, b"", b"[1]"])
def test_each_lost_or_garbled_file_of_a_release_is_a_fault(
    folder: DataFolder, target: Path, name: str, content: bytes | None
) -> None:
    path = folder.releases / "kent/places/1" / name
    path.unlink() if content is None else path.write_bytes(content)
    assert any("kent/places/1" in each for each in backup(folder, target).faults)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"files": []}'])
def test_a_generation_with_a_garbled_manifest_is_not_built_upon(
    folder: DataFolder, target: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    first = backup(folder, target).path
    (first / "manifest.json").write_bytes(content)
    made = backup(folder, target)
    assert (made.faults, made.damaged, made.copied > 0) == ((), first.name, True)
    assert main(["backup", str(target), "--list", "--data", str(folder.root)]) == 0
    assert f"{first.name}\tdamaged" in capsys.readouterr().out


def test_the_last_generation_is_the_last_though_the_clock_was_set_back(
    folder: DataFolder, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(folder, target, keep=2)
    earlier = ago(timedelta(hours=1))
    monkeypatch.setattr(take, "now", lambda: earlier)
    publish_one(folder, "places", "places-1.ttl")
    made = [backup(folder, target, keep=2).path for _ in range(2)]
    assert generations(target) == made
    assert generation(target) == made[1]


def test_the_newest_release_is_checked_in_little_memory(tmp_path: Path, target: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    release = releases.latest(folder, "kent", "assets")
    assert release is not None
    lines = [f'<{BASE}/id/asset/{n:06}> <{BASE}/p> "{"many words " * 20}" .'.encode() for n in range(30_000)]
    releases.archive(folder, replace(release, number=2, issued="2099-01-01T00:00:00Z", triples=30_000), lines, {}, None)
    made = backup(folder, target).path
    tracemalloc.start()
    try:
        assert list(faults(made)) == []
        assert tracemalloc.get_traced_memory()[1] < sum(map(len, lines)) / 2
    finally:
        tracemalloc.stop()


def test_a_fresh_disk_is_an_empty_folder(folder: DataFolder, target: Path) -> None:
    (target / "lost+found").mkdir(parents=True)
    made = backup(folder, target)
    assert generations(target) == [made.path]
