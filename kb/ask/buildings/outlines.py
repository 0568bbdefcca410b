"""Outlines behind the buildings on a map, such as districts: from a GeoJSON file, or those that the store has."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely

from kb.errors import BadSetting
from kb.store.buildings.tables import Index

Box = tuple[float, float, float, float]

_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False)
class Outline:
    """A place with its shape, in degrees of WGS84."""

    name: str
    shape: Any


@dataclass(frozen=True)
class Drawn:
    """What of an outline lies in a box: rings of (longitude, latitude), and a point within for its name."""

    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    middle: tuple[float, float]


@lru_cache(maxsize=4)
def of_file(path: str) -> tuple[Outline, ...]:
    """The polygons of a GeoJSON file (RFC 7946), each under its `name` or a property that ends so, as LAD13NM.

    Raises BadSetting where it cannot be read, or holds none.
    """
    try:
        said = json.loads(Path(path).read_bytes())
        features = [(each.get("properties") or {}, each.get("geometry") or {}) for each in said["features"]]
        shapes = [
            (_name(properties), shapely.from_geojson(json.dumps(geometry)))
            for properties, geometry in features
            if geometry.get("type") in _POLYGONS
        ]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, shapely.GEOSException) as error:
        raise BadSetting(f"WHATWORKS_OUTLINES={path}: cannot be read as GeoJSON ({error})") from error
    if not shapes:
        raise BadSetting(f"WHATWORKS_OUTLINES={path}: holds no polygon")
    return tuple(Outline(name, shape) for name, shape in shapes)


@lru_cache(maxsize=4)
def of_store(index: Index) -> tuple[Outline, ...]:
    """Those of places whose outline is in the store."""
    return tuple(Outline(name, shapely.from_wkt(wkt)) for name, wkt in index.outlines)


def drawn(outlines: Sequence[Outline], box: Box, tolerance: float) -> Sequence[Drawn]:
    """What lies in a box, simplified by that many degrees; neighbours keep the border that they share."""
    return _drawn(tuple(outlines), box, tolerance)


@lru_cache(maxsize=64)
def _drawn(outlines: tuple[Outline, ...], box: Box, tolerance: float) -> Sequence[Drawn]:
    near = [each for each in outlines if each.shape.intersects(shapely.box(*box))]
    if not near:
        return []
    shapes = _simplified([each.shape for each in near], tolerance)
    cut = shapely.clip_by_rect(shapes, *box)
    found = zip(near, cut, strict=True)
    return [Drawn(each.name, tuple(_rings(shape)), _middle(shape)) for each, shape in found if not shape.is_empty]


def extent(outlines: Iterable[Outline]) -> Box:
    """The box around all of them."""
    west, south, east, north = shapely.total_bounds([each.shape for each in outlines])
    return float(west), float(south), float(east), float(north)


def _simplified(shapes: Sequence[Any], tolerance: float) -> Any:
    try:
        return shapely.coverage_simplify(list(shapes), tolerance)
    except shapely.GEOSException:  # shapes that overlap are no coverage
        return shapely.simplify(list(shapes), tolerance)


def _rings(shape: Any) -> Iterator[tuple[tuple[float, float], ...]]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield tuple((float(x), float(y)) for x, y in ring.coords)


def _middle(shape: Any) -> tuple[float, float]:
    point = shape.representative_point()
    return float(point.x), float(point.y)


def _name(properties: dict[str, Any]) -> str:
    for name, value in properties.items():
        if isinstance(value, str) and (name.lower() in ("name", "label") or name.upper().endswith("NM")):
            return value
    return ""
