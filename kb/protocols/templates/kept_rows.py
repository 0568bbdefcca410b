"""The rows of a sheet but for some, read where they lie: a sheet may have a million."""

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
