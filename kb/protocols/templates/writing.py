"""How the values of a column are written, in plain words, and in the sheet what a field calls them."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kb.errors import either
from kb.namespaces import expand
from kb.protocols.background import Background, background, local_name
from kb.protocols.columns import WKT, Column

DIVIDER = ";"
"""Between several values of one cell."""

_FEW_CLASSES = 3
YES_NO = ("yes", "no")
SYSTEMS = ("WGS84", "OSGB36")

_INTEGER = NamedNode(expand("xsd:integer"))
_BOOLEAN, _DATE = expand("xsd:boolean"), expand("xsd:date")
_DECIMALS = tuple(expand(f"xsd:{name}") for name in ("decimal", "double"))
_WHOLE = tuple(expand(f"xsd:{name}") for name in ("integer", "nonNegativeInteger", "positiveInteger"))
_TEXTS = tuple(expand(name) for name in ("xsd:string", "rdf:langString"))


@dataclass(frozen=True)
class Code:
    """One code of a list; `label` is unique in the list, with the code in brackets where two have the same name."""

    iri: str
    label: str
    definition: str


@cache
def codes(scheme: str, ontology: Path | None = None) -> tuple[Code, ...]:
    """The codes of a list that ships, a scale in its order, others as its file has them; () for a list elsewhere."""
    graph = background(ontology).graph
    found = [each for each in graph.subjects("skos:inScheme", NamedNode(scheme)) if isinstance(each, NamedNode)]
    labels = {each: graph.text(each, "skos:prefLabel") or local_name(each.value) for each in found}
    counted = Counter(label.casefold() for label in labels.values())

    def rank(each: NamedNode) -> int:
        notations = [value for value in graph.values(each, "skos:notation") if isinstance(value, Literal)]
        return next((int(value.value) for value in notations if value.datatype == _INTEGER), 0)

    def written(each: NamedNode) -> str:
        shared = counted[labels[each].casefold()] > 1
        return f"{labels[each]} ({local_name(each.value)})" if shared else labels[each]

    return tuple(
        Code(each.value, written(each), graph.text(each, "skos:definition") or "") for each in sorted(found, key=rank)
    )


def choices(column: Column, ontology: Path | None = None) -> tuple[str, ...]:
    """What may be chosen for a cell, as labels; () where anything may be written."""
    if column.part == "crs":
        return SYSTEMS
    if kind(column) == "yes-no":
        return YES_NO
    if column.field.allowed:
        return column.field.allowed
    return tuple(dict.fromkeys(code.label for scheme in column.code_lists for code in codes(scheme.iri, ontology)))


def kind(column: Column) -> str:
    """`code`, `yes-no`, `date`, `part-date`, `number`, `whole`, `point`, `link` or `text`."""
    datatype = column.field.datatype
    if column.part:
        return "code" if column.part == "crs" else "number"
    if column.code_lists or column.field.allowed:
        return "code"
    simple = {_BOOLEAN: "yes-no", _DATE: "date", WKT: "point"}
    if datatype in simple:
        return simple[datatype]
    if datatype in _DECIMALS:
        return "number"
    if datatype in _WHOLE:
        return "whole"
    if datatype in _TEXTS:
        return "text"
    if column.field.pattern and "[0-9]{4}" in column.field.pattern:
        return "part-date"
    return "link" if column.links_to or column.field.takes in ("link", "link or text", "anything") else "text"


def how(column: Column, known: Background | None = None) -> str:
    """A sentence or two on what to write in a cell; nothing where it is plain text."""
    known = known or background()
    field, sort = column.field, kind(column)
    classes = column.links_to if len(column.links_to) <= _FEW_CLASSES else ()
    linked = f": {', '.join(map(known.label, classes))}" if classes else ""
    words = {
        "code": f"One of: {either(field.allowed)}." if field.allowed else "Choose from the list.",
        "yes-no": "Yes or no.",
        "date": "A date, such as 2026-04-01.",
        "part-date": "A day, a month or a year, such as 2026-04-01, 2026-04 or 2026.",
        "number": "A number.",
        "whole": "A whole number.",
        "point": "Longitude, then latitude, in one cell; not needed where the columns beside it are filled.",
        "link": f"The web address or the name{linked}.",
        "text": "",
    }  # fmt: skip
    said = [words[sort]]
    if field.pattern and sort == "text":
        said = list(field.messages)
    if field.bounds:
        said.append(f"{', '.join(field.bounds).capitalize()}.")
    if column.repeats and sort in ("code", "link"):
        said.append("Several are divided by semicolons.")
    return " ".join(filter(None, said))


def example(column: Column) -> str:
    """The field's first example as it is written in a cell: a code by its label."""
    text = next(iter(column.field.examples), "")
    if kind(column) == "yes-no":
        return "yes" if text == "true" else "no"
    for scheme in column.code_lists:
        for code in codes(scheme.iri):
            if code.iri == text:
                return code.label
    return text
