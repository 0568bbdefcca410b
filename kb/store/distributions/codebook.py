"""The code book: what each column of each table means and may hold, from the shapes and the vocabulary."""

from collections.abc import Sequence
from functools import cache

from kb.intake.heading import IDENTIFIER
from kb.namespaces import compact, expand
from kb.protocols import catalogue
from kb.protocols.fields import ANYTHING, DATATYPES, NODE_KINDS, Field, Record, fields
from kb.store.distributions import findings
from kb.store.distributions.records import ADDRESS, STATED_IN, Column, Table
from kb.store.distributions.tables import Sheet
from kb.vocabulary import RDF_TYPE, Term, ancestors, is_datatype, term

STEM = "codebook"

HEADINGS = (
    "Table",
    "Column",
    "Meaning",
    "Required",
    "Holds",
    "Limits",
    "Code list",
    "Several values",
    "Rows",
    "Rows filled",
    "Property",
    "Protocol",
)

_MEANINGS = {
    ADDRESS: ("IRI of the thing: what to cite, and what the other tables and SPARQL know it by", "web address"),
    STATED_IN: ("IRIs of the named graphs, one a dataset with its licence, that state it", "web address"),
}
"""Column that is no property → its meaning, and what it holds."""

_COUNTS = ("Rows", "Rows filled")

_LAST = (float("inf"), 0.0)
_IDENTIFIER = expand("dcterms:identifier")


def ordered(table: Table) -> list[Column]:
    """The columns of a table: the identifier, then in the order of the shapes, then by heading."""

    def standing(column: Column) -> tuple[object, ...]:
        leading = column.leading or column.predicate
        outer = field_of(table.class_.iri, leading)
        inner = _field(table, column) if column.leading else None
        return (
            leading != _IDENTIFIER,
            _order(outer),
            Column("", 1, leading, 1, "").heading,
            column.number,
            _order(inner),
            Column("", 1, column.predicate, 1, "").heading,
            column.language,
            column.place,
        )

    return sorted(table.columns(), key=standing)


def rows(table: Table, columns: Sequence[Column]) -> list[tuple[str, ...]]:
    """The rows of the code book on a table with these columns; its cells are as HEADINGS says."""
    count = len(table.rows)
    found = [_row(table, column, table.rows.filled[column]) for column in columns]
    for heading, (meaning, kind) in _MEANINGS.items():
        several = "yes" if heading == STATED_IN else "no"
        found.append((table.kind, heading, meaning, "", kind, "", "", several, str(count), str(count), "", ""))
    return found


def _row(table: Table, column: Column, filled: int) -> tuple[str, ...]:
    about, field = term(column.predicate), _field(table, column)
    literal = about is not None and any(map(is_datatype, about.ranges))
    return (
        table.kind,
        column.heading,
        _meaning(field, about, column),
        field.obligation if field else "",
        _holds(field, about),
        "; ".join(_limits(field)) if field else "",
        "; ".join(iri.rpartition("/")[2] for iri in about.code_lists) if about else "",
        "no" if literal or (field and field.max_count == 1) else "yes",
        str(len(table.rows)),
        str(filled),
        column.predicate,
        _protocol(table.class_.iri, column.leading or column.predicate) if field else "",
    )


def _field(table: Table, column: Column) -> Field | None:
    """How the protocols ask for the column, be it of the thing or of one within it."""
    if not column.leading:
        return field_of(table.class_.iri, column.predicate)
    outer = field_of(table.class_.iri, column.leading)
    for field in outer.fields if outer else ():
        if field.path == column.predicate:
            return field
    leading = term(column.leading)
    return field_of(leading.ranges[0], column.predicate) if leading and leading.ranges else None


def of_findings(flat: Sheet) -> list[tuple[str, ...]]:
    """The rows of the code book on the flat table of findings."""
    count = str(len(flat.rows))
    found: list[tuple[str, ...]] = []
    for place, column in enumerate(findings.COLUMNS):
        holds = DATATYPES.get(compact(column.datatype), "text")
        filled = str(sum(bool(row[place]) for row in flat.rows))
        found.append((findings.STEM, column.heading, column.meaning, "", holds, "", "", "yes", count, filled, "", ""))
    return found


def sheet(rows: Sequence[Sequence[str]]) -> Sheet:
    """The code book itself as a table."""
    return Sheet(HEADINGS, [expand("xsd:integer") if each in _COUNTS else "" for each in HEADINGS], rows)


def field_of(class_: str, property: str) -> Field | None:
    """How a protocol asks for a property of such a thing; of several the first that names the class itself."""
    return _fields(class_)[property][1] if property in _fields(class_) else None


def _protocol(class_: str, property: str) -> str:
    return _fields(class_)[property][0] if property in _fields(class_) else ""


@cache
def _fields(class_: str) -> dict[str, tuple[str, Field]]:
    """Property → protocol and field, of things of the class; what is said of the class itself comes first."""
    above = ancestors(class_)
    own: dict[str, tuple[str, Field]] = {}
    inherited: dict[str, tuple[str, Field]] = {}
    for protocol, record in _records():
        if not above.isdisjoint(record.target_classes):
            into = own if class_ in record.target_classes else inherited
            for field in record.fields:
                into.setdefault(field.path, (protocol, field))
    return inherited | own


@cache
def _records() -> list[tuple[str, Record]]:
    """The records of all protocols, each with the id of its protocol."""
    return [(protocol.id, record) for protocol in catalogue.protocols() for record in fields(protocol.id)]


def _order(field: Field | None) -> tuple[float, float]:
    if field is None:
        return _LAST
    return (field.group.order if field.group else 0.0), field.order


def _meaning(field: Field | None, about: Term | None, column: Column) -> str:
    if column.predicate == RDF_TYPE.value:
        return "Further classes of the thing, by their labels"
    meaning = (field.description if field else "") or (about.definition if about else "")
    meaning = meaning or f"As {compact(column.predicate)} is defined."
    if column.heading == IDENTIFIER:
        return f"{meaning} Where a thing states none, the last part of its address.".strip()
    return meaning


def _holds(field: Field | None, about: Term | None) -> str:
    """What to expect in a cell; the vocabulary says where no protocol asks, and to what a link leads."""
    ranges = about.ranges if about else ()
    datatypes = [compact(iri) for iri in ranges if is_datatype(iri)]
    if datatypes == ["xsd:boolean"]:
        return "yes or no"
    if field and field.kind not in (ANYTHING, *NODE_KINDS.values()):
        return field.kind
    if about and about.code_lists:
        return "code of a list"
    words = [DATATYPES.get(name, name) for name in datatypes]
    if len(datatypes) < len(ranges):
        known = [found.label for iri in ranges if not is_datatype(iri) and (found := term(iri))]
        words.append(f"link to: {', '.join(known)}" if known else NODE_KINDS["sh:IRI"])
    return " or ".join(words) or ANYTHING


def _limits(field: Field) -> list[str]:
    found = list(field.bounds)
    if field.allowed:
        found.append(f"one of {', '.join(field.allowed)}")
    if field.pattern:
        found.append(f"matches {field.pattern}")
    return found
