"""One writer at a time; a dead writer's lock is gone with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from store_cases import SETTINGS, assert_sound, new_folder, passing, publish_one, request

from kb.errors import StoreBusy
from kb.store.folder import DataFolder
from kb.store.lock import writing
from kb.store.publication import publish

HOLDER = """
import sys, pathlib
from kb.store.folder import DataFolder
from kb.store.lock import writing
with writing(DataFolder(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    arguments = [sys.executable, "-c", HOLDER, str(folder.root)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy, match=rf"process {holder.pid} \(since \d{{4}}-.*Z\) is publishing"):
            publish_one(folder, "assets", "assets-1.ttl")
        holder.kill()
    publish_one(folder, "assets", "assets-1.ttl")
    assert_sound(folder)


def test_the_lock_is_held_while_publishing(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    refused: list[str] = []

    def second_writer(step: str) -> None:
        with pytest.raises(StoreBusy, match=f"process {os.getpid()} "):
            publish_one(folder, "places", "places-1.ttl")
        refused.append(step)

    publish(folder, [request("assets", "assets-1.ttl")], SETTINGS, checker=passing, on_step=second_writer)
    assert len(refused) == 14
    assert_sound(folder)


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with pytest.raises(ZeroDivisionError), writing(folder):
        raise ZeroDivisionError
    with writing(folder):
        pass
