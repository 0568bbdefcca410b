"""Sorted N-Triples lines of any number: few are a list, many lie in a file without name and are read in blocks.

Three million lines as Python objects take 600 MB, and whatever joins them 400 MB more; in a file they take none.
"""

import os
import tempfile
import weakref
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO, overload

from kb.errors import StoreUnwritable

FEW = 200_000
"""Lines up to which they are kept in memory: some 40 MB."""

BLOCK = 64
"""Lines that are read together; of each block the first is kept in memory, so that a line is found by its start."""

_PIECE = 64
"""Blocks that are read at a time where all lines are."""


_LAST = b"\xff"
"""Above every byte of UTF-8."""


class Lines(Sequence[bytes]):
    """Lines in a file, without their line ends."""

    def __init__(self, file: BinaryIO, begins: "array[int]", firsts: list[bytes], count: int) -> None:
        """`begins`: where in the file each block begins, and where the last ends; `firsts`: its first line."""
        self._file, self._begins, self._firsts, self._count = file, begins, firsts, count
        self._last: tuple[int, list[bytes]] = (-1, [])
        weakref.finalize(self, file.close)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces():
            yield from piece.split(b"\n")[:-1]

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> list[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | list[bytes]:
        if isinstance(at, slice):
            first, end, step = at.indices(self._count)
            if step != 1:
                return [self[each] for each in range(first, end, step)]
            blocks = range(first // BLOCK, (end + BLOCK - 1) // BLOCK)
            found = [line for block in blocks for line in self._block(block)] if first < end else []
            return found[first % BLOCK :][: max(0, end - first)]
        place = at + self._count if at < 0 else at
        if not 0 <= place < self._count:
            raise IndexError(at)
        return self._block(place // BLOCK)[place % BLOCK]

    def pieces(self) -> Iterator[bytes]:
        """The text in pieces of whole lines, each with its line end."""
        ends = self._begins
        for block in range(0, len(ends) - 1, _PIECE):
            yield self._read(block, min(block + _PIECE, len(ends) - 1))

    def place(self, start: bytes) -> int:
        """The place of the first line that is not below `start`."""
        block = max(0, bisect_right(self._firsts, start) - 1)
        return block * BLOCK + bisect_left(self._block(block), start) if self._count else 0

    def beginning(self, start: bytes) -> list[bytes]:
        """The lines that begin so."""
        found: list[bytes] = []
        for number in range(max(0, bisect_right(self._firsts, start) - 1), len(self._firsts)):
            block = self._block(number)
            last = bisect_left(block, start + _LAST)
            found += block[bisect_left(block, start) : last]
            if last < len(block):
                break
        return found

    def _block(self, number: int) -> list[bytes]:
        known = self._last
        if known[0] != number:
            known = self._last = number, self._read(number, number + 1).split(b"\n")[:-1]
        return known[1]

    def _read(self, first: int, end: int) -> bytes:
        return os.pread(self._file.fileno(), self._begins[end] - self._begins[first], self._begins[first])


class Sorting:
    """Takes lines in any order, and gives them sorted, each once; what is many is sorted in parts."""

    def __init__(self) -> None:
        self._runs: list[Sequence[bytes]] = []
        self._held: set[bytes] = set()

    def add(self, lines: Iterable[bytes]) -> None:
        """Some lines more. Raises StoreUnwritable where there is no room for temporary files."""
        self._held.update(lines)
        if len(self._held) > FEW:
            self._runs.append(_written(sorted(self._held)))
            self._held = set()

    def lines(self) -> Sequence[bytes]:
        """All of them; raises StoreUnwritable likewise."""
        held = sorted(self._held)
        self._held = set()
        return merged([*self._runs, held])


def merged(parts: Sequence[Sequence[bytes]]) -> Sequence[bytes]:
    """Sorted lines from several places as one, each line once; raises StoreUnwritable."""
    filled = [part for part in parts if part]
    if len(filled) < 2:
        return filled[0] if filled else []
    return kept(_in_order(filled))


def _in_order(parts: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    """The lines of sorted parts in order, each once: of each part some at a time, up to what all have read.

    Sorting what is sorted in stretches is left to list.sort, which takes a fifth of the time of a heap.
    """
    sources = [_some(part) for part in parts]
    waiting = [next(source) for source in sources]
    last = b""
    while waiting:
        bound = min(some[-1] for some in waiting)
        taken: list[bytes] = []
        for at, some in enumerate(waiting):
            end = bisect_right(some, bound)
            taken += some[:end]
            waiting[at] = some[end:] or next(sources[at], [])
        taken.sort()
        once = dict.fromkeys(taken)
        once.pop(last, None)
        yield from once
        last = bound
        sources = [source for source, some in zip(sources, waiting, strict=True) if some]
        waiting = [some for some in waiting if some]


def _some(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The lines in lists of a few thousand."""
    for piece in pieces(lines):
        yield piece.split(b"\n")[:-1]


def kept(lines: Iterable[bytes]) -> Sequence[bytes]:
    """Sorted lines that can be gone through once, kept for more; raises StoreUnwritable."""
    source = iter(lines)
    first = list(islice(source, FEW))
    return first if len(first) < FEW else _written(chain(first, source))


def split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text that comes in pieces, which may end anywhere; the last line ends too."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole


def pieces(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines as a text in pieces of whole lines, each with its line end."""
    if isinstance(lines, Lines):
        yield from lines.pieces()
        return
    for first in range(0, len(lines), BLOCK * _PIECE):
        yield b"\n".join([*lines[first : first + BLOCK * _PIECE], b""])


def place(lines: Sequence[bytes], start: bytes) -> int:
    """The place of the first of the sorted lines that is not below `start`."""
    return lines.place(start) if isinstance(lines, Lines) else bisect_left(lines, start)


def beginning(lines: Sequence[bytes], start: bytes) -> Sequence[bytes]:
    """Those of the sorted lines that begin so."""
    if isinstance(lines, Lines):
        return lines.beginning(start)
    return lines[bisect_left(lines, start) : bisect_left(lines, start + _LAST)]


def only(these: Iterable[bytes], those: Iterable[bytes]) -> Iterator[bytes]:
    """Those of sorted lines that are not among other sorted lines."""
    others = iter(those)
    other = next(others, None)
    for line in these:
        while other is not None and other < line:
            other = next(others, None)
        if line != other:
            yield line


def _written(lines: Iterable[bytes]) -> Lines:
    begins, firsts, count, at = array("Q", [0]), [], 0, 0
    source = iter(lines)
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 (it is the lines' own, and goes with them)
        while block := list(islice(source, BLOCK)):
            at += file.write(b"\n".join([*block, b""]))
            begins.append(at)
            firsts.append(block[0])
            count += len(block)
        file.flush()
    except OSError as error:
        where = tempfile.gettempdir()
        raise StoreUnwritable(f"{where}: no room for temporary files ({error.strerror}); free some") from error
    return Lines(file, begins, firsts, count)
