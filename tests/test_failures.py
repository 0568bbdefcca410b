"""What docs/failures.md tells: a real server goes on answering, and what the page says to do mends it."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from backup_cases import spoil
from store_cases import CASES, SETTINGS, assert_sound, new_folder, publish_one
from test_links import bound_by_modes
from test_serve import started
from test_verification import current, largest
from withdrawal_cases import RECORD, RULE, traces
from withdrawal_cases import published as with_a_record

from kb.errors import StoreMissing, StoreUnwritable
from kb.store import checkpoint, draft, releases
from kb.store.backup.restore import restore_state
from kb.store.backup.take import backup
from kb.store.folder import DataFolder
from kb.store.lock import locked
from kb.store.publication import finish, register_unchecked
from kb.store.rebuild import rebuild
from kb.store.snapshots import Snapshots, current_id, ids, pin
from kb.store.tokens import Tokens
from kb.store.verification import verify
from kb.store.withdrawal.withdraw import Target, withdraw

START = """
import sys
from pathlib import Path
from kb import config
from web.server import serve
sys.exit(serve(config.load({}, data=Path(sys.argv[1]), port=0, workers=1)))
"""

Usage = namedtuple("Usage", ("total", "used", "free"))
"""As shutil.disk_usage answers."""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Places in two releases; the second names one that the first does not."""
    folder = new_folder(tmp_path)
    register_unchecked(folder, "kent", "places")
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "places", "places-2.ttl")
    return folder


@contextmanager
def served(folder: DataFolder, *before: str) -> Iterator[str]:
    with started([*before, sys.executable, "-c", START, str(folder.root)]) as (process, address):
        yield address
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def asked(address: str, **sent: object) -> tuple[int, str, str | None]:
    """Status, text and snapshot of an answer."""
    request = urllib.request.Request(address, **sent)  # type: ignore[arg-type]
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers["X-Snapshot"]
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers["X-Snapshot"]


def place(address: str) -> tuple[int, str, str | None]:
    return asked(f"{address}/doc/place/2.nt")


def sent(address: str, secret: str, file: str) -> str:
    """The id of a submission that was sent, checked, and asked to be published."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "text/turtle", "Accept": "application/json"}
    body = (CASES / file).read_bytes()
    where = f"{address}/api/datasets/kent/places/submissions"
    status, text, _ = asked(where, data=body, headers=headers, method="POST")
    assert status in (201, 202), text
    id = str(json.loads(text)["id"])
    assert state_of(address, secret, id, "checked", "failed")[0] == "checked"
    asked(f"{address}/api/submissions/{id}/publish", data=b"", headers=headers, method="POST")
    return id


def state_of(address: str, secret: str, id: str, *states: str) -> tuple[str, str]:
    """State and message of a submission, once it has one of these."""
    deadline = time.monotonic() + 90
    while True:
        headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        said = json.loads(asked(f"{address}/api/submissions/{id}", headers=headers)[1])
        if said["state"] in states:
            return said["state"], said["message"]
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


BROKEN: dict[str, Callable[[Path], object]] = {
    "truncated": lambda store: os.truncate(largest(store), 100),
    "without a file": lambda store: largest(store).unlink(),
    "garbled": lambda store: spoil(largest(store)),
    "without its index": lambda store: (store / "CURRENT").write_text("nonsense\n"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_the_last_good_snapshot_stands_in_for_a_damaged_one(folder: DataFolder, kind: str) -> None:
    first, second = ids(folder)
    store = current(folder) / "store"
    for path in store.iterdir():  # no other snapshot has the same file under another name
        shutil.copy2(path, path.with_suffix(".copy"))
        path.with_suffix(".copy").replace(path)
    BROKEN[kind](store)
    with served(folder) as address:
        status, text, snapshot = place(address)
        assert (status, snapshot) == (200, first)
        assert "Meregate" not in text
        assert asked(f"{address}/doc/place/2.nt?snapshot={second}")[0] == 503
        assert f"snapshot {first}, in the place of {second}, which is damaged" in asked(f"{address}/readyz")[1]
        assert asked(f"{address}/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D&format=json")[0] == 200
        rebuild(folder, SETTINGS)
        status, text, snapshot = place(address)
        assert (status, snapshot) == (200, current_id(folder))
        assert "Meregate" in text
    assert_sound(folder)


def test_a_snapshot_damaged_while_it_is_read_harms_nobody_who_reads_it(folder: DataFolder) -> None:
    with served(folder) as address:
        before = place(address)
        shutil.rmtree(current(folder) / "store")
        assert place(address) == before
        assert asked(f"{address}/doc/place/2.ttl")[0] == 200


def test_a_snapshot_that_could_not_be_opened_is_tried_again(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, reading = current_id(folder), Snapshots(folder)
    aside = (folder.snapshots / str(second) / "store").rename(tmp_path / "aside")
    assert reading.current().id != second
    raised = []
    for _ in range(2):
        with pytest.raises(StoreMissing) as error:
            reading.at(str(second))
        raised.append(error.value)
    assert raised[0] is not raised[1], "one that is raised again keeps the frames of each request"
    aside.rename(folder.snapshots / str(second) / "store")
    assert reading.current().id != second, "not at each request"
    monkeypatch.setattr("kb.store.snapshots._LOOK_AGAIN", 0.0)
    assert reading.current().id == second
    assert reading.stands_in() is None


def test_without_any_good_snapshot_the_site_says_so(folder: DataFolder) -> None:
    for id in ids(folder):
        (folder.snapshots / id / "store" / "CURRENT").unlink()
    with served(folder) as address:
        status, text, _ = place(address)
        assert status == 503
        assert "cannot be opened" in text
        assert asked(f"{address}/readyz")[0] == 503
        rebuild(folder, SETTINGS)
        assert place(address)[0] == 200


def test_a_damaged_primary_store(folder: DataFolder) -> None:
    token, secret = Tokens(folder).create("kent", "a program", "publish", 30)
    before = current_id(folder)
    (folder.store / "CURRENT").write_text("nonsense\n")
    with served(folder) as address:
        id = sent(address, secret, "places-1.ttl")
        # It is accepted, and nothing takes that back; it is only not seen yet.
        state_of(address, secret, id, "failed", "published")
        assert releases.numbers(folder, "kent", "places") == [1, 2, 3]
        status, text, snapshot = place(address)
        assert (status, snapshot, "Meregate" in text) == (200, before, True)
        assert {fault.mend for fault in verify(folder, SETTINGS)} == {"whatworks rebuild"}
        rebuild(folder, SETTINGS)
        assert "Meregate" not in place(address)[1]
    assert_sound(folder)


@pytest.mark.parametrize("copied", [True, False])
def test_a_damaged_state(folder: DataFolder, tmp_path: Path, copied: bool) -> None:
    token, secret = Tokens(folder).create("kent", "a program", "publish", 30)
    backup(folder, tmp_path / "backups")
    publish_one(folder, "places", "places-1.ttl")
    folder.state.write_bytes(b"nonsense" * 1000)
    with served(folder) as address:
        assert place(address)[0] == 200
        assert asked(f"{address}/sparql?query=ASK%7B%7D&format=json")[0] == 200
        status, text, _ = asked(f"{address}/api/submissions/{'0' * 32}", headers={"Authorization": f"Bearer {secret}"})
        assert status == 503
        assert "Nothing can be kept here just now" in text
    assert [fault.where for fault in verify(folder, SETTINGS)] == ["state.sqlite"]
    if copied:
        restore_state(tmp_path / "backups", folder)
    else:
        folder.state.rename(tmp_path / "damaged")
        for path in folder.root.glob("state.sqlite*"):
            path.unlink()
    rebuild(folder, SETTINGS)
    assert verify(folder, SETTINGS) == []
    assert [each.name for each in Tokens(folder).all()] == (["a program"] if copied else [])
    publish_one(folder, "places", "places-2.ttl")
    assert releases.numbers(folder, "kent", "places") == [1, 2, 3, 4]


def small(megabytes: float) -> Callable[[], None]:
    """In the place of a full disk: no file may grow beyond this, and each write that would is refused."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(megabytes * 2**20),) * 2)

    return limit


PUBLISH = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from kb.errors import WhatWorksError
from kb.store.folder import DataFolder
from store_cases import publish_one
try:
    publish_one(DataFolder(Path(sys.argv[1])), "places", "places-1.ttl")
except WhatWorksError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


@pytest.mark.parametrize("kilobytes", [0.1, 4, 30])
def test_a_disk_that_is_full_while_something_is_published(folder: DataFolder, kilobytes: float) -> None:
    """At each size another file is the first that finds no room."""
    before = current_id(folder)
    with served(folder) as address:
        done = subprocess.run(
            [sys.executable, "-c", PUBLISH, str(folder.root)],
            capture_output=True, text=True, timeout=120, preexec_fn=small(kilobytes / 1024),
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        assert re.search(r"^Store(Unwritable|Missing): .*", done.stderr, re.MULTILINE), done.stderr
        assert current_id(folder) == before
        assert place(address)[0] == 200
        publish_one(folder, "places", "places-1.ttl")
        assert "Meregate" not in place(address)[1]
    assert_sound(folder)
    assert verify(folder, SETTINGS) == []


def test_room_is_made_on_a_disk_that_is_full(folder: DataFolder) -> None:
    """Where not even SQLite can make the files that it reads with."""
    publish_one(folder, "places", "places-1.ttl")
    first, second, third = ids(folder)
    pin(folder, first)
    publish_one(folder, "places", "places-2.ttl")
    command = [str(Path(sys.executable).with_name("whatworks")), "snapshots", "retire", "--data", str(folder.root)]
    with served(folder) as address:
        before = place(address)
        for keep, told in (("2", "nothing to retire"), ("1", f"retired {second}\n")):
            done = subprocess.run(
                [*command, "--keep-snapshots", keep], capture_output=True, text=True, timeout=60,
                preexec_fn=small(0.1 / 1024),
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout.startswith(told)
        assert place(address) == before
    assert ids(folder) == [first, third, current_id(folder)]
    assert verify(folder, SETTINGS) == []


def test_without_room_the_store_is_not_removed_to_make_it_again(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: path.stat().st_mtime_ns for path in folder.store.iterdir()}
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 0))
    with pytest.raises(StoreUnwritable, match="nothing was changed: make room"):
        rebuild(folder, SETTINGS)
    assert {path: path.stat().st_mtime_ns for path in folder.store.iterdir()} == files


def test_a_full_disk_is_verified_on_another(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    free = {folder.root: 0, Path(tempfile.gettempdir()): 10**9}
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 0, free[path]))
    seen = []
    beside = sorted(folder.root.iterdir())
    assert verify(folder, SETTINGS, lambda step: seen.append(sorted(folder.root.iterdir()))) == []
    assert all(each == beside for each in seen)


def test_a_server_that_starts_shows_what_a_writer_that_died_had_accepted(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = current_id(folder)
    with monkeypatch.context() as dying:
        dying.setattr("kb.store.reconcile._serve", lambda *_, **__: os._exit(9))
        if (child := os.fork()) == 0:
            publish_one(folder, "places", "places-1.ttl")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (releases.numbers(folder, "kent", "places"), current_id(folder)) == ([1, 2, 3], before)
    with locked(folder):
        finish(folder, SETTINGS)
    assert "is publishing; try again" in caplog.text
    assert current_id(folder) == before
    finish(folder, SETTINGS)
    after = current_id(folder)
    assert after != before
    assert_sound(folder)
    finish(folder, SETTINGS)
    assert current_id(folder) == after


def test_a_disk_that_may_only_be_read(folder: DataFolder) -> None:
    without = bound_by_modes()
    for path in [folder.root, *folder.root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    try:
        with served(folder, *without) as address:
            assert place(address)[0] == 200
            assert asked(f"{address}/sparql?query=ASK%7B%7D&format=json")[0] == 200
            assert asked(f"{address}/datasets/kent/places", headers={"Accept": "text/html"})[0] == 200
        done = subprocess.run(
            [*without, sys.executable, "-c", PUBLISH, str(folder.root)], capture_output=True, text=True, timeout=120
        )
        assert "StoreUnwritable: " in done.stderr
        assert "put that right and run the command again" in done.stderr
    finally:
        for path in [folder.root, *folder.root.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o200)
    publish_one(folder, "places", "places-1.ttl")
    assert_sound(folder)


def test_a_clock_that_goes_backwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The order is that of the numbers, and a withdrawal reaches what was published by the wrong clock."""
    folder = with_a_record(tmp_path)
    for module in (draft, checkpoint):
        monkeypatch.setattr(module, "now", lambda: "2001-01-01T00:00:00Z")
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    assert "the clock says 2001-01-01T00:00:00Z, which is before release 2" in caplog.text
    assert releases.numbers(folder, "kent", "assets") == [1, 2, 3]
    assert Snapshots(folder).current().record.datasets == {"kent/assets": 3, "kent/places": 1}
    assert ids(folder)[-1] == current_id(folder)
    withdraw(folder, Target(RECORD), RULE, replace(SETTINGS, data=folder.root))
    assert traces(folder.root) == set()
    assert_sound(folder)
