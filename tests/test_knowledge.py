"""The knowledge that ships: its words exist, references lead somewhere, statements have sources, and it conforms."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from completeness import dataset_lines, dataset_report, lines, report
from pyoxigraph import Literal, NamedNode

from kb import config
from kb.namespaces import HOME, WW
from kb.protocols.check import check
from kb.protocols.graph import FileGraph, expand
from kb.store.shipped import fact_files

COMPLETENESS = Path(__file__).parent.parent / "docs" / "completeness.md"
CLAIMED = ["Claim", "LessonLearned", "Barrier", "CultureFinding", "CustomerInsight", "Finding", "MonetaryStatement"]
GRADED = [name for name in CLAIMED if name != "MonetaryStatement"]


def graph_of(lines: list[bytes], folder: Path) -> FileGraph:
    path = folder / "lines.nt"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return FileGraph([path])


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> FileGraph:
    return graph_of(lines(), tmp_path_factory.mktemp("knowledge"))


@pytest.fixture(scope="module")
def vocabulary() -> set[str]:
    """Every IRI that the ontology and the code lists describe."""
    return described(FileGraph(sorted(config.shipped("ontology").glob("*.ttl"))))


def described(graph: FileGraph) -> set[str]:
    return {quad.subject.value for quad in graph.quads if isinstance(quad.subject, NamedNode)}


def mentioned(graph: FileGraph) -> set[str]:
    """Every IRI in predicate or object position."""
    return {
        node.value for quad in graph.quads for node in (quad.predicate, quad.object) if isinstance(node, NamedNode)
    }


def of_classes(graph: FileGraph, names: Iterable[str]) -> list[NamedNode]:
    return [node for name in names for node in graph.of_type(f"ww:{name}")]


@pytest.mark.parametrize("name", fact_files())
def test_a_folder_describes_its_own_dataset(name: str, tmp_path: Path) -> None:
    datasets = graph_of(dataset_lines(name), tmp_path).of_type("dcat:Dataset")
    assert [node.value for node in datasets] == [f"{HOME}/id/dataset/{name}"]


def test_each_thing_is_described_in_one_dataset_only(tmp_path: Path) -> None:
    found: dict[str, str] = {}
    for name in fact_files():
        for iri in described(graph_of(dataset_lines(name), tmp_path)):
            assert found.setdefault(iri, name) == name, iri


def test_terms_and_codes_exist(knowledge: FileGraph, vocabulary: set[str]) -> None:
    used = {iri for iri in mentioned(knowledge) if iri.startswith((WW, f"{HOME}/concept/"))}
    assert used - vocabulary - described(knowledge) == set()


def test_references_lead_to_things_that_are_described(knowledge: FileGraph) -> None:
    assert {iri for iri in mentioned(knowledge) if iri.startswith(f"{HOME}/id/")} - described(knowledge) == set()


def test_protocols_that_datasets_name_exist(knowledge: FileGraph) -> None:
    shipped = {f"{HOME}/protocols/{path.stem}" for path in config.shipped("shapes").glob("dp-*.ttl")}
    for dataset in knowledge.of_type("dcat:Dataset"):
        assert set(knowledge.iris(dataset, "dcterms:conformsTo")) <= shipped


def test_there_are_no_blank_nodes(knowledge: FileGraph) -> None:
    assert not [iri for iri in described(knowledge) if "/.well-known/genid/" in iri]


def test_everything_has_a_label(knowledge: FileGraph) -> None:
    for iri in described(knowledge):
        node = NamedNode(iri)
        assert knowledge.text(node, "skos:prefLabel") or knowledge.text(node, "dcterms:title"), iri


def test_every_statement_names_a_source_and_how_deeply_it_was_read(knowledge: FileGraph) -> None:
    sources = {node.value for node in knowledge.of_type("ww:Source")}
    statements = of_classes(knowledge, CLAIMED)
    assert statements
    for node in statements:
        named = knowledge.iris(node, "prov:hadPrimarySource")
        assert named, node
        assert set(named) <= sources, node
        assert knowledge.iris(node, "ww:sourceDepth"), node


def test_things_other_than_statements_name_a_source_too(knowledge: FileGraph) -> None:
    this_project = f"{HOME}/id/organisation/whatworks"
    names = ["ww:Place", "org:FormalOrganization", "ww:Programme", "ww:Pilot", "ww:Workstream", "ww:Implementation"]
    names += ["ww:Partnership", "ww:Board", "org:Membership", "ww:Gateway", "ww:AssetMeasurement", "ww:Milestone"]
    for node in (node for name in names for node in knowledge.of_type(name)):
        assert node.value == this_project or knowledge.iris(node, "prov:hadPrimarySource"), node


def test_every_graded_statement_says_who_graded_it_and_why(knowledge: FileGraph) -> None:
    for node in of_classes(knowledge, GRADED):
        assert knowledge.iris(node, "ww:assessment"), node
    for assessment in knowledge.of_type("ww:EvidenceAssessment"):
        (grade,) = knowledge.iris(assessment, "ww:grade")
        (assessor,) = knowledge.iris(assessment, "ww:assessor")
        ours = grade.startswith(f"{HOME}/concept/evidence-strength/")
        assert ours == (assessor == f"{HOME}/id/organisation/whatworks"), assessment
        assert knowledge.text(assessment, "ww:note"), assessment


def test_each_statement_that_needs_a_grade_has_one_on_the_house_scale(knowledge: FileGraph) -> None:
    for node in of_classes(knowledge, GRADED):
        grades = [knowledge.iris(NamedNode(iri), "ww:grade")[0] for iri in knowledge.iris(node, "ww:assessment")]
        assert sum(grade.startswith(f"{HOME}/concept/evidence-strength/") for grade in grades) == 1, node


def test_the_nine_lessons_of_the_deck_are_asserted_and_read_by_this_project(knowledge: FileGraph) -> None:
    deck = NamedNode(f"{HOME}/id/source/kent-asset-deck")
    themes = set()
    for quad in knowledge.quads:
        if quad.predicate == expand("prov:hadPrimarySource") and quad.object == deck:
            themes.update(knowledge.iris(quad.subject, "ww:lessonTheme"))
            if knowledge.iris(quad.subject, "ww:lessonTheme"):
                assessment = NamedNode(knowledge.iris(quad.subject, "ww:assessment")[0])
                assert knowledge.iris(assessment, "ww:grade") == [f"{HOME}/concept/evidence-strength/asserted"]
                assert knowledge.iris(quad.subject, "ww:interpretedBy") == [f"{HOME}/id/organisation/whatworks"]
                assert "Lessons learned so far" in (knowledge.text(quad.subject, "ww:locator") or "")
    assert len(themes) == 9


def test_contradictions_are_told_from_both_sides(knowledge: FileGraph) -> None:
    pairs = {(quad.subject, quad.object) for quad in knowledge.quads if quad.predicate == expand("ww:contradicts")}
    assert pairs
    assert pairs == {(there, here) for here, there in pairs}


def test_the_three_figures_for_kents_sales_stand_side_by_side(knowledge: FileGraph) -> None:
    def money(slug: str) -> NamedNode:
        return NamedNode(f"{HOME}/id/money/{slug}")

    reported = money("kent-asset-receipts-ppuk")
    assert [float(text) for text in knowledge.texts(reported, "ww:amountHigh")] == [280_000_000]
    assert set(knowledge.iris(reported, "ww:contradicts")) == {
        money("kent-asset-receipts-lgc").value,
        money("kent-asset-net-saving-lgc").value,
    }


def test_every_intervention_belongs_to_the_one_taxonomy(knowledge: FileGraph) -> None:
    taxonomy = FileGraph([config.shipped("ontology") / "concept-intervention.ttl"])
    tops = set(taxonomy.iris(NamedNode(f"{HOME}/concept/intervention"), "skos:hasTopConcept"))
    types = {node.value for node in taxonomy.of_type("ww:Intervention")}
    assert len(types) == 31
    known = types | tops | described(knowledge)
    for node in knowledge.of_type("ww:Intervention"):
        above = knowledge.iris(node, "skos:broader")
        assert above, node
        assert set(above) <= known, node
    for work in of_classes(knowledge, ["Implementation", "Workstream"]):
        assert knowledge.iris(work, "ww:implements"), work


def test_the_findings_of_the_evaluations_are_all_there(knowledge: FileGraph) -> None:
    """The records A01 to J07, but for the five that rest on nothing that was read."""
    themes = {"a": 19, "b": 13, "c": 32, "d": 19, "e": 10, "f": 24, "g": 10, "h": 16, "i": 16, "j": 7}
    wanted = {f"{theme}{number:02d}" for theme, count in themes.items() for number in range(1, count + 1)}
    found = {node.value.rpartition("/")[2] for node in knowledge.of_type("ww:Finding")}
    assert wanted - found == {"c19", "c30", "f13", "h12", "j05"}


def test_estimates_are_numbers_with_a_unit(knowledge: FileGraph) -> None:
    estimates = knowledge.of_type("ww:EffectEstimate")
    assert len(estimates) > 200
    without = [node.value for node in estimates if not knowledge.text(node, "ww:value")]
    assert without == []
    assert sum(bool(knowledge.iris(node, "ww:unit")) for node in estimates) >= len(estimates) - 5


def test_quotations_are_short(knowledge: FileGraph) -> None:
    for quad in knowledge.quads:
        if quad.predicate == expand("ww:quote"):
            assert isinstance(quad.object, Literal)
            assert len(re.findall(r"\S+", quad.object.value)) <= 25


def test_what_the_knowledge_leaves_open_is_reported() -> None:
    assert report() == COMPLETENESS.read_text(encoding="utf-8")


def test_the_datasets_conform_together() -> None:
    found = check(lines())
    assert found.violations == 0, found.text()


@pytest.mark.parametrize("name", fact_files())
def test_each_dataset_conforms_by_itself(name: str) -> None:
    found = dataset_report(name)
    assert found.violations == 0, found.text()
