"""The rows of a sheet but for some, or for some cells of each, read where they lie: a sheet may have a million."""

from array import array
from collections.abc import Sequence
from typing import overload

Row = tuple[int, tuple[str, ...]]


class KeptRows(Sequence[Row]):
    """The rows whose places are not among those left out."""

    def __init__(self, rows: Sequence[Row], left_out: frozenset[int]) -> None:
        self._rows = rows
        self._places = array("L", (place for place in range(len(rows)) if place not in left_out))

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self._rows[place] for place in self._places[at]]
        return self._rows[self._places[at]]


class KeptCells(Sequence[Row]):
    """The rows with the cells at the places that are kept, by index."""

    def __init__(self, rows: Sequence[Row], kept: Sequence[int]) -> None:
        self._rows, self._kept = rows, tuple(kept)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self._row(row) for row in self._rows[at]]
        return self._row(self._rows[at])

    def _row(self, row: Row) -> Row:
        number, cells = row
        return number, tuple(cells[each] for each in self._kept)
