"""What the machine gives: room on disks, memory, and a clock that can be believed."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from kb.config import Settings
from kb.errors import WhatWorksError
from kb.operations.doctor.finding import Finding, size
from kb.operations.space import free, kind_of_disk, taken
from kb.store import releases
from kb.store.audit import Audit
from kb.store.folder import DataFolder
from kb.store.snapshots import ids, record_of

LEAST = 500_000_000
"""Bytes below which a disk is nearly full, however small the store is."""

SERVER_MB = 300
"""MB of memory for the server's own process (210 with the knowledge that ships) and what a publisher's begins with."""

WORKER_MB = 240
"""MB of a process that answers requests, without the answers that it keeps (236 with the knowledge that ships)."""

READY_MB = 60
"""MB of the one process for queries more than there are places, which each worker keeps ready (59, without a query)."""

_MB = 1_000_000
_IN_MEMORY = ("tmpfs", "ramfs")
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.s3fs", "9p", "virtiofs")
_AHEAD = timedelta(minutes=1)


def disk(settings: Settings) -> Iterator[Finding]:
    """The disk of the data folder, by what the store and its snapshots take; and where temporary files go."""
    folder = DataFolder(settings.data)
    store, left = taken(folder.store), free(folder.root)
    everything = taken(folder.root)
    room = f"{size(left)} free, {size(everything)} taken in {folder.root}, of which {size(store)} by the store"
    # A publication may write all files of the store anew, and makes an index, tables and downloads besides.
    if left < max(store, LEAST // 5):
        do = "Make room before anything is published: lower WHATWORKS_KEEP_SNAPSHOTS, or unpin some, and then run "
        do += "`whatworks snapshots retire`; or grow the disk"
        yield Finding("disk", "fault", room, do)
    elif left < max(3 * store, LEAST):
        yield Finding("disk", "warning", room, "It will not last: grow the disk, or lower WHATWORKS_KEEP_SNAPSHOTS")
    else:
        yield Finding("disk", "ok", room)
    found = os.statvfs(folder.root if folder.root.exists() else Path.cwd())
    if found.f_files and found.f_favail < 20_000:
        yield Finding("disk", "warning", f"{found.f_favail} more files can be made there", "Remove files on that disk")
    kind = kind_of_disk(folder.root)
    if kind in _IN_MEMORY:
        do = "Put WHATWORKS_DATA on a disk"
        yield Finding("disk", "fault", f"{folder.root} is in memory ({kind}), and gone when the machine restarts", do)
    elif kind in ("overlay", "aufs"):
        do = "Mount a volume there"
        yield Finding("disk", "warning", f"{folder.root} lies in a container, and goes with it ({kind})", do)
    elif kind in _NETWORK:
        do = "Put it on a disk of this machine: locks and renames of network disks are not always what they should be"
        yield Finding("disk", "warning", f"{folder.root} is on a network disk ({kind})", do)


def temporary(settings: Settings) -> Iterator[Finding]:
    """Room for temporary files: answers that are too large for a message, and files while they are read."""
    folder = Path(tempfile.gettempdir())
    left, wanted = free(folder), (2 * settings.query_result_mb + 2 * settings.upload_unpacked_mb) * _MB
    room = f"{size(left)} free in {folder} for temporary files"
    if not os.access(folder, os.W_OK):
        yield Finding("temporary", "fault", f"{folder} cannot be written", "Set TMPDIR to a folder that can")
    elif left < wanted // 4:
        yield Finding("temporary", "fault", room, "Queries and uploads will fail; set TMPDIR to a folder on a disk")
    elif left < wanted:
        do = f"Large answers and uploads together may need {size(wanted)}; set TMPDIR to a folder with more"
        yield Finding("temporary", "warning", room, do)
    elif kind_of_disk(folder) in _IN_MEMORY:
        do = "It counts as memory in use; set TMPDIR to a folder on a disk where memory is short"
        yield Finding("temporary", "warning", f"{room}, which is memory", do)
    else:
        yield Finding("temporary", "ok", room)


def memory_allowed(settings: Settings) -> int:
    """MB (of 2**20 bytes) for the service and all that strangers and publishers can ask, as docs/operating.md says."""
    queries = settings.query_places * settings.query_mb
    workers = settings.workers * (WORKER_MB + READY_MB + settings.page_cache_mb + queries)
    return SERVER_MB + workers + settings.submission_mb


def memory(settings: Settings) -> Iterator[Finding]:
    """The machine's memory, or the container's, by what the settings allow at most."""
    there = _memory()
    if there is None:
        return
    wanted = memory_allowed(settings) * 2**20
    said = f"{size(there)} of memory; the settings allow {size(wanted)}, if everything is at its limit at once"
    if wanted > 2 * there:
        do = "Lower WHATWORKS_QUERY_PLACES, WHATWORKS_QUERY_MB or WHATWORKS_SUBMISSION_MB, or give it more memory"
        yield Finding("memory", "warning", said, do)
    else:
        yield Finding("memory", "ok", said)


def clock(settings: Settings) -> Iterator[Finding]:
    """The clock, by what was written down before: nothing is from later, and what came later has a later time."""
    folder, now = DataFolder(settings.data), datetime.now(UTC)
    do = "Set it, and let it be kept (`timedatectl set-ntp true`): releases, tokens and sessions go by it"
    try:
        times = [(record_of(folder.snapshots / id).issued, f"snapshot {id}") for id in ids(folder)]
        backwards = [after for before, after in pairwise(times) if after[0] < before[0]]
        newest = [(each.issued, f"{each.name} release {each.number}") for each in _newest_releases(folder)]
        audited = [each.at for each in Audit(folder).entries()]
    except (WhatWorksError, OSError, ValueError, TypeError) as error:
        yield Finding("clock", "warning", f"what it is compared with cannot be read ({error})", "See the other lines")
        return
    late = [(at, what) for at, what in (*times, *newest) if datetime.fromisoformat(at) > now + _AHEAD]
    if late:
        at, what = max(late)
        yield Finding("clock", "fault", f"it says {now:%Y-%m-%d %H:%M} UTC, and {what} is from {at}", do)
    elif backwards or any(later < earlier for later, earlier in pairwise(audited)):
        what = backwards[-1][1] if backwards else "the audit log"
        said = f"it was set back once: {what} has an earlier time than what came before it"
        yield Finding("clock", "warning", said, "See that it is kept now (`timedatectl`); what was dated stays so")
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, after all that is dated")


def _newest_releases(folder: DataFolder) -> Iterator[releases.Release]:
    for publisher, dataset in releases.datasets(folder):
        if (found := releases.latest(folder, publisher, dataset)) is not None:
            yield found


def _memory() -> int | None:
    """Bytes; None where the system does not tell."""
    limits = []
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(path).read_text(encoding="ascii")))
        except (OSError, ValueError):  # the latter for `max`: none is set
            continue
    try:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (OSError, ValueError):
        return None
    return min(limits)
