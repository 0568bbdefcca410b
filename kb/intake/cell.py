"""Cells of a table: what is written in one becomes RDF terms, as the range of its property says (docs/tables.md)."""

import difflib
import re
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode

from kb import namespaces
from kb.errors import BadInput
from kb.namespaces import PREFIXES
from kb.vocabulary import LANG_STRING, RDF_TYPE, Term, codes, is_datatype, terms

Value = NamedNode | Literal

_XSD = PREFIXES["xsd"]
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*/[^\s/<>\"{}|\\^`]+")
_NUMBERS = {_XSD + "integer": re.compile(r"[+-]?\d+"), _XSD + "decimal": re.compile(r"[+-]?\d+(?:\.\d+)?")}
_BOOLEANS = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_DATES = {
    _XSD + "gYear": "%Y",
    _XSD + "gYearMonth": "%Y-%m",
    _XSD + "date": "%Y-%m-%d",
    _XSD + "dateTime": "%Y-%m-%dT%H:%M:%SZ",
}
"""Datatype → the only form that is read."""


def values(text: str, property: Term, base: str) -> list[Value]:
    """The terms of one cell that is not empty; `base` is the publisher's, under which links are made.

    Raises BadInput that says what the property takes.
    """
    if property.iri == RDF_TYPE.value:
        return [_class(part) for part in _parts(text)]
    datatypes = [iri for iri in property.ranges if is_datatype(iri)]
    if property.ranges and len(datatypes) == len(property.ranges):
        return [_literal(text, datatypes)]
    if property.code_lists or (property.ranges and not datatypes):
        return [_resource(part, property, base) for part in _parts(text)]
    if _ABSOLUTE.fullmatch(text) or (property.ranges and _SLUG.fullmatch(text)):
        return [_link(text, base)]
    return [_literal(text, datatypes or [_XSD + "gYear", _XSD + "string"])]


def _parts(text: str) -> list[str]:
    return [part for piece in text.split(";") if (part := piece.strip())]


def _class(label: str) -> NamedNode:
    known = {each.label: each.iri for each in terms() if each.kind == "class"}
    if label not in known:
        raise BadInput(f"no class is called {label!r}{_near(label, known)}")
    return NamedNode(known[label])


def _resource(text: str, property: Term, base: str) -> NamedNode:
    lists = {iri.rpartition("/")[2]: iri for iri in property.code_lists}
    scheme, slash, code = text.partition("/")
    if not slash and lists:
        return _code(text, list(lists))
    if scheme in lists:
        return _code(code, [scheme])
    return _link(text, base)


def _code(code: str, schemes: list[str]) -> NamedNode:
    holding = [scheme for scheme in schemes if code in codes(scheme)]
    if len(holding) > 1:
        raise BadInput(f"{code!r} is a code of several lists: write " + " or ".join(f"{s}/{code}" for s in holding))
    if not holding:
        known = [each for scheme in schemes for each in codes(scheme)]
        raise BadInput(f"{code!r} is not a code of the list {' or '.join(schemes)}{_near(code, known)}")
    return NamedNode(namespaces.concept(holding[0], code))


def _link(text: str, base: str) -> NamedNode:
    if text.startswith("concept/"):
        scheme, _, code = text.removeprefix("concept/").partition("/")
        return _code(code, [scheme])
    if _SLUG.fullmatch(text):
        kind, _, slug = text.partition("/")
        return NamedNode(namespaces.thing(base, kind, slug))
    if _ABSOLUTE.fullmatch(text):
        return NamedNode(text)
    raise BadInput(f"{text!r} is not a link: write kind/identifier, concept/list/code or an address in full")


def _literal(text: str, datatypes: list[str]) -> Literal:
    if LANG_STRING in datatypes:
        return Literal(text, language="en")
    for datatype in datatypes:
        if (written := _written(text, datatype)) is not None:
            return Literal(written) if datatype == _XSD + "string" else Literal(written, datatype=NamedNode(datatype))
    kinds = " or ".join(datatype.rpartition("#")[2] for datatype in datatypes)
    raise BadInput(f"{text!r} is not of the kind that is wanted here: {kinds}")


def _written(text: str, datatype: str) -> str | None:
    """The lexical form, or None where the text is not of the datatype."""
    if datatype in _NUMBERS:
        return text.removeprefix("+") if _NUMBERS[datatype].fullmatch(text) else None
    if datatype in _DATES:
        return text if _is_date(text, _DATES[datatype]) else None
    if datatype == _XSD + "boolean":
        return _BOOLEANS.get(text.lower())
    return text


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text and date.min.year < int(text[:4])
    except ValueError:
        return False


def _near(text: str, known: dict[str, str] | list[str]) -> str:
    near = difflib.get_close_matches(text, list(known), n=3)
    return f"; near it: {', '.join(near)}" if near else ""
