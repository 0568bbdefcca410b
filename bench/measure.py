"""One measured call in a process of its own: seconds, peak memory, and what it returned."""

import math
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

SAMPLED = 0.05
"""Seconds between two looks at the memory of the processes. What a child is said to have used at most will not do: it
counts what its parent had when it was forked."""


@dataclass(frozen=True)
class Measured:
    """`seconds` of wall time inside the call, `peak_mb` of the process and all below it at one moment."""

    seconds: float
    peak_mb: float
    value: Any


def measured(function: Callable[..., Any], *arguments: Any, within: float = math.inf) -> Measured:
    """Runs `function(*arguments)` in a fresh process.

    Raises RuntimeError with its words when it fails, and where it takes longer than `within` seconds.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    tree, end = 0.0, time.monotonic() + within
    while not ours.poll(SAMPLED):
        tree = max(tree, _resident_mb(process.pid or 0))
        if time.monotonic() > end:
            process.kill()
            process.join()
            raise RuntimeError(f"{function.__name__}: not done within {within:,.0f} s")
    try:
        outcome = ours.recv()
    except EOFError:
        outcome = RuntimeError(f"{function.__name__} ended without an answer")
    process.join()
    if isinstance(outcome, Exception):
        raise RuntimeError(f"{function.__name__}: {outcome}")
    assert isinstance(outcome, Measured)
    return replace(outcome, peak_mb=max(tree, outcome.peak_mb))


def best(times: int, function: Callable[..., Any], *arguments: Any) -> Measured:
    """The quickest of several measured calls: the least disturbed one."""
    return min((measured(function, *arguments) for _ in range(times)), key=lambda one: one.seconds)


def processor_seconds(pid: int) -> float:
    """Seconds of the processor that a process, and those below it that are there, have had."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return 0.0
    own = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(child) for child in _children(pid))


def _run(pipe: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        begin = time.perf_counter()
        value = function(*arguments)
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pipe.send(Measured(seconds, peak / 1024, value))
    except Exception as error:
        pipe.send(error)


def _resident_mb(pid: int) -> float:
    """What a process and those below it have in memory now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has ended meanwhile
        return 0.0
    own = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return own / 1024 + sum(_resident_mb(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    try:
        listed = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for each in listed for child in each.split()]
