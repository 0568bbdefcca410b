"""The columns in which a protocol's records can be written down: one for each field, from its shapes alone."""

from dataclasses import dataclass
from typing import Literal

from kb.protocols.background import local_name
from kb.protocols.fields import Field, Record, fields

WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"

Part = Literal["", "x", "y", "crs"]
"""Of a point, which may be written in three columns: longitude or easting, latitude or northing, and which of both."""

_PARTS: dict[Part, tuple[str, str]] = {
    "x": ("Longitude or easting", "How far east: degrees of longitude, or an easting of the National Grid in metres."),
    "y": ("Latitude or northing", "How far north: degrees of latitude, or a northing of the National Grid in metres."),
    "crs": ("Coordinate system", "WGS84 for longitude and latitude, OSGB36 for easting and northing."),
}


@dataclass(frozen=True)
class Column:
    """A column of a record type.

    `id` is the local name of its property shape, with `-x`, `-y` or `-crs` for part of a point; it names the column
    in saved mappings. `heading` is its sh:name, unique within the record type. `path` is the predicate of the value;
    `leading` the predicate that leads from the record to a thing within it, to which the value then belongs, and
    `thing` tells several such things apart: columns with the same leading and thing speak of one. `fixed` are
    predicate and IRI that such a thing has wherever one of its columns is filled.
    """

    id: str
    heading: str
    description: str
    field: Field
    path: str
    leading: str | None = None
    thing: str = ""
    part: Part = ""
    fixed: tuple[tuple[str, str], ...] = ()
    outer: Field | None = None
    """The field that leads to the thing within."""


@dataclass(frozen=True)
class RecordColumns:
    """A record type, one sheet of a template: `id` is the local name of its node shape."""

    id: str
    record: Record
    class_: str
    columns: tuple[Column, ...]

    def column(self, id: str) -> Column:
        """The column of that id; raises KeyError."""
        return next((each for each in self.columns if each.id == id), None) or _missing(id)

    def headed(self, heading: str) -> Column | None:
        """The column with exactly this heading."""
        return next((each for each in self.columns if each.heading == heading), None)


def record_columns(protocol_id: str) -> list[RecordColumns]:
    """The record types of a protocol with their columns, in the order of its fields; raises NotFound."""
    return [
        RecordColumns(local_name(record.shape), record, record.target_classes[0], tuple(_unique(_columns(record))))
        for record in fields(protocol_id)
    ]


def _columns(record: Record) -> list[Column]:
    found: list[Column] = []
    for outer in record.fields:
        if not outer.fields:
            found.append(_column(outer))
            continue
        thing = local_name(outer.shape)
        for inner in outer.fields:
            found += _within(outer, inner, thing)
    return [each for each in found if "://" in each.path and not each.path.startswith(("^", "("))]


def _within(outer: Field, inner: Field, thing: str) -> list[Column]:
    column = Column(
        local_name(inner.shape), inner.name, inner.description, inner, inner.path, outer.path, thing, outer=outer
    )
    if inner.datatype != WKT:
        return [column]
    parts = [
        Column(f"{column.id}-{part}", heading, words, inner, inner.path, outer.path, thing, part, outer=outer)
        for part, (heading, words) in _PARTS.items()
    ]
    return [*parts, column]


def _column(field: Field) -> Column:
    return Column(local_name(field.shape), field.name, field.description, field, field.path)


def _unique(columns: list[Column]) -> list[Column]:
    headings = [each.heading for each in columns]
    doubled = sorted({each for each in headings if headings.count(each) > 1})
    if doubled:
        raise AssertionError(f"two columns are headed {doubled[0]!r}: change one sh:name")
    return columns


def _missing(id: str) -> Column:
    raise KeyError(id)
