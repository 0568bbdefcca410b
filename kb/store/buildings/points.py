"""Where buildings are, in metres: their points on the National Grid, and which of these are too coarse to measure from.

Distances are in a straight line on OSGB36 (EPSG:27700). The grid's scale differs from the ground's by at most 0.2 %
within the United Kingdom, which is 2 m in a kilometre; what two points share of the error of the datum goes out of
their difference.
"""

from collections.abc import Sequence
from typing import Any

import numpy
import pyproj

from kb.namespaces import concept
from kb.store.buildings.gather import Building

COARSE = frozenset(concept("geometry-precision", code) for code in ("postcode-sector", "outward-code", "place"))
"""Of points as coarse as these a distance of metres says nothing."""

CROWD = 300
"""Buildings with one point or postcode above which it says nothing: it is the body's own, or the middle of a place."""

_WEST, _SOUTH, _EAST, _NORTH = -9.0, 49.0, 3.0, 61.5
"""Where the National Grid is good enough."""


def projected(buildings: Sequence[Building]) -> Any:
    """Easting and northing of each in metres, nan where it has no point, a coarse one, or one beyond the grid."""
    longitudes = numpy.array([each.longitude for each in buildings], dtype=float)
    latitudes = numpy.array([each.latitude for each in buildings], dtype=float)
    fine = numpy.array([each.precision not in COARSE for each in buildings], dtype=bool)
    with numpy.errstate(invalid="ignore"):
        fine &= (longitudes > _WEST) & (longitudes < _EAST) & (latitudes > _SOUTH) & (latitudes < _NORTH)
    points = numpy.full((len(buildings), 2), numpy.nan)
    if fine.any():
        to_grid = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
        points[fine] = numpy.column_stack(to_grid.transform(longitudes[fine], latitudes[fine]))
    return points


def crowded(points: Any) -> Any:
    """Which buildings have the very point of more than CROWD others."""
    _, place, count = numpy.unique(points.round(1), axis=0, return_inverse=True, return_counts=True)
    return count[place.ravel()] > CROWD
