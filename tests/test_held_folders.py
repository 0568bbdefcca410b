"""What is temporary goes with the server, also what a killed process left, or a server that was killed."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from web.operations import held_folders

LEAVES = """
from kb.scratch import scratch_folder
with scratch_folder() as folder:
    print(folder, flush=True)
    input()
"""

SERVES = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from web.operations import held_folders
with held_folders.scratch() as folder:
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
    with held_folders.scratch() as folder:
        assert killed_once_it_printed(LEAVES).parent == folder
    assert not [*tmp_path.iterdir()]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert killed_once_it_printed(LEAVES).parent == tmp_path, "of processes that are started later nothing is changed"


def test_where_the_folder_has_gone_there_are_temporary_files_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with held_folders.scratch() as folder:
        assert folder is not None
        folder.rmdir()  # as what cleans /tmp may do
        assert killed_once_it_printed(LEAVES).parent == tmp_path


def test_what_a_killed_server_left_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = killed_once_it_printed(SERVES, str(tmp_path))
    assert left.parent == tmp_path
    with held_folders.scratch() as folder:
        assert folder is not None
        assert [*tmp_path.iterdir()] == [folder]


def test_a_server_without_room_for_a_folder_starts_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with held_folders.scratch() as folder:
        assert folder is None
