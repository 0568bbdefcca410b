"""What a row says: the values of its fields, and what is said of its cells."""

from collections.abc import Callable, Sequence

import pyoxigraph as ox

from kb.mapping.plan import Plan, Planned, is_point
from kb.mapping.values.area import Area, Point
from kb.mapping.values.geocoding import Middle, Postcodes
from kb.mapping.values.points import Written, read_point, wkt
from kb.mapping.values.reader import POSTCODE, Read
from kb.mapping.values.said import Remark, address, link, literal
from kb.namespaces import concept, expand
from kb.protocols.columns import WKT, Column
from kb.vocabulary import XSD_STRING

Values = dict[Planned, tuple[str, ...]]
"""What a row says: field → N-Triples objects."""

Rows = Sequence[tuple[int, tuple[str, ...]]]
Tell = Callable[[int, Column, Remark], None]
"""Takes a remark: the position of the cell in its row (−1: no cell holds the field), the field, the remark."""

AS_WKT, PRECISION = expand("geo:asWKT"), expand("ww:geometryPrecision")


_OTHERS = "where most of this sheet's points are"
_SAMPLED = 2_000
_MIDDLES = {
    precision: Remark("note", f"No point is given: the middle of {what} was taken.")
    for precision, what in (
        ("postcode", "its postcode"),
        ("postcode-sector", "its postcode's sector"),
        ("outward-code", "the first half of its postcode"),
    )
}


_NEW = Remark(
    "note",
    "No point is given, and the table of postcodes does not hold this one: the middle of its sector was taken. See "
    "whether the postcode is right.",
)


class RowReader:
    """Reads the rows of one grid; each distinct text is read once."""

    def __init__(self, plan: Plan, rows: Rows, area: Area | None, postcodes: Postcodes | None) -> None:
        """`rows` are those of the grid; without an `area` their own points tell where points are expected."""
        self._plain = [each for each in plan.planned if each.cells and not is_point(each.column)]
        self._points = list(plan.points())
        self._telling = {each: _telling(each, plan) for each in self._plain if each.narrower}
        self._single = {each: each.cells[0] for each in self._plain if len(each.cells) == 1 and not each.narrower}
        self._postcode = plan.anywhere(POSTCODE)
        self._position = next((each for each in (*plan.planned, *plan.unfilled)
                               if each.column.field.datatype == WKT and each.column.part == ""), None)
        self._precision = plan.place_for(PRECISION)
        self._postcodes = postcodes
        self._located: dict[tuple[Written, str], tuple[str, Remark | None]] = {}
        self._spare: dict[int, Remark] = {}
        self._geocoded: dict[str, tuple[Remark, str, str] | None] = {}
        self._area = area or (Area.of_most(_OTHERS, self._sample(rows)) if self._points else None)

    def values(self, cells: Sequence[str], tell: Tell) -> Values:
        """What the cells of a row say, without constants; remarks go to `tell`."""
        said: Values = {}
        for planned in self._plain:
            if (only := self._single.get(planned)) is not None:
                if cell := cells[only]:
                    found = planned.read(cell)
                    if found.remark:
                        self._tell(planned, only, found.remark, found.terms, tell)
                    if found.terms:
                        said[planned] = found.terms
                continue
            terms: tuple[str, ...] = ()
            remarks: list[tuple[int, Remark]] = []
            read = self._read(planned, cells)
            for position in _names_first(planned, cells):
                if cell := cells[position]:
                    found = read(cell)
                    terms += found.terms
                    if found.remark:
                        remarks.append((position, found.remark))
            for position, remark in remarks:
                self._tell(planned, position, remark, terms, tell)
            if len(terms) > 1 and len(planned.cells) > 1:
                terms = _joined(planned.column, terms)
            if terms:
                said[planned] = terms
        for parts in self._points:
            self._point(parts, cells, said, tell)
        return said

    def geocode(self, said: Values, tell: Tell) -> None:
        """Adds the middle of the postcode where no point is said, and how exact it is."""
        if self._postcodes is None or self._position is None or any(is_point(each.column) for each in said):
            return
        postcode = said.get(self._postcode, ("",))[0][1:-1] if self._postcode else ""
        if not postcode:
            return
        if postcode not in self._geocoded:
            self._geocoded[postcode] = _middle(self._postcodes.find(postcode))
        if found := self._geocoded[postcode]:
            remark, point, precision = found
            said[self._position] = (point,)
            if self._precision:
                said[self._precision] = (precision,)
            tell(next(iter(self._position.cells), -1), self._position.column, remark)

    def first(self, planned: Planned | None, cells: Sequence[str]) -> str:
        """The first value of a field of text, as it was read; empty where there is none."""
        for position in planned.cells if planned else ():
            if cells[position] and planned and (terms := planned.read(cells[position]).terms):
                return lexical(terms[0])
        return ""

    def _read(self, planned: Planned, cells: Sequence[str]) -> Read:
        """What reads the cells of a field in this row: of several code lists that which the rest of its thing tells."""
        for each in self._telling.get(planned, ()):
            said = [term for position in each.cells for term in each.read(cells[position]).terms]
            for term in said or each.constant.terms:
                if narrower := planned.narrower.get((each.column.path, term)):
                    return narrower
        return planned.read

    def _tell(self, planned: Planned, position: int, remark: Remark, terms: tuple[str, ...], tell: Tell) -> None:
        spare = terms and remark.kind != "note" and not planned.column.repeats
        tell(position, planned.column, self._spared(remark) if spare else remark)

    def _spared(self, remark: Remark) -> Remark:
        """What is said of a cell that could not be read where another of the row says the same field."""
        return self._spare.setdefault(id(remark), Remark("note", f"{remark.sentence} Another column says it."))

    def _sample(self, rows: Rows) -> list[Point]:
        """The points of some rows, evenly taken."""
        step = max(1, len(rows) // _SAMPLED)
        written = (_written(parts, rows[row][1]) for row in range(0, len(rows), step) for parts in self._points)
        return [found for each in written if (found := read_point(each).point)]

    def _point(self, parts: dict[str, Planned], cells: Sequence[str], said: Values, tell: Tell) -> None:
        written = _written(parts, cells)
        if not (written.x or written.y or written.whole):
            return
        postcode = self.first(self._postcode, cells)
        key = (written, postcode)
        if key not in self._located:
            middle = self._postcodes.find(postcode) if self._postcodes and postcode else None
            located = read_point(written, self._area, middle.point if middle else None)
            self._located[key] = wkt(located.point) if located.point else "", located.remark
        term, remark = self._located[key]
        first = parts.get("x") or parts.get("y") or next(iter(parts.values()))
        if remark:
            tell(next(iter(first.cells), -1), first.column, remark)
        if term:
            said[first] = (term,)


def _telling(planned: Planned, plan: Plan) -> list[Planned]:
    """The fields of the same thing that tell which of its code lists holds."""
    paths = {path for path, _ in planned.narrower}
    return [each for each in plan.planned if each.thing is planned.thing and each.column.path in paths]


def lexical(term: str) -> str:
    """The text of a literal that N-Triples writes; empty for an IRI."""
    if not term.startswith('"'):
        return ""
    plain = term[1 : term.rfind('"')]
    if "\\" not in plain:
        return plain
    parsed = next(iter(ox.parse(f"<x:s> <x:p> {term} .".encode(), format=ox.RdfFormat.N_TRIPLES)))
    return parsed.object.value if isinstance(parsed.object, ox.Literal) else ""


def _middle(middle: Middle | None) -> tuple[Remark, str, str] | None:
    """What is said of the middle of a postcode, the point, and its precision."""
    if middle is None:
        return None
    precision = link(concept("geometry-precision", middle.precision))
    return _MIDDLES[middle.precision] if middle.known else _NEW, wkt(middle.point), precision


def _written(parts: dict[str, Planned], cells: Sequence[str]) -> Written:
    words = {part: _cell(planned, cells) for part, planned in parts.items()}
    return Written(words.get("x", ""), words.get("y", ""), words.get("crs", ""), words.get("", ""))


def _cell(planned: Planned, cells: Sequence[str]) -> str:
    written = " ".join(cells[each] for each in planned.cells if cells[each])
    return written or planned.written_constant


def _names_first(planned: Planned, cells: Sequence[str]) -> Sequence[int]:
    """The cells of a field: names of what it links to before web addresses, which another site may know it by."""
    if len(planned.cells) < 2 or not planned.column.links_to:
        return planned.cells
    return sorted(planned.cells, key=lambda position: address(cells[position]) is not None)


def _joined(column: Column, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Several cells of a field that has one text are its parts, as the lines of an address; of one link the first
    that is known stands.
    """
    distinct = tuple(dict.fromkeys(terms))
    if column.links_to and not column.repeats:
        return distinct[:1]
    if column.repeats or len(distinct) < 2 or column.field.datatype != XSD_STRING:
        return distinct
    return (literal(", ".join(map(lexical, distinct)), XSD_STRING),)
