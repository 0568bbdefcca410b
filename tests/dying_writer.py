"""Writers that kill themselves at one of the points at which a real one might die (for test_kill.py).

`python dying_writer.py` reads lines `{data folder} {point} {what}`, forks a writer for each, and answers with a line of
JSON: the signal or exit code that ended it, and the points that it reached, each with whether files of the data folder
have changed since the point before (of a writer that does not die; of others never). Forking spares each writer its
start-up, and the reading of the vocabulary and the protocols.
"""

import functools
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas  # noqa: F401 - pyarrow looks for it when the tables are made, which each fork would do anew
from store_cases import BASE, SETTINGS, passing, request

from kb.protocols.catalogue import protocols
from kb.protocols.columns import record_columns
from kb.store import checkpoint, releases, submission_folder, tombstones
from kb.store.distributions import build, dumps
from kb.store.folder import DataFolder
from kb.store.primary import Primary
from kb.store.publication import publish
from kb.store.publisher_process import work_off
from kb.store.reconcile import OnStep
from kb.store.state import State
from kb.store.submission_folder import SubmissionFolder
from kb.store.submissions import Submissions
from kb.store.withdrawal import plan, redaction
from kb.store.withdrawal.withdraw import Target, withdraw
from kb.vocabulary import ontology, terms

WRITES: Sequence[tuple[Any, str]] = (
    (releases, "make_folder"),
    (releases.shutil, "copyfile"),
    (releases, "sync_tree"),
    (releases, "move"),
    (Primary, "_remove"),
    (Primary, "_add"),
    (Primary, "flush"),
    (Primary, "checkpoint"),
    (State, "begin"),
    (State, "complete"),
    (State, "set_mark"),
    (checkpoint, "sync_tree"),
    (checkpoint, "move"),
    (checkpoint.shutil, "rmtree"),
    (dumps, "write_dataset"),
    (dumps, "join_jsonld"),
    (build, "write_sheet"),
    (build, "write_index"),
    (build, "move"),
    (tombstones, "replace_file"),
    (redaction, "sync_tree"),
    (redaction, "move"),
    (redaction, "sync"),
    (Path, "rename"),
    (State, "withdraw_links"),
    (State, "repin"),
    (State, "compact"),
    (plan, "sync"),
    (Submissions, "move"),
    (Submissions, "step"),
    (SubmissionFolder, "_write"),
    (submission_folder, "move"),
)
"""After each call of these another point is reached, besides the steps that a publication tells of."""


def write(root: Path, dies_at: int, what: str, log: int) -> None:
    """Does `what`, and dies at point `dies_at`, from 0; -1 never.

    Each point reached is a line in the file with the descriptor `log`, after `+` where files have changed.
    """
    reached = 0
    known = files_of(root) if dies_at < 0 else {}

    def reach(point: str) -> None:
        nonlocal reached, known
        if reached == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1
        now = files_of(root) if dies_at < 0 else {}
        os.write(log, f"{' ' if now == known else '+'}{point}\n".encode())
        known = now

    def told(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def wrapped(*args: Any, **given: Any) -> Any:
            answer = call(*args, **given)
            reach(f"after {name}")
            return answer

        return wrapped

    for owner, name in WRITES:
        setattr(owner, name, told(f"{owner.__name__}.{name}", getattr(owner, name)))
    ACTIONS[what](DataFolder(root), reach)


def files_of(root: Path) -> dict[str, object]:
    """What would be found in the folder by who opens it next: every path, with what is in it or to what it leads.

    Without the log that RocksDB writes for people. Of its files some go in the background, even while they are read.
    """
    found: dict[str, object] = {}
    for parent, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(parent, name)
            if os.path.islink(path):
                found[path] = os.readlink(path)
            elif name in folders:
                found[path] = None
            elif not name.startswith("LOG"):
                with suppress(FileNotFoundError):
                    found[path] = sha256(Path(path).read_bytes()).digest()
    return found


def publish_two(folder: DataFolder, on_step: OnStep) -> None:
    """The second release of two datasets."""
    requests = [request("assets", "assets-2.ttl"), request("places", "places-2.ttl")]
    publish(folder, requests, SETTINGS, checker=passing, on_step=on_step)


def withdraw_one(folder: DataFolder, on_step: OnStep) -> None:
    """A record of a dataset."""
    withdraw(folder, Target(f"{BASE}/id/asset/1"), "A rule", SETTINGS, on_step=on_step)


def work_through(folder: DataFolder, on_step: OnStep) -> None:
    """What waits in the queue."""
    work_off(folder, SETTINGS)


ACTIONS: dict[str, Callable[[DataFolder, OnStep], None]] = {
    "publish": publish_two,
    "withdraw": withdraw_one,
    "work": work_through,
}


def warm() -> None:
    """Reads what a writer reads once of the files that ship; no store, whose threads a fork would not have."""
    terms()
    ontology()
    for protocol in protocols():
        record_columns(protocol.id)


def main() -> None:
    """Forks writers until standard input ends."""
    warm()
    for line in sys.stdin:
        root, dies_at, what = line.split()
        log = Path(root + ".points")
        child = os.fork()
        if child == 0:
            with log.open("wb") as file:
                write(Path(root), int(dies_at), what, file.fileno())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        points = [(line[1:], line[0] == "+") for line in log.read_text().splitlines()]
        print(json.dumps([os.waitstatus_to_exitcode(status), points]), flush=True)


if __name__ == "__main__":
    main()
