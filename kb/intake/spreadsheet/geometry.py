"""The geometry of a GeoJSON feature (RFC 7946 §3.1) as cells: a point's coordinates, else Well-Known Text."""

from typing import Any

_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def geometry_cells(geometry: Any, national_grid: bool) -> dict[str, str]:
    """`Longitude` and `Latitude` (`Easting` and `Northing` on the national grid) of a point, `Geometry` of another one.

    Raises ValueError for what is no geometry.
    """
    if geometry is None:
        return {}
    if not isinstance(geometry, dict):
        raise ValueError("it is no object")
    if geometry.get("type") == "Point":
        names = ("Easting", "Northing") if national_grid else ("Longitude", "Latitude")
        return dict(zip(names, _position(geometry.get("coordinates")), strict=True))
    return {"Geometry": wkt(geometry)}


def wkt(geometry: Any) -> str:
    """Well-Known Text (OGC 06-103r4) in two dimensions; raises ValueError for what is no geometry."""
    if not isinstance(geometry, dict) or not isinstance(geometry.get("type"), str):
        raise ValueError("it has no type")
    kind = geometry["type"]
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            raise ValueError("a collection has no list of geometries")
        return f"GEOMETRYCOLLECTION ({', '.join(map(wkt, parts))})" if parts else "GEOMETRYCOLLECTION EMPTY"
    if kind not in _DEPTHS:
        raise ValueError(f"{kind[:40]!r} is no kind of geometry")
    coordinates = geometry.get("coordinates")
    if coordinates == []:
        return f"{kind.upper()} EMPTY"
    depth = _DEPTHS[kind]
    inner = _nested(coordinates, depth)
    return f"{kind.upper()} {inner if depth else f'({inner})'}"


def _nested(coordinates: Any, depth: int) -> str:
    if depth == 0:
        return " ".join(_position(coordinates))
    if not isinstance(coordinates, list):
        raise ValueError("its coordinates are no list")
    return f"({', '.join(_nested(each, depth - 1) for each in coordinates)})"


def _position(coordinates: Any) -> tuple[str, str]:
    """Two numbers as they are written; a height is left out."""
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise ValueError("a position has two numbers")
    if any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in coordinates[:2]):
        raise ValueError("a position has two numbers")
    return str(coordinates[0]), str(coordinates[1])
