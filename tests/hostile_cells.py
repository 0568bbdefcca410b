"""A program that has long cells read which take a careless pattern the square of their length, in what time it has.

    python tests/hostile_cells.py SECONDS

The kernel ends it when it has taken so many seconds of the processor.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from itertools import product

from kb.intake.spreadsheet import headings
from kb.mapping.cell_kinds import KINDS, Cells
from kb.mapping.mapping import Mapping
from kb.mapping.values.labels import plain
from kb.mapping.values.names import Names
from kb.mapping.values.points import Written, read_point
from kb.mapping.values.reader import reader
from kb.mapping.words import readings
from kb.protocols.columns import record_columns

LENGTH = 60_000
BEFORE = ("", "1", "a", "a@", "£1", "0.")
REPEATED = (" ", "9", ".", "T", "(", "a.", "1,", "x ", "\u0301\u0323", "; ")
AFTER = ("x", "\n")
COLUMNS = {
    (each.path, each.field.datatype, each.code_lists): each
    for protocol in ("dp-01", "dp-13")
    for about in record_columns(protocol)
    for each in about.columns
}


def cells() -> Iterator[str]:
    """Long ones, made of one thing again and again."""
    for before, repeated, after in product(BEFORE, REPEATED, AFTER):
        yield before + repeated * (LENGTH // len(repeated)) + after


def ways() -> Iterator[Callable[[str], object]]:
    """All that looks at the text of a cell or of a heading."""
    yield lambda cell: read_point(Written(cell, "1", cell))
    yield lambda cell: read_point(Written(whole=cell))
    yield plain
    yield readings
    yield headings.kind_of
    yield lambda cell: headings.start_of([(1, [cell, cell])], [])
    yield lambda cell: [Cells((cell,)).of_kind(kind) for kind in KINDS]
    for column in COLUMNS.values():
        yield lambda cell, column=column: reader(column, Mapping("", "", ""), Names(), [cell])(cell)  # type: ignore[misc]


def main(seconds: int) -> None:
    """Reads all of them in all ways, and says how many it has read."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    done = 0
    for way in ways():
        for cell in cells():
            way(cell)
            done += 1
    print(done)


if __name__ == "__main__":
    main(int(sys.argv[1]))
