"""No cell is so written that reading it takes the square of its length, or more than its process may take."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.store.processor_time import processor_time

SECONDS = 60
"""Of the processor; all of it takes a tenth, and one such cell alone would take more."""


def test_long_cells_are_read_in_time() -> None:
    program = [sys.executable, str(Path(__file__).parent / "hostile_cells.py"), str(SECONDS)]
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or signal.Signals(-done.returncode)
    assert int(done.stdout) > 1_000


def test_what_takes_too_long_is_stopped_within_a_pattern_too() -> None:
    with pytest.raises(BadInput, match="too long"), processor_time(0.3, "it takes too long"):
        re.fullmatch(r"(a|a)+b", "a" * 40)
    with processor_time(0.3, "it takes too long"):
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) == signal.SIG_DFL
