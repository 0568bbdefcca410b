"""A bound on the processor time of what one process does for a stranger."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kb.errors import BadInput


@contextmanager
def processor_time(seconds: float, late: str) -> Iterator[None]:
    """Raises BadInput with the sentence `late` once what is done within has taken so many seconds of the processor.

    A regular expression that backtracks is interrupted too. Only the main thread can be told so (signal.signal): in
    another the time is not bounded.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        raise BadInput(late)

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
