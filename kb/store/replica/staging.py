"""Bringing what another data folder shows beside what is here already; nothing here is changed by it.

Files that are here already, by path, size and time, are linked to and not brought again. What is private stays where it
is: the state, submissions, files as they were received.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from kb.errors import BadInput, NotFound
from kb.store.backup.copying import files_in
from kb.store.distributions.index import CHECKSUMS, FOLDER
from kb.store.durability import HALF_MADE, link
from kb.store.folder import DataFolder
from kb.store.releases import ACCEPTED, RECORD, REPORT
from kb.store.snapshots import current_id

OnStep = Callable[[str], None]

PUBLIC = (RECORD, ACCEPTED, REPORT, "summary.json")
"""The files of a release that pages show."""

_ROOT = ("current", "pinned.json", "version")
_DOWNLOADS = f"current/{FOLDER}/{CHECKSUMS}"
"""What the current snapshot has once its downloads are made: the whole folder gets its name at once."""

_LOOK = 1.0
"""Seconds between two looks whether it has."""

_REMOTE = re.compile(r"rsync://|[^/]+:")

_VANISHED = 24
"""Exit code of rsync where files went while they were copied (rsync(1), EXIT VALUES)."""


def stage(source: str, here: DataFolder, to: DataFolder, wait: float, on_step: OnStep) -> None:
    """Brings the snapshots and the public part of the releases of `source` to the folder `to`, within `here`.

    `source`: the path of a data folder, or one that rsync knows (`host:path`, `rsync://…`). `wait`: seconds to wait for
    the downloads of the current snapshot, which are made after it is shown; then it is brought without. A snapshot
    that is retired meanwhile may be there in part. Raises NotFound, BadInput, and OSError.
    """
    place = _Remote(source) if _REMOTE.match(source) else _Local(DataFolder(Path(source)))
    _bring_root(place, source, to)
    deadline = time.monotonic() + wait
    while not place.has_downloads() and (left := deadline - time.monotonic()) > 0:
        on_step(f"waiting for the downloads of {current_id(to)}, which are being made there (up to {left:.0f} s more)")
        time.sleep(min(_LOOK, left))
        _bring_root(place, source, to)  # what is current may be another by now
    place.bring(here, to)
    _refuse_links(to)


def _bring_root(place: "_Local | _Remote", source: str, to: DataFolder) -> None:
    place.bring_root(to)
    if not to.current.is_symlink():
        raise NotFound(f"{source}: no data folder with a snapshot; name the one to be copied")


def _refuse_links(to: DataFolder) -> None:
    """Raises BadInput where there is a link but `current`: this site would show what it leads to here."""
    for folder, folders, files in os.walk(to.root):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if path.is_symlink() and path != to.current:
                raise BadInput(f"{path.relative_to(to.root)}: is a symbolic link at the source; nothing was changed")


class _Local:
    """A data folder that this machine reaches by its path."""

    def __init__(self, source: DataFolder) -> None:
        self._source = source

    def bring_root(self, to: DataFolder) -> None:
        for name in _ROOT:
            found = self._source.root / name
            (to.root / name).unlink(missing_ok=True)
            if found.is_symlink() or found.exists():
                shutil.copy2(found, to.root / name, follow_symlinks=False)

    def has_downloads(self) -> bool:
        return (self._source.root / _DOWNLOADS).exists()

    def bring(self, here: DataFolder, to: DataFolder) -> None:
        # Many snapshots have the same file.
        known: dict[tuple[int, int], Path] = {}
        for part in (self._source.snapshots, self._source.releases):
            for path in files_in(part):
                if part == self._source.snapshots or path.name in PUBLIC and path.parent.name.isdecimal():
                    _bring(path, path.relative_to(self._source.root), here, to, known)


class _Remote:
    """A data folder that rsync reaches."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._place = source.rstrip("/")
        if shutil.which("rsync") is None:
            raise BadInput(f"{source}: is reached by rsync, which is not installed here")

    def bring_root(self, to: DataFolder) -> None:
        _rsync([*(f"--include=/{name}" for name in _ROOT), "--exclude=*"], f"{self._place}/", to.root)

    def has_downloads(self) -> bool:
        command = ["rsync", "--list-only", "--", f"{self._place}/{_DOWNLOADS}"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def bring(self, here: DataFolder, to: DataFolder) -> None:
        known = [f"--link-dest={here.snapshots.resolve()}"] if here.snapshots.exists() else []
        _rsync(["-H", f"--exclude={HALF_MADE}*", *known], f"{self._place}/snapshots/", to.snapshots)
        known = [f"--link-dest={here.releases.resolve()}"] if here.releases.exists() else []
        some = ["--include=*/", *(f"--include=/*/*/*/{name}" for name in PUBLIC), "--exclude=*", "--prune-empty-dirs"]
        _rsync([f"--exclude={HALF_MADE}*", *known, *some], f"{self._place}/releases/", to.releases)


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


def _rsync(options: list[str], source: str, target: Path) -> None:
    # Two dashes: what follows is no option, whatever it begins with.
    command = ["rsync", "-rlpt", *options, "--", source, f"{target}/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, _VANISHED):
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise BadInput(f"{source}: rsync says: {said}")
