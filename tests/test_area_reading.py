"""Areas as publishers give them: boxes and GeoJSON, and what is refused."""

import json
from pathlib import Path

import pytest
from absent import absent

from kb.errors import BadInput
from kb.mapping.values.area_reading import area_of, written

KENT = Path(__file__).parents[2] / "shared/data/boundaries_kent/kent_medway_districts_from_topo_lad.geojson"
SQUARE = [[0, 50], [2, 50], [2, 52], [0, 52], [0, 50]]
HOLE = [[0.5, 50.5], [1.5, 50.5], [1.5, 51.5], [0.5, 51.5], [0.5, 50.5]]


def test_a_box_is_west_south_east_north() -> None:
    area = area_of("Trafford", "-2.48, 53.35,-2.2,53.49")
    assert area.name == "Trafford"
    assert area.holds((-2.35, 53.39))
    assert not area.holds((53.39, -2.35))


@pytest.mark.parametrize("wrap", ["plain", "feature", "collection", "multi"])
def test_polygons_are_found_wherever_geojson_has_them(wrap: str) -> None:
    polygon = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
    feature = {"type": "Feature", "properties": {}, "geometry": polygon}
    found = {
        "plain": polygon,
        "feature": feature,
        "collection": {"type": "FeatureCollection", "features": [feature]},
        "multi": {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE]]},
    }[wrap]
    area = area_of("it", json.dumps(found))
    assert area.holds((0.2, 50.2))
    assert not area.holds((1.0, 51.0)), "in the hole"
    assert area_of("it", written(area)) == area


def test_the_outline_of_a_county() -> None:
    if not KENT.exists():
        absent("../shared/data/boundaries_kent")
    area = area_of("Kent", KENT.read_text(encoding="utf-8"))
    assert area.holds((1.08, 51.28)), "Canterbury"
    assert not area.holds((0.094, 51.515)), "Barking"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Trafford", "give west,south,east,north"),
        ("1,2,3", "give west,south,east,north"),
        ("2,50,1,51", "its west must be below its east"),
        ("377000,390000,380000,395000", "not a box"),
        ('{"type": "Point", "coordinates": [1, 2]}', "holds no polygon"),
        ('{"type": "Polygon", "coordinates": [[["a", 2], [1, 2], [2, 3], [1, 1]]]}', "not GeoJSON"),
        ('{"type": "Polygon"', "not GeoJSON"),
        ('{"type": "Polygon", "coordinates": 7}', "not GeoJSON"),
        ('{"type": "FeatureCollection", "features": [3]}', "not GeoJSON"),
        (json.dumps({"type": "Polygon", "coordinates": [[[9e5, 4e5], [9e5, 5e5], [8e5, 4e5], [9e5, 4e5]]]}), "degrees"),
        (json.dumps({"type": "Polygon", "coordinates": [[[i / 1e4, 0] for i in range(20_002)]]}), "simpler"),
        ('{"type":"GeometryCollection","geometries":[' * 300, "not GeoJSON"),
    ],
)
def test_what_is_no_area_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        area_of("it", text)
