"""Terms as cells of SPARQL 1.1 Query Results JSON (§3.2.2), as pyoxigraph writes and reads them, triples included."""

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kb.namespaces import expand

_STRING = expand("xsd:string")


def cell(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, Any]:
    """The term as the value of a binding; a triple has cells for its parts (SPARQL 1.2 Query Results JSON)."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: cell(part) for name, part in parts.items()}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        return found | {"xml:lang": term.language}
    return found if term.datatype.value == _STRING else found | {"datatype": term.datatype.value}
