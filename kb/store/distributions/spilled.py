"""A list that takes no more memory than a number for each of its elements: they lie in a file without name."""

import marshal
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, overload


class Spilled(Sequence[Any]):
    """Elements that `marshal` can write: texts, numbers, and lists, tuples and dicts of them.

    The file is this process's own, so that nobody else's bytes are ever read as such.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._ends = array("Q", [0])
        weakref.finalize(self, self._file.close)

    def append(self, element: Any) -> None:
        """One more."""
        self._file.seek(self._ends[-1])
        self._ends.append(self._ends[-1] + self._file.write(marshal.dumps(element)))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Any]:
        return map(self._element, range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self._element(place) for place in range(*at.indices(len(self)))]
        return self._element(range(len(self))[at])

    def _element(self, place: int) -> Any:
        self._file.seek(self._ends[place])
        return marshal.loads(self._file.read(self._ends[place + 1] - self._ends[place]))
