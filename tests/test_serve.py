"""The server itself: one line once it listens, an answer from each worker, and an end without orphans."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from kb import config
from kb.errors import BadSetting
from kb.store.contributions import Contributions
from kb.store.distributions.index import folder_of
from kb.store.folder import DataFolder
from kb.store.lock import locked
from kb.store.shipped import is_published
from kb.store.snapshots import current_id
from kb.store.state import State
from web.server import serve

START = """
import sys
from pathlib import Path
from kb import config
from web.server import serve
sys.exit(serve(config.load({}, data=Path(sys.argv[1]), port=0, workers=2)))
"""


@contextmanager
def started(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that this command starts, and its address as it prints it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Serving on http://127.0.0.1:"), line
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return [int(pid) for pid in text.split()]


def runs(pid: int) -> bool:
    """Whether the process is there, and not only waits to be reaped by whoever has adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], within: float) -> bool:
    deadline = time.monotonic() + within
    while any(runs(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda n: n.name)
def test_every_worker_ends_with_the_server(data_folder: DataFolder, number: signal.Signals) -> None:
    with started([sys.executable, "-c", START, str(data_folder.root)]) as (process, address):
        with urllib.request.urlopen(f"{address}/id/place/kent", timeout=10) as answer:
            assert answer.url == f"{address}/doc/place/kent"
            assert b"Thanet" not in answer.read()
        workers = workers_of(process)
        assert len(workers) >= 2
        os.kill(process.pid, number)
        process.wait(timeout=10)
        assert gone(workers, within=20)
        if number != signal.SIGKILL:
            assert process.returncode == 0


def test_a_port_in_use_is_an_error_in_one_line(data_folder: DataFolder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = config.load({}, data=data_folder.root, port=taken.getsockname()[1])
        with pytest.raises(BadSetting, match="choose another --port"):
            serve(settings)


def test_what_has_had_its_time_goes_though_nobody_publishes_or_reads(tmp_path: Path) -> None:
    kept = Contributions(DataFolder(tmp_path))
    kept.send("correction", "/datasets", "", {"wrong": "A typing error."}, "reader@example.org")
    with kept.transaction() as connection:
        connection.execute("UPDATE contributions SET created = '2020-01-01T00:00:00Z'")
    old = DataFolder(tmp_path).usage / "2020-01.jsonl"
    old.parent.mkdir()
    old.touch()
    with started([sys.executable, "-c", START, str(tmp_path)]):
        deadline = time.monotonic() + 30
        while [each.email for each in kept.of()] != [""] or old.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_command_serves_the_knowledge_that_ships(tmp_path: Path) -> None:
    """From an empty folder, `whatworks serve` publishes what ships and answers with it."""
    command = [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())"]
    command += ["serve", "--port", "0", "--workers", "1", "--data", str(tmp_path / "data")]
    with started(command) as (process, address):
        for path in ("/", "/sparql", "/doc/place/kent"):
            with urllib.request.urlopen(f"{address}{path}", timeout=20) as answer:
                assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("state", ["of before", "as it ships"])
def test_a_site_that_is_behind_answers_from_what_it_has(tmp_path: Path, shipped_folder: DataFolder, state: str) -> None:
    """After an upgrade, here while somebody publishes; and without the downloads, for which no page waits."""
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(shipped_folder.root, folder.root, symlinks=True)
    id, settings = current_id(folder), config.load({}, data=folder.root)
    assert id is not None
    if state == "of before":
        State(folder).set_mark("shipped", state)
    shutil.rmtree(folder_of(folder, id))
    assert not is_published(folder, settings)
    command = [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())"]
    command += ["serve", "--port", "0", "--workers", "1", "--data", str(folder.root)]
    with ExitStack() as stack:
        with locked(folder):
            process, address = stack.enter_context(started(command))
            with urllib.request.urlopen(f"{address}/doc/place/kent", timeout=20) as answer:
                assert answer.status == 200
            assert not is_published(folder, settings)
        deadline = time.monotonic() + 120
        while not is_published(folder, settings):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert current_id(folder) == id, "nothing had changed"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_site_that_has_lost_a_release_answers_and_says_so(
    tmp_path: Path, shipped_folder: DataFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(shipped_folder.root, folder.root, symlinks=True)
    state = State(folder)
    state.begin([("whatworks", "ontology", 2)])  # which is not on the disk
    state.complete()
    assert is_published(folder, config.load({}, data=folder.root))
    command = [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())"]
    command += ["serve", "--port", "0", "--workers", "1", "--data", str(folder.root)]
    with started(command) as (_, address):
        with urllib.request.urlopen(f"{address}/doc/place/kent", timeout=20) as answer:
            assert answer.status == 200
        deadline, said = time.monotonic() + 60, ""
        while "or was accepted before, is not shown yet: " not in said:
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
            said += capfd.readouterr().err


def answering(process: subprocess.Popen[str]) -> list[int]:
    return [
        pid for pid in workers_of(process) if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def answers(address: str) -> bool:
    """Whether a page is answered; not while the worker that took the connection dies, or none listens yet."""
    try:
        with urllib.request.urlopen(f"{address}/id/place/kent", timeout=10) as answer:
            return int(answer.status) == 200
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_that_die_are_replaced_however_often(data_folder: DataFolder) -> None:
    with started([sys.executable, "-c", START, str(data_folder.root)]) as (process, address):
        for _ in range(4):
            deadline = time.monotonic() + 20
            while len(answering(process)) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            worker = max(answering(process))
            os.kill(worker, signal.SIGKILL)
            assert gone([worker], within=20)
        deadline = time.monotonic() + 20
        while not answers(address):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
