"""The server: granian, one process for each worker, on one data folder."""

import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kb import logs
from kb.config import Settings
from kb.errors import BadSetting, StoreUnwritable, WhatWorksError
from kb.operations import access_log
from kb.store import publisher_process
from kb.store.folder import DataFolder
from kb.store.forgetting import forget
from kb.store.replica.read_only import replica_of
from web import body, connections, receiving, sending
from web.operations import held_folders, shared_counts
from web.site import create_app

THREADS = 16
"""Requests that one worker answers at a time besides queries; more only wait for each other."""

_STARTS_WITHIN = 60

_LOOK = 0.25
"""Seconds between two looks whether there is somebody who may publish, and before a process that ended is replaced."""

_FORGET = 3600.0
"""Seconds between two looks for what is kept of people no longer."""

_LONGEST_WAIT = 60.0
"""Seconds before a process is replaced that ends again and again; one that lasted longer is replaced at once."""

_PR_SET_PDEATHSIG = 1

_log = logging.getLogger(__name__)


def serve(settings: Settings, *, behind: bool = False) -> int:
    """Serves until SIGTERM or SIGINT; prints one line once it listens. Raises BadSetting when the port is taken.

    `behind`: what ships is not published yet, or something was begun; that is done meanwhile.
    """
    port = _free_port(settings.host, settings.port)
    logs.begin()
    # A forked worker would inherit locks held by threads of this process, and RocksDB without its threads.
    multiprocessing.set_start_method("spawn", force=True)
    most = connections.most()
    server = Granian(
        target="web",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        # A query holds a thread while its body comes, it waits, runs and is sent; pages have others.
        blocking_threads=THREADS + body.AT_ONCE + settings.query_places + settings.query_waiting + sending.AT_ONCE
        + 2 * receiving.AT_ONCE,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
        websockets=False,
        # With HTTP/2 offered too, a connection on which nothing comes would never be ended.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(1000 * connections.SILENT)),
        backpressure=most,
        log_level=LogLevels.error,
        log_dictconfig=logs.OF_GRANIAN,
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = (settings.host, port)
    threading.Thread(target=_announce, args=(address, f"http://{host}:{port}", server), daemon=True).start()
    with held_folders.scratch(), _beside(settings, behind), shared_counts.share() as counts:
        server.serve(target_loader=partial(_load, settings, os.getpid(), counts, most), wrap_loader=False)
    return 0


@contextmanager
def _beside(settings: Settings, behind: bool) -> Iterator[None]:
    """What a server does besides answering, until the block is left: it publishes, and forgets what had its time."""
    ending = threading.Event()
    publishing: list[threading.Thread] = []
    copy = replica_of(DataFolder(settings.data)) is not None
    if not copy and (not settings.store or settings.store_update):  # else what is published here would reach no engine
        publishing.append(threading.Thread(target=_publish, args=(settings, ending), daemon=True))
        if behind:
            work = (publisher_process.bring_up, settings, ending)
            publishing.append(threading.Thread(target=_work, args=work, daemon=True))
    for each in publishing:
        each.start()
    threading.Thread(target=_forget, args=(settings, ending), daemon=True).start()
    try:
        yield
    finally:
        ending.set()
        for each in publishing:
            each.join()


def _publish(settings: Settings, ending: threading.Event) -> None:
    """Keeps one process that works through the queue of submissions, once there is somebody who may publish."""
    folder = DataFolder(settings.data)
    while not _wanted(folder):
        if ending.wait(_LOOK):
            return
    while not ending.is_set():
        _work(publisher_process.work, settings, ending)


def _work(target: Callable[[Settings, int], None], settings: Settings, ending: threading.Event) -> None:
    """Does something in a process of its own, again where it fails, until it is done or the server ends.

    It is killed when the server ends, and by the kernel where the server is killed: what it had begun is begun again.
    """
    wait = _LOOK
    while not ending.is_set():
        begun = time.monotonic()
        process = multiprocessing.Process(target=target, args=(settings, os.getpid()), daemon=True)
        process.start()
        while process.is_alive() and not ending.wait(_LOOK):
            pass
        if ending.is_set():
            process.kill()
        process.join()
        if process.exitcode == 0 or ending.is_set():
            return
        wait = _LOOK if time.monotonic() - begun > _LONGEST_WAIT else min(2 * wait, _LONGEST_WAIT)
        _log.error("the publisher process ended with %s; another one begins in %g s", process.exitcode, wait)
        ending.wait(wait)


def _forget(settings: Settings, ending: threading.Event) -> None:
    """Forgets what has had its time; here, for the process that publishes begins only once somebody may publish."""
    folder = DataFolder(settings.data)
    while not ending.is_set():
        try:
            if replica_of(folder) is None:  # which has nothing that is kept of people
                forget(folder, settings)
        except WhatWorksError as error:
            _log.error("what is kept of people no longer could not be deleted: %s", error)
        try:
            access_log.prune(folder, settings.access_log_months)
        except OSError as error:
            _log.error("months of the access log that have had their time could not be deleted: %s", error)
        ending.wait(_FORGET)


def _wanted(folder: DataFolder) -> bool:
    try:
        return publisher_process.wanted(folder)
    except StoreUnwritable:  # pages say so to who wants to publish
        return False


def _load(settings: Settings, parent: int, counts: Path | None, most: int) -> Callable[..., Any]:
    """The application, in a worker; the worker is killed if the process that started it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before it could be watched
            os._exit(1)
    logs.begin()
    app = create_app(settings, counts)
    # What was loaded stays, and what a request leaves in circles is little: to look for it seldom is enough.
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    app.extensions["recorder"].begin()
    if not settings.proxies:  # all of whose connections are one client's
        connections.watch(most)
    threading.Thread(target=_begin_asking, args=(app,), name="asking", daemon=True).start()
    return app


def _begin_asking(app: Flask) -> None:
    """What the first queries would wait for, read meanwhile."""
    try:
        app.extensions["asker"].begin(app.extensions["reader"].snapshots.current().location)
    except WhatWorksError as error:
        _log.info("queries begin with the first: %s", error)


def _free_port(host: str, port: int) -> int:
    """The port, or a free one for 0; workers share a port, so that one in use would go unnoticed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise BadSetting(f"{host}:{port}: cannot listen there ({error.strerror}); choose another --port") from error


class _NoneRespawned(dict[int, float]):
    """When each worker was replaced, kept empty: granian ends the whole server if one dies twice within 5.5 s."""

    def __setitem__(self, worker: int, at: float) -> None:
        pass


def _announce(address: tuple[str, int], url: str, server: Any) -> None:
    """Says where the site is once it listens; from then on every worker that dies is replaced."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            server.respawned_wrks = _NoneRespawned()
            print(f"Serving on {url}", flush=True)
            return
