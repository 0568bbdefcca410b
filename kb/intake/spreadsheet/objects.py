"""JSON: a list of objects, or the features of GeoJSON (RFC 7946), a row each."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kb.errors import BadInput
from kb.intake.grid import Note
from kb.intake.spreadsheet.encoding import WESTERN, encoding_of
from kb.intake.spreadsheet.found import Found
from kb.intake.spreadsheet.geometry import geometry_cells
from kb.intake.spreadsheet.limits import MOST_COLUMNS
from kb.intake.spreadsheet.noting import Kind, Noting

NESTED = Kind("a list or object within an object is kept as JSON", kept=5)
GEOMETRY = Kind("geometries that can't be read are left out", kept=10)


class Number(float):
    """A number that knows how it was written: 1.50 stays 1.50."""

    def __new__(cls, text: str) -> "Number":
        """Of a number in JSON."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __str__(self) -> str:
        return self.text


def read_objects(path: Path, file: str) -> Found:
    """A row for each object, numbered from 1; a column for each name, in the order in which they come up.

    Raises BadInput for what is no JSON, is nested too deeply, or holds no list of objects.
    """
    encoding, notes = encoding_of(path, file)
    try:
        with path.open(encoding=encoding, errors=WESTERN) as opened:
            read = json.load(opened, parse_float=Number, parse_constant=lambda _: None)
    except RecursionError as error:
        raise BadInput(f"{file}: is nested too deeply: a table is a list of objects") from error
    except json.JSONDecodeError as error:
        said = f"is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise BadInput(f"{file}, line {error.lineno}, column {error.colno}: {said}; save it again") from error
    except ValueError as error:
        raise BadInput(f"{file}: holds a number of more than 4,300 digits: write it as text") from error
    noting = Noting()
    rows = _features(read, noting) if _is_geojson(read) else _objects(read, file)
    headings: dict[str, None] = {}
    for row in rows:
        headings.update(dict.fromkeys(row))
        if len(headings) > MOST_COLUMNS:
            raise BadInput(f"{file}: has more than {MOST_COLUMNS:,} columns: its objects are not alike")
    columns = list(headings)
    names = tuple(" ".join(name.split()) for name in columns)
    cells = _cells(rows, columns, noting, notes)
    return Found("", cells, headings=names, notes=notes)


def _is_geojson(read: Any) -> bool:
    if not isinstance(read, dict):
        return False
    listed = isinstance(read.get("features"), list)
    return read.get("type") == "Feature" or (read.get("type") == "FeatureCollection" and listed)


def _objects(read: Any, file: str) -> list[dict[str, Any]]:
    if isinstance(read, dict):
        lists = [each for each in read.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
        read = lists[0] if len(lists) == 1 else [read]
    if not isinstance(read, list) or not read:
        raise BadInput(f"{file}: holds no list of objects, which a table in JSON is")
    for index, each in enumerate(read, start=1):
        if not isinstance(each, dict):
            raise BadInput(f"{file}, object {index}: is no object; a table in JSON is a list of objects")
    return read


def _features(read: dict[str, Any], noting: Noting) -> list[dict[str, Any]]:
    features = [read] if read["type"] == "Feature" else read["features"]
    grid = "27700" in json.dumps(read.get("crs"))
    rows = []
    for number, feature in enumerate(features, start=1):
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        row = dict(properties) if isinstance(properties, dict) else {}
        if "id" in feature and "id" not in row:
            row = {"id": feature["id"], **row}
        try:
            cells = geometry_cells(feature.get("geometry"), grid)
        except ValueError as error:
            noting.add(GEOMETRY, f"its geometry can't be read: {error}", number)
            cells = {}
        for name, value in cells.items():
            row[name if name not in row else f"{name} (geometry)"] = value
        rows.append(row)
    return rows


def _cells(
    rows: Sequence[dict[str, Any]], columns: list[str], noting: Noting, notes: list[Note]
) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        yield [_written(row.get(name), number, column, noting) for column, name in enumerate(columns, start=1)]
    notes += noting.notes()


def _written(value: Any, row: int, column: int, noting: Noting) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    noting.add(NESTED, "a list or object within the object is kept as JSON", row, column)
    return json.dumps(value, ensure_ascii=False)
