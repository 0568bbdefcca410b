"""The chart of an answer, where there is one.

A question may say what to draw (`# chart: findings by strength`). Without that there is a chart where the answer has
one column of names, all different, and one of numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.ask.labels import Labels
from kb.ask.questions import Chart as Wanted
from kb.ask.questions import Money
from web import figures
from web.chart.bars import MOST, PARTS, Chart, stacked
from web.chart.bars import Row as Drawn
from web.figures import Row
from web.solutions import heading


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
    if len(writing.currencies(shown)) > 1:
        return None
    heads = list(map(heading, wanted.numbers))
    return stacked(
        f"{', '.join([heads[0], *map(str.lower, heads[1:])])} by {' and '.join(map(_lower, wanted.by))}",
        [Drawn(writing.name(row), tuple(writing.values(row)), (writing.figure(row),)) for row in shown],
        heads,
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


def _lower(variable: str) -> str:
    words = heading(variable)
    return words if words.isupper() else words[0].lower() + words[1:]
