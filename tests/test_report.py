"""One report in words, as JSON and as a SHACL validation report."""

import json

import rdflib
from pyoxigraph import Literal, NamedNode
from rdflib.namespace import RDF, SH

from kb.protocols.report import MANY, Report, Result, Severity, ordered, term

DEF, SHAPES, SHACL = "https://w3id.org/whatworks/def#", "https://w3id.org/whatworks/shapes#", str(SH)


def result(focus: str, severity: Severity, **other: str | None) -> Result:
    values: dict[str, str | None] = {"path": f"{DEF}code", "value": None, "message": "Give one code."}
    values |= other
    return Result(
        focus=focus,
        severity=severity,
        component=f"{SHACL}MinCountConstraintComponent",
        shape=f"{SHAPES}ShedShape-code",
        **values,  # type: ignore[arg-type]
    )


RESULTS = [
    result("a:2", Severity.WARNING, value='"x\\n\\"é\\""@en', message="Too odd."),
    result("a:1", Severity.VIOLATION),
    result("a:3", Severity.INFO, path=f"^<{DEF}bill>", value="a:4", message=""),
    result("a:1", Severity.VIOLATION),
    result('"text"', Severity.VIOLATION, value='"text"'),
]
REPORT = Report(
    ordered(RESULTS),
    {"dp-01": 3, "dp-02": 0},
    labels={"a:1": "Old shed", "a:4": "Fourth"},
    fields={f"{SHAPES}ShedShape-code": "Code"},
)


def test_results_are_unique_and_ordered_by_severity_then_thing() -> None:
    assert [each.focus for each in REPORT.results] == ['"text"', "a:1", "a:2", "a:3"]
    assert ordered(reversed(RESULTS)) == REPORT.results
    assert (REPORT.violations, REPORT.warnings, REPORT.infos, REPORT.conforms) == (2, 1, 1, False)


def test_text_is_for_a_person() -> None:
    assert REPORT.text() == (
        "Does not conform: 2 violations, 1 warning, 1 remark.\n"
        "dp-01: applies to 3 things.\n"
        "\n"
        "Must (put right before this can be published)\n"
        '  "text"\n'
        "    Code: Give one code.\n"
        "  Old shed (a:1)\n"
        "    Code: Give one code.\n"
        "\n"
        "Should (lowers completeness)\n"
        "  a:2\n"
        '    Code: Too odd. It holds: x\n"é"\n'
        "\n"
        "May (for information)\n"
        "  a:3\n"
        "    Code: MinCount It holds: Fourth (a:4)\n"
    )


def test_a_warning_about_many_things_is_shown_by_examples() -> None:
    many = [result(f"a:{number:02}", Severity.WARNING, message=f"Code {number}.") for number in range(MANY + 1)]
    other = Result("a:00", None, None, Severity.WARNING, f"{SHACL}SPARQLConstraintComponent", f"{SHAPES}rare", "Rare.")
    again = result("a:01", Severity.WARNING, value='"x"')
    report = Report(ordered([*many, again, other]), labels={"a:00": "Shed"}, fields={f"{SHAPES}ShedShape-code": "Code"})
    assert report.text() == (
        "Conforms: 0 violations, 23 warnings, 0 remarks.\n"
        "\n"
        "Should (lowers completeness)\n"
        "  Code, at 21 things, such as\n"
        "    Shed (a:00): Code 0.\n"
        "    a:01: Code 1.\n"
        "    a:02: Code 2.\n"
        "    a:03: Code 3.\n"
        "    a:04: Code 4.\n"
        "    and 16 more (`whatworks check --format json` lists all)\n"
        "  Shed (a:00)\n"
        "    wws:rare: Rare.\n"
    )
    assert len(report.json()["results"]) == 23
    assert "such as" not in Report(ordered(many[1:])).text()


def test_what_must_be_put_right_is_shown_in_full() -> None:
    many = [result(f"a:{number:02}", Severity.VIOLATION) for number in range(2 * MANY)]
    assert Report(ordered(many)).text().count("Give one code.") == 2 * MANY


def test_a_field_without_a_name_is_shown_by_its_path() -> None:
    assert "ww:code: Give one code." in Report(ordered([RESULTS[1]])).text()


def test_only_violations_prevent_conformance() -> None:
    report = Report(ordered([RESULTS[0], RESULTS[2]]))
    assert report.conforms
    assert report.text().startswith("Conforms: 0 violations, 1 warning, 1 remark.\n")
    assert "sh:conforms true" in report.turtle()


def test_json_is_plain_and_complete() -> None:
    read = json.loads(json.dumps(REPORT.json()))
    assert {name: read[name] for name in ("conforms", "violations", "warnings", "infos", "focus")} == {
        "conforms": False, "violations": 2, "warnings": 1, "infos": 1, "focus": {"dp-01": 3, "dp-02": 0},
    }  # fmt: skip
    assert read["results"][2] == {
        "severity": "Warning",
        "focus": "a:2",
        "path": f"{DEF}code",
        "value": '"x\\n\\"é\\""@en',
        "message": "Too odd.",
        "component": f"{SHACL}MinCountConstraintComponent",
        "shape": f"{SHAPES}ShedShape-code",
    }


def test_turtle_is_a_validation_report() -> None:
    graph = rdflib.Graph().parse(data=REPORT.turtle(), format="turtle")
    report = graph.value(predicate=RDF.type, object=SH.ValidationReport)
    assert graph.value(report, SH.conforms) == rdflib.Literal(False)
    assert len(list(graph.objects(report, SH.result))) == 4
    node = graph.value(predicate=SH.focusNode, object=rdflib.URIRef("a:2"))
    assert dict(graph.predicate_objects(node)) == {
        RDF.type: SH.ValidationResult,
        SH.focusNode: rdflib.URIRef("a:2"),
        SH.resultPath: rdflib.URIRef(f"{DEF}code"),
        SH.resultSeverity: SH.Warning,
        SH.resultMessage: rdflib.Literal("Too odd."),
        SH.sourceConstraintComponent: SH.MinCountConstraintComponent,
        SH.sourceShape: rdflib.URIRef(f"{SHAPES}ShedShape-code"),
        SH.value: rdflib.Literal('x\n"é"', lang="en"),
    }
    inverse = graph.value(predicate=SH.focusNode, object=rdflib.URIRef("a:3"))
    assert graph.value(inverse, SH.description) == rdflib.Literal(f"^<{DEF}bill>")


def test_turtle_is_always_the_same_text() -> None:
    prefixes = [line for line in REPORT.turtle().splitlines() if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    assert [line.split()[1] for line in prefixes] == ["sh:", "ww:", "wws:"]
    assert REPORT.turtle() == Report(ordered(reversed(RESULTS)), REPORT.focus).turtle()


def test_terms_of_results() -> None:
    assert term("a:b") == NamedNode("a:b")
    assert term('"1"^^<a:d>') == Literal("1", datatype=NamedNode("a:d"))
