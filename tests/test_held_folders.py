"""What is temporary goes with the server, also what a killed process left, or a server that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from web.operations import held_folders

LEAVES = "import tempfile; print(tempfile.mkdtemp(), flush=True); input()"

SERVES = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from web.operations import held_folders
with held_folders.temporary() as folder:
    print(folder, flush=True)
    input()
"""


def killed_once_it_printed(*command: str) -> Path:
    pipe = subprocess.PIPE
    root = Path(__file__).parent.parent
    with subprocess.Popen([sys.executable, "-c", *command], stdin=pipe, stdout=pipe, text=True, cwd=root) as process:
        assert process.stdout is not None
        said = Path(process.stdout.readline().strip())
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert said.exists()
    return said


def test_what_a_killed_process_left_goes_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = os.environ.get("TMPDIR")
    with held_folders.temporary() as folder:
        assert killed_once_it_printed(LEAVES).parent == folder
        assert tempfile.gettempdir() == str(tmp_path), "of this process nothing is changed"
    assert not [*tmp_path.iterdir()]
    said = subprocess.run([sys.executable, "-c", "import os; print(os.environ.get('TMPDIR'))"], capture_output=True)
    assert said.stdout.decode().strip() == str(before), "it is as it was for processes that are started later"


def test_what_a_killed_server_left_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = killed_once_it_printed(SERVES, str(tmp_path))
    assert left.parent == tmp_path
    with held_folders.temporary() as folder:
        assert folder is not None
        assert [*tmp_path.iterdir()] == [folder]


def test_a_server_without_room_for_a_folder_starts_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with held_folders.temporary() as folder:
        assert folder is None
