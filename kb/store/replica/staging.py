"""Bringing what another data folder shows beside what is here already; nothing here is changed by it.

Files that are here already, by path, size and time, are linked to and not brought again. What is private stays where it
is: the state, submissions, files as they were received.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from kb.errors import BadInput, NotFound
from kb.store.backup.copying import files_in
from kb.store.durability import HALF_MADE, link
from kb.store.folder import DataFolder
from kb.store.releases import ACCEPTED, RECORD, REPORT

PUBLIC = (RECORD, ACCEPTED, REPORT, "summary.json")
"""The files of a release that pages show."""

_ROOT = ("current", "pinned.json", "version")
_REMOTE = re.compile(r"rsync://|[^/]+:")

_VANISHED = 24
"""Exit code of rsync where files went while they were copied (rsync(1), EXIT VALUES)."""


def stage(source: str, here: DataFolder, to: DataFolder) -> None:
    """Brings the snapshots and the public part of the releases of `source` to the folder `to`, within `here`.

    `source`: the path of a data folder, or one that rsync knows (`host:path`, `rsync://…`). A snapshot that is retired
    meanwhile may be there in part. Raises NotFound, BadInput, and OSError.
    """
    if _REMOTE.match(source):
        _by_rsync(source, here, to)
    else:
        _from_folder(DataFolder(Path(source)), here, to)
    _refuse_links(to)


def _refuse_links(to: DataFolder) -> None:
    """Raises BadInput where there is a link but `current`: this site would show what it leads to here."""
    for folder, folders, files in os.walk(to.root):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if path.is_symlink() and path != to.current:
                raise BadInput(f"{path.relative_to(to.root)}: is a symbolic link at the source; nothing was changed")


def _from_folder(source: DataFolder, here: DataFolder, to: DataFolder) -> None:
    if not source.current.is_symlink():
        raise NotFound(f"{source.root}: no data folder with a snapshot; name the one to be copied")
    for name in _ROOT:
        if (source.root / name).exists():
            shutil.copy2(source.root / name, to.root / name, follow_symlinks=False)
    # Many snapshots have the same file.
    known: dict[tuple[int, int], Path] = {}
    for part in (source.snapshots, source.releases):
        for path in files_in(part):
            if part == source.snapshots or path.name in PUBLIC and path.parent.name.isdecimal():
                _bring(path, path.relative_to(source.root), here, to, known)


def _bring(source: Path, path: Path, here: DataFolder, to: DataFolder, known: dict[tuple[int, int], Path]) -> None:
    target = to.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = source.lstat()
        other = known.setdefault((found.st_dev, found.st_ino), target)
        if _same(here.root / path, found):
            link(here.root / path, target)
        elif other != target and _same(other, found):
            link(other, target)
        else:
            shutil.copy2(source, target, follow_symlinks=False)
    except FileNotFoundError:  # retired meanwhile
        return


def _same(path: Path, found: os.stat_result) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (there.st_size, there.st_mtime_ns) == (found.st_size, found.st_mtime_ns)


def _by_rsync(source: str, here: DataFolder, to: DataFolder) -> None:
    if shutil.which("rsync") is None:
        raise BadInput(f"{source}: is reached by rsync, which is not installed here")
    place = source.rstrip("/")
    _rsync([*(f"--include=/{name}" for name in _ROOT), "--exclude=*"], f"{place}/", to.root)
    if not to.current.is_symlink():
        raise NotFound(f"{source}: no data folder with a snapshot; name the one to be copied")
    known = [f"--link-dest={here.snapshots.resolve()}"] if here.snapshots.exists() else []
    _rsync(["-H", f"--exclude={HALF_MADE}*", *known], f"{place}/snapshots/", to.snapshots)
    known = [f"--link-dest={here.releases.resolve()}"] if here.releases.exists() else []
    some = ["--include=*/", *(f"--include=/*/*/*/{name}" for name in PUBLIC), "--exclude=*", "--prune-empty-dirs"]
    _rsync([f"--exclude={HALF_MADE}*", *known, *some], f"{place}/releases/", to.releases)


def _rsync(options: list[str], source: str, target: Path) -> None:
    # Two dashes: what follows is no option, whatever it begins with.
    command = ["rsync", "-rlpt", *options, "--", source, f"{target}/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, _VANISHED):
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise BadInput(f"{source}: rsync says: {said}")
