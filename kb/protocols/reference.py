"""pySHACL with rdflib, the reference engine."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pyshacl
import rdflib
from pyoxigraph import Literal, NamedNode
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from kb.errors import BadInput
from kb.protocols.found import Found, written
from kb.protocols.graph import FileGraph
from kb.protocols.report import Severity, term


class _DataGraph(rdflib.Graph):
    """A graph that parses the text of a query once: pySHACL asks the same query of every focus node."""

    def query(self, query_object: Any, *args: Any, **options: Any) -> Any:
        if isinstance(query_object, str):
            query_object = _prepared(query_object)
        return super().query(query_object, *args, **options)


@cache
def _prepared(text: str) -> Query:
    return prepareQuery(text)


def run(data: bytes, shapes: FileGraph) -> Iterator[Found]:
    """What pySHACL finds in N-Triples; literals are compared as written. Raises BadInput for shapes it cannot run."""
    # rdflib rewrites literals (007 becomes 7) unless told not to, and pySHACL switches that on again after loading.
    normalise = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        data_graph = _DataGraph().parse(data=data, format="nt")
        shapes_graph = rdflib.Graph().parse(data=shapes.ntriples(), format="nt")
        _, found, _ = pyshacl.validate(data_graph, shacl_graph=shapes_graph, inplace=True)
    finally:
        rdflib.NORMALIZE_LITERALS = normalise
    if not isinstance(found, rdflib.Graph):
        raise BadInput(f"pySHACL cannot run these shapes: {found}")
    for node in found.subjects(RDF.type, SH.ValidationResult):
        shape = _plain(found.value(node, SH.sourceShape))
        path = found.value(node, SH.resultPath)
        value = found.value(node, SH.value)
        path_text = None if path is None else str(path)
        if isinstance(path, rdflib.BNode):
            path_text = shapes.path(shapes.values(term(shape), "sh:path")[0])
        yield Found(
            focus=_plain(found.value(node, SH.focusNode)),
            path=path_text,
            value=None if value is None else _plain(value),
            severity=Severity(str(found.value(node, SH.resultSeverity)).rpartition("#")[2]),
            component=str(found.value(node, SH.sourceConstraintComponent)),
            shape=shape,
            messages=tuple(str(message) for message in found.objects(node, SH.resultMessage)),
        )


def _plain(node: Any) -> str:
    """A term of rdflib in the form of a Result."""
    if isinstance(node, rdflib.URIRef):
        return str(node)
    if isinstance(node, rdflib.BNode):
        return f"_:{node}"
    if node.language:
        return written(Literal(str(node), language=node.language))
    return written(Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None))
