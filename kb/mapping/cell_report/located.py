"""Results of the check with their cells: a number or two each, since there may be millions."""

from array import array
from collections.abc import Iterator, Sequence

from kb.mapping.cell_report.findings import Cell
from kb.protocols.report import Result


class Located:
    """Each result with the cells that were added for it, in the order of the results."""

    def __init__(self, results: Sequence[Result]) -> None:
        self._results = results
        self._kinds: dict[tuple[int, int | None, str, str], int] = {}
        """What cells in different rows have in common."""
        self._cells = array("I"), array("i")
        """Of each cell its kind and its row."""
        self._ends = array("Q")

    def add(self, cells: Sequence[Cell]) -> None:
        """The cells of the next result."""
        kinds, rows = self._cells
        for cell in cells:
            kinds.append(self.kind(cell))
            rows.append(cell.row)
        self._ends.append(len(rows))

    def kind(self, cell: Cell) -> int:
        """The number of what a cell has in common with those in other rows that say the same."""
        sheet, _, column, heading, written = cell
        return self._kinds.setdefault((sheet, column, heading, written), len(self._kinds))

    def add_in_row(self, cells: Sequence[int], row: int) -> None:
        """The cells of the next result, by their kinds, where all are in one row."""
        kinds, rows = self._cells
        for each in cells:
            kinds.append(each)
            rows.append(row)
        self._ends.append(len(rows))

    def __iter__(self) -> Iterator[tuple[Result, tuple[Cell, ...]]]:
        known, begin = list(self._kinds), 0
        kinds, rows = self._cells
        for result, end in zip(self._results, self._ends, strict=True):
            cells = []
            for at in range(begin, end):
                sheet, column, heading, written = known[kinds[at]]
                cells.append(Cell(sheet, rows[at], column, heading, written))
            yield result, tuple(cells)
            begin = end
