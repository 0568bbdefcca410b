"""Blank nodes become IRIs (RDF 1.1 Concepts §3.5), within limits of time and memory.

Canonicalisation takes exponential time on some graphs, and it runs on a stranger's file: so it runs in a child process
that can be killed. A file without blank nodes, the common case, starts none. How names are made and when they stay the
same: kb.intake.canonical.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from kb.errors import BadInput
from kb.intake import canonical

_NOT_BLANK = (b"> .", b'" .')
_ADVICE = "give these nodes IRIs of their own"


def skolemise(lines: Iterable[bytes], *, genid: str, seconds: int, megabytes: int) -> list[bytes]:
    """The N-Triples lines with every blank node replaced by an IRI that starts with `genid`; order is not kept.

    Raises BadInput where that takes longer than `seconds` or more memory than `megabytes`.
    """
    plain: list[bytes] = []
    anonymous: list[bytes] = []
    for line in lines:
        (anonymous if has_blank_node(line) else plain).append(line)
    if not anonymous:
        return plain
    program = [sys.executable, "-P", str(Path(canonical.__file__)), genid, str(seconds), str(megabytes)]
    try:
        done = subprocess.run(program, input=b"\n".join(anonymous), capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise BadInput(
            f"naming the blank nodes of these files takes longer than {seconds} s (too many look alike): {_ADVICE}"
        ) from error
    if done.returncode < 0 or done.returncode == canonical.OUT_OF_MEMORY:
        raise BadInput(f"naming the blank nodes of these files takes more than {megabytes} MB of memory: {_ADVICE}")
    if done.returncode:
        raise RuntimeError(f"naming blank nodes failed: {done.stderr.decode(errors='replace')}")
    return plain + done.stdout.split(b"\n")


def has_blank_node(line: bytes) -> bool:
    """Whether the subject or the object of the N-Triples line is a blank node."""
    return line.startswith(b"_:") or (not line.endswith(_NOT_BLANK) and bool(canonical.blank_nodes(line)))
