"""The chart of an answer: bars drawn by the server, without a script, beside the table that has every figure.

A question may say what to draw (`# chart: findings by strength`). Without that there is a chart where the answer has
one column of names, all different, and one of numbers. Widths are in percent of the drawing, so that text keeps its
size on every screen; heights in px.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap

from kb.ask.labels import Labels
from kb.ask.questions import Chart as Wanted
from kb.ask.questions import Money
from web import figures
from web.figures import Row
from web.solutions import heading

MOST = 20
"""Bars of a chart; with more, the table would be far down the page."""

PARTS = 4
"""Parts of a bar; as many patterns tell them apart."""

_LONGEST = Decimal(72)
"""Percent of the width that the longest bar has; the rest is for its figure."""

_LINE, _BASELINE, _BAR, _GAP = 20, 15, 18, 14
"""Heights in px: of a line of a name, to its foot, of a bar, and below it."""

_CHARACTERS = 38
"""Of a line of a name: what fits on a telephone."""


@dataclass(frozen=True)
class Part:
    """A rectangle: where it starts and how wide it is, in percent, and its place in the legend, from 1."""

    start: float
    width: float
    place: int


@dataclass(frozen=True)
class Bar:
    """A row of the answer: its name in lines, its parts, the figure at its end, and where it stands, in px."""

    lines: tuple[tuple[int, str], ...]
    parts: tuple[Part, ...]
    top: int
    figure: str
    end: float


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
    """Rows of the answer that are not drawn."""


@dataclass(frozen=True)
class _Writing:
    """How rows are written beside their bars."""

    wanted: Wanted
    labels: Labels
    sums: Money | None

    def values(self, row: Row) -> list[Decimal]:
        """The numbers that are drawn, as far as the row has them."""
        found = (figures.number(row, name) for name in self.wanted.numbers)
        return [each for each in found if each is not None]

    def currencies(self, rows: Sequence[Row]) -> set[str]:
        """The currencies of the rows, where their numbers are money: sums in several have no common axis."""
        if self.sums is None or not set(self.wanted.numbers) & set(self.sums.amounts):
            return set()
        return {str(row.get(self.sums.currency, {}).get("value", "")) for row in rows}

    def name(self, row: Row) -> str:
        """What the bar is called."""
        cells = [row[name] for name in self.wanted.by if name in row]
        names = (self.labels.name(cell["value"]) if cell["type"] == "uri" else str(cell["value"]) for cell in cells)
        return ", ".join(names) or "not named"

    def figure(self, row: Row) -> str:
        """What the bar comes to."""
        return figures.total_in_words(row, self.wanted.numbers, self.sums)


def chart(
    variables: Sequence[str],
    rows: Sequence[Row],
    labels: Labels,
    wanted: Wanted | None = None,
    sums: Money | None = None,
) -> Chart | None:
    """The chart of the rows; None where they are not of a kind that a chart shows well."""
    wanted = wanted or _found(variables, rows)
    if wanted is None or len(wanted.numbers) > PARTS:
        return None
    writing = _Writing(wanted, labels, sums)
    shown = [row for row in rows if len(writing.values(row)) == len(wanted.numbers)][:MOST]
    values = [writing.values(row) for row in shown]
    ends = [sum(each, Decimal(0)) for each in values]
    if len(shown) < 2 or not any(ends) or len(writing.currencies(shown)) > 1:
        return None
    if len(wanted.numbers) > 1 and min(map(min, values)) < 0:
        return None
    low, high = min(Decimal(0), *ends), max(Decimal(0), *ends)
    scale = _LONGEST / (high - low)
    bars: list[Bar] = []
    for row, each in zip(shown, values, strict=True):
        top = bars[-1].top + _BAR + _GAP if bars else 0
        bars.append(_bar(writing.name(row), writing.figure(row), each, scale, -low * scale, top))
    least, most = (writing.name(shown[ends.index(end)]) for end in (min(ends), max(ends)))
    heads = list(map(heading, wanted.numbers))
    return Chart(
        title=f"{', '.join([heads[0], *map(str.lower, heads[1:])])} by {' and '.join(map(_lower, wanted.by))}",
        description=f"{len(bars)} bars. The least is {least}, the greatest {most}. The table has every figure.",
        bars=tuple(bars),
        legend=tuple(heads) if len(heads) > 1 else (),
        zero=float(-low * scale),
        height=bars[-1].top + _BAR + _GAP,
        left_out=len(rows) - len(shown),
    )


def _found(variables: Sequence[str], rows: Sequence[Row]) -> Wanted | None:
    """What to draw of an answer that says it by itself: its one column of names and its one of numbers."""
    if not 2 <= len(rows) <= MOST:
        return None
    having = {name: found for name in variables if (found := [row for row in rows if name in row])}
    numbers = [each for each in having if all(figures.number(row, each) is not None for row in having[each])]
    links = [each for each in having if all(row[each]["type"] == "uri" for row in having[each])]
    texts = [each for each in having if each not in numbers and each not in links]
    names = texts or links
    if len(numbers) != 1 or len(names) != 1:
        return None
    named = {row[names[0]]["value"] for row in having[names[0]]}
    return Wanted((numbers[0],), (names[0],)) if len(named) == len(rows) else None


def _bar(name: str, figure: str, values: Sequence[Decimal], scale: Decimal, zero: Decimal, top: int) -> Bar:
    lines = wrap(name, _CHARACTERS, max_lines=2, placeholder=" …")
    parts: list[Part] = []
    at = zero
    for place, value in enumerate(values, start=1):
        after = at + value * scale
        if value:
            parts.append(Part(round(float(min(at, after)), 3), round(float(abs(after - at)), 3), place))
        at = after
    return Bar(
        lines=tuple((top + _LINE * number + _BASELINE, line) for number, line in enumerate(lines)),
        parts=tuple(parts),
        top=top + _LINE * len(lines),
        figure=figure,
        end=round(float(max(at, zero)), 3),
    )


def _lower(variable: str) -> str:
    words = heading(variable)
    return words if words.isupper() else words[0].lower() + words[1:]
