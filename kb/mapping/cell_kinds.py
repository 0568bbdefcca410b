"""What the cells of a column look like, and whether a field could hold that: it confirms or contradicts a name."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from kb.intake.grid import Grid
from kb.mapping.values.codes import code_labels
from kb.mapping.values.said import LONGEST
from kb.protocols.columns import Column

SAMPLE = 200
"""Cells of a column that are looked at, spread over all rows."""

_NUMBER = re.compile(r"\(?[-+]?[£€$]?\s?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s?([kKmM]|bn|%)?\)?")
_DATE = re.compile(
    r"\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}(:\d{2})?Z?)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
    r"|\d{1,2}(st|nd|rd|th)?[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9}[ -]\d{2,4}"
)
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "postcode": re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]?(\s*\d([A-Za-z]{2})?)?"),
    "e-mail": re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"),
    "telephone": re.compile(r"(\+44\s?|0)(\(0\)\s?)?\d{2,5}[\s-]?\d{3,4}[\s-]?\d{3,4}(\s*(x|ext\.?)\s*\d+)?"),
    "web address": re.compile(r"(https?://|www\.)\S+"),
    "WKT": re.compile(r"(<\S+> )?(MULTI)?(POINT|POLYGON|LINESTRING|GEOMETRYCOLLECTION) ?Z? ?\(.*", re.DOTALL),
    "GSS code": re.compile(r"[EWSNKJL]\d{8}"),
    "coordinate system": re.compile(r"(WGS ?84|OSGB ?36|EPSG:\d+|CRS84|BNG|British National Grid)", re.IGNORECASE),
    "date": _DATE,
    "year": re.compile(r"(1[5-9]|20)\d\d(/\d\d|-\d\d)?"),
    "number": _NUMBER,
    "pair of numbers": re.compile(r"-?\d+(\.\d+)?\s*,\s*-?\d+(\.\d+)?"),
    "long fraction": re.compile(r"-?\d+\.\d{3,}"),
    "digits": re.compile(r"\d{1,12}(\.0)?"),
    "yes or no": re.compile(r"yes|no|y|n|true|false|x|0|1", re.IGNORECASE),
}
KINDS = tuple(_PATTERNS)
"""Of cells, by how they look; `Cells.of_kind` takes one."""

_PERSONAL = {"e-mail": "an e-mail address", "telephone": "a telephone number"}
_TELLING = 0.8
"""A kind that so many of the cells are of is what the column holds."""


class Cells:
    """A sample of a column's cells that are not empty, as text; what was found out about them is kept."""

    def __init__(self, values: tuple[str, ...]) -> None:
        self.values = values
        self._shares: dict[Hashable, float] = {}

    def share(self, name: Hashable, fits: Callable[[str], object]) -> float:
        """The share of cells for which it holds, from 0 to 1; 0 where there are none. `name` tells it from others."""
        if name not in self._shares:
            held = sum(1 for value in self.values if fits(value))
            self._shares[name] = held / len(self.values) if self.values else 0.0
        return self._shares[name]

    def of_kind(self, kind: str) -> float:
        """The share of cells that look like this kind as a whole."""
        return self.share(kind, lambda value: len(value) <= LONGEST and _PATTERNS[kind].fullmatch(value))

    def between(self, low: float, high: float) -> float:
        """The share of cells that are numbers between these."""
        return self.share((low, high), lambda value: (number := _float(value)) is not None and low <= number <= high)

    def personal(self) -> str | None:
        """What the cells are, in words, where they are of a kind that is not published, else None."""
        return next((what for kind, what in _PERSONAL.items() if self.of_kind(kind) >= _TELLING), None)


def samples(grid: Grid) -> list[Cells]:
    """Of each column, in the order of `headings`, up to SAMPLE cells of rows spread over the whole sheet."""
    step = max(1, len(grid.rows) // (4 * SAMPLE))
    rows = [cells for _, cells in grid.rows[::step]]
    return [_sample([cells[position] for cells in rows if cells[position]]) for position in range(len(grid.headings))]


def _sample(filled: list[str]) -> Cells:
    return Cells(tuple(filled[:: max(1, len(filled) // SAMPLE)][:SAMPLE]))


@dataclass(frozen=True)
class Fit:
    """How well cells suit a field, from 0 to 1. `telling`: such cells alone suggest the field; `own_words`: cells that
    don't suit it say nothing against it, since a publisher may write codes in words of its own."""

    share: float
    kind: str
    telling: bool = False
    own_words: bool = False


def fit(cells: Cells, column: Column) -> Fit | None:
    """Whether the field could hold these cells; None where any text could stand in it, or there are no cells."""
    if not cells.values:
        return None
    if column.part:
        return _coordinate(cells, column.part)
    if column.code_lists:
        known = code_labels(tuple(each.iri for each in column.code_lists))
        share = cells.share(column.code_lists, lambda value: len(value) <= LONGEST and known.exact(value))
        meant = {tuple(known.exact(value)) for value in cells.values if len(value) <= LONGEST} if share else ()
        several = len(set(meant) - {()}) > 1
        return Fit(share, f"codes of the list “{column.code_lists[0].name}”", several, True)
    local = column.path.rpartition("/")[2].rpartition("#")[2]
    kind = {"postCode": "postcode", "gssCode": "GSS code", "uprn": "digits"}.get(local)
    if kind:
        return Fit(cells.of_kind(kind), kind, kind != "digits")
    return _of_datatype(cells, column)


def _of_datatype(cells: Cells, column: Column) -> Fit | None:
    datatype = (column.field.datatype or "").rpartition("#")[2]
    if datatype == "boolean":
        return Fit(cells.of_kind("yes or no"), "yes or no")
    if datatype in ("decimal", "double", "integer", "nonNegativeInteger", "positiveInteger"):
        return Fit(cells.of_kind("number"), "number")
    if datatype == "wktLiteral":
        pair, shape = cells.of_kind("pair of numbers"), cells.of_kind("WKT")
        return Fit(max(shape, pair), "point or shape", shape > pair)
    if datatype.startswith(("date", "gYear")) or (column.field.pattern or "").startswith("^[0-9]{4}"):
        return Fit(max(cells.of_kind("date"), cells.of_kind("year")), "date")
    if datatype == "langString" or column.field.takes in ("link", "link or text"):
        return _words(cells)
    return None


def _words(cells: Cells) -> Fit | None:
    """Numbers and dates alone are no name and no text; anything else may be."""
    odd = max(cells.of_kind("number"), cells.of_kind("date"))
    return Fit(1 - odd, "words") if odd > 0.5 else None


def _coordinate(cells: Cells, part: str) -> Fit:
    """Within the bounds of the United Kingdom: degrees (WGS84) or metres of the National Grid.

    Axes may be exchanged in a file, so both ranges suit either; only longitudes and latitudes in place are telling.
    """
    if part == "crs":
        return Fit(cells.of_kind("coordinate system"), "coordinate system", True)
    degrees = (cells.between(-9, 2.5), cells.between(49, 61.5))
    metres = cells.between(1_000, 1_300_000)
    telling = part == "y" and degrees[1] >= _TELLING and cells.of_kind("long fraction") > 0.5
    return Fit(max(*degrees, metres), "coordinate", telling)


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
