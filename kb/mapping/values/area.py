"""The area in which a publisher's things are expected to lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, pi, radians, sin, sqrt
from statistics import median

Point = tuple[float, float]
"""Longitude and latitude in degrees (WGS84)."""

_EARTH = 6371.0
"""Mean radius in kilometres."""
_DEGREE = 111.2
"""Kilometres in a degree of latitude."""
_FEWEST, _CORNERS = 20, 48

Ring = tuple[Point, ...]


@dataclass(frozen=True)
class Area:
    """A named area: its rings, by the even-odd rule, so that holes and islands need no order."""

    name: str
    rings: tuple[Ring, ...]

    @classmethod
    def box(cls, name: str, west: float, south: float, east: float, north: float) -> "Area":
        """The area between two meridians and two parallels."""
        return cls(name, (((west, south), (east, south), (east, north), (west, north)),))

    @classmethod
    def of_most(cls, name: str, points: Sequence[Point]) -> "Area | None":
        """A circle in which all but stray ones of the points lie; None where they are too few to tell.

        Its middle is the median; its radius twice the distance within which nine of ten lie, and 5 km.
        """
        if len(points) < _FEWEST:
            return None
        middle = (median(x for x, _ in points), median(y for _, y in points))
        near = sorted(kilometres(middle, each) for each in points)[len(points) * 9 // 10]
        radius = 2 * near + 5
        turns = [2 * pi * step / _CORNERS for step in range(_CORNERS)]
        up, across = radius / _DEGREE, radius / (_DEGREE * cos(radians(middle[1])))
        return cls(name, (tuple((middle[0] + across * cos(turn), middle[1] + up * sin(turn)) for turn in turns),))

    def holds(self, point: Point) -> bool:
        """Whether the point lies in the area."""
        x, y = point
        inside = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
                if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                    inside = not inside
        return inside

    def kilometres_away(self, point: Point) -> float:
        """From the point to the nearest corner of the area."""
        return min(kilometres(point, corner) for ring in self.rings for corner in ring)


def kilometres(one: Point, other: Point) -> float:
    """The distance between two points on a sphere (haversine)."""
    (x1, y1), (x2, y2) = (tuple(map(radians, each)) for each in (one, other))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(half))
