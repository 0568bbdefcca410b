"""The map of an answer: its points with degrees and a scale, drawn by the server, without tiles or a script.

An equirectangular projection, true in length along the middle latitude, is enough for the parts of a country.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, hypot, log10, radians

from kb.ask.labels import Labels
from web.figures import Row
from web.geometry import latitude_in_words, longitude_in_words
from web.points import Point, points

MOST = 1000
"""Rows whose points are drawn."""

NAMED = 40
"""Points up to which each has a number, and its name stands in a list."""

WIDTH, MARGIN, LOWEST, HIGHEST = 640, 48, 240, 560
"""In units of the drawing: its width, what is around the outermost points, and the bounds of its height."""

CLOSE = 36
"""Units between marks below which they share a tag: the height of its text on a telephone."""

NARROWEST = 0.004
"""Degrees that a map shows at least: some 450 m from south to north."""

METRES = 111_195
"""Of a degree of latitude, on a sphere with a radius of 6,371 km."""


@dataclass(frozen=True)
class Mark:
    """A point on the drawing."""

    x: float
    y: float
    name: str
    iri: str | None


@dataclass(frozen=True)
class Tag:
    """The numbers of marks that stand close together, and where they are written; `before`: left of the marks."""

    x: float
    y: float
    numbers: str
    before: bool


@dataclass(frozen=True)
class Line:
    """A meridian or a parallel: where it stands, and its degrees in words."""

    at: float
    label: str


@dataclass(frozen=True)
class PointMap:
    """A drawing with its words; `pairs` are marks of one row, joined by a line. More than NAMED marks have no tags."""

    marks: tuple[Mark, ...]
    tags: tuple[Tag, ...]
    pairs: tuple[tuple[Mark, Mark], ...]
    meridians: tuple[Line, ...]
    parallels: tuple[Line, ...]
    height: int
    scale: float
    """Length of the bar of the scale."""
    scale_label: str
    description: str
    left_out: int
    """Rows without a point, or beyond MOST."""


@dataclass(frozen=True)
class Projection:
    """Degrees to units: `unit` is a degree of latitude, `shrink` what one of longitude is of that."""

    middle: tuple[float, float]
    shrink: float
    unit: float
    height: int

    def x(self, longitude: float) -> float:
        """Units from the left."""
        return round(WIDTH / 2 + (longitude - self.middle[0]) * self.shrink * self.unit, 1)

    def y(self, latitude: float) -> float:
        """Units from the top."""
        return round(self.height / 2 - (latitude - self.middle[1]) * self.unit, 1)

    @property
    def reach(self) -> tuple[float, float]:
        """Degrees from the middle to the right edge, and to the upper one."""
        return WIDTH / 2 / self.shrink / self.unit, self.height / 2 / self.unit

    @property
    def meridians(self) -> tuple[Line, ...]:
        """Those of the graticule, at their places from the left."""
        found = graticule(self.middle[0], self.reach[0])
        return tuple(Line(self.x(at), longitude_in_words(at, places)) for at, places in found)

    @property
    def parallels(self) -> tuple[Line, ...]:
        """Those of the graticule, at their places from the top."""
        found = graticule(self.middle[1], self.reach[1])
        return tuple(Line(self.y(at), latitude_in_words(at, places)) for at, places in found)

    @property
    def scale(self) -> tuple[float, str]:
        """Length of the bar of the scale, in units, and what it stands for."""
        metres = round_down(METRES / self.unit * WIDTH / 4)
        words = f"{metres:,g} m" if metres < 1000 else f"{metres / 1000:,g} km"
        return round(metres * self.unit / METRES, 1), words


def point_map(variables: Sequence[str], rows: Sequence[Row], labels: Labels) -> PointMap | None:
    """The map of the rows; None where they have no points."""
    drawn = [found for found in points(variables, rows, labels) if found][:MOST]
    if not drawn:
        return None
    every = list(dict.fromkeys(point for found in drawn for point in found))
    projection = projection_of(every)
    marks = {
        point: Mark(projection.x(point.longitude), projection.y(point.latitude), point.name, point.iri)
        for point in every
    }
    scale, scale_label = projection.scale
    return PointMap(
        marks=tuple(marks.values()),
        tags=tuple(_tags(list(marks.values()))) if len(marks) <= NAMED else (),
        pairs=tuple(dict.fromkeys((marks[found[0]], marks[other]) for found in drawn for other in found[1:])),
        meridians=projection.meridians,
        parallels=projection.parallels,
        height=projection.height,
        scale=scale,
        scale_label=scale_label,
        description=_described(every),
        left_out=len(rows) - len(drawn),
    )


def projection_of(every: Sequence[Point]) -> Projection:
    """The one that puts every point on the drawing, as large as it goes."""
    west, east = _span([point.longitude for point in every])
    south, north = _span([point.latitude for point in every])
    shrink = cos(radians((south + north) / 2))
    inner = WIDTH - 2 * MARGIN
    height = round(inner * (north - south) / ((east - west) * shrink)) + 2 * MARGIN
    height = min(max(height, LOWEST), HIGHEST)
    unit = min(inner / ((east - west) * shrink), (height - 2 * MARGIN) / (north - south))
    return Projection(((west + east) / 2, (south + north) / 2), shrink, unit, height)


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    missing = max(0.0, NARROWEST - (high - low)) / 2
    return low - missing, high + missing


def _tags(marks: Sequence[Mark]) -> Iterator[Tag]:
    """A tag for each group of marks that are so close that their numbers would cover each other."""
    groups: list[list[int]] = []
    for place, mark in enumerate(marks):
        near = (each for each in groups if hypot(marks[each[0]].x - mark.x, marks[each[0]].y - mark.y) < CLOSE)
        group = next(near, None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    for group in groups:
        before = max(marks[place].x for place in group) > WIDTH * 0.8
        outermost = (min if before else max)((marks[place] for place in group), key=lambda mark: mark.x)
        yield Tag(outermost.x, outermost.y, ", ".join(str(place + 1) for place in group), before)


def graticule(middle: float, reach: float) -> Iterator[tuple[float, int]]:
    """Two to five lines within reach of the middle: round degrees, each with the decimal places that it needs."""
    step = round_down(reach)
    for number in range(ceil((middle - reach * 0.94) / step), floor((middle + reach * 0.94) / step) + 1):
        yield number * step, max(0, -floor(log10(step)))


def round_down(value: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is not above the value."""
    power: float = 10.0 ** floor(log10(value))
    return max((factor * power for factor in (2, 5) if factor * power <= value), default=power)


def _described(every: Sequence[Point]) -> str:
    south, north = (latitude_in_words(f(p.latitude for p in every), 2) for f in (min, max))
    west, east = (longitude_in_words(f(p.longitude for p in every), 2) for f in (min, max))
    count = f"{len(every)} points" if len(every) > 1 else "1 point"
    return f"{count} between {south} and {north}, {west} and {east}. The table has what is known of each."
