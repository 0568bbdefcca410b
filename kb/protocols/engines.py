"""The two SHACL engines behind one function; pySHACL itself is called in kb.protocols.reference."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import shacl
from pyoxigraph import Quad, RdfFormat, serialize

from kb.errors import BadInput
from kb.protocols.found import Found, in_one_form, plain
from kb.protocols.graph import file_graph
from kb.protocols.report import Result, Severity

_SEVERITIES = {each.value: each for each in Severity}

PARALLEL = {"rust": os.cpu_count() or 1, "pyshacl": 1}
"""How many checks an engine may run at a time: rdflib's parsing switches are global, so pySHACL's is one."""


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
