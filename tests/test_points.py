"""Points are read from an answer, named, and put on a map true to their distances."""

from math import cos, hypot, radians
from typing import Any

import pytest
from pyoxigraph import Literal

from kb.ask.labels import Labels
from web.figures import in_words
from web.geometry import WKT, coordinates
from web.point_map import METRES, NAMED, WIDTH, PointMap, point_map
from web.points import points
from web.values import XSD

NO_LABELS = Labels()


def wkt(text: str) -> dict[str, str]:
    return {"type": "literal", "value": text, "datatype": WKT}


def word(text: str) -> dict[str, str]:
    return {"type": "literal", "value": text}


def number(text: str) -> dict[str, str]:
    return {"type": "literal", "value": text, "datatype": f"{XSD}decimal"}


def link(text: str) -> dict[str, str]:
    return {"type": "uri", "value": f"https://area.example/{text}"}


def mapped(rows: list[dict[str, Any]]) -> PointMap:
    found = point_map(list(dict.fromkeys(name for row in rows for name in row)), rows, NO_LABELS)
    assert found is not None
    return found


POINTS: list[tuple[str, tuple[float, float] | None]] = [
    ("POINT(0.1 51.2)", (0.1, 51.2)),
    ("point ( -1.5   53 )", (-1.5, 53.0)),
    ("POINT Z(0.1 51.2 12)", (0.1, 51.2)),
    ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(0.1 51.2)", (0.1, 51.2)),
    ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(51.2 0.1)", (0.1, 51.2)),
    ("<http://www.opengis.net/def/crs/EPSG/0/27700> POINT(576000 156000)", None),
    ("<http://www.opengis.net/def/crs/EPSG/0/43260> POINT(51.2 0.1)", None),
    ("POINT(0.1 51.2) POINT(0.1 51.2)", None),
    ("POINT(576000 156000)", None),
    ("POINT(0.1 91)", None),
    ("POINT(0.1)", None),
    ("POINT(1.2.3 5)", None),
    ("POINT EMPTY", None),
    ("LINESTRING(0 1, 2 3)", None),
    ("", None),
    ("  POINT(0.1 51.2)\n", (0.1, 51.2)),
]
"""WKT, and the longitude and latitude that are read from it."""

LONG = {
    "spaces": " " * 10**6,
    "spaces within": f"POINT(0 1{' ' * 10**6}",
    "spaces in a reference system": f"<urn:{' ' * 10**6}",
}


@pytest.mark.parametrize(("text", "found"), POINTS)
def test_a_point_has_its_degrees_or_is_none(text: str, found: tuple[float, float] | None) -> None:
    assert coordinates(text) == found


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_is_none(text: str) -> None:
    assert coordinates(text) is None


def test_a_point_in_a_table_is_written_in_degrees() -> None:
    row = {"a": wkt("POINT(-1.5 53.81)"), "b": wkt("LINESTRING(0 1, 2 3)")}
    assert in_words(row, "a") == "53.8100° N, 1.5000° W"
    assert in_words(row, "b") == "LINESTRING(0 1, 2 3)"


def test_a_point_has_the_name_before_it_and_its_record() -> None:
    row = {"name": word("Hall"), "storeys": number("3"), "at": wkt("POINT(0.1 51.2)"), "x": link("hall")}
    [[found]] = points(list(row), [row], NO_LABELS)
    assert (found.name, found.iri) == ("Hall", "https://area.example/hall")
    [[found]] = points(["at", "name"], [row], NO_LABELS)
    assert (found.name, found.iri) == ("Hall", None)
    [[found]] = points(["at", "x"], [row], Labels({"https://area.example/hall": Literal("Town Hall")}))
    assert found.name == "Town Hall", "the record has its label"
    [[found]] = points(["at"], [row], NO_LABELS)
    assert found.name == "not named"


def test_two_points_of_a_row_belong_to_its_two_records() -> None:
    row = {"at": wkt("POINT(0 51)"), "to": wkt("POINT(1 52)"), "a": link("a"), "b": link("b")}
    [found] = points(list(row), [row], NO_LABELS)
    assert [(point.longitude, point.iri) for point in found] == [
        (0, "https://area.example/a"),
        (1, "https://area.example/b"),
    ]


@pytest.mark.parametrize("names", [("lat", "long"), ("latitude", "longitude"), ("Lat", "Lng"), ("lat", "lon")])
def test_two_columns_of_degrees_are_points(names: tuple[str, str]) -> None:
    row = {"name": word("Hall"), names[0]: number("51.2"), names[1]: number("0.1")}
    [[found]] = points(list(row), [row], NO_LABELS)
    assert (found.longitude, found.latitude, found.name) == (0.1, 51.2, "Hall")
    assert points(list(row), [{**row, names[0]: number("151.2")}], NO_LABELS) == [[]]
    assert points(list(row), [{"name": word("Hall"), names[0]: number("51.2")}], NO_LABELS) == [[]]


def test_an_answer_without_points_has_no_map() -> None:
    assert point_map(["a"], [{"a": word("POINT(0 1)")}], NO_LABELS) is None
    assert point_map(["a"], [{"a": wkt("POLYGON((0 1, 1 1, 0 0, 0 1))")}], NO_LABELS) is None
    assert point_map([], [], NO_LABELS) is None


def test_distances_on_the_map_are_those_on_the_ground() -> None:
    """One kilometre to the east is as long as one to the north, and the scale says how long."""
    north, east = 5_000 / METRES, 5_000 / METRES / cos(radians(53.0))
    rows = [{"at": wkt(f"POINT({-1 + x} {53 + y})")} for x, y in ((0, 0), (east, 0), (0, north))]
    found = mapped(rows)
    start, right, up = found.marks
    length = hypot(right.x - start.x, right.y - start.y)
    assert length == pytest.approx(hypot(up.x - start.x, up.y - start.y), rel=0.01)
    assert right.x > start.x
    assert up.y < start.y
    metres = float(found.scale_label.split()[0]) * (1000 if found.scale_label.endswith("km") else 1)
    assert found.scale / length == pytest.approx(metres / 5_000, rel=0.01)


@pytest.mark.parametrize(
    "places",
    [
        [(0.1, 51.2)],
        [(0.1, 51.2), (0.1, 51.2)],
        [(0.1, 51.2), (0.1, 51.3)],
        [(-8.0, 50.0), (1.7, 60.0)],
        [(-179.0, -80.0), (179.0, 80.0)],
        [(0.1, 51.2), (0.1001, 51.2001)],
    ],
)
def test_every_point_is_on_the_map_with_lines_and_a_scale(places: list[tuple[float, float]]) -> None:
    found = mapped([{"at": wkt(f"POINT({x} {y})")} for x, y in places])
    assert len(found.marks) == len(set(places))
    for mark in found.marks:
        assert 0 < mark.x < WIDTH
        assert 0 < mark.y < found.height
    assert 1 <= len(found.meridians) <= 5
    assert 1 <= len(found.parallels) <= 5
    assert 0 < found.scale <= WIDTH / 4
    assert str(len(found.marks)) in found.description


def test_degrees_are_round_and_say_their_side() -> None:
    found = mapped([{"at": wkt("POINT(-0.4 51.4)")}, {"at": wkt("POINT(0.4 51.6)")}])
    labels = [line.label for line in found.meridians]
    assert "0.0°" in labels
    assert any(label.endswith(" W") for label in labels)
    assert any(label.endswith(" E") for label in labels)
    assert all(line.label.endswith(" N") for line in found.parallels)


def test_points_of_one_row_are_joined_once() -> None:
    row = {"a": wkt("POINT(0 51)"), "b": wkt("POINT(0.5 51)")}
    found = mapped([{**row, "who": word("x")}, {**row, "who": word("x")}])
    assert len(found.pairs) == 1
    assert set(found.pairs[0]) == set(found.marks)


def test_near_points_share_a_tag_and_many_have_none() -> None:
    near = mapped([{"at": wkt(f"POINT({x} 51)"), "name": word(str(x))} for x in (0, 0.0001, 1)])
    assert [tag.numbers for tag in near.tags] == ["1, 2", "3"]
    assert [tag.before for tag in near.tags] == [False, True], "at the right edge the number stands on the left"
    many = mapped([{"at": wkt(f"POINT({n / 100} 51)"), "name": word(str(n))} for n in range(NAMED + 1)])
    assert (len(many.marks), many.tags) == (NAMED + 1, ())


def test_rows_without_a_point_are_counted() -> None:
    rows = [{"at": wkt("POINT(0 51)")}, {"at": wkt("POINT EMPTY")}, {"name": word("nowhere")}]
    assert mapped(rows).left_out == 2
