"""The entry: a file of any kind that holds tables becomes grids, read by a process that can be killed."""

import json
import mmap
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from kb.errors import BadInput, StoreUnwritable
from kb.intake.grid import Grid, Note
from kb.intake.spreadsheet import process
from kb.intake.spreadsheet.limits import Limits
from kb.intake.spreadsheet.packed import PackedRows
from kb.scratch import scratch_folder

_MEMORY = "delete cells that stand far from the table, or send it in parts"


def read_grids(path: Path, limits: Limits, name: str = "") -> list[Grid]:
    """Every table of the file: of a workbook each sheet that is shown, of a zip each file. There is one at least.

    `name` is the file's name as sent, where `path` has another. The rows lie in a temporary file without name, which
    the kernel frees with the last grid; they are decoded each time that they are read. The row of a list of objects in
    JSON is the object's number, and `heading_row` is 0. Raises BadInput for what cannot be read or is beyond the
    limits, StoreUnwritable where there is no room for temporary files.
    """
    file = (name or path.name).replace("\\", "/").rpartition("/")[2]
    size = path.stat().st_size
    if size > limits.megabytes * 1_000_000:
        raise BadInput(
            f"{file}: has {size / 1_000_000:,.1f} MB, and up to {limits.megabytes:,} are taken: send it in parts"
        )
    with tempfile.TemporaryFile() as out, scratch_folder() as folder:
        _run(path, file, limits, folder, out)
        return grids_in(memoryview(mmap.mmap(out.fileno(), 0, access=mmap.ACCESS_READ)))


def grids_in(memory: memoryview) -> list[Grid]:
    """The grids that the child process wrote."""
    length = int.from_bytes(memory[-8:], "little")
    return [
        Grid(
            file=each["file"],
            sheet=each["sheet"],
            heading_row=each["heading_row"],
            headings=tuple(each["headings"]),
            positions=tuple(each["positions"]),
            rows=PackedRows(memory, **each["rows"]),
            notes=tuple(Note(*note) for note in each["notes"]),
        )
        for each in json.loads(bytes(memory[-8 - length : -8]))
    ]


def _run(path: Path, file: str, limits: Limits, folder: str, out: BinaryIO) -> None:
    given = [str(path.resolve()), file, json.dumps(asdict(limits)), folder]
    program = [sys.executable, "-P", "-m", process.__name__, *given]
    late = f"{file}: reading it takes longer than {limits.seconds} s: send it as CSV or in parts"
    try:
        done = subprocess.run(program, stdout=out, stderr=subprocess.PIPE, timeout=limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise BadInput(late) from error
    if done.returncode == 0:
        return
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == process.REFUSED:
        raise BadInput(said)
    if done.returncode == process.NO_ROOM:
        raise StoreUnwritable(f"{file}: cannot be read, since temporary files cannot be written: {said}")
    if done.returncode == -signal.SIGXCPU:
        raise BadInput(late)
    if done.returncode < 0 or done.returncode == process.OUT_OF_MEMORY:
        raise BadInput(f"{file}: reading it takes more than {limits.memory_mb:,} MB of memory: {_MEMORY}")
    raise RuntimeError(f"{file}: reading it failed: {said}")
