"""Conforming cases spoiled one constraint at a time, so that each constraint component of each shape is seen to work.

A mutant is a pass case, moved to a base of its own, in which the values of one property of one focus node are replaced.
What has no recipe here (sh:sparql, comparisons between properties, paths longer than one predicate) needs a fail file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode
from shape_cases import Suite, read_case

from kb.namespaces import PREFIXES, compact
from kb.protocols.background import local_name
from kb.protocols.catalogue import shared_files
from kb.protocols.graph import FileGraph, Term, expand
from kb.protocols.report import Result

XSD = PREFIXES["xsd"]
SPARQL = expand("sh:SPARQLConstraintComponent").value
NOT_CONSTRAINTS = {
    "path", "name", "description", "order", "group", "message", "severity", "property", "deactivated", "defaultValue",
    "flags",
}
"""Local names of the sh: properties of a property shape that ask nothing of the data by themselves."""


@dataclass(frozen=True)
class Mutant:
    """Lines in which `component` of `shape` must be reported for `focus`."""

    component: str
    shape: str
    focus: str
    lines: tuple[bytes, ...]

    def reported(self, results: frozenset[Result]) -> bool:
        return any((r.component, r.shape, r.focus) == (self.component, self.shape, self.focus) for r in results)

    def __str__(self) -> str:
        return f"{local_name(self.component)} of {compact(self.shape)}"


def constraints(graph: FileGraph, shared: FileGraph, shape: NamedNode) -> Iterator[tuple[str, Term, bool]]:
    """(component IRI, parameter value, whether it is one of the shared custom components) for each constraint."""
    for quad in graph.quads:
        if quad.subject != shape:
            continue
        name = local_name(quad.predicate.value)
        if quad.predicate.value.startswith(PREFIXES["sh"]) and name not in NOT_CONSTRAINTS:
            title = "SPARQL" if name == "sparql" else name[0].upper() + name[1:]
            yield expand(f"sh:{title}ConstraintComponent").value, quad.object, False
        for parameter in shared.subjects("sh:path", quad.predicate):
            for custom in shared.subjects("sh:parameter", parameter):
                yield custom.value, quad.object, True


def mutants(suite: Suite, id: str) -> tuple[list[Mutant], list[str]]:
    """The mutants of the constraints that no fail file covers, and the constraints for which none can be made."""
    graph = suite.graph(id)
    shared = FileGraph(shared_files(suite.shapes))
    cases = [read_case(path) for path in suite.case_files(id)]
    results = suite.results(id, "rust")
    failed = [result for case in cases if not case.conforming for result in results[case.name]]
    made: list[Mutant] = []
    missing: list[str] = []
    for shape in graph.property_shapes():
        for component, value, custom in constraints(graph, shared, shape):
            if component == SPARQL:
                if not any(_says(graph, value, r) for r in failed if r.shape == shape.value):
                    missing.append(f"{compact(shape.value)}: no fail file has a result of its sh:sparql {value}")
                continue
            if any((r.component, r.shape) == (component, shape.value) for r in failed):
                continue
            name = f"{local_name(component)} of {compact(shape.value)}"
            recipe = RECIPES.get(local_name(component).removesuffix("ConstraintComponent"))
            recipe = _foreign_iri if custom else recipe
            predicate = graph.iri(shape, "sh:path")
            if recipe is None or predicate is None:
                missing.append(f"{name}: cannot be derived from a pass file; write a fail file for it")
                continue
            found = _focus(suite, id, shape)
            if found is None:
                missing.append(f"{name}: no pass file has a focus node of it, so no mutant can be derived")
                continue
            number, (lines, base, focus) = len(made), found
            new_base = f"https://example.org/{id}/mutant-{number}/"
            kept = [line for line in lines if not line.startswith(f"<{focus}> <{predicate}> ".encode())]
            old = [line.split(b" ", 2)[2][:-2].decode() for line in lines if line not in kept]
            values = recipe(graph, shape, value, old, base)
            spoiled = kept + [f"<{focus}> <{predicate}> {each} .".encode() for each in values]
            moved = tuple(line.replace(base.encode(), new_base.encode()) for line in spoiled)
            made.append(Mutant(component, shape.value, focus.replace(base, new_base), moved))
    return made, missing


def _says(graph: FileGraph, constraint: Term, result: Result) -> bool:
    """Whether the result has the message of this SPARQL constraint, whose `{?variables}` hold anything."""
    template = re.escape(graph.text(constraint, "sh:message") or "")
    return re.fullmatch(re.sub(r"\\\{\\?[?$]\w+\\\}", ".*", template), result.message, re.DOTALL) is not None


def _focus(suite: Suite, id: str, shape: NamedNode) -> tuple[tuple[bytes, ...], str, str] | None:
    """(lines, base, IRI) of a pass case and a node in it at which the property shape is evaluated."""
    for path in suite.case_files(id):
        case = read_case(path)
        if case.conforming:
            for node in sorted(_evaluated_at(suite, suite.graph(id), shape, case.lines)):
                if node.startswith(case.base):
                    return case.lines, case.base, node
    return None


def _evaluated_at(suite: Suite, graph: FileGraph, shape: NamedNode, lines: tuple[bytes, ...]) -> set[str]:
    """The focus nodes of a node shape, or the nodes to which the parent of a property shape leads."""
    targets = set(graph.iris(shape, "sh:targetClass"))
    nodes = {node for node, classes in suite.focus_classes(lines).items() if classes & targets} if targets else set()
    for parent in graph.subjects("sh:property", shape):
        assert isinstance(parent, NamedNode), f"{shape} is the sh:property of a shape without IRI"
        above = _evaluated_at(suite, graph, parent, lines)
        predicate = graph.iri(parent, "sh:path")
        if not graph.values(parent, "sh:path"):
            nodes |= above
        for node in above:
            start = f"<{node}> <{predicate}> <".encode()
            nodes |= {line[len(start) : -3].decode() for line in lines if line.startswith(start)}
    return nodes


Recipe = Callable[[FileGraph, NamedNode, Term, list[str], str], list[str]]
"""(shapes, property shape, parameter value, values before, base) → values, in N-Triples, that violate it."""


def _foreign_iri(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return [f"<{base}mutant>"]


def _foreign_datatype(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return [f'"mutant"^^<{base}datatype>']


def _other_kind(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return [f"<{base}mutant>"] if value == expand("sh:Literal") else ['"mutant"']


def _too_many(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return old + [f'"mutant {number}"' for number in range(int(value.value) + 1 - len(old))]


def _none(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return []


def _no_match(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    flags = re.IGNORECASE if "i" in (graph.text(shape, "sh:flags") or "") else 0
    candidates = ("\u00ac mutant \u00ac", "", "0", "mutant", " ")
    odd = next((text for text in candidates if not re.search(value.value, text, flags)), None)
    assert odd is not None, f"{shape}: no text is known that the pattern {value.value} refuses; write a fail file"
    return [_typed(graph, shape, odd)]


def _too_short(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return [_typed(graph, shape, "x" * (int(value.value) - 1))]


def _too_long(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return [_typed(graph, shape, "x" * (int(value.value) + 1))]


def _beyond(step: int, year: str) -> Recipe:
    def recipe(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
        assert isinstance(value, Literal)
        text = value.value
        moved = year + text[4:] if re.match(r"\d{4}(-|$)", text) and "date" in value.datatype.value.lower() else ""
        if not moved:
            moved = year if value.datatype.value == f"{XSD}gYear" else str(int(float(text)) + step)
        return [str(Literal(moved, datatype=value.datatype))]

    return recipe


def _other_language(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return ['"mutant"@tlh']


def _same_language(graph: FileGraph, shape: NamedNode, value: Term, old: list[str], base: str) -> list[str]:
    return ['"mutant 1"@en', '"mutant 2"@en']


def _typed(graph: FileGraph, shape: NamedNode, text: str) -> str:
    datatype = graph.iri(shape, "sh:datatype")
    if datatype == PREFIXES["rdf"] + "langString":
        return str(Literal(text, language="en"))
    return str(Literal(text, datatype=NamedNode(datatype) if datatype else None))


RECIPES: dict[str, Recipe] = {
    "Class": _foreign_iri,
    "Datatype": _foreign_datatype,
    "HasValue": _foreign_iri,
    "In": _foreign_iri,
    "LanguageIn": _other_language,
    "MaxCount": _too_many,
    "MaxExclusive": _beyond(1, "9999"),
    "MaxInclusive": _beyond(1, "9999"),
    "MaxLength": _too_long,
    "MinCount": _none,
    "MinExclusive": _beyond(-1, "0001"),
    "MinInclusive": _beyond(-1, "0001"),
    "MinLength": _too_short,
    "NodeKind": _other_kind,
    "Pattern": _no_match,
    "UniqueLang": _same_language,
}
"""Local name of the constraint component, less its ending → how to violate it."""
