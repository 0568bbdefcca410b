"""The two SHACL engines, brought to one form of result; pySHACL itself is called in kb.protocols.reference.

What each does differently, and what is done about it: the Rust engine gives language tags in lower case (so does this
module for both); for a SPARQL constraint of a property shape that binds no `?value` it reports the focus node as value
(dropped for both); pySHACL makes up a message where a shape has none (dropped), and gives the shape's message beside
that of the SPARQL constraint (the constraint's is kept). Both repeat a result that is reached by two ways.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import shacl
from pyoxigraph import BlankNode, Literal, NamedNode

from kb.errors import BadInput
from kb.protocols.graph import FileGraph, expand, file_graph
from kb.protocols.report import Result, Severity, term

SPARQL = expand("sh:SPARQLConstraintComponent").value
_TAG = re.compile(r'"@([A-Za-z0-9-]+)$')

PARALLEL = {"rust": os.cpu_count() or 1, "pyshacl": 1}
"""How many checks an engine may run at a time: rdflib's parsing switches are global, so pySHACL's is one."""


class Found(NamedTuple):
    """A result as an engine gives it: terms written as in a Result, all messages."""

    focus: str
    path: str | None
    value: str | None
    severity: Severity
    component: str
    shape: str
    messages: tuple[str, ...]


def run(data: bytes, shapes: tuple[Path, ...], engine: str) -> Iterator[Result]:
    """Validate N-Triples against the shapes of some files with the engine `rust` or `pyshacl`.

    Results come in the engine's order and with its repeats. Raises BadInput for an unknown engine or malformed shapes.
    """
    if engine == "rust":
        return _run_rust(data, shapes)
    if engine == "pyshacl":
        # Imported here: with rdflib it takes a second, which a check with the other engine need not wait for.
        from kb.protocols import reference

        return (bring_to_form(file_graph(*shapes), found) for found in reference.run(data, file_graph(*shapes)))
    raise BadInput(f"unknown SHACL engine {engine!r}; the engines are rust and pyshacl")


@cache
def _compiled(paths: tuple[Path, ...]) -> shacl.Shapes:
    try:
        return shacl.Shapes.from_text(file_graph(*paths).ntriples().decode(), "ntriples")
    except ValueError as error:
        names = ", ".join(str(path) for path in paths)
        raise BadInput(f"the shapes in {names} cannot be used: {error}") from error


def _run_rust(data: bytes, paths: tuple[Path, ...]) -> Iterator[Result]:
    graph = file_graph(*paths)
    for found in _compiled(paths).validate_text(data.decode(), "ntriples").results:
        path = found.path
        yield bring_to_form(
            graph,
            Found(
                focus=_plain(found.focus_node),
                path=path[1:-1] if path and path.startswith("<") and path.count("<") == 1 else path,
                value=None if found.value is None else _plain(found.value),
                severity=Severity(found.severity),
                component=found.component_iri,
                shape=_plain(found.source_shape or found.root_shape or ""),
                messages=tuple(found.messages),
            ),
        )


def bring_to_form(graph: FileGraph, found: Found) -> Result:
    """The one form of what an engine found: value and message as the docstring of this module says."""
    value = found.value
    is_field, own = _said(graph, found.shape)
    if found.component == SPARQL:
        if value == found.focus and is_field:
            value = None
        own = tuple(message for message in found.messages if message not in own) or own
    message = min(own) if own else ""
    return Result(found.focus, found.path, value, found.severity, found.component, found.shape, message)


@cache
def _said(graph: FileGraph, shape: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the shape is a property shape, and its own messages."""
    node = term(shape)
    return bool(graph.values(node, "sh:path")), tuple(graph.texts(node, "sh:message"))


def _plain(text: str) -> str:
    """An N-Triples term of the Rust engine in the form of a Result."""
    if text.startswith("<"):
        return text[1:-1]
    if "\\" in text or _TAG.search(text):
        return written(term(text))
    return text


def written(node: NamedNode | BlankNode | Literal) -> str:
    """A literal in N-Triples with its language tag in lower case."""
    if isinstance(node, Literal) and node.language:
        return str(Literal(node.value, language=node.language.lower()))
    return str(node)
