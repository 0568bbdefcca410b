"""A point as GeoSPARQL writes it, and its degrees in words."""

import re

from kb.namespaces import expand

WKT = expand("geo:wktLiteral")

_POINT = re.compile(
    r"(?:<([^>]*)>\s*)?POINT\s*(?:Z\s*)?\(\s*(-?[0-9.]+)\s+(-?[0-9.]+)(?:\s+-?[0-9.]+)?\s*\)", re.IGNORECASE
)
_LONGEST = 400
"""Characters of a text that may be a point: one with its reference system needs a quarter of them."""

_CRS84 = re.compile(r"https?://www\.opengis\.net/def/crs/OGC/1\.3/CRS84")
_EPSG_4326 = re.compile(r"https?://www\.opengis\.net/def/crs/EPSG/0/4326")


def coordinates(wkt: str) -> tuple[float, float] | None:
    """Longitude and latitude of a point in WGS84; None for another geometry or reference system.

    Without a reference system it is CRS84, longitude first (GeoSPARQL 1.1 §8.5.1); EPSG:4326 has latitude first.
    """
    written = wkt.strip()
    found = _POINT.fullmatch(written) if len(written) <= _LONGEST else None
    if found is None:
        return None
    try:
        first, second = float(found[2]), float(found[3])
    except ValueError:
        return None
    if found[1] and _EPSG_4326.fullmatch(found[1]):
        first, second = second, first
    elif found[1] and not _CRS84.fullmatch(found[1]):
        return None
    return (first, second) if on_earth(first, second) else None


def on_earth(longitude: float, latitude: float) -> bool:
    """Whether there is such a place; the poles have no longitude, and no place on a map here."""
    return abs(longitude) <= 180 and abs(latitude) < 90


def latitude_in_words(degrees: float, places: int) -> str:
    """`51.20° N`."""
    return _in_words(degrees, places, "NS")


def longitude_in_words(degrees: float, places: int) -> str:
    """`0.10° E`."""
    return _in_words(degrees, places, "EW")


def _in_words(degrees: float, places: int, sides: str) -> str:
    shown = f"{abs(degrees):.{places}f}°"
    return shown if round(degrees, places) == 0 else f"{shown} {sides[0] if degrees > 0 else sides[1]}"
