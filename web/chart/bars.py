"""Bars: one for each name, of parts that make one amount, or several beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from web.chart.names import BAR, GAP, LINE, NOTE, lines

MOST = 20
"""Bars of a chart; with more, the table would be far down the page."""

PARTS = 4
"""Parts of a bar, or bars beside each other; as many patterns tell them apart."""

_LONGEST = Decimal(60)
"""Percent of the width that the longest bar has; the rest is for its figure, as `£3.657 billion` on a telephone."""

_BESIDE = 4
"""Height in px between bars of one name."""


@dataclass(frozen=True)
class Row:
    """What is drawn for one name.

    `values` are as many as the legend has entries, or one; None where there is no figure, of which `figures` then says
    who has not published it. `figures` are the words at the end: one for the whole of a bar, or one for each value
    where these stand beside each other. `note` stands below: what must be known of the figure where it is seen.
    """

    name: str
    values: tuple[Decimal | None, ...]
    figures: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A rectangle: where it starts and how wide it is, in percent, and its place in the legend, from 1."""

    start: float
    width: float
    place: int


@dataclass(frozen=True)
class Bar:
    """A bar: its name in lines, its parts, the figure at its end, and where it stands, in px.

    Of bars beside each other the first has the name, the last the lines of the note.
    """

    lines: tuple[tuple[int, str], ...]
    parts: tuple[Part, ...]
    top: int
    figure: str
    end: float
    note: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Chart:
    """A drawing with its words; `legend` names the parts of the bars, where they have several."""

    title: str
    description: str
    bars: tuple[Bar, ...]
    legend: tuple[str, ...]
    zero: float
    height: int
    left_out: int
    """Rows that are not drawn."""
    drawn: int
    """Rows that are."""


def stacked(
    title: str, rows: Sequence[Row], legend: Sequence[str] = (), description: str = "", left_out: int = 0
) -> Chart | None:
    """A bar for each row, its values one after the other.

    None without two rows that have figures, with more than PARTS values, or where one of several is below zero. Use
    it for parts of a whole only: the length of a bar is the sum of its values. Rows beyond MOST are left out.
    """
    shown = [row for row in rows if None not in row.values][:MOST]
    values = [[value for value in row.values if value is not None] for row in shown]
    ends = [sum(each, Decimal(0)) for each in values]
    if len(shown) < 2 or not any(ends) or len(values[0]) > PARTS:
        return None
    if len(values[0]) > 1 and min(map(min, values)) < 0:
        return None
    scale, zero = _scale(ends)
    bars: list[Bar] = []
    at = 0
    for row, each in zip(shown, values, strict=True):
        bars.append(_bar(row.name, row.figures[0], each, scale, zero, at, row.note))
        at = _below(bars[-1])
    names = [row.name for row in shown]
    return Chart(
        title=title,
        description=description or _extremes(len(bars), names, ends),
        bars=tuple(bars),
        legend=tuple(legend) if len(values[0]) > 1 else (),
        zero=float(zero),
        height=at,
        left_out=left_out + len(rows) - len(shown),
        drawn=len(shown),
    )


def grouped(
    title: str, rows: Sequence[Row], legend: Sequence[str], description: str = "", left_out: int = 0
) -> Chart | None:
    """A bar for each value of each row, those of one row below each other; None where no value is drawn.

    A value that there is not has its words and no bar, and without words no room. Rows after MOST bars, and those
    without a value, are left out.
    """
    if not 1 <= len(legend) <= PARTS:
        return None
    having = [row for row in rows if any(value is not None for value in row.values)]
    shown = having[: max(1, MOST // len(legend))]
    found = [value for row in shown for value in row.values if value is not None]
    if not any(found):
        return None
    scale, zero = _scale(found)
    bars: list[Bar] = []
    at = 0
    for row in shown:
        told = [each for each in enumerate(zip(row.values, row.figures, strict=True), start=1) if any(each[1])]
        for number, (place, (value, figure)) in enumerate(told, start=1):
            name, note = (row.name if number == 1 else ""), (row.note if number == len(told) else "")
            bars.append(_bar(name, figure, [] if value is None else [value], scale, zero, at, note, place))
            at = _below(bars[-1]) if number == len(told) else bars[-1].top + BAR + _BESIDE
    return Chart(
        title=title,
        description=description or f"{len(bars)} bars, for {len(shown)} names. The table has every figure.",
        bars=tuple(bars),
        legend=tuple(legend) if len(legend) > 1 else (),
        zero=float(zero),
        height=at,
        left_out=left_out + len(rows) - len(shown),
        drawn=len(shown),
    )


def _scale(ends: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Percent for each unit, and where zero stands."""
    low, high = min(Decimal(0), *ends), max(Decimal(0), *ends)
    scale = _LONGEST / (high - low)
    return scale, -low * scale


def _extremes(count: int, names: Sequence[str], ends: Sequence[Decimal]) -> str:
    least, most = (names[ends.index(end)] for end in (min(ends), max(ends)))
    return f"{count} bars. The least is {least}, the greatest {most}. The table has every figure."


def _bar(
    name: str,
    figure: str,
    values: Sequence[Decimal],
    scale: Decimal,
    zero: Decimal,
    at: int,
    note: str,
    first: int = 1,
) -> Bar:
    named = lines(name, at)
    top = at + LINE * len(named)
    parts: list[Part] = []
    end = zero
    for place, value in enumerate(values, start=first):
        after = end + value * scale
        if value:
            parts.append(Part(round(float(min(end, after)), 3), round(float(abs(after - end)), 3), place))
        end = after
    return Bar(
        lines=named,
        parts=tuple(parts),
        top=top,
        figure=figure,
        end=round(float(max(end, zero)), 3),
        note=lines(note, top + BAR, 4, NOTE),
    )


def _below(bar: Bar) -> int:
    return bar.top + BAR + LINE * len(bar.note) + GAP
