"""Every shape does what its case files say, on both engines; and the runner itself notices when one does not."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from shape_cases import ENGINES, Suite, coverage, difference, read_case
from shape_mutations import mutants

from kb import config
from kb.namespaces import PREFIXES, compact
from kb.protocols import catalogue, check
from kb.protocols.catalogue import shared_files
from kb.protocols.graph import FileGraph

HERE = Path(__file__).parent
SHIPPED = Suite(config.shipped("shapes"), HERE / "shapes", config.shipped("ontology"))
SMALL = Suite(HERE / "protocols" / "shapes", HERE / "protocols" / "cases", HERE / "protocols" / "ontology")
"""Shapes of the runner's own."""

SUITES = {**{(SHIPPED, id): id for id in SHIPPED.ids()}, **{(SMALL, id): f"small-{id}" for id in SMALL.ids()}}
CASES = {
    (suite, id, path): f"{name}/{path.stem}" for (suite, id), name in SUITES.items() for path in suite.case_files(id)
}
each_protocol = pytest.mark.parametrize(("suite", "id"), SUITES, ids=SUITES.values())
each_engine = pytest.mark.parametrize("engine", ENGINES)


@each_engine
@pytest.mark.parametrize(("suite", "id", "path"), CASES, ids=CASES.values())
def test_a_case_gives_exactly_the_results_it_lists(suite: Suite, id: str, path: Path, engine: str) -> None:
    case = read_case(path)
    found = difference(case, suite.results(id, engine)[case.name])
    assert not found, f"{path.name}\n{found}"


@each_protocol
def test_both_engines_give_the_same_results(suite: Suite, id: str) -> None:
    rust, pyshacl = (suite.results(id, engine) for engine in ENGINES)
    assert rust == pyshacl


@each_protocol
def test_every_shape_has_a_pass_and_a_fail(suite: Suite, id: str) -> None:
    missing = coverage(suite, id)
    assert not missing, "\n".join(missing)


@each_protocol
def test_every_other_constraint_reports_a_spoiled_case(suite: Suite, id: str) -> None:
    made, missing = mutants(suite, id)
    assert not missing, "\n".join(missing)
    results = suite.validate(id, sorted({line for mutant in made for line in mutant.lines}), "rust")
    assert [str(mutant) for mutant in made if not mutant.reported(results)] == []


@each_protocol
def test_shapes_keep_the_conventions(suite: Suite, id: str) -> None:
    wrong = conventions(suite.graph(id))
    if id != "ontology":
        protocol = catalogue.protocol(id, suite.shapes)
        applies = protocol.graph.iris(NamedNode(protocol.iri), "ww:appliesToClass")
        if set(applies) != set(protocol.target_classes):
            wrong.append("ww:appliesToClass differs from the sh:targetClass of the node shapes")
    assert not wrong, "\n".join(wrong)


def conventions(graph: FileGraph) -> list[str]:
    """What would make reports unreadable or the engines differ (tests/shapes/README.md, "Shapes")."""
    wrong = []
    shapes = graph.property_shapes()
    for quad in graph.quads:
        name = compact(quad.predicate.value)
        if name in ("sh:node", "sh:or", "sh:xone", "sh:and", "sh:not", "sh:qualifiedValueShape"):
            wrong.append(f"{quad.subject}: {name}; use sh:property within the property shape, or sh:sparql")
        if name == "sh:property" and quad.object not in shapes:
            wrong.append(f"{quad.subject}: its sh:property {quad.object} is not an IRI that has a sh:path")
        if name == "sh:sparql" and not graph.values(quad.subject, "sh:path"):
            wrong.append(f"{quad.subject}: sh:sparql belongs on the property shape of the field that it is about")
        if name == "sh:sparql" and graph.values(quad.object, "sh:severity"):
            wrong.append(f"{quad.object}: a constraint takes its severity from its shape, not from itself")
        if name == "sh:sparql" and not graph.text(quad.object, "sh:message"):
            wrong.append(f"{quad.object} has no sh:message")
    for shape in shapes:
        for name in ("sh:path", "sh:name", "sh:description", "sh:order", "sh:group", "sh:message", "skos:example"):
            if not graph.values(shape, name):
                wrong.append(f"{compact(shape.value)} has no {name}")
    for shape in [*shapes, *graph.of_type("sh:NodeShape")]:
        if not shape.value.startswith(PREFIXES["wws"]):
            wrong.append(f"{shape.value}: shapes are named in {PREFIXES['wws']}")
    return wrong


def test_shared_components_select_their_values() -> None:
    shared = FileGraph([*shared_files(SHIPPED.shapes), *shared_files(SMALL.shapes)])
    asks = shared.of_type("sh:SPARQLAskValidator")
    assert asks == [], "pySHACL reports no value for these: use sh:propertyValidator with an sh:SPARQLSelectValidator"


def test_every_case_folder_belongs_to_a_shapes_file() -> None:
    for suite in (SHIPPED, SMALL):
        assert {path.name for path in suite.cases.iterdir() if path.is_dir()} <= set(suite.ids())


@each_engine
def test_the_vocabulary_satisfies_its_own_shapes(engine: str) -> None:
    report = check.check_vocabulary(engine)
    assert report.results == (), report.text()
