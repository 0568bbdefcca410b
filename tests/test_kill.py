"""A publisher killed at any point harms no reader, loses nothing accepted, and does not hinder the next one.

A writer dies once at each kind of point (`kinds`) at which the files differ from those at the point before: whoever
comes next finds nothing but the files, so that between two points without a change of them there is one death to die.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from publishing_site import CONFORMING
from store_cases import SETTINGS, assert_downloads, assert_sound, content, new_folder, publish_one

from kb.errors import StoreMissing, Withdrawn
from kb.store import links, releases, submitting, tombstones
from kb.store.audit import Audit
from kb.store.folder import DataFolder
from kb.store.publisher_process import work_off
from kb.store.queue import Queue
from kb.store.snapshots import Snapshots, ids, pin
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions, new_id
from kb.store.tokens import Tokens

Point = tuple[str, bool]
"""Its name, and whether files of the data folder have changed since the point before it."""

Writer = Callable[..., tuple[int, list[Point]]]
DYING_WRITER = Path(__file__).with_name("dying_writer.py")
ROOM = 512 * 1024 * 1024
"""Bytes that the data folders of a test need at most: before, whole, killed."""

KEEP_ONE = replace(SETTINGS, keep_snapshots=1)


def served(snapshots: Snapshots) -> list[str]:
    """The quads of the datasets in the current snapshot; none where nothing has been published."""
    try:
        return content(snapshots.current().store)
    except StoreMissing as missing:
        if "holds no snapshot" not in str(missing):
            raise
        return []


class Reader(threading.Thread):
    """Reads `current` over and over, and keeps every error and every content that is not one of those expected."""

    def __init__(self, folder: DataFolder, *expected: list[str]) -> None:
        super().__init__()
        self.snapshots = Snapshots(folder)
        self.expected = expected
        self.reads = 0
        self.wrong: list[object] = []
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.03):
            try:
                found = served(self.snapshots)
            except Exception as error:
                self.wrong.append(error)
                return
            self.reads += 1
            if found not in self.expected:
                self.wrong.append(found)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Where the data folders lie: in memory, where the machine has room there.

    It is a process that dies here, not the machine: what it wrote is there, whether or not it has reached a disk.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as place:
        yield Path(place)


@pytest.fixture
def before(request: pytest.FixtureRequest, place: Path) -> DataFolder:
    """A data folder with nothing in it, or with a first release of each dataset."""
    folder = new_folder(place / "before")
    if request.param == "published":
        publish_one(folder, "assets", "assets-1.ttl", settings=KEEP_ONE)
        publish_one(folder, "places", "places-1.ttl", settings=KEEP_ONE)
    return folder


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    """Runs one writer in a data folder until it dies at a point; see dying_writer.py."""
    with subprocess.Popen(
        [sys.executable, str(DYING_WRITER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writers:
        assert writers.stdin is not None
        assert writers.stdout is not None

        def write(folder: DataFolder, dies_at: int, what: str = "publish") -> tuple[int, list[Point]]:
            print(folder.root, dies_at, what, file=writers.stdin, flush=True)
            exit_code, points = json.loads(writers.stdout.readline())
            return exit_code, [(name, changed) for name, changed in points]

        yield write
        writers.stdin.close()


def copied(folder: DataFolder, target: Path) -> DataFolder:
    shutil.copytree(folder.root, target, symlinks=True)
    return DataFolder(target)


def kinds(points: list[Point]) -> dict[tuple[str, str], list[int]]:
    """Kind of point, a write in one step whatever the dataset → where it comes."""
    found: dict[tuple[str, str], list[int]] = {}
    step = ""
    for at, (point, _) in enumerate(points):
        name = re.split(r" kent/| [0-9]{6}-", point)[0]
        step = step if point.startswith("after ") else name
        found.setdefault((step, name), []).append(at)
    return found


def deaths(points: list[Point], time: int) -> list[int]:
    """Where to die: at each kind of point the first (0) or the last (-1) time that files have changed before it."""
    changed = ([at for at in places if points[at][1]] for places in kinds(points).values())
    return sorted(places[time] for places in changed if places)


def names(points: list[Point]) -> list[str]:
    return [name for name, _ in points]


@pytest.mark.parametrize(("before", "time"), [("empty", 0), ("published", -1)], indirect=["before"])
def test_a_publisher_killed_at_every_kind_of_point(before: DataFolder, time: int, writer: Writer, place: Path) -> None:
    whole = copied(before, place / "whole")
    exit_code, points = writer(whole, -1)
    assert exit_code == 0
    assert len(kinds(points)) > 30
    assert len(deaths(points, time)) > 20
    old, new = served(Snapshots(before)), served(Snapshots(whole))
    for dies_at in deaths(points, time):
        point = points[dies_at]
        folder = copied(before, place / f"killed-{dies_at}")
        reader = Reader(folder, old, new, _mixed(old, new))
        reader.start()
        exit_code, reached = writer(folder, dies_at)
        assert (exit_code, names(reached)) == (-signal.SIGKILL, names(points[:dies_at]))
        accepted = {name: releases.numbers(folder, "kent", name) for name in ("assets", "places")}
        assert served(Snapshots(folder)) in (old, new), point

        publish_one(folder, "assets", "assets-2.ttl")
        reader.stop.set()
        reader.join()
        assert reader.wrong == [], point
        assert reader.reads > 0
        assert_sound(folder)
        assert releases.numbers(folder, "kent", "assets") == releases.numbers(whole, "kent", "assets"), point
        assert releases.numbers(folder, "kent", "places") == accepted["places"], point
        assert set(accepted["assets"]) <= set(releases.numbers(folder, "kent", "assets")), point
        assert list(folder.root.rglob(".tmp-*")) == [], point
        shutil.rmtree(folder.root)


CERTAIN = "certain from here on"


def test_a_withdrawal_killed_at_every_kind_of_point(writer: Writer, place: Path) -> None:
    before = new_folder(place / "before")
    publish_one(before, "assets", "assets-1.ttl")
    publish_one(before, "places", "places-1.ttl")
    pin(before, ids(before)[0])
    link = links.keep(before, links.asked("ASK { <https://kent.example/id/asset/1> ?p ?o }"), 10, "here")
    whole = copied(before, place / "whole")
    exit_code, points = writer(whole, -1, "withdraw")
    assert exit_code == 0
    assert len(kinds(points)) > 40
    assert len(deaths(points, -1)) > 40
    old, new = served(Snapshots(before)), served(Snapshots(whole))
    assert "Town hall" in str(old)
    assert "Town hall" not in str(new)
    for dies_at in deaths(points, -1):
        point = points[dies_at]
        folder = copied(before, place / f"killed-{dies_at}")
        reader = Reader(folder, old, new)
        reader.start()
        exit_code, reached = writer(folder, dies_at, "withdraw")  # ids are random, and so is the order of some steps
        assert (exit_code, len(reached)) == (-signal.SIGKILL, dies_at)
        publish_one(folder, "places", "places-1.ttl")  # changes nothing but what a dead writer left
        reader.stop.set()
        reader.join()
        assert reader.wrong == [], point
        done = served(Snapshots(folder)) == new
        assert done or CERTAIN not in names(reached), point
        assert list(folder.root.rglob(".*-*")) == [], point
        assert_sound(folder)
        stones = tombstones.read(folder)
        assert [each.number for each in stones] == ([1] if done else []), point
        for id in ids(folder):
            assert not done or "Town hall" not in str(list(Snapshots(folder).at(id).store)), point
            if done and id in stones[0].snapshots.values():
                assert_downloads(folder, id)
        if done:
            assert not (folder.withdrawals / "pending.json").exists()
            assert len(State(folder).pins() & set(ids(folder))) == 1, point
            with pytest.raises(Withdrawn):
                links.find(folder, link)
        shutil.rmtree(folder.root)


FEW = ("Submissions.", "SubmissionFolder.", "submission_folder.", "releases.move", "checkpoint.move", "State.complete")
"""Steps of a submission at which its writer is killed; those of a publication are in the tests above."""


def test_a_submission_killed_at_each_of_its_steps(writer: Writer, place: Path) -> None:
    before = new_folder(place / "before")
    token, _ = Tokens(before).create("kent", "a program", "publish", 30)
    id = new_id()
    SubmissionFolder(before, id).place(1, "money.ttl").write_bytes(CONFORMING.read_bytes())
    submitting.register(before, token, "money", id, {}, at_once=True)
    whole = copied(before, place / "whole")
    exit_code, points = writer(whole, -1, "work")
    assert exit_code == 0
    steps = {point: at for at, (point, _) in enumerate(points) if any(each in point for each in FEW)}
    assert len(steps) > 5
    for dies_at in steps.values():  # of one that is repeated the last
        point = points[dies_at]
        folder = copied(before, place / f"killed-{dies_at}")
        exit_code, reached = writer(folder, dies_at, "work")
        assert (exit_code, len(reached)) == (-signal.SIGKILL, dies_at)
        work_off(folder, SETTINGS)
        done = Submissions(folder).submission(id)
        assert (done.state, done.release, done.message) == ("published", 1, ""), point
        assert Queue(folder).jobs() == [], point
        assert releases.numbers(folder, "kent", "money") == [1], point
        assert [entry.action for entry in Audit(folder).entries("kent")] == ["published", "submitted"], point
        assert served(Snapshots(folder)) == served(Snapshots(whole)), point
        assert list(folder.root.rglob(".tmp-*")) == [], point
        shutil.rmtree(folder.root)


def _mixed(old: list[str], new: list[str]) -> list[str]:
    """The new release of the assets beside the old one of the places."""
    graph = "<https://kent.example/id/graph/assets>"
    return sorted([quad for quad in new if graph in quad] + [quad for quad in old if graph not in quad])
