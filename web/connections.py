"""Connections of clients to one worker: how many there may be, and which are ended from here.

The server ends one whose request does not begin within SILENT s, and no other. The kernel can end any: each is an open
file of this process, known by the address of its other end. So whoever fills them up, or sends a body that does not
end, loses connections to others.
"""

import os
import resource
import socket
import stat
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Any

SILENT = 20.0
"""Seconds within which the head of a request must have come, counted from the start or from the answer before it."""

MOST = 4096
"""Connections of one worker, where it may open as many files; each takes some 10 kB."""

_FILES = 512
"""Files that a worker opens besides."""

_FEW = 32
"""Connections that a client keeps however crowded it is."""

_CROWDED = 0.75
"""Share of the connections from which some are ended, so that there is room before there is none."""

_LOOK = 1.0
"""Seconds between two looks at how many there are."""

_QUIET = 500
"""Milliseconds without a byte in either direction after which a connection may be ended for others."""

_WAITS = (0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.0)
"""Seconds between looks for a connection on which an answer is sent."""

_KNOWS = sys.platform == "linux"
"""Whether the kernel tells when a connection was last used."""

_OPEN_FILES = "/dev/fd"
_LAST_SENT, _LAST_RECEIVED = 44, 52


def most() -> int:
    """How many connections a worker may have; the limit of open files is raised as far as this process may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST + _FILES  # each is looked at through a file of its own
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
            soft = allowed
    files = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
    return max((files - _FILES) // 2, files // 4)


def unanswered(environ: Mapping[str, Any], seconds: float) -> frozenset[int]:
    """The connections from where a request comes to which nothing was sent for so long: its own is one of them.

    The server does not tell which. They are told by their inodes; empty where the kernel does not say what was sent.
    """
    before_proxies = environ.get("werkzeug.proxy_fix.orig") or environ
    host = _plain(str(before_proxies.get("REMOTE_ADDR")))
    found = set()
    for connection in _connections() if _KNOWS else ():
        with connection, suppress(OSError):
            if _plain(connection.getpeername()[0]) == host and _unused(connection)[0] >= 1000 * seconds:
                found.add(_inode(connection))
    return frozenset(found)


def stop_reading(candidates: frozenset[int], seconds: float, ended: threading.Event) -> None:
    """Lets nothing more come on those of the connections that are being answered, until a body has `ended` by that.

    To the candidates nothing had been sent for `seconds`; the answer itself still goes out. Gives up after a while.
    """
    for wait in _WAITS if candidates else ():
        for connection in _connections():
            with connection, suppress(OSError):
                if _inode(connection) in candidates and _unused(connection)[0] < 1000 * seconds:
                    connection.shutdown(socket.SHUT_RD)
        if ended.wait(wait):
            return


def watch(allowed: int) -> None:
    """Keeps room among the connections of this worker, in a thread; where the kernel tells when each was last used."""
    if _KNOWS:
        threading.Thread(target=_watch, args=(int(_CROWDED * allowed),), name="connections", daemon=True).start()


def make_room(allowed: int) -> int:
    """Ends quiet connections, the longest quiet first, of the clients who have most, until so many are left.

    Gives how many were ended.
    """
    found: list[tuple[str, float, socket.socket]] = []
    try:
        for connection in _connections():
            with suppress(OSError):
                found.append((_network(connection.getpeername()[0]), min(_unused(connection)), connection))
                continue
            connection.close()  # of which the other end has gone
        held = Counter(client for client, _, _ in found)
        ended = 0
        for client, quiet, connection in sorted(found, key=lambda each: (held[each[0]], each[1]), reverse=True):
            if len(found) - ended <= allowed:
                break
            if held[client] > _FEW and quiet >= _QUIET:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                held[client] -= 1
                ended += 1
        return ended
    finally:
        for _, _, connection in found:
            connection.close()


def _watch(allowed: int) -> None:
    while True:
        time.sleep(_LOOK)
        with suppress(OSError):
            if len(os.listdir(_OPEN_FILES)) > allowed:
                make_room(allowed)


def _connections() -> Iterator[socket.socket]:
    """The connections of this process, each as an object of its own, to be closed by who asked."""
    for name in os.listdir(_OPEN_FILES):
        with suppress(OSError):
            file = int(name)
            if not stat.S_ISSOCK(os.fstat(file).st_mode):
                continue
            copy = os.dup(file)
            try:
                connection = socket.socket(fileno=copy)
            except OSError:
                os.close(copy)
                raise
            if connection.family in (socket.AF_INET, socket.AF_INET6):
                yield connection
            else:
                connection.close()


def _inode(connection: socket.socket) -> int:
    return os.fstat(connection.fileno()).st_ino


def _unused(connection: socket.socket) -> tuple[int, int]:
    """Milliseconds since data was sent to the client, and since some came (struct tcp_info in tcp(7))."""
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    sent, came = (int(struct.unpack_from("I", told, at)[0]) for at in (_LAST_SENT, _LAST_RECEIVED))
    return sent, came


def _plain(host: str) -> str:
    """The address in one spelling; of IPv4 on a socket of IPv6 that of IPv4."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(getattr(address, "ipv4_mapped", None) or address)


def _network(host: str) -> str:
    address = _plain(host)
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
