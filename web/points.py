"""The points of an answer: columns of WKT (GeoSPARQL, longitude first), or two columns of latitude and longitude."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.ask.labels import Labels
from web import figures
from web.figures import Cell, Row
from web.geometry import WKT, coordinates, on_earth

_LATITUDES = ("lat", "latitude")
_LONGITUDES = ("long", "lon", "lng", "longitude")


@dataclass(frozen=True)
class Point:
    """A point in degrees of WGS84, with what it is called and, where the answer tells, the IRI of the thing there."""

    longitude: float
    latitude: float
    name: str
    iri: str | None


def points(variables: Sequence[str], rows: Sequence[Row], labels: Labels) -> list[list[Point]]:
    """The points of each row.

    Where there are as many columns of points as of records, which have names of one letter, a point is that of the
    record in the same place, and has its name; else it has the words that stand nearest before it.
    """
    wkt = [each for each in variables if any(_is_wkt(row, each) for row in rows)]
    if wkt:
        return [list(_of_wkt(row, variables, wkt, labels)) for row in rows]
    lower = {name.lower(): name for name in variables}
    latitude, longitude = (
        next((lower[name] for name in names if name in lower), None) for names in (_LATITUDES, _LONGITUDES)
    )
    if latitude is None or longitude is None:
        return [[] for _ in rows]
    return [list(_of_degrees(row, variables, (latitude, longitude), labels)) for row in rows]


def _of_wkt(row: Row, variables: Sequence[str], wkt: Sequence[str], labels: Labels) -> Iterator[Point]:
    for place, column in enumerate(wkt):
        at = coordinates(row[column]["value"]) if _is_wkt(row, column) else None
        if at is not None:
            yield _point(at, _record(row, variables, place, len(wkt)), _words(row, variables, column, wkt), labels)


def _of_degrees(row: Row, variables: Sequence[str], columns: tuple[str, str], labels: Labels) -> Iterator[Point]:
    latitude, longitude = (figures.number(row, each) for each in columns)
    if latitude is not None and longitude is not None and on_earth(float(longitude), float(latitude)):
        first = min(columns, key=variables.index)
        at = (float(longitude), float(latitude))
        yield _point(at, _record(row, variables, 0, 1), _words(row, variables, first, columns), labels)


def _point(at: tuple[float, float], record: str | None, words: Cell | None, labels: Labels) -> Point:
    if record is not None and (record in labels or words is None):
        return Point(*at, labels.name(record), record)
    if words is None:
        return Point(*at, "not named", None)
    return Point(*at, labels.name(words["value"]) if words["type"] == "uri" else str(words["value"]), record)


def _words(row: Row, variables: Sequence[str], column: str, others: Sequence[str]) -> Cell | None:
    """The nearest cell before a column, else the first after it, that is no number and none of the others."""
    place = variables.index(column)
    order = (*reversed(variables[:place]), *variables[place + 1 :])
    fitting = (name for name in order if name in row and name not in others and figures.number(row, name) is None)
    return next((row[name] for name in fitting), None)


def _record(row: Row, variables: Sequence[str], place: int, count: int) -> str | None:
    records = [name for name in variables if len(name) == 1]
    cell = row.get(records[place]) if len(records) == count else None
    return str(cell["value"]) if cell is not None and cell["type"] == "uri" else None


def _is_wkt(row: Row, column: str) -> bool:
    return row.get(column, {}).get("datatype") == WKT
