"""Cells of a table: what is written in one becomes RDF terms, as the range of its property says (docs/tables.md)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode

from kb import namespaces
from kb.errors import BadInput, either, near_it
from kb.intake.heading import record_kinds
from kb.namespaces import HOME, PREFIXES
from kb.vocabulary import LANG_STRING, XSD_STRING, code_lists, codes, is_datatype, terms

Value = NamedNode | Literal

_XSD = PREFIXES["xsd"]
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_RECORD = re.compile(r"[a-z][a-z0-9-]*/[^\s/<>\"{}|\\^`]+")
_NUMBERS = {_XSD + "integer": re.compile(r"[+-]?[0-9]+"), _XSD + "decimal": re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")}
_BOOLEANS = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_DATES = {
    _XSD + "date": ("%Y-%m-%d", "day", "2010-03-24"),
    _XSD + "gYearMonth": ("%Y-%m", "month", "2010-03"),
    _XSD + "gYear": ("%Y", "year", "2010"),
    _XSD + "dateTime": ("%Y-%m-%dT%H:%M:%SZ", "moment", "2010-03-24T09:30:00Z"),
}
"""Datatype → the only form that is read, what it is called, and an example."""

_WANTED = {
    _XSD + "integer": "a whole number in digits, without separators or unit, such as 412",
    _XSD + "decimal": "a number in digits, without separators or unit, such as 1200.50",
    _XSD + "boolean": "yes or no",
}
DATATYPES = (*_WANTED, *_DATES, XSD_STRING)
"""The XSD datatypes whose values are read."""

_CODES_SHOWN = 12


@dataclass(frozen=True)
class Links:
    """Where `kind/identifier` leads: under the publisher's base for what stands in its tables, else to what ships."""

    base: str
    own: Collection[tuple[str, str]]
    """Kind and identifier of each thing in the tables."""

    def address(self, kind: str, slug: str) -> str:
        """The IRI of the thing; of a protocol, whose address has no /id/, its own."""
        if kind == "protocol" and (kind, slug) not in self.own:
            return f"{HOME}/protocols/{slug}"
        return namespaces.thing(self.base if (kind, slug) in self.own else HOME, kind, slug)


def values(text: str, ranges: Sequence[str], code_lists: Sequence[str], links: Links) -> list[Value]:
    """The terms of one cell that is not empty, from the ranges and code lists of its property.

    A property that takes a link or a text has one value: a link where the cell looks like one. Raises BadInput that
    says what the property takes.
    """
    datatypes = [iri for iri in ranges if is_datatype(iri)]
    if not datatypes:
        return [_resource(part, code_lists, links) for part in parts(text)]
    if len(datatypes) < len(ranges) and (_ABSOLUTE.fullmatch(text) or _RECORD.fullmatch(text)):
        return [_link(text, links)]
    return [_literal(text, datatypes)]


def classes(text: str) -> list[Value]:
    """The classes of a cell that names them by their labels; raises BadInput for a label that is not known."""
    return [_class(part) for part in parts(text)]


def parts(text: str) -> list[str]:
    """What stands between the semicolons; raises BadInput where nothing does."""
    found = [part for piece in text.split(";") if (part := piece.strip())]
    if not found:
        raise BadInput(f"{text!r} has nothing between its semicolons")
    return found


def of_datatype(literal: Literal, datatype: str) -> bool:
    """Whether a literal is of one of DATATYPES, by its type and its form; a whole number is a decimal too."""
    types = (datatype, _XSD + "integer") if datatype == _XSD + "decimal" else (datatype,)
    return literal.datatype.value in types and _written(literal.value, datatype) is not None


def _class(label: str) -> NamedNode:
    known = {each.label: each.iri for each in terms() if each.kind == "class"}
    if label not in known:
        raise BadInput(f"no class is called {label!r}{near_it(label, known)}")
    return NamedNode(known[label])


def _resource(text: str, code_lists: Sequence[str], links: Links) -> NamedNode:
    lists = [iri.rpartition("/")[2] for iri in code_lists]
    scheme, slash, code = text.partition("/")
    if not slash and lists:
        return _code(text, lists)
    if scheme in lists:
        return _code(code, [scheme])
    return _link(text, links)


def _code(code: str, schemes: list[str]) -> NamedNode:
    for scheme in schemes:
        if scheme not in code_lists():
            raise BadInput(f"there is no code list {scheme!r}{near_it(scheme, code_lists())}")
    holding = [scheme for scheme in schemes if code in codes(scheme)]
    if len(holding) > 1:
        raise BadInput(f"{code!r} is a code of several lists: write " + " or ".join(f"{s}/{code}" for s in holding))
    if not holding:
        raise BadInput(f"{code!r} is not a code of the list {' or '.join(schemes)}{_hint(code, schemes)}")
    return NamedNode(namespaces.concept(holding[0], code))


def _hint(code: str, schemes: list[str]) -> str:
    """All codes where they are few, with their numbers on a scale; else those that are near."""
    known = {each: notation for scheme in schemes for each, notation in codes(scheme).items()}
    if not known or len(known) > _CODES_SHOWN:
        return near_it(code, known)
    shown = (f"{each} ({notation})" if notation.isdecimal() else each for each, notation in known.items())
    return f"; its codes are: {', '.join(shown)}"


def _link(text: str, links: Links) -> NamedNode:
    if text.startswith("concept/"):
        scheme, _, code = text.removeprefix("concept/").partition("/")
        return _code(code, [scheme])
    if _RECORD.fullmatch(text):
        kind, slug = text.split("/")
        if kind not in record_kinds() and all(kind != own for own, _ in links.own):
            raise BadInput(f"{text!r}: there is no kind {kind!r}{near_it(kind, record_kinds())}")
        return NamedNode(links.address(kind, slug))
    if _ABSOLUTE.fullmatch(text):
        try:
            return NamedNode(text)
        except ValueError as error:
            raise BadInput(f"{text!r} is not an address: {error}") from error
    raise BadInput(f"{text!r} is not a link: write kind/identifier, concept/list/code or an address in full")


def _literal(text: str, datatypes: list[str]) -> Literal:
    if LANG_STRING in datatypes:
        return Literal(text, language="en")
    for datatype in datatypes:
        if (written := _written(text, datatype)) is not None:
            return Literal(written) if datatype == _XSD + "string" else Literal(written, datatype=NamedNode(datatype))
    raise BadInput(f"{text!r} is not {_wanted(datatypes)}")


def _written(text: str, datatype: str) -> str | None:
    """The lexical form, or None where the text is not of the datatype."""
    if datatype in _NUMBERS:
        return text.removeprefix("+") if _NUMBERS[datatype].fullmatch(text) else None
    if datatype in _DATES:
        return text if _is_date(text, _DATES[datatype][0]) else None
    if datatype == _XSD + "boolean":
        return _BOOLEANS.get(text.lower())
    return text


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False


def _wanted(datatypes: list[str]) -> str:
    """`a day, month or year: 2010-03-24, 2010-03 or 2010`, or what else the datatypes take."""
    said = [_WANTED[datatype] for datatype in datatypes if datatype in _WANTED]
    dates = [(word, example) for datatype, (_, word, example) in _DATES.items() if datatype in datatypes]
    if dates:
        words, examples = (either(each) for each in zip(*dates, strict=True))
        said.append(f"a {words}: {examples}")
    return " or ".join(said)
