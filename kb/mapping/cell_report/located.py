"""Results of the check with their cells: two numbers for those of one thing, since there may be millions."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.mapping.cell_report.findings import Cell
from kb.protocols.results import Result, Results

Pattern = tuple[tuple[Cell, ...], ...]
"""The cells of results that follow each other; their rows are counted from that of the first cell."""


_KNOWN = 10_000
"""Kinds of results that follow each other of which it is kept what they say."""


class Stretch(NamedTuple):
    """Results of one thing that follow each other, as they are found again in the row of another thing."""

    focus: str
    row: int
    results: tuple[Result, ...]
    """Without their focus."""
    cells: Pattern
    alike: tuple[object, ...] | None
    """The same for all stretches with the same results and cells; None where that is not known."""


class Located:
    """Each result with the cells that were added for it, in the order of the results."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._patterns: dict[Pattern, int] = {}
        self._which, self._rows = array("I"), array("i")

    def pattern(self, results: Sequence[Sequence[Cell]]) -> int:
        """The number of what these cells, each result's own, have in common with those of other rows."""
        first = next((cell.row for cells in results for cell in cells), 0)
        found = tuple(tuple([cell._replace(row=cell.row - first) for cell in cells]) for cells in results)
        return self._patterns.setdefault(found, len(self._patterns))

    def add(self, pattern: int, row: int) -> None:
        """The cells of the next results, by their pattern and the row of the first."""
        self._which.append(pattern)
        self._rows.append(row)

    def stretches(self) -> Iterator[Stretch]:
        """All results, as they were added."""
        patterns = list(self._patterns)
        added = zip(self._which, self._rows, strict=True)
        known: dict[tuple[int, ...], tuple[Result, ...]] = {}
        for focus, kinds in self._results.runs():
            rest = kinds
            while rest:
                which, row = next(added)
                cells = patterns[which]
                told, rest = rest[: len(cells)], rest[len(cells) :]
                results = known.get(told) or tuple(map(self._results.kind, told))
                if len(known) < _KNOWN:
                    known[told] = results
                yield Stretch(focus, row, results, cells, (told, which))

    def __iter__(self) -> Iterator[tuple[Result, tuple[Cell, ...]]]:
        for focus, row, results, pattern, _ in self.stretches():
            for result, cells in zip(results, pattern, strict=True):
                yield result._replace(focus=focus), tuple([cell._replace(row=row + cell.row) for cell in cells])


def stretches(located: Iterable[tuple[Result, tuple[Cell, ...]]]) -> Iterator[Stretch]:
    """Results with their cells in stretches; of any but Located each result is one."""
    if isinstance(located, Located):
        yield from located.stretches()
        return
    for result, cells in located:
        yield Stretch(result.focus, 0, (result._replace(focus=""),), (cells,), None)
