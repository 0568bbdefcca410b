"""What waits for somebody: interrupted work, what may not be written, tokens that have ended."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from kb.config import Settings
from kb.errors import WhatWorksError
from kb.operations.doctor.finding import Finding
from kb.store import releases, serving
from kb.store.clock import ago, now
from kb.store.durability import HALF_MADE
from kb.store.folder import DataFolder
from kb.store.layout import check_layout, read_layout
from kb.store.queue import Queue
from kb.store.replica.read_only import replica_of
from kb.store.shipped import is_upgraded
from kb.store.state import Applied
from kb.store.tokens import Tokens
from kb.store.withdrawal import plan

SOON = timedelta(days=30)
"""Before a token ends in which that is said."""

_NEXT = "The next publication, or a server that starts, does it first; or run `whatworks rebuild` now"


def layout(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder was written by this version of the program."""
    folder = DataFolder(settings.data)
    try:
        check_layout(folder)
        found = read_layout(folder)
    except WhatWorksError as error:
        yield Finding("layout", "fault", str(error))
        return
    if found is not None:
        yield Finding("layout", "ok", f"the data folder has layout {found}, which this program reads and writes")


def permissions(settings: Settings) -> Iterator[Finding]:
    """Whether this account may write what the site writes, and nothing there belongs to another one."""
    folder = DataFolder(settings.data)
    if not folder.root.exists():
        above = folder.root.absolute().parent
        if os.access(above, os.W_OK):
            yield Finding("permissions", "ok", f"{folder.root} is not there yet, and can be made")
        else:
            do = f"Make it, for the account that runs the site: `install -d -o whatworks {folder.root}`"
            yield Finding("permissions", "fault", f"{folder.root} is not there, and cannot be made", do)
        return
    places = [folder.root, *(path for path in sorted(folder.root.iterdir()) if path.exists())]
    shut = [path for path in places if not os.access(path, os.W_OK | (os.X_OK if path.is_dir() else os.R_OK))]
    owner = folder.root.stat().st_uid
    others = [path for path in places if path.stat().st_uid != owner]
    if shut:
        do = "Give them to the account that runs the site (chown -R); what only reads needs no leave to write"
        yield Finding("permissions", "fault", f"this account may not write {_named(shut)}", do)
    elif others:
        do = f"After a command that was run as another account: `chown -R {owner} {folder.root}`"
        yield Finding("permissions", "warning", f"{_named(others)} belong to another account than {folder.root}", do)
    elif os.getuid() == 0 and owner != 0:
        do = "Run whatworks as the account that owns the data, or its files will belong to root"
        yield Finding("permissions", "warning", "you are root, and the data is not root's", do)
    else:
        yield Finding("permissions", "ok", f"{folder.root} can be written, and belongs to one account")


def interrupted(settings: Settings) -> Iterator[Finding]:
    """Work that was begun and not finished; what is being done at this moment looks the same."""
    folder = DataFolder(settings.data)
    found = []
    catch_up, next_writer = _NEXT, "publication"
    try:
        if (copy := replica_of(folder)) is not None:
            catch_up, next_writer = f"Run `whatworks replicate {copy.source}`", "`whatworks replicate`"
        if (begun := plan.pending(folder)) is not None:
            said = f"withdrawal {begun.tombstone.number} was begun and not finished: what must go may still be there"
            found.append(Finding("interrupted", "fault", said, "Run `whatworks rebuild`, which finishes it"))
        if behind := list(_behind(folder, settings)):
            said = f"accepted and not yet served: {', '.join(behind[:5])}"
            found.append(Finding("interrupted", "warning", said, catch_up))
        if copy is None and is_upgraded(folder):
            said = "what ships with this version of the program is not published, and the site shows that of before"
            do = "A server publishes it when it starts, and meanwhile; its log says what prevents it"
            found.append(Finding("interrupted", "warning", said, do))
        if again := [job for job in Queue(folder).jobs() if job.begun > 1]:
            said = f"{len(again)} pieces of work on submissions were begun more than once, as after a crash"
            do = "See the log for why; after three times one is given up"
            found.append(Finding("interrupted", "warning", said, do))
    except (WhatWorksError, OSError, ValueError, KeyError, TypeError) as error:
        found.append(Finding("interrupted", "fault", f"cannot be told ({error})", "See the other lines"))
    if left := [path for parent in (folder.root, folder.snapshots) for path in parent.glob(f"{HALF_MADE}*")]:
        said = f"{_named(left)} are half made: something is being published now, or a writer died"
        found.append(Finding("interrupted", "warning", said, f"The next {next_writer} clears them away"))
    yield from found or [Finding("interrupted", "ok", "nothing was left half done")]


def tokens(settings: Settings) -> Iterator[Finding]:
    """Tokens that have ended, or soon will, without having been revoked."""
    try:
        found = Tokens(DataFolder(settings.data)).all()
    except WhatWorksError as error:
        yield Finding("tokens", "fault", str(error), "Restore state.sqlite from a backup")
        return
    in_force = {each.publisher for each in found if each.status == "in force"}
    ended = [each for each in found if each.status == "expired" and each.publisher not in in_force]
    ending = [each for each in found if each.status == "in force" and (each.expires or "~") < ago(-SOON)]
    do = "Make another one, if they still publish: `whatworks token create PUBLISHER --name …`"
    if ended:
        publishers = ", ".join(sorted({each.publisher for each in ended}))
        yield Finding("tokens", "warning", f"nobody can publish for {publishers}: their tokens ended", do)
    for each in ending:
        yield Finding("tokens", "warning", f"{each.name!r} of {each.publisher} ends on {(each.expires or '')[:10]}", do)
    if not ended and not ending:
        number = sum(each.status == "in force" for each in found)
        yield Finding("tokens", "ok", f"{number} in force on {now()[:10]}, none of which ends soon")


def _behind(folder: DataFolder, settings: Settings) -> Iterator[str]:
    """Releases that are not stored in full, as `publisher/dataset release n`."""
    there = releases.datasets(folder)
    applied = serving.applied(folder, settings) if there else {}
    for key in there:
        latest = releases.numbers(folder, *key)[-1]
        if applied.get(key) != Applied(latest, complete=True):
            yield f"{'/'.join(key)} release {latest}"


def _named(paths: list[Path]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(path.name for path in paths[:3]) + more

