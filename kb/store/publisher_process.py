"""The process that works through the queue, one job at a time; what it had begun when it was killed is begun again.

Beside it, where the site has been upgraded, one that publishes what ships with the new version.
"""

import ctypes
import fcntl
import gc
import logging
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from kb import logs
from kb.config import Settings
from kb.errors import StoreBusy, StoreMissing, StoreUnwritable, WhatWorksError
from kb.namespaces import HOME, expand
from kb.protocols.catalogue import protocols
from kb.protocols.check import check
from kb.protocols.columns import record_columns
from kb.store.clock import ago
from kb.store.distributions.index import made_by
from kb.store.durability import HALF_MADE, make_folder
from kb.store.folder import DataFolder
from kb.store.previews import remove_stale
from kb.store.publication import catch_up
from kb.store.queue import Queue
from kb.store.reconcile import is_left_to_do
from kb.store.shipped import publish_shipped
from kb.store.submission_folder import SubmissionFolder
from kb.store.submission_work import do
from kb.store.submissions import Submissions
from kb.store.tokens import Tokens

LOOK = 0.05
"""Seconds between two looks at the queue."""

BUSY = 1.0
"""Seconds before another try where another process holds the lock."""

WORN_MB = 600
"""Memory from which the process ends and is replaced: not all that a large submission took is given back."""

TIDY = 3600.0
"""Seconds between two looks for submissions that have had their time."""

_STATEMENT = f"<{HOME}/id/asset/none> <{expand('rdf:type')}> <{expand('ww:Asset')}> .".encode()

_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8
_MB = 1024 * 1024

_log = logging.getLogger(__name__)


def collect_rarely() -> None:
    """Looks for cycles less often: a large submission makes millions of objects in none, and looking costs a 20th."""
    gc.set_threshold(50_000, 20, 20)


def work(settings: Settings, parent: int) -> None:
    """Works until it is killed, which happens with its parent, or is worn; for a process of its own."""
    _begin(parent)
    folder = DataFolder(settings.data)
    with _alone(folder):
        tidied, ready = float("-inf"), False
        while _peak_mb() < WORN_MB:
            if time.monotonic() - tidied > TIDY:
                tidy(folder, settings)
                tidied = time.monotonic()
            if work_off(folder, settings, bounded=True):
                continue
            if not ready:  # what waited already has not waited for this
                get_ready(settings)
                ready = True
            time.sleep(LOOK)


def bring_up(settings: Settings, parent: int) -> None:
    """Publishes what ships where that is not done, and finishes what was begun, while the site answers from what it
    has; for a process of its own, which is killed with its parent. It ends with 1 where it is to be tried again.
    """
    _begin(parent)
    folder = DataFolder(settings.data)
    while True:
        try:
            publish_shipped(folder, settings, on_step=_log.info)
            if not settings.store and is_left_to_do(folder):
                catch_up(folder, settings, _log.info)
            return
        except StoreBusy:
            time.sleep(BUSY)
        except WhatWorksError as error:
            _log.error("what ships with this version, or was accepted before, is not shown yet: %s", error)
            if isinstance(error, StoreUnwritable | StoreMissing):
                sys.exit(1)
            return


def _begin(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        # Each thread of an engine would reserve up to 128 MB of address space, which is what is bounded.
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    collect_rarely()
    logs.begin()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        os.nice(5)


def get_ready(settings: Settings) -> None:
    """Reads what every sheet and check needs, so that the first one finds it: 0.6 s of processor time."""
    for each in protocols():
        record_columns(each.id)
    check([_STATEMENT], engine=settings.shacl_engine)
    made_by()  # of the files as they were read, whatever is installed while it runs


def wanted(folder: DataFolder) -> bool:
    """Whether there is anything to work for: a job, or a token with which one may come."""
    return bool(Queue(folder).jobs() or any(token.status == "in force" for token in Tokens(folder).all()))


def work_off(folder: DataFolder, settings: Settings, *, bounded: bool = False) -> int:
    """Does what waits in the queue; answers how many jobs it did. It stops where another process is publishing.

    `bounded`: reading and checking may take no more memory than the settings say, of which this process then has no
    more either.
    """
    queue, done = Queue(folder), 0
    while (job := queue.begin()) is not None:
        if bounded:
            _limit(settings.submission_mb if job.work == "read" else None)
        try:
            if not do(folder, job, settings):
                queue.wait(job)
                break
        except StoreUnwritable:
            queue.wait(job)
            raise
        queue.done(job)
        done += 1
    return done


def tidy(folder: DataFolder, settings: Settings) -> None:
    """Deletes what is kept no longer: submissions that nothing has happened to, and what was half made."""
    submissions = Submissions(folder)
    for each in submissions.older_than(ago(timedelta(days=settings.submission_days))):
        if not each.working:
            submissions.forget(each.id, f"nothing was done with it for {settings.submission_days} days")
            SubmissionFolder(folder, each.id).delete()
    remove_stale(folder)
    if folder.submissions.is_dir():
        for path in folder.submissions.glob(f"{HALF_MADE}*"):  # left by one that was killed while it deleted
            shutil.rmtree(path, ignore_errors=True)
        known = submissions.ids()
        for path in folder.submissions.iterdir():
            # A body that was cut off, or whose server was killed, has a folder and was never registered.
            if path.name not in known and time.time() - path.stat().st_mtime > 24 * 3600:
                SubmissionFolder(folder, path.name).delete()


@contextmanager
def _alone(folder: DataFolder) -> Iterator[None]:
    """Waits until no other process works through the queue of this data folder."""
    make_folder(folder.root)
    with open(folder.queue_lock, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _limit(megabytes: int | None) -> None:
    """Bounds the memory of what is done next; None lifts the bound."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard if megabytes is None else megabytes * _MB
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "linux" else peak / _MB
