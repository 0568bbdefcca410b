"""A read replica: made and brought up by one command while both sites are served, and read only."""

import os
import re
import shutil
import stat
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from absent import absent
from backup_cases import spoil
from store_cases import SETTINGS, new_folder, publish_one
from test_failures import served
from test_verification import largest
from withdrawal_cases import RECORD, RULE, traces
from withdrawal_cases import published as with_a_record

from kb import config
from kb.errors import BadInput, NotFound, ReadsOnly, StoreBusy, StoreMissing, WrongLayout
from kb.operations.doctor import knowledge, upkeep
from kb.store.folder import DataFolder
from kb.store.layout import write_layout
from kb.store.lock import locked
from kb.store.pins import Pins
from kb.store.rebuild import rebuild
from kb.store.replica import staging
from kb.store.replica.copying import replicate
from kb.store.snapshots import current_id, ids, pin
from kb.store.state import State
from kb.store.tokens import Tokens
from kb.store.verification import verify
from kb.store.withdrawal.withdraw import Target, withdraw
from web.cli import main
from web.site import create_app

PATHS = ("/", "/doc/place/2", "/doc/place/2.nt", "/datasets/kent/places", "/datasets/kent/places/1",
         "/datasets/kent/places/1/accepted.nq.gz", "/changes?format=json", "/snapshots?format=json",
         "/dumps/current/all.nq.gz", "/search?q=place&format=json")  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> DataFolder:
    """Three snapshots of which the last two are kept and the first is pinned."""
    folder = new_folder(tmp_path)
    publish_one(folder, "places", "places-1.ttl")
    pin(folder, ids(folder)[0])
    Tokens(folder).create("kent", "a program", "publish", 30)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "replica")


def answer(address: str) -> tuple[int, bytes, str | None, str | None]:
    try:
        with urllib.request.urlopen(address, timeout=30) as found:
            return found.status, found.read(), found.headers["ETag"], found.headers["X-Snapshot"]
    except urllib.error.HTTPError as error:
        return error.code, b"", None, None


def test_a_running_replica_follows(source: DataFolder, target: DataFolder) -> None:
    replicate(str(source.root), target)
    old = target.usage / "2020-01.jsonl"  # a replica writes down its own requests
    old.parent.mkdir()
    old.touch()
    with served(source) as first, served(target) as second:
        for file in (None, "places-2.ttl"):
            if file is not None:
                publish_one(source, "places", file)
                assert b"Meregate" not in answer(f"{second}/doc/place/2.nt")[1], "it was not copied yet"
                done = replicate(str(source.root), target)
                assert (done.current, done.brought) == (current_id(source), (current_id(source),))
            for path in PATHS:
                here, there = answer(f"{second}{path}"), answer(f"{first}{path}")
                assert here[0] == 200, path
                assert here[1].replace(second.encode(), first.encode()) == there[1], path
                assert here[3] == there[3], path
        assert b"Meregate" in answer(f"{second}/doc/place/2.nt")[1]
        deadline = time.monotonic() + 30
        while old.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_nothing_is_brought_twice_and_nothing_private(source: DataFolder, target: DataFolder) -> None:
    replicate(str(source.root), target)
    files = {path: path.stat().st_ino for path in target.snapshots.rglob("*") if path.is_file()}
    publish_one(source, "places", "places-2.ttl")
    done = replicate(str(source.root), target)
    assert len(done.brought) == 1
    assert all(path.stat().st_ino == inode for path, inode in files.items())
    assert replicate(str(source.root), target).brought == ()
    assert ids(target) == ids(source)
    assert Pins(target).now() == State(source).pins()
    there = {path.name for path in target.root.iterdir()}
    assert there == {"version", "replica.json", "pinned.json", "snapshots", "current", "releases", "lock"}
    assert not list(target.releases.rglob("received"))


def test_what_goes_there_goes_here(tmp_path: Path, target: DataFolder) -> None:
    source = with_a_record(tmp_path)
    replicate(str(source.root), target)
    assert traces(target.root) >= {"zanzibar"}
    withdraw(source, Target(RECORD), RULE, replace(SETTINGS, data=source.root))
    done = replicate(str(source.root), target)
    assert len(done.removed) == 2
    assert traces(target.root) == set()
    assert create_app(config.load({}, data=target.root)).test_client().get(
        f"/resource?uri={RECORD}").status_code == 410  # fmt: skip


def test_a_replica_only_reads(source: DataFolder, target: DataFolder) -> None:
    replicate(str(source.root), target)
    before = sorted(target.root.rglob("*"))
    for elsewhere in ("", "https://main.example"):
        client = create_app(config.load({}, data=target.root, replica_of=elsewhere)).test_client()
        pages = ("/publish", "/sign-in", "/contribute?about=x", "/q/0000000000", "/protocols/dp-03/lesson-learned/new")
        for path in pages:
            found = client.get(path, headers={"Accept": "text/html"})
            expected = (307, f"https://main.example{path}") if elsewhere else (403, None)
            assert (found.status_code, found.headers.get("Location")) == expected, path
            assert elsewhere or "a copy that only reads" in found.text
        for method, path in (("POST", "/q"), ("POST", "/contribute"), ("PUT", "/graphs?default"),
                             ("POST", "/api/datasets/kent/places/submissions")):  # fmt: skip
            found = client.open(path, method=method)
            assert found.status_code == 403, path
            assert f"{elsewhere}{path.partition('?')[0]}" in found.text if elsewhere else True
        assert client.get("/sparql?query=ASK%7B%7D").status_code == 200
        assert client.post("/sparql", data={"query": "ASK{}"}).status_code == 200
    with pytest.raises(ReadsOnly, match="publish there"):
        publish_one(target, "places", "places-2.ttl")
    for write in (lambda: rebuild(target, SETTINGS), lambda: State(target).add_publisher("kent", "https://k.example")):
        with pytest.raises(ReadsOnly, match="publish there"):
            write()
    assert sorted(target.root.rglob("*")) == before


def doctored(folder: DataFolder) -> list[str]:
    """What the doctor says of the knowledge and of what waits, but for what is well."""
    settings = replace(SETTINGS, data=folder.root)
    looks = (knowledge.primary, knowledge.snapshot, upkeep.interrupted)
    return [each.line() for look in looks for each in look(settings) if each.level != "ok"]


def test_a_replica_can_be_verified(source: DataFolder, target: DataFolder) -> None:
    replicate(str(source.root), target)
    before = sorted(target.root.rglob("*"))
    assert verify(target, SETTINGS) == []
    assert doctored(target) == []
    assert sorted(target.root.rglob("*")) == before
    with locked(target), pytest.raises(StoreBusy):
        verify(target, SETTINGS)


DAMAGE = (
    "current/store/CURRENT",
    "current/distributions/all.trig",
    "current/snapshot.json",
    "releases/kent/places/1/accepted.nq.gz",
    "releases/kent/places/1/release.json",
)


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("lost", [False, True])
def test_what_is_said_to_mend_a_replica_mends_it(
    source: DataFolder, target: DataFolder, name: str, lost: bool
) -> None:
    replicate(str(source.root), target)
    damaged = (target.root / name).resolve()
    if lost:
        damaged.unlink()
    else:
        when = damaged.stat()
        spoil(damaged)
        os.utime(damaged, ns=(when.st_atime_ns, when.st_mtime_ns))  # as a disk does it
    found = verify(target, SETTINGS)
    assert found
    for fault in found:
        delete, _, again = fault.mend.rpartition(", then ")
        assert again == f"whatworks replicate {source.root}"
        if delete:
            place = target.root / delete.removeprefix("delete ")
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    replicate(str(source.root), target)
    assert verify(target, SETTINGS) == []


def test_downloads_that_were_made_later_are_brought_without_deleting(
    source: DataFolder, target: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = source.current.resolve() / "distributions"
    made.rename(source.root / "aside")
    command = ["replicate", str(source.root), "--data", str(target.root)]
    assert main([*command, "--wait", "0"]) == 0
    told = capsys.readouterr().err
    assert f"the downloads of {current_id(source)} are not made there yet; run the command again" in told
    assert [fault.mend for fault in verify(target, SETTINGS)] == [f"whatworks replicate {source.root}"]
    (source.root / "aside").rename(made)
    assert main(command) == 0
    assert capsys.readouterr().err == ""
    assert verify(target, SETTINGS) == []


@pytest.mark.parametrize("remote", [False, True])
def test_downloads_that_are_being_made_are_waited_for(
    source: DataFolder, target: DataFolder, request: pytest.FixtureRequest, remote: bool
) -> None:
    """Another snapshot may be current when they are made; that one is brought, with its own."""
    place = f"{request.getfixturevalue('elsewhere')}:{source.root}" if remote else str(source.root)
    made = source.current.resolve() / "distributions"
    made.rename(source.root / "aside")
    steps = []

    def meanwhile(step: str) -> None:
        steps.append(step)
        if step.startswith("waiting for the downloads"):
            (source.root / "aside").rename(made)
            publish_one(source, "places", "places-2.ttl")

    done = replicate(place, target, meanwhile)
    assert [step.partition(" of ")[0] for step in steps if step.startswith("waiting")] == ["waiting for the downloads"]
    assert (done.current, done.has_downloads) == (current_id(source), True)
    assert verify(target, SETTINGS) == []


def test_a_replica_with_releases_that_its_snapshot_lacks(source: DataFolder, target: DataFolder) -> None:
    replicate(str(source.root), target)
    publish_one(source, "places", "places-2.ttl")
    shutil.copytree(source.releases / "kent/places/2", target.releases / "kent/places/2")
    assert {fault.mend for fault in verify(target, SETTINGS)} == {f"whatworks replicate {source.root}"}
    [line] = doctored(target)
    assert "kent/places release 2" in line
    assert f"whatworks replicate {source.root}" in line


def test_what_came_damaged_is_not_shown(source: DataFolder, target: DataFolder) -> None:
    replicate(str(source.root), target)
    before = current_id(target)
    publish_one(source, "places", "places-2.ttl")
    spoil(largest(source.snapshots / str(current_id(source)) / "store"))
    with pytest.raises(StoreMissing, match="nothing was changed here"):
        replicate(str(source.root), target)
    assert (current_id(target), ids(target)) == (before, [before])


def test_what_is_refused(source: DataFolder, target: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds data of its own"):
        replicate(str(target.root), source)
    with pytest.raises(NotFound, match="no data folder with a snapshot"):
        replicate(str(tmp_path / "nowhere"), target)
    write_layout(source, 99)
    with pytest.raises(WrongLayout):
        replicate(str(source.root), target)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A host that rsync reaches: in the place of ssh, what it would run there is run here."""
    if shutil.which("rsync") is None:
        absent("rsync")
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\nshift\nexec "$@"\n')
    shell.chmod(shell.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("RSYNC_RSH", str(shell))
    return "elsewhere"


def test_by_rsync(source: DataFolder, target: DataFolder, elsewhere: str) -> None:
    place = f"{elsewhere}:{source.root}"
    replicate(place, target)
    files = {path: os.stat(path).st_ino for path in target.snapshots.rglob("*") if path.is_file()}
    publish_one(source, "places", "places-2.ttl")
    done = replicate(place, target)
    assert (done.current, len(done.brought)) == (current_id(source), 1)
    assert all(os.stat(path).st_ino == inode for path, inode in files.items())
    assert not list(target.releases.rglob("received"))
    first, second = (create_app(config.load({}, data=each.root)).test_client() for each in (source, target))
    for path in PATHS:
        assert second.get(path).data == first.get(path).data, path
    with pytest.raises(BadInput, match="rsync says"):
        replicate(f"{elsewhere}:{source.root}/nowhere", target)


@pytest.mark.parametrize("remote", [False, True])
def test_a_link_at_the_source_leads_nowhere_here(
    source: DataFolder, target: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    if remote and shutil.which("rsync") is None:
        absent("rsync")
    if remote:
        monkeypatch.setattr(staging, "_REMOTE", re.compile(""))  # rsync takes a path of this machine too
    (tmp_path / "secret").write_text("of this machine alone")
    shown = source.snapshots / str(current_id(source)) / "leaked.txt"
    shown.symlink_to(tmp_path / "secret")
    with pytest.raises(BadInput, match="leaked.txt: is a symbolic link at the source"):
        replicate(str(source.root), target)
    assert not ids(target)
