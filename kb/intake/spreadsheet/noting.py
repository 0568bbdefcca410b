"""Notes without number: of each kind the first few are kept with their places, the rest are counted."""

from dataclasses import dataclass

from kb.intake.grid import Note


@dataclass(frozen=True)
class Kind:
    """`summary` is what is said of those that are not kept, after their number: `12 more cells: {summary}`."""

    summary: str
    kept: int = 20
    unit: str = "cells"


class Noting:
    """What is noted of one sheet while it is read."""

    def __init__(self) -> None:
        self._counted: dict[Kind, int] = {}
        self._kept: dict[Kind, list[Note]] = {}

    def add(self, kind: Kind, text: str, row: int | None = None, column: int | None = None) -> None:
        """Notes one more of its kind."""
        count = self._counted[kind] = self._counted.get(kind, 0) + 1
        if count <= max(kind.kept, 1):
            self._kept.setdefault(kind, []).append(Note(text, row, column))

    def notes(self) -> list[Note]:
        """In the order in which each kind first came up."""
        said: list[Note] = []
        for kind, count in self._counted.items():
            first = self._kept[kind][0]
            said += self._kept[kind][: kind.kept]
            rest = count - kind.kept
            if rest > 0:
                more = "more " if kind.kept else ""
                unit = kind.unit if rest > 1 else kind.unit.removesuffix("s")
                place = (None, None) if kind.kept else (first.row, first.column)
                said.append(Note(f"{rest:,} {more}{unit}: {kind.summary}", *place))
        return said
