"""Effects with their confidence intervals, one below the other on an axis with the line of no effect.

For effects of one outcome, by one statistic and in one unit: figures of different outcomes on one axis would be
compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from web.chart.names import BAR, GAP, LINE, NOTE, lines, ticks

Mark = Literal["circle", "square", "diamond", "hollow"]
"""Shapes that tell apart what the caller's legend says they do, as strength of evidence."""

_LEFT, _WIDTH = 6.0, 88.0
"""Where the axis starts and how long it is, in percent: half a number stands out on each side."""

_AXIS = 24
"""Height in px of the numbers under the axis."""


@dataclass(frozen=True)
class Effect:
    """One estimate: `figure` is it in words with its interval; without bounds there is a mark alone."""

    name: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    figure: str
    mark: Mark = "circle"
    note: str = ""


@dataclass(frozen=True)
class Drawn:
    """An effect as it is drawn: heights in px, the rest in percent; `low` is None where it has no interval."""

    lines: tuple[tuple[int, str], ...]
    at: float
    low: float | None
    high: float | None
    middle: int
    mark: Mark
    words: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class IntervalChart:
    """A drawing with its words; `none` is where no effect is, `legend` what each shape of mark means."""

    title: str
    description: str
    effects: tuple[Drawn, ...]
    legend: tuple[tuple[Mark, str], ...]
    ticks: tuple[tuple[float, str], ...]
    none: float
    left: str
    """Words on what lies left of the line of no effect, and right of it."""
    right: str
    height: int
    """Of the rows, in px; the numbers of the axis are below."""


def intervals(
    title: str,
    effects: Sequence[Effect],
    legend: Sequence[tuple[Mark, str]] = (),
    ratio: bool = False,
    left: str = "",
    right: str = "",
) -> IntervalChart | None:
    """The drawing; None without effects. Effects that are ratios have no effect at 1 and a logarithmic axis.

    Raises ValueError for a ratio that is not above zero.
    """
    if not effects:
        return None
    numbers = [value for each in effects for value in (each.low, each.value, each.high) if value is not None]
    if ratio and min(numbers) <= 0:
        raise ValueError(f"{min(numbers)}: a ratio is above zero")
    none = Decimal(1) if ratio else Decimal(0)
    least, most = min(none, *numbers), max(none, *numbers)
    if least == most:
        least, most = (none / 2, none * 2) if ratio else (none - 1, none + 1)
    place = _placed(least, most, ratio)
    drawn: list[Drawn] = []
    at = 0
    for each in effects:
        named = lines(each.name, at)
        middle = at + LINE * len(named) + BAR // 2
        words = lines(f"{each.figure}. {each.note}" if each.note else each.figure, middle + BAR // 2, 3, NOTE)
        low, high = (None, None) if each.low is None or each.high is None else (place(each.low), place(each.high))
        drawn.append(Drawn(named, place(each.value), low, high, middle, each.mark, words))
        at = middle + BAR // 2 + LINE * len(words) + GAP
    bounds = [(each.low, each.high) for each in effects]
    clear = sum(low is not None and high is not None and not low <= none <= high for low, high in bounds)
    return IntervalChart(
        title=title,
        description=f"{len(effects)} estimates; the intervals of {clear} do not reach the line of no effect. "
        "The table has every figure.",
        effects=tuple(drawn),
        legend=tuple(legend),
        ticks=tuple((place(tick), f"{tick.normalize():f}") for tick in _ticks(least, most, ratio)),
        none=place(none),
        left=left,
        right=right,
        height=at,
    )


def _placed(least: Decimal, most: Decimal, ratio: bool) -> Callable[[Decimal], float]:
    """Number → percent of the width."""
    start, end = (least.ln(), most.ln()) if ratio else (least, most)

    def place(value: Decimal) -> float:
        share = ((value.ln() if ratio else value) - start) / (end - start)
        return round(_LEFT + _WIDTH * float(share), 3)

    return place


def _ticks(least: Decimal, most: Decimal, ratio: bool) -> list[Decimal]:
    """Numbers under the axis; of ratios one and its doublings and halvings, every other where they are many."""
    if not ratio:
        return ticks(least, most)
    halvings = int((most / least).ln() / Decimal(2).ln()) + 1
    factor = Decimal(2) ** max(1, -(-halvings // 4))
    found = [Decimal(1)]
    while found[0] / factor >= least:
        found.insert(0, found[0] / factor)
    while found[-1] * factor <= most:
        found.append(found[-1] * factor)
    return found
