"""The program of a process that checks parts of a large submission, one after the other, for the process that began it.

What it reads: what is asked, then parts; what it writes: the results of each part. Each is its length in 8 bytes, and
pickled or, for a part, N-Triples lines. It ends with its input, or when the process that began it has ended.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import IO, NamedTuple

from kb.protocols.background import background
from kb.protocols.results import Gathering
from kb.protocols.validation import validate

_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8


class Asked(NamedTuple):
    """What parts are checked against: files of shapes, the folder of the ontology (None: that which ships), engine."""

    files: tuple[Path, ...]
    ontology: Path | None
    engine: str


def main(parent: int, limit: int) -> int:
    """Checks what comes on standard input, with no more bytes of memory than is said (0: as many as there are)."""
    _bound(parent, limit)
    with open(0, "rb", closefd=False) as source, open(1, "wb", closefd=False) as target:
        asked = pickle.loads(receive(source))
        known = background(asked.ontology)
        gc.freeze()  # the vocabulary stays, and need not be gone through to find what does not
        while part := receive(source):
            results = validate(part.split(b"\n"), asked.files, known, asked.engine)
            send(target, pickle.dumps(Gathering(results).gathered()))
    return 0


def send(target: IO[bytes], content: bytes) -> None:
    """Writes one message."""
    target.write(len(content).to_bytes(8, "little"))
    target.write(content)
    target.flush()


def receive(source: IO[bytes]) -> bytes:
    """The next message; empty at the end, and where it is cut off."""
    length = int.from_bytes(source.read(8), "little")
    content = source.read(length)
    return content if len(content) == length else b""


def _bound(parent: int, limit: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it could be watched
            os._exit(1)
        # Each thread of an engine would reserve up to 128 MB of address space, which is what is bounded.
        libc.mallopt(_M_ARENA_MAX, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limit:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
