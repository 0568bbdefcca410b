"""What is missing is counted where counting is all it takes; that it is the same is held by tests/test_shapes.py."""

from pathlib import Path

import pytest
from shape_cases import Suite, read_case

from kb import config
from kb.protocols import catalogue, engines
from kb.protocols.background import background
from kb.protocols.missing import Counting, counting
from kb.protocols.validation import validate

SHIPPED = Suite(config.shipped("shapes"), Path(__file__).parent / "shapes", config.shipped("ontology"))
FILES = catalogue.shapes_files([catalogue.protocol("dp-01")], None)
BARE = read_case(SHIPPED.cases / "dp-01" / "fail-bare-asset.ttl").lines
TYPE = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"
THING = b"<https://example.org/x>"
ELSEWHERE = [
    THING + b" <http://www.w3.org/2000/01/rdf-schema#subClassOf> <https://w3id.org/whatworks/def#Asset> .",
    THING + b" <https://w3id.org/whatworks/def#interest> _:b0 .",
    b"_:b0 <https://w3id.org/whatworks/def#interest> <https://example.org/y> .",
    b'<https://w3id.org/whatworks/def#Asset> <http://purl.org/dc/terms/description> "More of it"@en .',
]


def dp_01() -> Counting:
    return counting(FILES)


def test_what_is_counted_is_what_the_engine_leaves_out() -> None:
    counted = dp_01().results(BARE, background())
    data = b"\n".join(BARE) + b"\n" + background().ntriples
    every = {each for each in engines.run(data, FILES, "rust") if each.focus not in background().subjects}
    rest = {
        each for each in engines.run(data, FILES, "rust", dp_01().counted) if each.focus not in background().subjects
    }
    assert counted is not None
    assert set(counted) == every - rest
    assert {each.shape.partition("-")[2] for each in counted} >= {"prefLabel", "interest", "uprn", "hostsService"}


def test_a_rule_that_says_more_is_no_matter_of_counting() -> None:
    counted = {str(lack.said.object) for each in dp_01()._every() for lack in each.lacks}
    asked = {str(rule.said.object) for each in dp_01()._every() for rule in each.rules}
    assert any("uprn-or-reason" in each for each in counted)
    assert not any("reportedBy-or-holder" in each or "occupation-needed" in each for each in counted)
    assert any("reportedBy-or-holder" in each for each in asked)
    assert not counted & asked


RULE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:Shape-size .
ex:Shape-size a sh:PropertyShape ; sh:path ex:size ; sh:sparql ex:rule .
ex:rule sh:message "Too large"@en ; sh:prefixes ex: ; sh:select "%s" .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] .
"""


@pytest.mark.parametrize(
    ("rule", "whole"),
    [
        ("SELECT $this ?value WHERE { $this $PATH ?value . FILTER (?value > 5) }", True),
        ("SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH ?v . FILTER (?v <= 5) } }", True),
        ("SELECT $this ?value WHERE { { $this $PATH ?value } UNION { $this ex:other ?value } }", False),
        ("SELECT $this ?value WHERE { $this ex:other ?value . FILTER (?value > 5) }", False),
        ("SELECT $this WHERE { OPTIONAL { $this $PATH ?v } FILTER (?v > 5) }", False),
    ],
)
def test_a_rule_that_says_the_same_of_all_things_is_asked_once(tmp_path: Path, rule: str, whole: bool) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(RULE % rule, encoding="utf-8")
    found = counting((file,))
    assert any(each.rules for each in found._every()) is whole
    types = [b"<https://example.org/%d> <%s> <https://example.org/Thing> ." % (n, TYPE) for n in range(3)]
    sizes = [
        b'<https://example.org/%d> <https://example.org/size> "%s"^^<%s> .' % (n, size, DECIMAL.encode())
        for n, size in enumerate((b"06.50", b"4", b"7.0"))
    ]
    lines = sorted([*types, *sizes])
    for engine in ("rust", "pyshacl"):
        told = {(each.focus[-1], each.value) for each in validate(lines, (file,), background(), engine)}
        assert told == expected(rule), engine


def expected(rule: str) -> set[tuple[str, str | None]]:
    """What the rule says of three things, of which the first and the last are too large."""
    if "ex:other ?value ." in rule:
        return set()
    sizes = {"0": f'"06.50"^^<{DECIMAL}>', "2": f'"7.0"^^<{DECIMAL}>'}
    if "UNION" in rule:
        sizes["1"] = f'"4"^^<{DECIMAL}>'
    return {(focus, size if "?value WHERE" in rule else None) for focus, size in sizes.items()}


@pytest.mark.parametrize(
    ("body", "others"),
    [
        ("$this $PATH ?value . FILTER (?value > 5 && ?value<7)", set()),
        ("$this $PATH ?value ; ex:unit ?unit , ex:metre . ?unit a ex:Unit FILTER (?unit != ex:foot)", {"unit", "Unit"}),
        ("$this $PATH ?value . $this ex:a|(ex:b/^ex:c) ?other BIND (STR(?other) AS ?text)", {"a", "b", "c"}),
        ("$this $PATH ?value . $this ?any ?value", None),
        ("$this $PATH ?value ; ?any 5", None),
        ("$this $PATH ?value ; ?any -.5", None),
        ("$this $PATH ?value . ex:size ?any ?value", None),
        ("$this $PATH ?value . $this ex:part [ ?any ex:b ]", None),
        ("$this $PATH ?value . $this !ex:part ?other", None),
        ("$this $PATH ?value . $this ex:part* ?other", None),
        ("$this $PATH ?value . $this ex:a%41 ?other", None),
        ("$this $PATH ?value . $this other:part ?other", None),
    ],
)
def test_a_rule_sees_the_predicates_that_it_names(tmp_path: Path, body: str, others: set[str] | None) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(RULE % f"SELECT $this ?value WHERE {{ {body} }}", encoding="utf-8")
    (rule,) = [rule for field in counting((file,))._every() for rule in field.rules]
    if others is None:
        assert rule.predicates is None
    else:
        named = {f"<https://example.org/{each}>".encode() for each in others | {"size"}}
        assert rule.predicates is not None
        assert rule.predicates >= {*named, b"<%s>" % TYPE}


LISTED = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
@prefix ww: <https://w3id.org/whatworks/def#> .
ex:Shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:Shape-use .
ex:Shape-use a sh:PropertyShape ; sh:path ex:use ; ww:codeList ex:uses %s .
"""


@pytest.mark.parametrize(("more", "counted"), [("", 1), ("; sh:deactivated true", 0)])
def test_a_value_outside_its_list_is_told_by_counting_and_by_both_engines(
    tmp_path: Path, more: str, counted: int
) -> None:
    file, shared = tmp_path / "shapes.ttl", config.shipped("shapes") / "code-list.ttl"
    file.write_text(LISTED % more, encoding="utf-8")
    scheme = b"<http://www.w3.org/2004/02/skos/core#inScheme>"
    lines = sorted(
        [
            b"<https://example.org/%s> <%s> <https://example.org/Thing> ." % (name, TYPE) for name in (b"1", b"2", b"3")
        ] + [
            b"<https://example.org/1> <https://example.org/use> <https://example.org/shop> .",
            b"<https://example.org/2> <https://example.org/use> <https://example.org/elsewhere> .",
            b"<https://example.org/2> <https://example.org/use> <https://example.org/unheard-of> .",
            b'<https://example.org/3> <https://example.org/use> "a shop"@en-GB .',
            b"<https://example.org/shop> %s <https://example.org/uses> ." % scheme,
            b"<https://example.org/elsewhere> %s <https://example.org/other> ." % scheme,
        ]
    )  # fmt: skip
    assert sum(len(each.lists) for each in counting((file, shared))._every()) == counted
    rust, oracle = (set(validate(lines, (file, shared), background(), each)) for each in ("rust", "pyshacl"))
    assert rust == oracle
    if counted:
        assert {each.value for each in rust} == {
            "https://example.org/elsewhere", "https://example.org/unheard-of", '"a shop"@en-gb',
        }  # fmt: skip


def test_two_lists_of_one_field_are_left_to_the_engine(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(LISTED % ", ex:other", encoding="utf-8")
    assert not counting((file, config.shipped("shapes") / "code-list.ttl")).counted


@pytest.mark.parametrize("line", ELSEWHERE)
def test_what_takes_more_than_counting_is_left_to_the_engine(line: bytes) -> None:
    assert dp_01().results(sorted([*BARE, line]), background()) is None
