"""What a check found, as an officer reads it, as JSON and as a SHACL validation report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize

from kb.namespaces import PREFIXES, compact
from kb.protocols.results import Result, Results, Severity, ordered

__all__ = ["Report", "Result", "Results", "Severity", "ordered", "properties", "term"]

SH = PREFIXES["sh"]
MANY = 20
"""Things to which the same may be said one by one; where there are more, examples stand for them."""

EXAMPLES = 5


@dataclass(frozen=True)
class Report:
    """All results of one check, each once, in an order that does not depend on the engine.

    `focus` gives for each protocol that was run the number of things in the submission that it applies to, `rules` a
    digest of what it was made by, `labels` names for the IRIs of things and values, `fields` names for shapes; where
    there is none, text shows the IRI.
    """

    results: Sequence[Result]
    focus: Mapping[str, int] = field(default_factory=dict)
    rules: str = field(default="", compare=False)
    labels: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def counts(self) -> Counter[Severity]:
        """Results by severity."""
        if isinstance(self.results, Results):
            return self.results.counts()
        return Counter(result.severity for result in self.results)

    @property
    def violations(self) -> int:
        """Results that block publication."""
        return self.counts[Severity.VIOLATION]

    @property
    def warnings(self) -> int:
        """Results that lower completeness."""
        return self.counts[Severity.WARNING]

    @property
    def infos(self) -> int:
        """Results that inform."""
        return self.counts[Severity.INFO]

    @property
    def conforms(self) -> bool:
        """True when there is no violation: unlike SHACL §3.6.1.1, a warning does not count against it."""
        return self.violations == 0

    def text(self) -> str:
        """The report for a person: the counts, then Must, Should and May, thing by thing.

        What should or may be said of more than MANY things by one field is shown first, by EXAMPLES of them.
        """
        verdict = "Conforms" if self.conforms else "Does not conform"
        lines = [f"{verdict}: {_counted(self.violations, 'violation')}, {_counted(self.warnings, 'warning')}, "
                 f"{_counted(self.infos, 'remark')}."]
        lines += [f"{id}: applies to {_counted(number, 'thing')}." for id, number in self.focus.items() if number]
        headings = {
            Severity.VIOLATION: "Must (put right before this can be published)",
            Severity.WARNING: "Should (lowers completeness)",
            Severity.INFO: "May (for information)",
        }
        for severity, heading in headings.items():
            found = [result for result in self.results if result.severity is severity]
            if found:
                lines += ["", heading]
                frequent = {} if severity is Severity.VIOLATION else _frequent(found)
                for results in frequent.values():
                    lines += self._examples(results)
                lines += self._things(result for result in found if result.shape not in frequent)
        return "\n".join(lines) + "\n"

    def _examples(self, results: dict[str, Result]) -> Iterator[str]:
        """One field, and what it is about some of the things (focus → result)."""
        shown = list(results.values())[:EXAMPLES]
        yield f"  {self._field(shown[0])}, at {_counted(len(results), 'thing')}, such as"
        for result in shown:
            yield f"    {self._named(result.focus)}: {self._message(result)}"
        yield f"    and {len(results) - len(shown):,} more (`whatworks check --format json` lists all)"

    def _things(self, results: Iterable[Result]) -> Iterator[str]:
        for thing, said in groupby(results, key=lambda result: result.focus):
            yield f"  {self._named(thing)}"
            for result in said:
                yield f"    {self._field(result)}: {self._message(result)}"

    def _named(self, iri: str) -> str:
        label = self.labels.get(iri)
        return f"{label} ({iri})" if label else iri

    def _field(self, result: Result) -> str:
        return self.fields.get(result.shape) or compact(result.path or result.shape)

    def _message(self, result: Result) -> str:
        message = result.message or compact(result.component).removeprefix("sh:").removesuffix("ConstraintComponent")
        if result.value is None or result.value == result.focus:
            return message
        held = term(result.value).value
        label = self.labels.get(result.value)
        return f"{message} It holds: {f'{label} ({held})' if label else held}"

    def json(self) -> dict[str, Any]:
        """The report as JSON values; the same results always give the same text."""
        return {
            "conforms": self.conforms,
            "violations": self.violations,
            "warnings": self.warnings,
            "infos": self.infos,
            "focus": dict(self.focus),
            "results": [
                {
                    "severity": result.severity.value,
                    "focus": result.focus,
                    "path": result.path,
                    "value": result.value,
                    "message": result.message,
                    "component": result.component,
                    "shape": result.shape,
                }
                for result in self.results
            ],
        }

    def turtle(self) -> str:
        """The report as an sh:ValidationReport (SHACL §3.6), `sh:conforms` by this project's rule.

        A path longer than one predicate is given as a literal in SPARQL's syntax, under `sh:description`.
        """
        report = BlankNode("report")
        type_ = NamedNode(PREFIXES["rdf"] + "type")
        quads = [
            Quad(report, type_, NamedNode(SH + "ValidationReport")),
            Quad(report, NamedNode(SH + "conforms"), Literal(self.conforms)),
        ]
        for number, result in enumerate(self.results, 1):
            node = BlankNode(f"result{number}")
            quads.append(Quad(report, NamedNode(SH + "result"), node))
            quads.append(Quad(node, type_, NamedNode(SH + "ValidationResult")))
            for name, value in properties(result):
                quads.append(Quad(node, NamedNode(SH + name), value))
        written = serialize(quads, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
        return _tidy(written.decode())


def _frequent(results: Iterable[Result]) -> dict[str, dict[str, Result]]:
    """Shape → the first result of each thing that it reports, for the shapes that report more than MANY things."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        found.setdefault(result.shape, {}).setdefault(result.focus, result)
    return {shape: things for shape, things in found.items() if len(things) > MANY}


def _tidy(turtle: str) -> str:
    """The prefixes that are used, in order: the serialiser writes all of them, in any order."""
    lines = turtle.splitlines(keepends=True)
    body = "".join(line for line in lines if not line.startswith("@prefix "))
    head = sorted(line for line in lines if line.startswith("@prefix ") and f" {line.split()[1]}" in body)
    return "".join(head) + "\n" + body.lstrip("\n")


def properties(result: Result) -> Iterable[tuple[str, NamedNode | BlankNode | Literal]]:
    """What an sh:ValidationResult says of the result: local names of SHACL's properties, and their values."""
    yield "resultSeverity", NamedNode(SH + result.severity.value)
    yield "focusNode", term(result.focus)
    if result.path is not None:
        simple = not result.path.startswith(("(", "^"))
        yield ("resultPath", NamedNode(result.path)) if simple else ("description", Literal(result.path))
    if result.value is not None:
        yield "value", term(result.value)
    if result.message:
        yield "resultMessage", Literal(result.message)
    yield "sourceConstraintComponent", NamedNode(result.component)
    yield "sourceShape", NamedNode(result.shape)


def term(text: str) -> NamedNode | BlankNode | Literal:
    """The RDF term of a `focus` or `value` of a Result."""
    if text.startswith("_:"):
        return BlankNode(text[2:])
    if not text.startswith('"'):
        return NamedNode(text)
    quad = next(iter(parse(f"<x:s> <x:p> {text} .".encode(), format=RdfFormat.N_TRIPLES)))
    assert isinstance(quad.object, Literal)
    return quad.object


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
