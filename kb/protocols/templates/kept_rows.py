"""The rows of a sheet but for some, read where they lie: a sheet may have a million."""

from array import array
from collections.abc import Callable, Sequence
from typing import overload

Row = tuple[int, tuple[str, ...]]


class KeptRows(Sequence[Row]):
    """The rows of `rows` whose places are not among those left out, each cell as `reading` gives it."""

    def __init__(self, rows: Sequence[Row], left_out: frozenset[int], reading: Callable[[str], str]) -> None:
        self._rows = rows
        self._places = array("L", (place for place in range(len(rows)) if place not in left_out))
        self._reading = reading

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self._row(place) for place in self._places[at]]
        return self._row(self._places[at])

    def _row(self, place: int) -> Row:
        number, cells = self._rows[place]
        return number, tuple(map(self._reading, cells))
