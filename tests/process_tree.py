"""What a server takes of the machine, with all that it started: processes, memory, open files (Linux, by /proc)."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

_SNAPSHOT = re.compile(r"/snapshots/(?:\.tmp-)?([0-9]{6}-[0-9a-f]{8})/")


@dataclass(frozen=True)
class Taken:
    """At one moment."""

    processes: int
    memory_mb: float
    """Proportional set size: what processes share is divided among them."""
    files: int
    """Open descriptors."""
    temporary: int
    """Entries in the folder of temporary files, and files without name that are open there."""
    retired: int
    """Snapshots that are gone and of which a worker, that is a child of the process, has files open, at most."""


def tree(pid: int) -> set[int]:
    """The process and all that descend from it."""
    found, pending = set(), [pid]
    while pending:
        one = pending.pop()
        found.add(one)
        pending += children_of(one)
    return found


def children_of(pid: int) -> list[int]:
    """The processes that it has started."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, children.read_text(encoding="ascii").split())
        except OSError:
            continue
    return found


def taken(pid: int, temporary: Path) -> Taken:
    """What the process and its descendants take; `temporary` is where they put temporary files."""
    pids = tree(pid)
    files = {each: _files(each) for each in pids}
    unnamed = sum(name.startswith(str(temporary)) for names in files.values() for name in names)
    return Taken(
        processes=len(pids),
        memory_mb=sum(map(_share_mb, pids)),
        files=sum(map(len, files.values())),
        temporary=len(list(temporary.iterdir())) + unnamed,
        retired=max((_retired(files.get(each, [])) for each in children_of(pid)), default=0),
    )


def _files(pid: int) -> list[str]:
    found = []
    try:
        for file in Path(f"/proc/{pid}/fd").iterdir():
            found.append(os.readlink(file))
    except OSError:  # it is being closed, or the process has ended
        pass
    return found


def _retired(names: list[str]) -> int:
    return len({id for name in names if name.endswith(" (deleted)") for id in _SNAPSHOT.findall(name)})


def _share_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def settled(server: int, least: int) -> set[int]:
    """The processes of a server, once they are so many at least and none has come or gone for a second."""
    end, before = time.monotonic() + 20, set()
    while time.monotonic() < end:
        found = tree(server)
        if len(found) >= least and found == before:
            return found
        before = found
        time.sleep(1)
    raise AssertionError(f"{len(before)} processes, and they still change")
