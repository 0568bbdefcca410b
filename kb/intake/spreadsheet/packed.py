"""Rows of a grid that take no more memory than their text: they lie in a file and are decoded one by one."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, overload

from kb.intake.spreadsheet.mending import SEPARATOR

Row = tuple[int, tuple[str, ...]]


class Packing:
    """Writes the rows of one grid to a file; what `written` gives is what PackedRows needs to find them again."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._begin = out.tell()
        self._ends = array("Q")
        self._numbers = array("Q")
        self._length = 0

    def add(self, number: int, cells: Sequence[str]) -> None:
        """One more row, whose cells are mended."""
        line = SEPARATOR.join(cells).encode()
        self._out.write(line)
        self._length += len(line)
        self._ends.append(self._length)
        self._numbers.append(number)

    def written(self, picked: Sequence[int]) -> dict[str, Any]:
        """Ends the rows, of whose cells those at `picked`, from 0, are the grid's."""
        at = self._out.tell()
        self._out.write(self._ends.tobytes())
        self._out.write(self._numbers.tobytes())
        return {"begin": self._begin, "at": at, "count": len(self._ends), "picked": list(picked)}


class PackedRows(Sequence[Row]):
    """What Packing wrote to the memory, which is usually that of a mapped file."""

    def __init__(self, memory: memoryview, begin: int, at: int, count: int, picked: list[int]) -> None:
        size = count * 8
        self._text = memory[begin:at]
        self._ends = memory[at : at + size].cast("Q")
        self._numbers = memory[at + size : at + 2 * size].cast("Q")
        self._picked = picked
        self._plain = picked == list(range(len(picked)))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self._row(at) for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self._row(at)

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, range(len(self)))

    def _row(self, at: int) -> Row:
        line = self._text[self._ends[at - 1] if at else 0 : self._ends[at]]
        cells = str(line, "utf-8").split(SEPARATOR)
        width = len(self._picked)
        if self._plain:
            return self._numbers[at], tuple(cells[:width] + [""] * (width - len(cells)))
        return self._numbers[at], tuple(cells[place] if place < len(cells) else "" for place in self._picked)
