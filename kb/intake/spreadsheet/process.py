"""The program of the child process that reads a stranger's file: limits from the kernel, grids to standard output.

What it writes: the packed rows of each grid, then an index in JSON, then the index's length in 8 bytes.
"""

import errno
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from kb.errors import BadInput
from kb.intake.grid import Note
from kb.intake.spreadsheet.archive import members, open_archive, unpack
from kb.intake.spreadsheet.delimited import read_delimited
from kb.intake.spreadsheet.found import Found
from kb.intake.spreadsheet.kind import kind_of
from kb.intake.spreadsheet.laying_out import Budget, lay_out
from kb.intake.spreadsheet.limits import Limits
from kb.intake.spreadsheet.objects import read_objects
from kb.intake.spreadsheet.workbook import read_workbook

REFUSED, OUT_OF_MEMORY, NO_ROOM = 3, 4, 5
"""Exit codes: the message is on standard error, memory gave out, no room for what is written."""

_MOST_FILES = 50
_PANIC = "PanicException"
"""What the library for workbooks ends with on some damaged ones; it is no Exception and has no importable name."""


def main(path: str, file: str, limits: str, folder: str) -> int:
    """Reads the file within the limits, of which those of memory and processor time are set here.

    In `folder` members of an archive are unpacked; the parent removes it, since this process may be killed.
    """
    given = Limits(**json.loads(limits))
    size = given.memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (given.seconds + 1, given.seconds + 2))
    try:
        with open(sys.stdout.fileno(), "wb", closefd=False) as out:
            write_grids(Path(path), file, given, Path(folder), out)
    except BadInput as error:
        sys.stderr.write(str(error))
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            sys.stderr.write(str(error))
            return NO_ROOM
        sys.stderr.write(f"{file}: is damaged: send it again")
        return REFUSED
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        sys.stderr.write(f"{file}: is damaged: open it in a spreadsheet program and save it anew")
        return REFUSED
    return 0


def write_grids(path: Path, file: str, limits: Limits, folder: Path, out: BinaryIO) -> None:
    """Writes the grids of a file to `out`, an empty file; raises BadInput."""
    budget = Budget(limits)
    index = [grid for name, found in _found(path, file, limits, folder) if (grid := lay_out(found, name, budget, out))]
    if not index:
        raise BadInput(f"{file}: holds no table")
    said = json.dumps(index).encode()
    out.write(said)
    out.write(len(said).to_bytes(8, "little"))


def _found(path: Path, file: str, limits: Limits, folder: Path | None) -> Iterator[tuple[str, Found]]:
    """Each table with the name of its file, which for one in an archive is that of the member.

    Without a folder to unpack in, archives within archives are refused.
    """
    kind = kind_of(path, file)
    if kind == "text":
        yield file, read_delimited(path, file)
    elif kind == "json":
        yield file, read_objects(path, file)
    elif kind == "workbook":
        yield from ((file, found) for found in read_workbook(path, file, limits.cells))
    else:
        archive, what = open_archive(path, file, limits)
        with archive:
            if what == "workbook":
                yield from ((file, found) for found in read_workbook(path, file, limits.cells, archive))
                return
            if folder is None:
                raise BadInput(f"{file}: is an archive within an archive: unpack it first")
            files, others = members(archive)
            unread = "beside it in the archive was not read: it is no table"
            notes = [Note(f"the file “{name}” {unread}") for name in others]
            if not files:
                raise BadInput(f"{file}: is an archive with nothing in it")
            if len(files) > _MOST_FILES:
                raise BadInput(f"{file}: holds {len(files):,} files, and {_MOST_FILES} are read at once: send fewer")
            for member in files:
                name = PurePosixPath(member.filename).name
                unpack(archive, member, folder / "member", f"{file}, {name}")
                for _, found in _found(folder / "member", f"{file}, {name}", limits, None):
                    found.notes[:0] = notes
                    notes = []
                    yield name, found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
