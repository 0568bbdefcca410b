"""A graph in bytes: the same triples always give the same bytes, in every format.

Turtle is written by rdflib, which groups and nests; the rest from the sorted triples. Only prefixes that are used are
declared. JSON-LD is flattened: one object for each subject, properties and types as compact names (JSON-LD 1.1 §4.1.5).
"""

import json
import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pyoxigraph
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple
from rdflib.plugins.serializers.turtle import TurtleSerializer

from kb.errors import BadInput
from kb.namespaces import PREFIXES, compact

_RDF_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
_STRING = f"{PREFIXES['xsd']}string"

_BARE = {
    rdflib.XSD.integer: re.compile(r"[+-]?[0-9]+"),
    rdflib.XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    rdflib.XSD.boolean: re.compile("true|false"),
}
"""What Turtle may write without quotes and datatype, and reads as the same literal (Turtle §2.5.2, §2.5.3)."""


def serialise(triples: Iterable[Triple], format: RdfFormat) -> bytes:
    """The triples in one of Turtle, JSON-LD, RDF/XML and N-Triples; UTF-8.

    Raises BadInput where RDF/XML cannot write a property, whose name would be no XML name.
    """
    graph = sorted(set(triples), key=str)
    if format == RdfFormat.TURTLE:
        return _turtle(graph)
    if format == RdfFormat.JSON_LD:
        return _json_ld(graph)
    prefixes = used_prefixes(graph) if format == RdfFormat.RDF_XML else {}
    try:
        return pyoxigraph.serialize(graph, format=format, prefixes=prefixes) or b""
    except (ValueError, OSError) as error:
        raise BadInput(f"the graph cannot be written as {format.media_type}: {error}") from error


def used_prefixes(graph: Iterable[Triple | Quad]) -> dict[str, str]:
    """The known prefixes of properties, types and datatypes of the graph, which is gone through once."""
    names: set[str] = set()
    for triple in graph:
        names.add(triple.predicate.value)
        if isinstance(triple.object, Literal):
            names.add(triple.object.datatype.value)
        elif triple.predicate == _RDF_TYPE and isinstance(triple.object, NamedNode):
            names.add(triple.object.value)
    short = {name.partition(":")[0] for name in map(compact, names) if not name.startswith("<")}
    return {prefix: PREFIXES[prefix] for prefix in sorted(short)}


class _ExactTurtle(TurtleSerializer):
    """rdflib's Turtle, except that it changes no literal: by itself it writes the decimal 2000000 as 2000000.0."""

    def label(self, node: rdflib.term.Node, position: int) -> str:
        """A term as it stands in a statement."""
        if isinstance(node, rdflib.Literal) and node.datatype is not None:
            bare = _BARE.get(node.datatype)
            if bare is None or not bare.fullmatch(node):
                return node.n3(self.store.namespace_manager)
        return super().label(node, position)


def _turtle(graph: Iterable[Triple]) -> bytes:
    out = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        out.bind(prefix, namespace)
    for triple in graph:
        out.add((_rdflib(triple.subject), _rdflib(triple.predicate), _rdflib(triple.object)))
    stream = BytesIO()
    _ExactTurtle(out).serialize(stream)
    text = stream.getvalue().decode()
    if not text.startswith("@prefix"):
        return (text.strip("\n") + "\n").encode()
    prologue, _, body = text.partition("\n\n")
    # rdflib declares the prefix of a datatype also where it writes the bare number or boolean.
    declared = [line for line in prologue.splitlines() if re.search(rf"(?<![\w-]){line.split()[1]}", body)]
    return "\n".join([*declared, "", body.rstrip("\n"), ""]).encode()


def _rdflib(term: Any) -> Any:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = None if term.datatype.value == _STRING else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


def _json_ld(graph: list[Triple]) -> bytes:
    context: dict[str, str] = {}
    nodes: dict[str, dict[str, Any]] = {}
    for triple in graph:
        node = nodes.setdefault(_id(triple.subject), {"@id": _id(triple.subject)})
        if triple.predicate == _RDF_TYPE and isinstance(triple.object, NamedNode):
            node.setdefault("@type", []).append(_name(triple.object.value, context))
        else:
            node.setdefault(_name(triple.predicate.value, context), []).append(_value(triple.object, context))
    document = {"@context": dict(sorted(context.items())), "@graph": list(nodes.values())}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _id(term: Any) -> str:
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term.value)


def _name(iri: str, context: dict[str, str]) -> str:
    """The compact name, its prefix noted in `context`; the IRI itself where no prefix is known."""
    short = compact(iri)
    if short.startswith("<"):
        return iri
    prefix = short.partition(":")[0]
    context[prefix] = PREFIXES[prefix]
    return short


def _value(term: Any, context: dict[str, str]) -> Any:
    if not isinstance(term, Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return {"@value": term.value}
    return {"@value": term.value, "@type": _name(term.datatype.value, context)}
