"""What of a protocol can be compared between areas: the fields whose values are codes, numbers, dates, yes or no.

The shapes say which: text, links and keys tell one thing from another, and compare nothing; nor does what says how a
record is kept, or on which basis another value stands.
"""

from dataclasses import dataclass
from functools import cache

from kb.namespaces import expand
from kb.protocols.columns import WKT, Column, RecordColumns, record_columns

BASES = tuple(
    map(
        expand,
        (
            *("ww:unit", "ww:currency", "sdmx-attribute:unitMeasure", "sdmx-attribute:unitMult"),
            *("ww:areaBasis", "ww:priceBasis", "ww:priceBaseYear", "ww:periodBasis"),
        ),
    )
)
"""Properties that say on which basis a value of the same thing stands: what has another is another measure."""

DATES = tuple(map(expand, ("ww:measuredOn", "ww:start", "ww:end", "sdmx-dimension:refPeriod")))
"""Properties that say of which time a figure is."""

_NUMBERS = frozenset(
    map(expand, ("xsd:decimal", "xsd:integer", "xsd:double", "xsd:nonNegativeInteger", "xsd:positiveInteger"))
)
_COMPARED = _NUMBERS | {expand("xsd:boolean"), expand("xsd:date"), expand("xsd:gYear"), WKT}
_KEEPING = frozenset(
    map(
        expand,
        ("ww:identifierDerived", "ww:sourceDepth", "adms:status", "dcterms:modified", "ww:conversionFactor"),
    )
)
_RECORD = "-record"
"""End of the names of the groups of fields about the record."""


@dataclass(frozen=True)
class Measure:
    """A column that can be compared, of one record type of one protocol; `key` names it among all of them."""

    protocol: str
    record: RecordColumns
    column: Column

    @property
    def key(self) -> str:
        """`dp-01/AssetShape/AssetShape-primaryUse`."""
        return f"{self.protocol}/{self.record.id}/{self.column.id}"

    @property
    def name(self) -> str:
        """The heading of its column."""
        return self.column.heading

    @property
    def matches(self) -> tuple[tuple[str, str], ...]:
        """What the thing that holds the value has to say, so that it is of this measure; its basis apart."""
        return tuple(pair for pair in self.column.fixed if pair[0] not in BASES)

    @property
    def is_figure(self) -> bool:
        """Whether a value is of a time: a number, or one of several measurements."""
        return bool(self.column.fixed) or self.column.field.datatype in _NUMBERS


@cache
def measures(protocol_id: str) -> tuple[Measure, ...]:
    """The measures of a protocol, in the order of its columns; raises NotFound."""
    found = []
    for record in record_columns(protocol_id):
        single = {column.leading for column in record.columns if column.fixed}
        for column in record.columns:
            # Where each usual measurement has a column of its own, the general ones mix them.
            if _is_compared(column) and (column.fixed or column.leading not in single):
                found.append(Measure(protocol_id, record, column))
    return tuple(found)


def _is_compared(column: Column) -> bool:
    field = column.field
    if column.part or column.path in (*BASES, *DATES) or column.path in _KEEPING:
        return False
    if field.group is not None and field.group.iri.endswith(_RECORD):
        return False
    return field.code_list is not None or bool(field.allowed) or field.datatype in _COMPARED
