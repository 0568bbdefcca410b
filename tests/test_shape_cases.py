"""The runner of the shape cases notices what is wrong with a case, with a shape's coverage and with a constraint."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from shape_cases import Suite, coverage, difference, read_case
from shape_mutations import mutants

SMALL = Path(__file__).parent / "protocols"
Edited = Callable[[str, str, str], Suite]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """A copy of the small suite in which one file (path, text before, text after) is changed; no text: it is gone."""

    def edit(name: str, before: str, after: str) -> Suite:
        shutil.copytree(SMALL, tmp_path / "copy")
        path = tmp_path / "copy" / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8") if before else path.unlink()
        return Suite(tmp_path / "copy/shapes", tmp_path / "copy/cases", tmp_path / "copy/ontology")

    return edit


def reported(suite: Suite, id: str, name: str, engine: str = "rust") -> str:
    return difference(read_case(suite.cases / id / f"{name}.ttl"), suite.results(id, engine)[name])


FAIL = "cases/dp-01/fail-nothing-known.ttl"
LINE = "# expect: MinCountConstraintComponent ww:holding Violation"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (LINE, "", "found, not expected: # expect: MinCountConstraintComponent ww:holding Violation ShedShape-holding"),
        (LINE, f"{LINE}\n{LINE}", f"expected, not found: {LINE}"),
        (LINE, LINE.replace("Violation", "Warning"), f"expected, not found: {LINE.replace('Violation', 'Warning')}"),
        (LINE, f"{LINE} ShedShape-code", f"expected, not found: {LINE} ShedShape-code"),
        (LINE, LINE.replace("ww:holding", "ww:use"), "not found: # expect: MinCountConstraintComponent ww:use"),
        (LINE, LINE.replace("MinCount", "MaxCount"), "expected, not found: # expect: MaxCountConstraintComponent"),
    ],
)
@pytest.mark.parametrize("engine", ["rust", "pyshacl"])
def test_a_wrong_expectation_is_noticed(edited: Edited, before: str, after: str, words: str, engine: str) -> None:
    suite = edited(FAIL, before, after)
    assert words in reported(suite, "dp-01", "fail-nothing-known", engine)
    assert reported(suite, "dp-01", "fail-wrong-values", engine) == ""


def test_a_pass_case_that_fails_is_noticed(edited: Edited) -> None:
    suite = edited("cases/dp-01/pass-full.ttl", '"AB1"', '"x"')
    assert "found, not expected: # expect: PatternConstraintComponent" in reported(suite, "dp-01", "pass-full")


@pytest.mark.parametrize(
    ("name", "before", "after", "message"),
    [
        (FAIL, "@base <https://example.org/dp-01/", "@base <https://example.org/dp-02/", "not under the base"),
        (FAIL, "a ww:Shed", "ww:holding <https://example.org/other> ; a ww:Shed", "not under the base"),
        (FAIL, LINE, "# expect: MinCount", "not understood"),
        (FAIL, "# expect:", "#", "lists what it expects"),
        ("cases/dp-01/pass-least.ttl", "Warning", "Violation", "a pass case expects a Violation"),
    ],
)
def test_a_case_that_breaks_the_conventions_is_refused(
    edited: Edited, name: str, before: str, after: str, message: str
) -> None:
    suite = edited(name, before, after)
    with pytest.raises(AssertionError, match=message):
        read_case(suite.cases.parent / name)


def test_a_focus_node_outside_every_case_is_refused(edited: Edited) -> None:
    suite = edited(FAIL, "a ww:Shed", "ww:holding <https://elsewhere.example/x> ; a ww:Shed")
    with pytest.raises(AssertionError, match="name it under the base of its case"):
        suite.results("dp-01", "rust")


def test_a_property_shape_without_a_fail_is_missed(edited: Edited) -> None:
    suite = edited("cases/dp-02/fail-no-amount.ttl", "", "")
    assert coverage(suite, "dp-02") == [
        "wws:BillShape-amount: no fail file has a result of it",
        "wws:BillShape-billed: no fail file has a result of it",
    ]


def test_a_node_shape_without_a_pass_is_missed(edited: Edited) -> None:
    suite = edited("shapes/dp-02.ttl", "sh:targetClass ww:Bill", "sh:targetClass ww:Invoice")
    assert "wws:BillShape: no pass file has a focus node of it (sh:targetClass)" in coverage(suite, "dp-02")


def test_a_rule_without_a_fail_is_missed(edited: Edited) -> None:
    rule = "sh:sparql wws:BillShape-amount-choice ."
    second = (
        "sh:sparql wws:BillShape-amount-choice, wws:BillShape-amount-order .\n"
        'wws:BillShape-amount-order a sh:SPARQLConstraint ; sh:message "Low {?low} is above high."@en ;\n'
        '  sh:select "SELECT $this WHERE { FILTER (1 > 2) }" .'
    )
    _, missing = mutants(edited("shapes/dp-02.ttl", rule, second), "dp-02")
    assert len(missing) == 1
    assert "no fail file has a result of its sh:sparql" in missing[0]
    assert "BillShape-amount-order" in missing[0]


@pytest.mark.parametrize(
    ("constraint", "name"),
    [
        ("sh:hasValue ex:x", "HasValue"),
        ('sh:languageIn ( "en" "fr" )', "LanguageIn"),
        ("sh:maxInclusive 20", "MaxInclusive"),
        ("sh:minExclusive 1.5", "MinExclusive"),
        ('sh:maxInclusive "2020-01-31"^^xsd:date', "MaxInclusive"),
        ('sh:minInclusive "1900"^^xsd:gYear', "MinInclusive"),
        ("sh:minLength 2", "MinLength"),
        ("sh:minCount 1", "MinCount"),
        ("sh:nodeKind sh:IRI", "NodeKind"),
        ("sh:nodeKind sh:Literal", "NodeKind"),
        ("sh:in ( 1 2 )", "In"),
        ("sh:datatype xsd:string ; sh:maxLength 3", "MaxLength"),
        ('sh:pattern "^[a-z ]*$" ; sh:flags "i"', "Pattern"),
        ("ww:codeList ex:list", "CodeList"),
        ("sh:class ww:Bill", "Class"),
    ],
)
def test_every_recipe_spoils_its_constraint(edited: Edited, constraint: str, name: str) -> None:
    extra = f"wws:BillShape-low sh:path ww:low ; {constraint} .\nwws:BillShape sh:property wws:BillShape-low .\n"
    heading = "@prefix ex: <https://example.org/> .\n"
    suite = edited("shapes/dp-02.ttl", "@prefix dcat:", heading + "@prefix dcat:")
    with (suite.shapes / "dp-02.ttl").open("a", encoding="utf-8") as file:
        file.write(extra)
    (suite.cases / "dp-02" / "fail-no-amount.ttl").unlink()
    made, _ = mutants(suite, "dp-02")
    spoiled = next(m for m in made if str(m) == f"{name}ConstraintComponent of wws:BillShape-low")
    assert spoiled.reported(suite.validate("dp-02", sorted(spoiled.lines), "rust"))
    assert spoiled.reported(suite.validate("dp-02", sorted(spoiled.lines), "pyshacl"))
