"""What began and ended when, one below the other on an axis of years."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from web.chart.names import BAR, GAP, LINE, NOTE, lines, ticks

_LEFT, _WIDTH = 6.0, 88.0
"""Where the axis starts and how long it is, in percent: half a year's number stands out on each side."""

_MOMENT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, each a year, month or day as xsd:gYear, gYearMonth and date write them.

    Without an end it is a moment, or with `lasts` something whose end is not known. `words` tell both in words.
    """

    name: str
    start: str
    end: str | None
    words: str
    lasts: bool = False


@dataclass(frozen=True)
class Drawn:
    """A span as it is drawn: heights in px, the rest in percent; a moment has no width."""

    lines: tuple[tuple[int, str], ...]
    start: float
    width: float
    open: bool
    middle: int
    words: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class TimeLine:
    """A drawing with its words."""

    title: str
    description: str
    spans: tuple[Drawn, ...]
    ticks: tuple[tuple[float, str], ...]
    height: int
    """Of the rows, in px; the years are below."""


def time_line(title: str, spans: Sequence[Span]) -> TimeLine | None:
    """The drawing, in the order of the spans; None without a start that can be read. An end before it is left out."""
    read = [(each, begins) for each in spans if (begins := _year(each.start, False)) is not None]
    if not read:
        return None
    ends = {each: _year(each.end, True) if each.end else None for each, _ in read}
    first = min(begins for _, begins in read) // 1
    last = max([*(begins for _, begins in read), *filter(None, ends.values())])
    last = max(last.to_integral_value(ROUND_CEILING), first + 1)

    def place(year: Decimal) -> float:
        return round(_LEFT + _WIDTH * float((year - first) / (last - first)), 3)

    drawn: list[Drawn] = []
    at = 0
    for each, begins in read:
        named = lines(each.name, at)
        middle = at + LINE * len(named) + BAR // 2
        words = lines(each.words, middle + BAR // 2, 2, NOTE)
        end = ends[each] or (last if each.lasts else begins)
        width = max(0.0, round(place(end) - place(begins), 3))
        drawn.append(Drawn(named, place(begins), width, each.lasts and ends[each] is None, middle, words))
        at = middle + BAR // 2 + LINE * len(words) + GAP
    return TimeLine(
        title=title,
        description=f"{len(drawn)} from {first} to {last}. The table has every date.",
        spans=tuple(drawn),
        ticks=tuple((place(year), f"{year:f}") for year in ticks(first, last) if year == year // 1),
        height=at,
    )


def _year(text: str, whole: bool) -> Decimal | None:
    """The moment as years and a fraction; `whole` is the end of the year, month or day. None for what is no date."""
    found = _MOMENT.match(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if month is None:
        return Decimal(year + whole)
    if day is None:
        return Decimal(year) + Decimal(month - 1 + whole) / 12
    return Decimal(year) + (Decimal(month - 1) + Decimal(day - 1 + whole) / 31) / 12
