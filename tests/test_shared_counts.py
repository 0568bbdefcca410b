"""The counts of several processes: in files that have their room, which whoever replaces a process goes on with."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from test_failures import START
from test_operations import folder_of_counts
from test_serve import answering, answers, started

from kb import config
from kb.store.folder import DataFolder
from web.operations import shared_counts

COUNTS = """
import resource, sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from web.operations.metrics import Metrics
class Nothing:
    def collect(self):
        return []
if "no room" in sys.argv:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
metrics = Metrics(Path(sys.argv[1]))
metrics.count(Counter({("datasets", 200): 2}), {"datasets": [0.1]}, Counter())
print(metrics.text(Nothing()).decode(), flush=True)
sys.stdin.read()
"""
ALIVE = 'whatworks_requests_total{page="health.alive"'
OURS = 'whatworks_requests_total{page="datasets",status="200"} '


def counting(folder: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", COUNTS, str(folder), *more]
    pipe, root = subprocess.PIPE, Path(__file__).parent.parent
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=root, env=environ)


def counted(process: "subprocess.Popen[str]") -> float:
    """What a process says of the requests that were answered."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(OURS):
            return float(line.rpartition(" ")[2])
    raise AssertionError(process.communicate()[1])


def test_who_replaces_a_process_goes_on_with_its_counts(tmp_path: Path) -> None:
    with counting(tmp_path) as first, counting(tmp_path) as second:
        assert {counted(first), counted(second)} <= {2, 4}  # either may be first
        files = sorted(tmp_path.iterdir())
        assert len([each for each in files if each.suffix == ".db"]) == 4
        first.kill()
        first.wait()
        with counting(tmp_path) as third:
            assert counted(third) == 6
            assert sorted(tmp_path.iterdir()) == files
            for each in (second, third):
                each.communicate()


def test_every_file_has_its_room_before_it_is_mapped(tmp_path: Path) -> None:
    with counting(tmp_path) as process:
        assert counted(process) == 2
        for path in tmp_path.glob("*.db"):
            assert path.stat().st_blocks * 512 >= path.stat().st_size == shared_counts.ROOM
        process.communicate()


def test_a_process_without_room_counts_for_itself(tmp_path: Path) -> None:
    with counting(tmp_path, "no room") as process:
        assert counted(process) == 2
        assert "no room for counts" in process.communicate()[1]
    assert not [*tmp_path.glob("*.db"), *tmp_path.glob("*.draft")]


SHARES = """
import sys
from pathlib import Path
from web.operations import shared_counts
shared_counts.places = lambda: [Path(sys.argv[1])]
with shared_counts.share() as folder:
    print(folder, flush=True)
    input()
"""


def test_what_a_killed_server_left_goes_whatever_its_process_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_counts, "places", lambda: [tmp_path])
    command = [sys.executable, "-c", SHARES, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parent.parent) as other:
        assert other.stdout is not None
        there = Path(other.stdout.readline().strip())
        mine = tmp_path / f"{shared_counts.PREFIX}{os.getpid()}-left"
        mine.mkdir()
        (tmp_path / f"{shared_counts.PREFIX}link").symlink_to(tmp_path)
        with shared_counts.share() as folder:
            assert folder is not None
            assert there.exists(), "its server runs"
            assert not mine.exists()
        other.kill()
        other.wait()
        assert there.exists()
        with shared_counts.share():
            assert not there.exists()
    assert [each.name for each in tmp_path.iterdir()] == [f"{shared_counts.PREFIX}link"]


def test_they_lie_in_memory_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_counts, "_IN_MEMORY", (tmp_path / "none", tmp_path))
    monkeypatch.setattr(shared_counts, "kind_of_disk", lambda folder: "tmpfs")
    assert shared_counts.places()[0] == tmp_path
    monkeypatch.setattr(shared_counts, "free", lambda folder: 1_000_000)
    assert tmp_path not in shared_counts.places()


def test_a_folder_that_cannot_be_made_keeps_no_server_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_counts, "places", lambda: [tmp_path / "none"])
    with shared_counts.share() as folder:
        assert folder is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_that_is_killed_takes_no_count_with_it(own_site: config.Settings) -> None:
    with started([sys.executable, "-c", START, str(DataFolder(own_site.data).root)]) as (process, address):

        def alive() -> float:
            with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
                lines = answer.read().decode().splitlines()
            return sum(float(each.rpartition(" ")[2]) for each in lines if each.startswith(ALIVE))

        for _ in range(5):
            urllib.request.urlopen(f"{address}/healthz", timeout=10).close()
        wait_for(lambda: alive() == 5)
        folder = folder_of_counts(process)
        files = {each.name for each in folder.iterdir()}
        for worker in answering(process):
            os.kill(worker, signal.SIGKILL)
        wait_for(lambda: answers(address))
        assert alive() == 5
        assert {each.name for each in folder.iterdir()} == files
        process.kill()
        process.wait()
    with shared_counts.share():
        assert not folder.exists()


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
