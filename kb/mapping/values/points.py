"""Points: longitude and latitude, or easting and northing of the National Grid, told apart by their figures.

What a header or a column of coordinate systems claims is not believed where the figures say otherwise: registers hold
both systems in one column, axes exchanged in a row or in a whole file, and both figures in one cell.
"""

import re
from dataclasses import dataclass
from functools import cache

from pyproj import Transformer

from kb.mapping.values.area import Area, Point, kilometres
from kb.mapping.values.said import LONGEST, NOTHING, Remark, Said, empty, literal, says_nothing, too_long, unread
from kb.protocols.columns import WKT

DECIMALS = 6
"""Of a degree: about a tenth of a metre, finer than any register's points."""

FAR = 25
"""Kilometres from where the postcode says a place is, beyond which exchanged axes are thought of."""

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_FIGURE = r"([+-]?[0-9]+(?:\.[0-9]+)?)"
_PAIR = re.compile(rf"\(?\s*{_FIGURE}(?:\s*[,;]\s*|\s+){_FIGURE}\s*\)?")
_WKT = re.compile(rf"(?:<[^>]+>\s*)?POINT\s*\(\s*{_FIGURE}\s+{_FIGURE}\s*\)", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


@dataclass(frozen=True)
class Written:
    """What the cells of one point say; empty where there is none."""

    x: str = ""
    y: str = ""
    crs: str = ""
    whole: str = ""


@dataclass(frozen=True)
class Located:
    """A point read: longitude and latitude, and what is said of it."""

    point: Point | None
    remark: Remark | None = None


def read_point(written: Written, area: Area | None = None, near: Point | None = None) -> Located:
    """The point; `area` is where it should be, `near` where the postcode says it is."""
    pair, note = _pair(written)
    if isinstance(pair, Said):
        return Located(None, pair.remark)
    first, second = pair
    if first == 0 and second == 0:
        return Located(None, Remark("unread", "0, 0 is no place in the United Kingdom."))
    candidates = _candidates(first, second)
    if not candidates:
        neither = "neither longitude and latitude in the United Kingdom nor an easting and northing"
        return Located(None, Remark("unread", f"“{_shown(written)}” is {neither}."))
    chosen, how = _chosen(candidates, area, near)
    notes = [each for each in (note, how, _claimed(written.crs, chosen), _outside(chosen.point, area)) if each]
    return Located(chosen.point, Remark("note", " ".join(notes)) if notes else None)


def wkt(point: Point) -> str:
    """The point as an N-Triples literal, longitude before latitude (GeoSPARQL 1.1 §8.5.1)."""
    x, y = (f"{each:.{DECIMALS}f}".rstrip("0").rstrip(".") for each in point)
    return literal(f"POINT({x} {y})", WKT)


def from_grid(easting: float, northing: float) -> Point:
    """Longitude and latitude (WGS84) of a point of the National Grid (OSGB36)."""
    x, y = _transformer().transform(easting, northing)
    return round(x, DECIMALS), round(y, DECIMALS)


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


@dataclass(frozen=True)
class _Candidate:
    system: str
    swapped: bool
    point: Point


def _pair(written: Written) -> tuple[tuple[float, float] | Said, str | None]:
    """Both figures, and a note where they stood in one cell."""
    if long := next((each for each in (written.whole, written.x, written.y) if len(each) > LONGEST), None):
        return too_long(long), None
    if written.whole:
        if found := _WKT.fullmatch(written.whole) or _PAIR.fullmatch(written.whole):
            return (float(found[1]), float(found[2])), None
        said = empty(written.whole) if says_nothing(written.whole) else unread(f"“{written.whole}” is no point.")
        return said, None
    x, y = written.x, written.y
    if bool(x) != bool(y):
        if found := _PAIR.fullmatch(x or y):
            return (float(found[1]), float(found[2])), f"“{x or y}” was read as both figures of a point."
        if says_nothing(x or y):
            return empty(x or y), None
        return unread(f"“{x or y}” stands alone: a point has two figures."), None
    if x == y and (found := _PAIR.fullmatch(x)):
        return (float(found[1]), float(found[2])), f"“{x}” was read as both figures of a point."
    if not x:
        return NOTHING, None
    if says_nothing(x) or says_nothing(y):
        return empty(x if says_nothing(x) else y), None
    figures = [_figure(x), _figure(y)]
    if figures[0] is None or figures[1] is None:
        return unread(f"“{x if figures[0] is None else y}” is no figure of a point."), None
    return (figures[0], figures[1]), None


def _figure(cell: str) -> float | None:
    bare = cell.replace("\u2212", "-").strip("° ")
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    return float(bare) if _NUMBER.fullmatch(bare) else None


def _candidates(first: float, second: float) -> list[_Candidate]:
    found = []
    for swapped, (x, y) in ((False, (first, second)), (True, (second, first))):
        if -9 <= x <= 2.5 and 49 <= y < 62:
            found.append(_Candidate("WGS84", swapped, (round(x, DECIMALS), round(y, DECIMALS))))
        elif 1_000 <= x < 700_000 and 1_000 <= y < 1_300_000:
            point = from_grid(x, y)
            if -9 <= point[0] <= 2.5 and 49 <= point[1] < 62:
                found.append(_Candidate("OSGB36", swapped, point))
    return found


def _chosen(candidates: list[_Candidate], area: Area | None, near: Point | None) -> tuple[_Candidate, str | None]:
    """The point as written, unless only the exchanged axes fit the area or the postcode."""
    plain, other = candidates[0], candidates[1] if len(candidates) > 1 else None
    if other and not plain.swapped and _fits_better(other.point, plain.point, area, near):
        plain = other
    if not plain.swapped:
        return plain, None
    axes = "latitude stood for longitude" if plain.system == "WGS84" else "the northing stood for the easting"
    return plain, f"The axes were exchanged: {axes}. The point was read the other way round."


def _fits_better(other: Point, plain: Point, area: Area | None, near: Point | None) -> bool:
    if near:
        return kilometres(plain, near) > FAR > kilometres(other, near)
    return bool(area and not area.holds(plain) and area.holds(other))


def _claimed(crs: str, chosen: _Candidate) -> str | None:
    claimed = crs[:LONGEST].upper().replace(" ", "").replace("-", "").replace("_", "")
    is_grid = any(word in claimed for word in ("OSGB", "27700", "BNG", "BRITISHNATIONAL", "NATIONALGRID"))
    is_world = any(word in claimed for word in ("WGS", "4326", "ETRS", "CRS84"))
    if is_grid and chosen.system == "WGS84":
        return f"“{crs}” is claimed, but the figures are longitude and latitude; they were read so."
    if is_world and chosen.system == "OSGB36":
        return f"“{crs}” is claimed, but the figures are an easting and a northing; they were read so."
    return None


def _outside(point: Point, area: Area | None) -> str | None:
    if area is None or area.holds(point):
        return None
    away = area.kilometres_away(point)
    return f"The point lies outside {area.name}, by {away:.0f} km: see whether it is right."


def _shown(written: Written) -> str:
    return written.whole or f"{written.x}, {written.y}"
