"""A grid and its mapping become records: N-Triples, problems with their cells, and the way back from triple to cell.

    made = records(grid, mapping, about, Around(base, names, area, postcodes))
    made.lines       sorted, unique N-Triples lines, as kb.intake.submission.Submission has them
    made.problems    a Sequence[Problem]; made when asked for, so that it may be long
    made.questions   what a person has to decide, once for each text (kb.mapping.problems.Question)
    made.locator     a Locator (kb.mapping.places): result of the check → cells
    made.things      record → positions of its rows in grid.rows
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kb import namespaces
from kb.intake.grid import Grid
from kb.mapping.identities import Clues, Identity, identities
from kb.mapping.locator import SheetLocator
from kb.mapping.mapping import Mapping
from kb.mapping.places import Level
from kb.mapping.plan import Plan, Planned, Thing, is_point, plan
from kb.mapping.problems import Problems, Question
from kb.mapping.values.area import Area
from kb.mapping.values.geocoding import Postcodes
from kb.mapping.values.labels import plain
from kb.mapping.values.names import Names
from kb.mapping.values.points import Written, read_point, wkt
from kb.mapping.values.reader import POSTCODE, UPRN
from kb.mapping.values.said import Remark, link, literal, text
from kb.namespaces import expand
from kb.protocols.columns import Column, RecordColumns
from kb.vocabulary import XSD_STRING

_TYPE = link(expand("rdf:type"))
_NAME, _TITLE, _IDENTIFIER = expand("skos:prefLabel"), expand("dcterms:title"), expand("dcterms:identifier")
_DERIVED, _PRECISION = expand("ww:identifierDerived"), expand("ww:geometryPrecision")
_TRUE = literal("true", expand("xsd:boolean"))


@dataclass(frozen=True)
class Around:
    """What a sheet is read against: the publisher's base, known names, where its things should lie, and postcodes."""

    base: str
    names: Names = field(default_factory=Names)
    area: Area | None = None
    postcodes: Postcodes | None = None


@dataclass(frozen=True)
class Records:
    """What was made of a sheet."""

    lines: list[bytes]
    problems: Problems
    questions: list[Question]
    locator: SheetLocator
    things: dict[str, tuple[int, ...]]


Values = dict[Planned, tuple[str, ...]]
"""What a row says: field → N-Triples objects."""


def records(grid: Grid, mapping: Mapping, about: RecordColumns, around: Around) -> Records:
    """The records of a grid. Nothing is raised for what a cell says: that becomes a problem."""
    making = _Making(grid, plan(grid, mapping, about, around.names), around)
    making.make()
    return Records(
        sorted(making.lines),
        making.problems,
        list(making.problems.questions()),
        SheetLocator(grid, making.plan, making.things),
        making.things,
    )


class _Making:
    """One run over a grid."""

    def __init__(self, grid: Grid, ready: Plan, around: Around) -> None:
        self.grid, self.plan, self.around = grid, ready, around
        self.problems = Problems(grid)
        self.lines: set[bytes] = set()
        self.things: dict[str, tuple[int, ...]] = {}
        self._predicates = {each: link(each.column.path) for each in ready.planned}
        self._plain = [each for each in ready.planned if not is_point(each.column)]
        self._points = list(ready.points())
        self._remarks: dict[str, Remark] = {}
        self._located: dict[tuple[Thing | None, Written, str], tuple[str, Remark | None, str]] = {}

    def make(self) -> None:
        """All rows, those of one record together."""
        named = any(each.path in (_NAME, _TITLE) and not each.leading for each in self.plan.about.columns)
        found = identities([self._clues(cells) for _, cells in self.grid.rows], named=named)
        grouped: dict[str, list[int]] = {}
        of_slug: dict[str, Identity] = {}
        for row, identity in enumerate(found):
            if identity is None:
                self.problems.add(row, -1, self._naming(), "must", _NAMELESS)
            else:
                of_slug[identity.slug] = identity
                grouped.setdefault(identity.slug, []).append(row)
        for slug, rows in grouped.items():
            self._record(of_slug[slug], rows)

    # ---- who a row is

    def _clues(self, cells: Sequence[str]) -> Clues:
        name = self._first(_NAME, cells) or self._first(_TITLE, cells)
        postcode = self._term(self.plan.anywhere(POSTCODE), cells)
        uprn = self._term(self.plan.of(UPRN), cells)
        key = self.plan.of(_IDENTIFIER)
        return Clues(
            key="/".join(cells[each] for each in key.cells if cells[each]) if key else "",
            uprn=uprn,
            name=name,
            place=postcode or self._first(expand("locn:postName"), cells),
            content="\n".join(cells) if not name else "",
        )

    def _first(self, path: str, cells: Sequence[str]) -> str:
        planned = self.plan.anywhere(path)
        return next((cells[each] for each in planned.cells if cells[each]), "") if planned else ""

    def _term(self, planned: Planned | None, cells: Sequence[str]) -> str:
        """The first value of a field of text, as it was read."""
        for position in planned.cells if planned else ():
            if cells[position] and planned and (terms := planned.read(cells[position]).terms):
                return terms[0][1:-1]
        return ""

    def _naming(self) -> Column | None:
        return next((each for each in self.plan.about.columns if each.path == _IDENTIFIER and not each.leading), None)

    # ---- what a record says

    def _record(self, identity: Identity, rows: list[int]) -> None:
        iri = namespaces.thing(self.around.base, self.plan.kind, identity.slug)
        self.things[iri] = tuple(rows)
        said = self._row(rows[0])
        for row in rows[1:]:
            said = self._merged(said, self._row(row), rows[0], row)
        self.lines.update(line.encode() for line in self._lines(iri, identity, said, rows[0]))

    def _row(self, row: int) -> Values:
        _, cells = self.grid.rows[row]
        said: Values = {}
        for planned in self._plain:
            terms: tuple[str, ...] = ()
            for position in planned.cells:
                if cell := cells[position]:
                    found = planned.read(cell)
                    terms += found.terms
                    if found.remark:
                        self._remark(row, position, planned.column, found.remark)
            if len(planned.cells) > 1 and len(terms) > 1:
                terms = _joined(planned.column, terms)
            if terms:
                said[planned] = terms
        for thing, parts in self._points:
            self._point(row, thing, parts, said)
        return said

    def _remark(self, row: int, position: int, column: Column, remark: Remark) -> None:
        level: Level = "note"
        if remark.kind != "note":
            level = "must" if column.field.obligation == "Must" else "should"
        self.problems.add(row, position, column, level, remark)

    def _merged(self, one: Values, other: Values, first: int, row: int) -> Values:
        """Both rows as one record; what they do not agree on is a problem of the second."""
        differing = [each for each in other if each in one and not _agree(each, one[each], other[each])]
        for each in differing:
            position = next(iter(each.cells), -1)
            self.problems.add(row, position, each.column, "must", self._duplicate(first))
        if not differing:
            self.problems.add(row, -1, None, "note", self._same(first))
        union = {each: tuple(dict.fromkeys(one.get(each, ()) + other[each])) for each in other if _unites(each)}
        return {**other, **one, **({} if differing else union)}

    def _duplicate(self, first: int) -> Remark:
        number = self.grid.rows[first][0]
        return self._kept(Remark("unread", f"Row {number} is the same record and says something else here: give the "
                                           "rows identifiers of their own, or let them agree."))

    def _same(self, first: int) -> Remark:
        return self._kept(Remark("note", f"Row {self.grid.rows[first][0]} is the same record; both were taken as one."))

    def _kept(self, remark: Remark) -> Remark:
        return self._remarks.setdefault(remark.sentence, remark)

    def _point(self, row: int, thing: Thing | None, parts: dict[str, Planned], said: Values) -> None:
        _, cells = self.grid.rows[row]
        words = {part: _cell(planned, cells) for part, planned in parts.items()}
        written = Written(words.get("x", ""), words.get("y", ""), words.get("crs", ""), words.get("", ""))
        if not (written.x or written.y or written.whole):
            return
        postcode = self._term(self.plan.anywhere(POSTCODE), cells)
        key = (thing, written, postcode)
        if key not in self._located:
            middle = self.around.postcodes.find(postcode) if self.around.postcodes and postcode else None
            located = read_point(written, self.around.area, middle.point if middle else None)
            self._located[key] = wkt(located.point) if located.point else "", located.remark, ""
        term, remark, _ = self._located[key]
        first = parts.get("x") or parts.get("y") or next(iter(parts.values()))
        if remark:
            self._remark(row, next(iter(first.cells), -1), first.column, remark)
        if term:
            said[first] = (term,)

    # ---- triples

    def _lines(self, iri: str, identity: Identity, said: Values, row: int) -> Iterable[str]:
        record = link(iri)
        yield f"{record} {_TYPE} {link(self.plan.about.class_)} ."
        self._geocoded(said, row)
        within: dict[Thing, list[str]] = {}
        own: dict[str, tuple[str, ...]] = {}
        for planned, terms in said.items():
            if planned.thing:
                within.setdefault(planned.thing, []).extend(f"{self._predicates[planned]} {each} ." for each in terms)
            else:
                own[planned.column.path] = own.get(planned.column.path, ()) + terms
        for planned in self.plan.planned:
            if planned.constant.terms and planned not in said:
                if planned.thing is None:
                    own.setdefault(planned.column.path, planned.constant.terms)
                elif planned.thing in within:
                    constant = (f"{self._predicates[planned]} {each} ." for each in planned.constant.terms)
                    within[planned.thing].extend(constant)
        self._named(own, identity)
        for path, terms in own.items():
            yield from (f"{record} <{path}> {each} ." for each in terms)
        name = (own.get(_NAME) or ('""',))[0]
        for thing, about in within.items():
            yield from self._thing(record, iri, thing, about, _lexical(name) or identity.slug)

    def _named(self, own: dict[str, tuple[str, ...]], identity: Identity) -> None:
        """Identifier and name, where the row does not give them."""
        known = {each.path for each in self.plan.about.columns if not each.leading}
        if _IDENTIFIER in known and identity.by != "content":
            own.setdefault(_IDENTIFIER, (literal(identity.identifier, XSD_STRING),))
        if _DERIVED in known and identity.derived:
            own[_DERIVED] = (_TRUE,)
        if _NAME not in own and _TITLE in own:
            own[_NAME] = own[_TITLE][:1]

    def _thing(self, record: str, iri: str, thing: Thing, about: list[str], name: str) -> Iterable[str]:
        address = link(thing.address(iri))
        yield f"{record} <{thing.leading}> {address} ."
        if thing.class_:
            yield f"{address} {_TYPE} <{thing.class_}> ."
        if not any(each.startswith(f"<{_NAME}> ") for each in about):
            number = f" {thing.number}" if thing.number > 1 else ""
            yield f"{address} <{_NAME}> {text(f'{thing.label}{number}: {name}')} ."
        for predicate, object_ in thing.fixed:
            yield f"{address} <{predicate}> {link(object_)} ."
        yield from (f"{address} {each}" for each in about)

    def _geocoded(self, said: Values, row: int) -> None:
        """A point from the postcode where there is none, with its precision."""


_NAMELESS = Remark("unread", "The row has no identifier, no UPRN and no name: nothing tells what it is about.")


def _cell(planned: Planned, cells: Sequence[str]) -> str:
    written = " ".join(cells[each] for each in planned.cells if cells[each])
    return written or planned.written_constant


def _joined(column: Column, terms: tuple[str, ...]) -> tuple[str, ...]:
    """Several cells of a field that has one text are its parts, as the lines of an address."""
    if column.field.max_count != 1 or not all(each.startswith('"') for each in terms):
        return tuple(dict.fromkeys(terms))
    if column.field.datatype == XSD_STRING:
        return (literal(", ".join(map(_lexical, terms)), XSD_STRING),)
    return terms


def _lexical(term: str) -> str:
    """The text of a literal that N-Triples writes."""
    parsed = next(iter(ox.parse(f"<x:s> <x:p> {term} .".encode(), format=ox.RdfFormat.N_TRIPLES)))
    return parsed.object.value if isinstance(parsed.object, ox.Literal) else ""


def _agree(planned: Planned, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other or _unites(planned):
        return True
    return all(each.startswith('"') for each in one + other) and [*map(plain, one)] == [*map(plain, other)]


def _unites(planned: Planned) -> bool:
    """Whether a record may have the values of several rows: links and codes without a limit."""
    field = planned.column.field
    return field.max_count is None and field.datatype is None


