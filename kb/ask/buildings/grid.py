"""Many points as few: how many buildings lie in each cell of a grid, and where in it."""

from dataclasses import dataclass
from typing import Any

import numpy

from kb.store.buildings.tables import Tables

MOST = 100
"""Cells with something in them, up to which a finer grid is chosen, so that the drawing stays below some 40 kB."""

FINEST = 40
"""Cells along the longer side of what is drawn."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class Cell:
    """Buildings close together: the middle of their points and the box around them; `row` of one that is alone."""

    longitude: float
    latitude: float
    buildings: int
    box: Box
    row: int | None


def extent(tables: Tables, mask: Any) -> Box | None:
    """The box around the points of the buildings; None where none has a point."""
    longitude, latitude = (tables.buildings.numbers(name)[mask] for name in ("longitude", "latitude"))
    placed = ~numpy.isnan(longitude)
    if not placed.any():
        return None
    longitude, latitude = longitude[placed], latitude[placed]
    return float(longitude.min()), float(latitude.min()), float(longitude.max()), float(latitude.max())


def cells(tables: Tables, mask: Any, box: Box) -> list[Cell]:
    """The buildings of the mask in the cells of a grid over the box, square on the ground, the fullest first.

    None of them may lie outside the box.
    """
    longitude, latitude = tables.buildings.numbers("longitude"), tables.buildings.numbers("latitude")
    (rows,) = numpy.nonzero(mask & ~numpy.isnan(longitude))
    if not len(rows):
        return []
    x, y = longitude[rows], latitude[rows]
    west, south, east, north = box
    shrink = numpy.cos(numpy.radians((south + north) / 2))
    side = max((east - west) * shrink, north - south, 1e-6)
    number = FINEST
    while True:
        column = numpy.minimum((x - west) * shrink / side * number, number).astype(numpy.int64)
        line = numpy.minimum((y - south) / side * number, number).astype(numpy.int64)
        cell = line * (number + 1) + column
        counts = numpy.bincount(cell)
        if (counts > 0).sum() <= MOST or number <= 4:
            break
        # Right where the occupied cells are spread evenly; they seldom are, so it is looked at again.
        number = max(4, min(number - 1, int(number * (MOST / (counts > 0).sum()) ** 0.5)))
    count = counts[counts > 0]
    place = (numpy.cumsum(counts > 0) - 1)[cell]
    middle = [numpy.bincount(place, weights=values) / count for values in (x, y)]
    order = numpy.argsort(place.astype(numpy.uint16), kind="stable")  # so that it is a radix sort
    first = numpy.r_[0, numpy.cumsum(count)[:-1]]
    low, high = ([at.reduceat(values[order], first) for values in (x, y)] for at in (numpy.minimum, numpy.maximum))
    bounds = (*low, *high)
    last = rows[order[first]]
    found = [
        Cell(
            float(middle[0][each]),
            float(middle[1][each]),
            int(count[each]),
            (float(bounds[0][each]), float(bounds[1][each]), float(bounds[2][each]), float(bounds[3][each])),
            int(last[each]) if count[each] == 1 else None,
        )
        for each in range(len(count))
    ]
    return sorted(found, key=lambda each: -each.buildings)

