"""The case files of the shapes: how they are read, run together and compared (conventions: tests/shapes/README.md)."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kb.intake.submission import read_submission
from kb.namespaces import compact
from kb.protocols import catalogue, check, targets
from kb.protocols.background import background, local_name
from kb.protocols.graph import FileGraph, file_graph
from kb.protocols.report import Result

ENGINES = ("rust", "pyshacl")
EXPECT = re.compile(r"#\s*expect:\s*(\S+)\s+(.+?)\s+(Violation|Warning|Info)(?:\s+(\S+))?\s*$")


@dataclass(frozen=True)
class Expected:
    """One `# expect:` line: `shape` is None where the line names none."""

    component: str
    path: str
    severity: str
    shape: str | None


@dataclass(frozen=True)
class Case:
    """One file: its things all have IRIs under `base`."""

    name: str
    base: str
    conforming: bool
    lines: tuple[bytes, ...]
    expected: tuple[Expected, ...]


@dataclass(frozen=True)
class Suite:
    """Where the shapes, their cases and the vocabulary are; the shipped ones, or small ones that test the runner."""

    shapes: Path
    cases: Path
    ontology: Path

    def ids(self) -> list[str]:
        """The ids of the protocols, from the file names alone, and that of the vocabulary's shapes if it has cases."""
        protocols = sorted(path.stem for path in self.shapes.glob("dp-*.ttl"))
        vocabulary = Path(catalogue.ONTOLOGY).stem
        return [*protocols, vocabulary] if (self.cases / vocabulary).is_dir() else protocols

    def graph(self, id: str) -> FileGraph:
        """The shapes of one file."""
        return file_graph(self.shapes / f"{id}.ttl")

    def case_files(self, id: str) -> list[Path]:
        return sorted((self.cases / id).glob("*.ttl"))

    def results(self, id: str, engine: str) -> dict[str, frozenset[Result]]:
        """Case name → its results, of one run over all cases of the protocol merged."""
        return _run(self, id, engine)

    def validate(self, id: str, lines: list[bytes], engine: str) -> frozenset[Result]:
        """The results of the protocol's shapes for these lines."""
        files = (self.shapes / f"{id}.ttl", *catalogue.shared_files(self.shapes))
        return frozenset(check.validate(lines, files, background(self.ontology), engine))

    def focus_classes(self, lines: list[bytes] | tuple[bytes, ...]) -> dict[str, set[str]]:
        """IRI of a thing → its classes and all that are above them."""
        hierarchy = targets.class_hierarchy(lines, background(self.ontology))
        found: dict[str, set[str]] = {}
        for name, members in targets.instances_by_class(lines).items():
            for member in members:
                found.setdefault(member.decode()[1:-1], set()).update(targets.ancestors(name, hierarchy))
        return found


@cache
def read_case(path: Path) -> Case:
    """Read one case file; asserts the conventions that keep cases apart when they are merged."""
    kind, _, what = path.stem.partition("-")
    assert kind in ("pass", "fail"), f"{path}: a case is named pass-….ttl or fail-….ttl"
    assert what, f"{path}: the name does not say what the case is about"
    base = f"https://example.org/{path.parent.name}/{path.stem}/"
    submission = read_submission([path], genid=f"{base}genid/", graph=None, seconds=20, megabytes=512)
    for line in submission.lines:
        subject, _, object_ = (part.decode() for part in line.split(b" ", 2))
        assert subject.startswith(f"<{base}"), f"{path}: {subject} is not under the base of the case, {base}"
        if object_.startswith("<https://example.org/"):
            assert object_.startswith(f"<{base}"), f"{path}: {object_} is not under the base of the case, {base}"
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if "expect" in line and line[:1] == "#"]
    matches = [EXPECT.match(line) for line in comments]
    for comment, match in zip(comments, matches, strict=True):
        assert match, f"{path}: not understood: {comment}"
    expected = tuple(
        Expected(match[1], match[2], match[3], match[4] and match[4].removeprefix("wws:")) for match in matches if match
    )
    if kind == "fail":
        assert expected, f"{path}: a fail case lists what it expects"
    else:
        assert not any(each.severity == "Violation" for each in expected), f"{path}: a pass case expects a Violation"
    return Case(path.stem, base, kind == "pass", tuple(submission.lines), expected)


def described(result: Result) -> Expected:
    """The result as an `# expect:` line would put it, shape included."""
    path = "-" if result.path is None else compact_path(result.path)
    return Expected(local_name(result.component), path, result.severity.value, local_name(result.shape))


def compact_path(path: str) -> str:
    """`skos:prefLabel`, or a longer path in SPARQL's syntax with compact names."""
    if not path.startswith(("(", "^")):
        return compact(path)
    return re.sub(r"<([^>]*)>", lambda found: compact(found[1]), path)


def difference(case: Case, results: frozenset[Result]) -> str:
    """What was expected and not found, and the reverse, as lines; empty where results and expectations agree."""
    found = Counter(described(result) for result in results)
    missing = []
    for expected in sorted(case.expected, key=lambda each: each.shape is None):
        match = next((each for each in found if found[each] and _same(expected, each)), None)
        if match is None:
            missing.append(f"  expected, not found: {_line(expected)}")
        else:
            found[match] -= 1
    details = {described(result): f"focus {result.focus}, value {result.value}: {result.message}" for result in results}
    extra = [f"  found, not expected: {_line(each)}  ({details[each]})" for each in found.elements()]
    return "\n".join([*missing, *extra])


def _same(expected: Expected, found: Expected) -> bool:
    same = (expected.component, expected.path, expected.severity) == (found.component, found.path, found.severity)
    return same and expected.shape in (None, found.shape)


def _line(expected: Expected) -> str:
    return f"# expect: {expected.component} {expected.path} {expected.severity} {expected.shape or ''}".rstrip()


@cache
def _run(suite: Suite, id: str, engine: str) -> dict[str, frozenset[Result]]:
    cases = [read_case(path) for path in suite.case_files(id)]
    merged = sorted({line for case in cases for line in case.lines})
    found: dict[str, set[Result]] = {case.name: set() for case in cases}
    for result in suite.validate(id, merged, engine):
        found[_owner(result, cases)].add(result)
    return {name: frozenset(results) for name, results in found.items()}


def _owner(result: Result, cases: list[Case]) -> str:
    """The case whose data the result is about: by its focus node's IRI, or by the only case that has the literal."""
    if result.focus.startswith('"'):
        ending = f" {result.focus} .".encode()
        owners = [case.name for case in cases if any(line.endswith(ending) for line in case.lines)]
    else:
        owners = [case.name for case in cases if result.focus.startswith(case.base)]
    assert len(owners) == 1, f"{result.focus} is in {owners or 'no case'}: name it under the base of its case\n{result}"
    return owners[0]


def coverage(suite: Suite, id: str) -> list[str]:
    """What the case files of a protocol leave out: node shapes without a pass file, property shapes without a fail."""
    graph, cases = suite.graph(id), [read_case(path) for path in suite.case_files(id)]
    covered: set[str] = set()
    for case in cases:
        if case.conforming:
            for classes in suite.focus_classes(case.lines).values():
                covered |= classes
    results = suite.results(id, "rust")
    failed = {result.shape for case in cases if not case.conforming for result in results[case.name]}
    missing = []
    for shape in graph.of_type("sh:NodeShape"):
        targets = graph.iris(shape, "sh:targetClass")
        if not targets or not covered.intersection(targets):
            missing.append(f"{compact(shape.value)}: no pass file has a focus node of it (sh:targetClass)")
    missing += [
        f"{compact(shape.value)}: no fail file has a result of it"
        for shape in graph.property_shapes()
        if shape.value not in failed
    ]
    return missing
