"""What can be said of the things of a class, as the protocols state it: for who writes a query and sees no page."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NotRequired

from typing_extensions import TypedDict

from kb.ask.labels import labels_of
from kb.ask.lists import count
from kb.errors import NotFound, near_it
from kb.namespaces import PREFIXES, compact, concept, concept_scheme
from kb.protocols.fields import Field, describing
from kb.vocabulary import Term, ancestors, codes, terms
from web.addresses import term_href
from web.reading import snapshot

MOST_CODES = 40
"""Codes of one list that are told; a longer one can be queried."""

_PLAIN_PATH = re.compile(r"[^\s<>^/|()*+?]+://[^\s<>]+")
_PREFIX = re.compile(r"^(\w[\w-]*):")


class Code(TypedDict):
    """A code of a list."""

    iri: str
    label: str


class CodeList(TypedDict):
    """A code list with its first codes, and how many it has in all."""

    iri: str
    codes: list[Code]
    total: int


class Property(TypedDict):
    """What may be said of a thing by one property, whose path is as SPARQL writes it."""

    path: str
    name: str
    obligation: NotRequired[str]
    value: str
    description: str
    code_lists: NotRequired[list[CodeList]]
    examples: NotRequired[list[str]]
    properties: NotRequired[list["Property"]]
    """Those of the thing that is the value."""


class Record(TypedDict):
    """The part of a protocol that describes the class."""

    protocol: str
    title: str
    record: str
    properties: list[Property]


class ClassDescription(TypedDict):
    """A class, how many things of it there are here, and the properties that its protocols and the vocabulary state."""

    iri: str
    name: str
    label: str
    definition: str
    things: int
    records: list[Record]
    other_properties: list[Property]
    prefixes: dict[str, str]
    snapshot: str
    address: str


def describe(name: str, site: str) -> ClassDescription:
    """The class with this name (`Finding`, `ww:Finding`), label or IRI; `site` is the address of this site.

    Raises NotFound, which lists the classes that the protocols describe.
    """
    found = _class(name)
    records: list[Record] = [
        {
            "protocol": protocol.id,
            "title": protocol.title,
            "record": record.name,
            "properties": [_property(field) for field in record.fields],
        }
        for protocol, record in describing(found.iri)
    ]
    told = {each["path"] for record in records for each in record["properties"]}
    others = [_undescribed(each) for each in terms() if _applies(each, found.iri) and compact(each.iri) not in told]
    names = {compact(found.iri), *_paths(others), *(path for each in records for path in _paths(each["properties"]))}
    return {
        "iri": found.iri,
        "name": compact(found.iri),
        "label": found.label,
        "definition": found.definition,
        "things": count(snapshot().store, found.iri),
        "records": records,
        "other_properties": others,
        "prefixes": {prefix: PREFIXES[prefix] for prefix in sorted(_prefixes(names))},
        "snapshot": snapshot().id,
        "address": f"{site}{term_href(found.iri)}",
    }


def text(told: ClassDescription) -> str:
    """The description as text: what the class is, then a line for each property."""
    return "\n".join(_lines(told))


def _class(name: str) -> Term:
    classes = [term for term in terms() if term.kind == "class"]
    wanted = name.strip()
    for names in (lambda each: (each.iri, each.name, compact(each.iri)), lambda each: (each.label, each.plural)):
        for each in classes:
            if wanted.lower() in map(str.lower, names(each)):
                return each
    known = sorted(each.name for each in classes if each.plural)
    near = near_it(wanted.removeprefix("ww:"), known)
    raise NotFound(f"{name!r}: no such class{near}; the classes with a list are {', '.join(known)}")


def _property(field: Field) -> Property:
    found: Property = {
        "path": compact(field.path) if _PLAIN_PATH.fullmatch(field.path) else field.path,
        "name": field.name,
        "obligation": field.obligation,
        "value": field.kind if field.max_count == 1 else f"{field.kind}; several are possible",
        "description": field.description,
    }
    if field.code_list:
        found["code_lists"] = [_codes(field.code_list.iri)]
    if field.examples:
        found["examples"] = list(field.examples)
    if field.fields:
        found["properties"] = [_property(each) for each in field.fields]
    return found


def _undescribed(term: Term) -> Property:
    """A property that the vocabulary has for the class and no protocol asks for."""
    found: Property = {
        "path": compact(term.iri),
        "name": term.label,
        "value": ", ".join(map(compact, term.ranges)),
        "description": term.definition,
    }
    if term.code_lists:
        found["code_lists"] = [_codes(each) for each in term.code_lists]
    return found


def _applies(term: Term, class_iri: str) -> bool:
    return term.kind == "property" and bool(ancestors(class_iri) & set(term.domains))


def _codes(scheme: str) -> CodeList:
    name = scheme.removeprefix(concept_scheme(""))
    every = [concept(name, code) for code in codes(name)]
    labels = labels_of(snapshot().store, every[:MOST_CODES])
    first: list[Code] = [{"iri": iri, "label": labels.name(iri)} for iri in every[:MOST_CODES]]
    return {"iri": scheme, "codes": first, "total": len(every)}


def _paths(properties: Iterable[Property]) -> Iterator[str]:
    for each in properties:
        yield each["path"]
        yield from _paths(each.get("properties", ()))


def _prefixes(names: Iterable[str]) -> set[str]:
    found = (_PREFIX.match(name) for name in names)
    return {match[1] for match in found if match and match[1] in PREFIXES}


def _lines(told: ClassDescription) -> Iterator[str]:
    yield f"{told['label']} ({told['name']}): {told['definition']}"
    yield f"Things of this class here: {told['things']:,}. Snapshot {told['snapshot']}. For people: {told['address']}"
    yield from (f"PREFIX {prefix}: <{iri}>" for prefix, iri in told["prefixes"].items())
    for record in told["records"]:
        yield f"{record['record']}, by the protocol {record['protocol']} ({record['title']}):"
        yield from _property_lines(record["properties"], "- ")
    if told["other_properties"]:
        yield "Also in the vocabulary for this class, asked for by no protocol:"
        yield from _property_lines(told["other_properties"], "- ")


def _property_lines(properties: Sequence[Property], indent: str) -> Iterator[str]:
    for each in properties:
        obligation = f"{each['obligation']}; " if "obligation" in each else ""
        yield f"{indent}{each['path']} – {each['name']} ({obligation}{each['value']}): {each['description']}"
        for known in each.get("code_lists", ()):
            yield f"  {indent}codes <{known['iri']}/…>: {_listed(known)}"
        yield from _property_lines(each.get("properties", ()), f"  {indent}")


def _listed(codes: CodeList) -> str:
    """The codes by the ends of their IRIs, with what they are called where that says more."""
    listed = []
    for each in codes["codes"]:
        code = each["iri"].removeprefix(f"{codes['iri']}/")
        same = re.sub(r"\W+", "-", each["label"].lower()) == code
        listed.append(code if same else f"{code} ({each['label']})")
    more = codes["total"] - len(listed)
    return ", ".join(listed) + (f", and {more} more with skos:inScheme <{codes['iri']}>" if more else "")
