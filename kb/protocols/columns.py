"""The columns in which a protocol's records can be written down: one for each field, from its shapes alone."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pyoxigraph import NamedNode

from kb.namespaces import expand
from kb.protocols import catalogue
from kb.protocols.background import Background, background, local_name
from kb.protocols.fields import DATATYPES, CodeList, Field, Record, fields
from kb.protocols.report import Severity
from kb.protocols.template_columns import OBLIGATIONS, TemplateColumn, template_columns
from kb.vocabulary import ancestors, is_datatype

WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
IDENTIFIER = expand("dcterms:identifier")
KEY = "identifier"
"""Id of the column for the key of records whose shapes ask for none."""

Part = Literal["", "x", "y", "crs"]
"""Of a point, which may be written in three columns: longitude or easting, latitude or northing, and which of both."""

_PARTS: dict[Part, tuple[str, str]] = {
    "x": ("Longitude or easting", "How far east: degrees of longitude, or an easting of the National Grid in metres."),
    "y": ("Latitude or northing", "How far north: degrees of latitude, or a northing of the National Grid in metres."),
    "crs": ("Coordinate system", "WGS84 for longitude and latitude, OSGB36 for easting and northing."),
}
_PART_EXAMPLES: dict[Part, str] = {"x": "1.3862", "y": "51.3896", "crs": "WGS84"}

_KEY = Field(
    shape="",
    path=IDENTIFIER,
    name="Identifier",
    description="A key of your own for the record, such as its number in your system: by it a later version of the "
    "sheet is matched with this one. Once published it does not change.",
    obligation=Severity.INFO.obligation,
    severity=Severity.INFO,
    kind=DATATYPES["xsd:string"],
    takes="literal",
    datatype=expand("xsd:string"),
    class_=None,
    code_list=None,
    allowed=(),
    pattern=None,
    bounds=(),
    examples=("2026-0417",),
    min_count=0,
    max_count=1,
    messages=(),
    rules=(),
    group=None,
    order=0,
    fields=(),
)


@dataclass(frozen=True)
class Column:
    """A column of a record type.

    `id` is the local name of its property shape or template column, with `-x`, `-y` or `-crs` for part of a point; it
    names the column in saved mappings. `heading` is its sh:name, unique within the record type. `path` is the
    predicate of the value; `leading` the predicate that leads from the record to a thing within it, to which the
    value then belongs, and `thing` tells several such things apart: columns with the same leading and thing speak of
    one. `fixed` are predicate and IRI that such a thing has wherever one of its columns is filled.
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
    holds_for: tuple[str, ...] = ()
    """Other things of the row (`thing`, same leading) that the value is said of too, each where a column of it without
    `holds_for` is filled; and of its own `thing` where a column of that without `holds_for` is. Such a column alone
    makes no thing."""
    meets: tuple[str, ...] = ()
    """Property shapes with a rule of the record that a value fulfils."""
    code_lists: tuple[CodeList, ...] = ()
    """Where values are codes: of its field, else the lists that the vocabulary gives for the predicate."""
    links_to: tuple[str, ...] = ()
    """Where values are links: the classes of the things, as the vocabulary gives them; none for codes."""

    @property
    def obligation(self) -> str:
        """Must, Should or May, as the record is asked for it: no stricter than the thing within that it belongs to."""
        if self.outer is None or self.fixed:
            return self.field.obligation
        return max(self.field.obligation, self.outer.obligation, key=OBLIGATIONS.index)

    @property
    def repeats(self) -> bool:
        """Whether a cell may hold several values."""
        return self.field.max_count != 1


@dataclass(frozen=True)
class RecordColumns:
    """A record type, one sheet of a template: `id` is the local name of its node shape."""

    id: str
    record: Record
    class_: str
    columns: tuple[Column, ...]

    def column(self, id: str) -> Column:
        """The column of that id; `AssetShape-interest-holder~2` is that of a second thing of the kind.

        Raises KeyError.
        """
        name, _, number = id.partition("~")
        found = next((each for each in self.columns if each.id == name), None) or _missing(id)
        return (numbered(found, int(number)) if number.isdecimal() else None) or _missing(id) if number else found

    def headed(self, heading: str) -> Column | None:
        """The column with exactly this heading; `Holder 2` is that of a second thing of the kind, where there can be
        one."""
        found = next((each for each in self.columns if each.heading == heading), None)
        name, _, number = heading.rpartition(" ")
        if found or not (name and number.isdecimal()):
            return found
        first = next((each for each in self.columns if each.heading == name), None)
        return numbered(first, int(number)) if first else None

    @property
    def key(self) -> Column:
        """The column of the publisher's own key, mostly headed Identifier."""
        return next(each for each in self.columns if each.path == IDENTIFIER and each.leading is None)


def numbered(column: Column, number: int) -> Column | None:
    """The same column for the second, third … thing of its kind in a row; None where a record has one such thing only,
    or the column is the only one for its measure."""
    if number < 2 or column.outer is None or column.fixed or column.outer.max_count == 1:
        return None
    return replace(
        column,
        id=f"{column.id}~{number}",
        heading=f"{column.heading} {number}",
        thing=f"{column.thing}/{number}",
        holds_for=(),
    )


def record_columns(
    protocol_id: str, *, shapes: Path | None = None, ontology: Path | None = None
) -> list[RecordColumns]:
    """The record types of a protocol with their columns, in the order of its fields; raises NotFound.

    A record type has the columns of those above its class too, in the same protocol or one that it is a profile of.
    `shapes` and `ontology` are folders, by default those that ship.
    """
    return list(_record_columns(protocol_id, shapes, ontology))


@cache
def _record_columns(protocol_id: str, shapes: Path | None, ontology: Path | None) -> tuple[RecordColumns, ...]:
    known = background(ontology)
    own = catalogue.protocol(protocol_id, shapes)
    family = catalogue.with_parents([own], shapes)
    records = [record for each in family for record in fields(each.id, shapes=shapes, ontology=ontology)]
    single = [column for each in family for column in template_columns(each.graph, known)]
    found = []
    for record in fields(own.id, shapes=shapes, ontology=ontology):
        class_ = record.target_classes[0]
        above = ancestors(class_, known.superclasses) - {class_}
        higher = [each for each in records if above & set(each.target_classes)]
        columns = _with_key(_ordered(_inherited(_columns(record, single), higher, single)))
        described = [_with_values(each, known) for each in columns]
        found.append(RecordColumns(local_name(record.shape), record, class_, tuple(_unique(record, described))))
    return tuple(found)


def _columns(record: Record, single: list[TemplateColumn]) -> list[Column]:
    rules = {rule.shape: rule.obligation for outer in record.fields for rule in outer.rules}
    found: list[Column] = []
    for outer in record.fields:
        if outer.fields:
            found += _of_thing(outer, single, rules)
        else:
            found.append(Column(local_name(outer.shape), outer.name, outer.description, outer, outer.path))
    # A path longer than a predicate cannot be written, and what must not be said (sh:maxCount 0) has no column.
    return [each for each in found if each.path.startswith("http") and each.field.max_count != 0]


def _of_thing(outer: Field, single: list[TemplateColumn], rules: dict[str, str]) -> list[Column]:
    """The columns of a thing within: those for one such thing as its fields have them, and the template columns."""
    inner = {each.shape: each for each in outer.fields}
    mine = [each for each in single if each.fills in inner]
    thing = local_name(outer.shape)
    explicit = {shape for each in mine for shape in each.shares}
    own = {inner[each.fills].path for each in mine} | {predicate for each in mine for predicate, _ in each.fixed}
    found: list[Column] = []
    for field in outer.fields:
        taken = [] if field.path in own else [c for c in mine if field.shape in c.shares or field.shape not in explicit]
        found += _within(outer, field, thing, tuple(dict.fromkeys(f"{thing}/{each.name}" for each in taken)))
    for each in mine:
        field = each.field(inner[each.fills], rules)
        found.append(
            Column(
                each.id, field.name, field.description, field, field.path, outer.path, f"{thing}/{each.name}",
                fixed=each.fixed, outer=outer, meets=tuple(sorted(each.meets)),
            )  # fmt: skip
        )
    return found


def _within(outer: Field, inner: Field, thing: str, holds_for: tuple[str, ...]) -> list[Column]:
    column = Column(
        local_name(inner.shape), inner.name, inner.description, inner, inner.path, outer.path, thing,
        outer=outer, holds_for=holds_for,
    )  # fmt: skip
    if inner.datatype != WKT:
        return [column]
    parts = [
        replace(
            column,
            id=f"{column.id}-{part}",
            heading=heading,
            description=words,
            part=part,
            field=replace(inner, name=heading, description=words, examples=(_PART_EXAMPLES[part],)),
        )
        for part, (heading, words) in _PARTS.items()
    ]
    return [*parts, column]


def _inherited(own: list[Column], higher: list[Record], single: list[TemplateColumn]) -> list[Column]:
    """Those of the record types above, then its own; each value once, and the stricter obligation holds."""
    found = {_place(each): each for record in higher for each in _columns(record, single)}
    for each in own:
        above = found.get(_place(each), each)
        strict = min(above.field.obligation, each.field.obligation, key=OBLIGATIONS.index)
        found[_place(each)] = replace(each, field=replace(each.field, obligation=strict))
    return list(found.values())


def _place(column: Column) -> tuple[str | None, str, str, Part]:
    return column.leading, column.thing if column.fixed else "", column.path, column.part


def _ordered(columns: list[Column]) -> list[Column]:
    """By group; within a group inherited ones first, then by order."""
    types = list(dict.fromkeys(each.id.partition("-")[0] for each in columns))

    def place(column: Column) -> tuple[float, str, int, float]:
        group = column.field.group
        type_ = types.index(column.id.partition("-")[0])
        return (group.order if group else 0.0, group.iri if group else "", type_, column.field.order)

    return sorted(columns, key=place)


def _with_key(columns: list[Column]) -> list[Column]:
    if any(each.path == IDENTIFIER and each.leading is None for each in columns):
        return columns
    key = replace(_KEY, group=columns[0].field.group)
    return [Column(KEY, key.name, key.description, key, key.path), *columns]


def _with_values(column: Column, known: Background) -> Column:
    """With the code lists and classes that its values are taken from."""
    predicate = NamedNode(column.path)
    own = column.field.code_list
    given = [own.iri] if own else known.graph.iris(predicate, "ww:codeList")
    lists = tuple(CodeList(iri, known.label(iri)) for iri in given)
    ranges = [
        iri
        for each in ("rdfs:range", "schema:rangeIncludes")
        for iri in known.graph.iris(predicate, each)
        if not is_datatype(iri)
    ]
    return replace(column, code_lists=lists, links_to=() if lists else tuple(ranges))


def _unique(record: Record, columns: list[Column]) -> list[Column]:
    headings = [each.heading for each in columns]
    doubled = sorted({each for each in headings if headings.count(each) > 1})
    if doubled:
        raise AssertionError(f"{record.shape}: two columns are headed {doubled[0]!r}: change one sh:name")
    return columns


def _missing(id: str) -> Column:
    raise KeyError(id)
