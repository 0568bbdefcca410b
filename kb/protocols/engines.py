"""The two SHACL engines behind one function; pySHACL itself is called in kb.protocols.reference."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import shacl
from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from kb.errors import BadInput
from kb.protocols.found import Found, in_one_form, plain
from kb.protocols.graph import expand, file_graph
from kb.protocols.list_components import list_components
from kb.protocols.report import Result, Severity

_SEVERITIES = {each.value: each for each in Severity}

PARALLEL = {"rust": os.cpu_count() or 1, "pyshacl": 1}
"""How many checks an engine may run at a time: rdflib's parsing switches are global, so pySHACL's is one."""


_LOOKING_FURTHER = ("sh:sparql", "sh:closed", "sh:target", "sh:rule", "sh:expression", "sh:js")


def run(
    data: bytes, shapes: tuple[Path, ...], engine: str, counted: frozenset[Quad] = frozenset()
) -> Iterator[Result]:
    """Validate N-Triples against the shapes of some files with the engine `rust` or `pyshacl`.

    The statements of the shapes that were `counted` (kb.protocols.missing) are kept from the Rust engine. Results come
    in the engine's order and with its repeats. Raises BadInput for an unknown engine or malformed shapes.
    """
    if engine == "rust":
        return _run_rust(data, shapes, counted)
    if engine == "pyshacl":
        # Imported here: with rdflib it takes a second, which a check with the other engine need not wait for.
        from kb.protocols import reference

        return (in_one_form(file_graph(*shapes), found) for found in reference.run(data, file_graph(*shapes)))
    raise BadInput(f"unknown SHACL engine {engine!r}; the engines are rust and pyshacl")


@cache
def seen(shapes: tuple[Path, ...], counted: frozenset[Quad]) -> frozenset[bytes] | None:
    """The predicates of the statements of the vocabulary that matter to the shapes less those `counted`, as in lines.

    A shape looks along predicates that it names, and at classes. None for all: where rules in SPARQL or constraint
    components of any other kind than those of lists are used, or a thing may have no other predicates.
    """
    graph = file_graph(*shapes)
    left = [quad for quad in graph.quads if quad not in counted]
    used = {quad.predicate.value for quad in left}
    members = {each.parameter: each.member_of for each in list_components(graph) if each.parameter in used}
    components = (each for one in graph.of_type("sh:ConstraintComponent") for each in graph.values(one, "sh:parameter"))
    parameters = {iri for each in components for iri in graph.iris(each, "sh:path")} - members.keys()
    if used & {*parameters, *(expand(each).value for each in _LOOKING_FURTHER)}:
        return None
    named = {quad.object.value for quad in left if isinstance(quad.object, NamedNode)}
    everywhere = (expand("rdf:type").value, expand("rdfs:subClassOf").value)
    return frozenset(f"<{each}>".encode() for each in (*named, *members.values(), *everywhere))


@cache
def _compiled(paths: tuple[Path, ...], counted: frozenset[Quad]) -> shacl.Shapes:
    left = [quad for quad in file_graph(*paths).quads if quad not in counted]
    try:
        return shacl.Shapes.from_text((serialize(left, format=RdfFormat.N_TRIPLES) or b"").decode(), "ntriples")
    except ValueError as error:
        names = ", ".join(str(path) for path in paths)
        raise BadInput(f"the shapes in {names} cannot be used: {error}") from error


def _run_rust(data: bytes, paths: tuple[Path, ...], counted: frozenset[Quad]) -> Iterator[Result]:
    graph = file_graph(*paths)
    for found in _compiled(paths, counted).validate_text(data.decode(), "ntriples").results:
        path = found.path
        yield in_one_form(
            graph,
            Found(
                focus=plain(found.focus_node),
                path=path[1:-1] if path and path.startswith("<") and path.count("<") == 1 else path,
                value=None if (value := found.value) is None else plain(value),
                severity=_SEVERITIES[found.severity],
                component=found.component_iri,
                shape=plain(found.source_shape or found.root_shape or ""),
                messages=tuple(found.messages),
            ),
        )
