"""Names and axes of a drawing: a name in lines that fit a telephone, and round numbers under an axis."""

from decimal import ROUND_CEILING, Decimal
from textwrap import wrap

LINE, BASELINE, BAR, GAP = 20, 15, 18, 14
"""Heights in px: of a line of a name, to its foot, of a bar, and below it."""

NAME, NOTE = 38, 44
"""Characters of a line of a name, and of a note, whose letters are smaller: what fits on a telephone."""

_TICKS = 4
"""Numbers under an axis, at most one more: they must not touch on a telephone."""


def lines(name: str, top: int, most: int = 2, characters: int = NAME) -> tuple[tuple[int, str], ...]:
    """The lines of a name, each with the height of its foot, from `top` down; a longer one ends with an ellipsis."""
    found = wrap(name, characters, max_lines=most, placeholder=" …")
    return tuple((top + LINE * number + BASELINE, line) for number, line in enumerate(found))


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round numbers (steps of 1, 2 or 5 times a power of ten) from `low` to `high`, which differ."""
    rough = (high - low) / _TICKS
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    at = (low / step).to_integral_value(ROUND_CEILING) * step
    found = []
    while at <= high:
        found.append(at)
        at += step
    return found
