"""How long a text and an address may be: each page and table with one in it would be as long."""

import re
from collections.abc import Iterable, Sequence

from kb.errors import BadInput
from kb.intake.lines import pieces
from kb.namespaces import PREFIXES

LONGEST_TEXT = 100_000
"""Bytes of a text: some 30 printed pages, which is a document to link to."""

LONGEST_SHAPE = 10_000_000
"""Bytes of a geometry: the outline of a county with all its creeks has two million."""

LONGEST_IRI = 2_048
"""Bytes of an IRI, about what browsers and proxies carry as an address."""

_IRI = re.compile(rb"<[^>\"]{%d,}>" % (LONGEST_IRI + 1))
_GEO = PREFIXES["geo"]
_SHAPES = {
    f"<{_GEO}{property}>".encode(): f"^^<{_GEO}{datatype}> .".encode()
    for property, datatype in (
        ("asWKT", "wktLiteral"), ("asGML", "gmlLiteral"), ("asGeoJSON", "geoJSONLiteral"), ("asKML", "kmlLiteral")
    )
}  # fmt: skip
"""Property of a geometry → how its values end (GeoSPARQL 1.1 §8.8); what says that of another is a text."""


def check_lengths(lines: Sequence[bytes]) -> None:
    """Raises BadInput for the first N-Triples line with a text or an IRI that is longer than is taken here."""
    for piece in pieces(lines):
        some = piece.split(b"\n")
        if max(map(len, some)) > LONGEST_IRI:
            _check(each for each in some if len(each) > LONGEST_IRI)


def _check(lines: Iterable[bytes]) -> None:
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        literal = value.startswith(b'"')
        if any(map(_IRI.match, (subject, predicate))) or (not literal and _IRI.match(value)):
            raise BadInput(f"{_named(subject)}: an IRI of more than {LONGEST_IRI:,} bytes; give it a shorter one")
        shape = predicate in _SHAPES and value.endswith(_SHAPES[predicate])
        most = LONGEST_SHAPE if shape else LONGEST_TEXT
        if literal and len(value) > most:
            raise BadInput(
                f"{_named(subject)}: {_named(predicate)} has a value of {len(value):,} bytes, and {most:,} is the "
                "most that is taken; publish the document elsewhere, and link to it"
            )


def _named(term: bytes) -> str:
    return term[:200].decode("utf-8", "replace").strip("<>")
