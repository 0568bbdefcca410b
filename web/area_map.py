"""The map of many buildings: outlines, marks that stand for one or for many, and lines between pairs, drawn here.

It needs neither tiles nor a script; where there is a script, Leaflet takes its place (static/buildings-map.js).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from kb.ask.buildings.outlines import Box, Outline, drawn
from web.point_map import Line, projection_of
from web.points import Point

MARK, LARGEST = 6.0, 19.0
"""Radius of the mark of one building, and of the most."""

NUMBERED = 12.0
"""Radius from which on the number of buildings stands in the mark."""

FINE = 1.2
"""Units of the drawing by which outlines are simplified."""


@dataclass(frozen=True)
class Spot:
    """What is to be shown at a point: one building or many, and where it leads."""

    longitude: float
    latitude: float
    name: str
    href: str
    buildings: int = 1
    number: str = ""
    """What is written beside it."""


@dataclass(frozen=True)
class Mark:
    """A spot on the drawing."""

    x: float
    y: float
    radius: float
    spot: Spot

    @property
    def numbered(self) -> bool:
        """Whether the number of buildings is written in it."""
        return self.spot.buildings > 1


@dataclass(frozen=True)
class Area:
    """An outline as the path of an SVG, and where its name is written; without a name where it is too small for one."""

    name: str
    path: str
    x: float
    y: float
    named: bool


@dataclass(frozen=True)
class AreaMap:
    """A drawing with its words."""

    areas: tuple[Area, ...]
    marks: tuple[Mark, ...]
    pairs: tuple[tuple[Mark, Mark], ...]
    meridians: tuple[Line, ...]
    parallels: tuple[Line, ...]
    height: int
    scale: float
    scale_label: str
    description: str
    box: Box
    """What of the earth it shows."""


def area_map(
    spots: Sequence[Spot], outlines: Sequence[Outline], description: str, pairs: Sequence[tuple[int, int]] = ()
) -> AreaMap | None:
    """The drawing of the spots, as large as they go; `pairs` are places of two spots to be joined. None without any."""
    if not spots:
        return None
    at = projection_of([Point(each.longitude, each.latitude, "", None) for each in spots])
    marks = [Mark(at.x(each.longitude), at.y(each.latitude), _radius(each.buildings), each) for each in spots]
    east, north = at.reach
    scale, scale_label = at.scale
    box = (at.middle[0] - east, at.middle[1] - north, at.middle[0] + east, at.middle[1] + north)
    areas = []
    for each in drawn(outlines, box, FINE / at.unit):
        rings = ([(at.x(x), at.y(y)) for x, y in ring] for ring in each.rings)
        corners = [list(dict.fromkeys((round(x), round(y)) for x, y in ring)) for ring in rings]
        corners = [ring for ring in corners if len(ring) > 2]
        path = "".join("M" + " ".join(f"{x},{y}" for x, y in ring) + "Z" for ring in corners)
        width = max((max(x for x, _ in ring) - min(x for x, _ in ring) for ring in corners), default=0)
        named = width > 7 * len(each.name)
        areas.append(Area(each.name, path, at.x(each.middle[0]), at.y(each.middle[1]), named))
    return AreaMap(
        areas=tuple(areas),
        # The largest first, so that none lies under a larger one.
        marks=tuple(sorted(marks, key=lambda mark: -mark.radius)),
        pairs=tuple((marks[one], marks[other]) for one, other in pairs),
        meridians=at.meridians,
        parallels=at.parallels,
        height=at.height,
        scale=scale,
        scale_label=scale_label,
        description=description,
        box=box,
    )


def _radius(buildings: int) -> float:
    return MARK if buildings == 1 else round(min(LARGEST, NUMBERED + 2.5 * log10(buildings)), 1)
