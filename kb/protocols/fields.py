"""The fields of a protocol as its shapes state them: for its documentation page, templates and forms."""

import typing
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kb.namespaces import PREFIXES, compact
from kb.protocols import catalogue
from kb.protocols.background import Background, background, local_name
from kb.protocols.catalogue import Protocol
from kb.protocols.graph import FileGraph, Term
from kb.protocols.report import Severity
from kb.vocabulary import ancestors

DATATYPES: dict[str, str] = {
    "geo:wktLiteral": "point or shape, as WKT",
    "rdf:langString": "text in a language",
    "xsd:anyURI": "web address",
    "xsd:boolean": "true or false",
    "xsd:date": "date, as YYYY-MM-DD",
    "xsd:dateTime": "date and time",
    "xsd:decimal": "number",
    "xsd:double": "number",
    "xsd:duration": "length of time",
    "xsd:gYear": "year",
    "xsd:gYearMonth": "month, as YYYY-MM",
    "xsd:integer": "whole number",
    "xsd:nonNegativeInteger": "whole number, 0 or more",
    "xsd:positiveInteger": "whole number, 1 or more",
    "xsd:string": "text",
}
"""Datatype → what to write, in plain words."""

NODE_KINDS: dict[str, str] = {
    "sh:BlankNode": "thing described here",
    "sh:BlankNodeOrIRI": "thing",
    "sh:BlankNodeOrLiteral": "text, number or thing described here",
    "sh:IRI": "link to a thing",
    "sh:IRIOrLiteral": "link to a thing, or text",
    "sh:Literal": "text or number",
}
ANYTHING = "text, number or link to a thing"
"""What to write where no constraint says."""

Takes = typing.Literal["code", "choice", "link", "link or text", "literal", "thing", "anything"]
"""What a field's values are, for programs: Field.kind says it in words."""

_TAKEN: dict[str, Takes] = {
    "sh:BlankNode": "thing",
    "sh:BlankNodeOrIRI": "thing",
    "sh:BlankNodeOrLiteral": "thing",
    "sh:IRI": "link",
    "sh:IRIOrLiteral": "link or text",
    "sh:Literal": "literal",
}

BOUNDS: dict[str, str] = {
    "sh:minInclusive": "at least {}",
    "sh:minExclusive": "more than {}",
    "sh:maxInclusive": "at most {}",
    "sh:maxExclusive": "less than {}",
    "sh:minLength": "at least {} characters",
    "sh:maxLength": "at most {} characters",
}


@dataclass(frozen=True)
class Group:
    """An sh:PropertyGroup: the heading under which fields stand."""

    iri: str
    label: str
    order: float


@dataclass(frozen=True)
class CodeList:
    """The concept scheme that the values of a field are taken from."""

    iri: str
    name: str


@dataclass(frozen=True)
class Rule:
    """An sh:sparql constraint: its message, and the property shape that carries it with its name and obligation."""

    shape: str
    name: str
    obligation: str
    message: str


@dataclass(frozen=True)
class Field:
    """What may be said of a thing by one property. `path` is the IRI of a predicate, or a longer path as in SPARQL.

    `shape` is its property shape. `obligation` is Must, Should or May: by severity where a value is asked for
    (sh:minCount, or a rule of its own), else May. `kind` says in plain words what to write. `rules` are its own and
    those of the property shapes with the same path that carry nothing but rules; `fields` are those of the thing that
    a value describes. `examples` are plain text, IRIs as they are.
    """

    shape: str
    path: str
    name: str
    description: str
    obligation: str
    severity: Severity
    kind: str
    takes: Takes
    datatype: str | None
    class_: str | None
    code_list: CodeList | None
    allowed: tuple[str, ...]
    pattern: str | None
    bounds: tuple[str, ...]
    examples: tuple[str, ...]
    min_count: int
    max_count: int | None
    messages: tuple[str, ...]
    rules: tuple[Rule, ...]
    group: Group | None
    order: float
    fields: tuple["Field", ...]


@dataclass(frozen=True)
class Record:
    """One node shape: the kind of thing that it describes, and its fields ordered by group, then by sh:order."""

    shape: str
    name: str
    description: str
    target_classes: tuple[str, ...]
    fields: tuple[Field, ...]


def fields(protocol_id: str, *, shapes: Path | None = None, ontology: Path | None = None) -> list[Record]:
    """The node shapes of a protocol with their fields, in the order of its file (or of sh:order, where given).

    `shapes` and `ontology` are folders, by default those that ship; each file is read once per process. Raises
    NotFound for an unknown protocol.
    """
    return list(_records(catalogue.protocol(protocol_id, shapes), ontology))


@cache
def _records(protocol: Protocol, ontology: Path | None) -> tuple[Record, ...]:
    graph = protocol.graph
    known = background(ontology)
    nodes = [shape for shape in graph.of_type("sh:NodeShape") if graph.values(shape, "sh:targetClass")]
    return tuple(_record(graph, known, shape) for shape in sorted(nodes, key=lambda shape: _order(graph, shape)))


def describing(class_iri: str) -> list[tuple[Protocol, Record]]:
    """The protocols that ship and their node shapes that describe things of this class, or of one above it."""
    above = ancestors(class_iri)
    return [each for each in _every() if above & set(each[1].target_classes)]


@cache
def _every() -> tuple[tuple[Protocol, Record], ...]:
    return tuple((protocol, record) for protocol in catalogue.protocols() for record in fields(protocol.id))


@cache
def field_names(shapes: Path | None = None) -> dict[str, str]:
    """Property shape → its sh:name, of all protocols: what a report calls a field."""
    names: dict[str, str] = {}
    for protocol in catalogue.protocols(shapes):
        for shape in protocol.graph.property_shapes():
            names[shape.value] = protocol.graph.text(shape, "sh:name") or local_name(shape.value)
    return names


def _record(graph: FileGraph, known: Background, shape: NamedNode) -> Record:
    targets = tuple(graph.iris(shape, "sh:targetClass"))
    return Record(
        shape=shape.value,
        name=graph.text(shape, "sh:name") or graph.text(shape, "rdfs:label") or known.label(targets[0]),
        description=graph.text(shape, "sh:description") or graph.text(shape, "rdfs:comment") or "",
        target_classes=targets,
        fields=_fields(graph, known, shape),
    )


def _fields(graph: FileGraph, known: Background, shape: NamedNode) -> tuple[Field, ...]:
    found = [field_of(graph, known, NamedNode(iri)) for iri in graph.iris(shape, "sh:property")]
    found.sort(key=lambda each: (each.group.order if each.group else 0.0, each.order, each.shape))
    described = {each.path: each.shape for each in reversed(found) if not _only_rules(each)}
    rules: dict[str, tuple[Rule, ...]] = {}
    for each in found:
        if _only_rules(each) and each.path in described:
            host = described[each.path]
            rules[host] = rules.get(host, ()) + each.rules
    return tuple(
        replace(each, rules=each.rules + rules.get(each.shape, ()))
        for each in found
        if not (_only_rules(each) and each.path in described)
    )


def _only_rules(field: Field) -> bool:
    """Whether the property shape says nothing of a value but by its rules: it has a severity of its own for these."""
    counted = field.min_count or field.max_count is not None
    return bool(field.rules) and field.takes == "anything" and not (counted or field.pattern or field.bounds)


def field_of(graph: FileGraph, known: Background, shape: NamedNode) -> Field:
    """What one property shape says, with the fields within it; its own rules only."""
    severity = Severity(local_name(graph.iri(shape, "sh:severity") or Severity.VIOLATION))
    minimum = graph.number(shape, "sh:minCount") or 0
    constraints = graph.values(shape, "sh:sparql")
    scheme = graph.iri(shape, "ww:codeList")
    code_list = CodeList(scheme, known.label(scheme)) if scheme else None
    allowed = tuple(_shown(value) for head in graph.values(shape, "sh:in") for value in graph.members(head))
    nested = _fields(graph, known, shape)
    takes, kind = _kind(graph, known, shape, code_list, allowed, nested)
    name = graph.text(shape, "sh:name") or local_name(shape.value)
    messages = [text for constraint in constraints for text in graph.texts(constraint, "sh:message")]
    return Field(
        shape=shape.value,
        path=next((graph.path(node) for node in graph.values(shape, "sh:path")), ""),
        name=name,
        description=graph.text(shape, "sh:description") or "",
        obligation=severity.obligation if minimum or constraints else Severity.INFO.obligation,
        severity=severity,
        kind=kind,
        takes=takes,
        datatype=graph.iri(shape, "sh:datatype"),
        class_=graph.iri(shape, "sh:class"),
        code_list=code_list,
        allowed=allowed,
        pattern=graph.text(shape, "sh:pattern"),
        bounds=tuple(_bounds(graph, shape)),
        examples=tuple(_shown(value) for value in graph.values(shape, "skos:example")),
        min_count=minimum,
        max_count=graph.number(shape, "sh:maxCount"),
        messages=tuple(graph.texts(shape, "sh:message")),
        rules=tuple(Rule(shape.value, name, severity.obligation, message) for message in messages),
        group=_group(graph, shape),
        order=_order(graph, shape),
        fields=nested,
    )


def _kind(
    graph: FileGraph,
    known: Background,
    shape: NamedNode,
    code_list: CodeList | None,
    allowed: tuple[str, ...],
    nested: tuple[Field, ...],
) -> tuple[Takes, str]:
    """What to write, and in plain words; the most telling constraint decides."""
    if code_list:
        return "code", f"code of the list “{code_list.name}”"
    if allowed:
        return "choice", "one of: " + ", ".join(allowed)
    if classes := graph.iris(shape, "sh:class"):
        return "link", "link to: " + ", ".join(known.label(name) for name in classes)
    if datatype := graph.iri(shape, "sh:datatype"):
        name = compact(datatype)
        return "literal", DATATYPES.get(name, local_name(datatype) if datatype.startswith(PREFIXES["xsd"]) else name)
    if nested:
        return "thing", "thing with fields of its own"
    node_kind = graph.iri(shape, "sh:nodeKind")
    return (_TAKEN[compact(node_kind)], NODE_KINDS[compact(node_kind)]) if node_kind else ("anything", ANYTHING)


def _bounds(graph: FileGraph, shape: NamedNode) -> Iterable[str]:
    for predicate, words in BOUNDS.items():
        if text := graph.text(shape, predicate):
            yield words.format(text)


def _group(graph: FileGraph, shape: NamedNode) -> Group | None:
    iri = graph.iri(shape, "sh:group")
    if iri is None:
        return None
    node = NamedNode(iri)
    return Group(iri, graph.text(node, "rdfs:label") or local_name(iri), _order(graph, node))


def _order(graph: FileGraph, node: NamedNode) -> float:
    """Its sh:order; a decimal, and 0 where there is none (SHACL §2.3.2.3)."""
    return float(graph.text(node, "sh:order") or 0)


def _shown(value: Term) -> str:
    return value.value if isinstance(value, NamedNode | Literal) else str(value)
