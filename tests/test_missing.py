"""What is missing is counted where counting is all it takes; that it is the same is held by tests/test_shapes.py."""

from pathlib import Path

import pytest
from shape_cases import Suite, read_case

from kb import config
from kb.protocols import catalogue, engines
from kb.protocols.background import background
from kb.protocols.missing import Counting, counting

SHIPPED = Suite(config.shipped("shapes"), Path(__file__).parent / "shapes", config.shipped("ontology"))
FILES = catalogue.shapes_files([catalogue.protocol("dp-01")], None)
BARE = read_case(SHIPPED.cases / "dp-01" / "fail-bare-asset.ttl").lines
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


def test_a_rule_that_says_more_is_the_engines() -> None:
    rules = {str(each.object) for each in dp_01().counted if each.predicate.value.endswith("#sparql")}
    assert any("uprn-or-reason" in each for each in rules)
    assert not any("reportedBy-or-holder" in each or "occupation-needed" in each for each in rules)


@pytest.mark.parametrize("line", ELSEWHERE)
def test_what_takes_more_than_counting_is_left_to_the_engine(line: bytes) -> None:
    assert dp_01().results(sorted([*BARE, line]), background()) is None
