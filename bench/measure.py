"""One measured call in a process of its own: seconds, peak memory, and what it returned."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any


@dataclass(frozen=True)
class Measured:
    """`seconds` of wall time inside the call, `peak_mb` of the process and its children."""

    seconds: float
    peak_mb: float
    value: Any


def measured(function: Callable[..., Any], *arguments: Any) -> Measured:
    """Runs `function(*arguments)` in a fresh process; raises RuntimeError with its words when it fails."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    try:
        outcome = ours.recv()
    except EOFError:
        outcome = RuntimeError(f"{function.__name__} ended without an answer")
    process.join()
    if isinstance(outcome, Exception):
        raise RuntimeError(f"{function.__name__}: {outcome}")
    assert isinstance(outcome, Measured)
    return outcome


def best(times: int, function: Callable[..., Any], *arguments: Any) -> Measured:
    """The quickest of several measured calls: the least disturbed one."""
    return min((measured(function, *arguments) for _ in range(times)), key=lambda one: one.seconds)


def _run(pipe: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        begin = time.perf_counter()
        value = function(*arguments)
        seconds = time.perf_counter() - begin
        peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        pipe.send(Measured(seconds, peak / 1024, value))
    except Exception as error:
        pipe.send(error)
