"""How completeness went from submission to submission, as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.mapping.cell_report.summary import Point

WIDTH, HEIGHT = 600, 120
"""Of the drawing, which is scaled to its column."""

EDGE = 6
"""Room around it, for the dots at its ends."""


@dataclass(frozen=True)
class Dot:
    """Where a submission is drawn, and what it is."""

    x: float
    y: float
    label: str


def trend_line(trend: Sequence[Point]) -> list[Dot]:
    """The dots of the line, 100% on top, at equal steps; none where there are fewer than two to compare."""
    known = [(each.label, each.completeness) for each in trend if each.completeness is not None]
    if len(known) < 2:
        return []
    step = (WIDTH - 2 * EDGE) / (len(known) - 1)
    height = HEIGHT - 2 * EDGE
    return [
        Dot(round(EDGE + place * step, 1), round(EDGE + height * (1 - share), 1), label)
        for place, (label, share) in enumerate(known)
    ]
