"""An area as a publisher gives it: a bounding box, or a GeoJSON file with polygons (RFC 7946 §3.1.6, §5)."""

import json
from collections.abc import Iterator
from typing import Any

from kb.errors import BadInput
from kb.mapping.values.area import Area, Ring

MOST = 20_000
"""Corners that an area may have: each point of a sheet is compared with all of them."""


def area_of(name: str, written: str) -> Area:
    """The area of `west,south,east,north` in degrees, or of the polygons in GeoJSON text; raises BadInput."""
    if written.lstrip().startswith("{"):
        return _of_geojson(name, written)
    try:
        west, south, east, north = (float(each) for each in written.split(","))
    except ValueError as error:
        raise BadInput(
            f"{written!r}: not an area; give west,south,east,north in degrees, such as -2.48,53.35,-2.20,53.49"
        ) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadInput(f"{written!r}: not a box; its west must be below its east and its south below its north")
    return Area.box(name, west, south, east, north)


def written(area: Area) -> str:
    """The area as GeoJSON text, which area_of reads."""
    return json.dumps({"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])] for ring in area.rings]})


def _of_geojson(name: str, text: str) -> Area:
    try:
        rings = tuple(_rings(json.loads(text), 0))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(f"not GeoJSON with polygons: {error}") from error
    if not rings:
        raise BadInput("the GeoJSON holds no polygon; give the outline of the area")
    if sum(map(len, rings)) > MOST:
        raise BadInput(f"the outline has more than {MOST:,} corners; give a simpler one")
    if not all(-180 <= x <= 180 and -90 <= y <= 90 for ring in rings for x, y in ring):
        raise BadInput("the outline is not in degrees of longitude and latitude, as GeoJSON has them (RFC 7946 §4)")
    return Area(name, rings)


def _rings(found: Any, depth: int) -> Iterator[Ring]:
    kind = found.get("type")
    if kind == "FeatureCollection":
        for each in found["features"]:
            yield from _rings(each, depth + 1)
    elif kind == "Feature" and found["geometry"]:
        yield from _rings(found["geometry"], depth + 1)
    elif kind == "GeometryCollection" and depth < 3:
        for each in found["geometries"]:
            yield from _rings(each, depth + 1)
    elif kind in ("Polygon", "MultiPolygon"):
        polygons = [found["coordinates"]] if kind == "Polygon" else found["coordinates"]
        for polygon in polygons:
            for ring in polygon:
                corners = tuple((float(x), float(y)) for x, y, *_ in ring)
                if len(corners) > 3:
                    yield corners[:-1] if corners[0] == corners[-1] else corners
