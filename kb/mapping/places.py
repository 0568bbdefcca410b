"""Where something stands in what was sent: the cell of a value, and the cell that a result of the check is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from kb.protocols.report import Result


class Place(NamedTuple):
    """A cell, or with `column` None its row, or with `row` None too its sheet. Rows and columns count from 1."""

    file: str
    sheet: str
    row: int | None
    column: int | None
    heading: str
    """Of the column; where no column holds the field, the heading that it would have in the template."""
    written: str
    """What the cell says."""


Level = Literal["must", "should", "note"]
"""must: stops publication; should: the value is left out; note: it was read, and this is how."""


@dataclass(frozen=True)
class Problem:
    """What mapping says of a cell in a sentence, and what to write instead, or nothing."""

    place: Place
    level: Level
    sentence: str
    suggestion: str = ""


Thing = tuple[int, str | None]
"""Number of a sheet, and what kind of thing within a record (Column.thing): all such stand in the same columns."""


class Spot(NamedTuple):
    """The one row that holds a thing."""

    row: int
    cells: tuple[str, ...]
    thing: Thing


class Locator(Protocol):
    """Knows which cells the triples of a submission come from."""

    def places(self, result: Result) -> Iterator[Place]:
        """The cells that a result is about: of the value, else of the field, else the row of the record."""
        ...

    def spot(self, focus: str) -> Spot | None:
        """Where a thing stands; None where no row holds it, or several do."""
        ...

    def columns(self, result: Result, thing: Thing) -> tuple[int, ...]:
        """Which of the cells of a Spot with such a thing a result is about; its focus is of no account."""
        ...
