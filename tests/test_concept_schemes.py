"""The code lists: one file each, every concept described alike, scales in order, functions of government complete."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from absent import absent
from rdflib import DCTERMS, OWL, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

ROOT = Path(__file__).parent.parent
CONCEPT = "https://w3id.org/whatworks/concept/"
WW = Namespace("https://w3id.org/whatworks/def#")
LICENCE = URIRef("http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/")

FILES = sorted((ROOT / "ontology").glob("concept-*.ttl"))
GRAPHS = {path.stem.removeprefix("concept-"): Graph().parse(path) for path in FILES}
SCHEMES = sorted(GRAPHS)

ORDERED = {
    "evidence-strength": 0,
    "stage": 1,
    "suitability": 1,
    "condition": 1,
    "energy-band": 0,
    "commitment": 0,
    "fidelity": 0,
    "replication-reach": 1,
}
"""Ordered scale → the notation of its first concept."""

MONEY = [
    "allocation-method", "cashable", "control", "currency", "estimate-status", "gross-net",
    "money-kind", "overlap", "period-basis", "price-basis", "spend-type", "value-type",
]
CUBE_DIMENSIONS = ["cofog", "control", "organisation-type", "spend-type"]
OWN_CODES = {"cofog", "intervention", "lesson-theme"}
"""Schemes whose notations are the codes of their source, not the code in the IRI."""

RENAMED = {"effect-direction": {"none"}, "comparator": {"none"}}
"""Codes whose label has changed, an IRI never does: statistics packages read the word None as a missing value."""

COMMON = {
    RDF.type, SKOS.prefLabel, SKOS.altLabel, SKOS.definition, SKOS.note, SKOS.notation,
    SKOS.inScheme, SKOS.topConceptOf, SKOS.broader, SKOS.exactMatch,
}
EXTRA = {
    "indicator": {WW.measuresOutcome, WW.unit},
    "intervention": {DCTERMS.title, SKOS.related, SKOS.scopeNote},
    "lesson-theme": {WW.notInDeck},
    "outcome": {WW.betterWhen},
}


def scheme_iri(name: str) -> URIRef:
    return URIRef(CONCEPT + name)


def concepts(name: str) -> list[URIRef]:
    return sorted(GRAPHS[name].subjects(RDF.type, SKOS.Concept))


def code(concept: URIRef) -> str:
    return concept.rsplit("/", 1)[1]


def kebab(label: str) -> str:
    """The code that a label gives: lower case, other characters than letters and digits become one hyphen."""
    plain = label.lower().replace("'", "").replace(",", "").replace("²", "2").replace("+", "-plus")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def english(graph: Graph, subject: URIRef, predicate: URIRef) -> list[str]:
    """The values of a text property, all of which must be tagged as English and not be empty."""
    values = list(graph.objects(subject, predicate))
    assert all(isinstance(v, Literal) and v.language == "en" and v.strip() for v in values), (subject, predicate)
    return [str(value) for value in values]


@pytest.mark.parametrize("name", SCHEMES)
def test_a_file_is_one_described_scheme(name: str) -> None:
    graph, scheme = GRAPHS[name], scheme_iri(name)
    assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [scheme]
    assert len(english(graph, scheme, DCTERMS.title)) == 1
    assert len(english(graph, scheme, DCTERMS.description)) == 1
    assert graph.value(scheme, DCTERMS.publisher) == URIRef("https://w3id.org/whatworks/id/organisation/whatworks")
    assert graph.value(scheme, DCTERMS.license) == LICENCE
    issued = graph.value(scheme, DCTERMS.issued)
    assert isinstance(issued, Literal)
    assert issued.datatype == XSD.date
    assert issued.toPython() >= date(2026, 11, 22), "no list is older than the vocabulary"
    assert graph.value(scheme, OWL.versionInfo) == Literal("0.1.0")
    assert all(isinstance(source, URIRef) for source in graph.objects(scheme, DCTERMS.source))
    assert set(graph.objects(scheme, SKOS.hasTopConcept)) == set(graph.subjects(SKOS.topConceptOf, scheme))


@pytest.mark.parametrize("name", SCHEMES)
def test_a_file_describes_nothing_else(name: str) -> None:
    graph, scheme = GRAPHS[name], scheme_iri(name)
    described = {subject for subject in graph.subjects() if isinstance(subject, URIRef)}
    collections = set(graph.subjects(RDF.type, SKOS.OrderedCollection))
    assert described == {scheme, *concepts(name), *collections}
    assert bool(concepts(name)) == (name != "lgsl")


@pytest.mark.parametrize("name", SCHEMES)
def test_each_concept_is_described_in_full(name: str) -> None:
    graph, scheme = GRAPHS[name], scheme_iri(name)
    for concept in concepts(name):
        assert concept.startswith(f"{scheme}/"), concept
        assert set(graph.predicates(concept)) <= COMMON | EXTRA.get(name, set()), concept
        labels = english(graph, concept, SKOS.prefLabel)
        assert len(labels) == 1, concept
        assert labels[0] not in english(graph, concept, SKOS.altLabel), concept
        definitions = english(graph, concept, SKOS.definition)
        assert len(definitions) == 1, concept
        assert definitions[0].rstrip(".").lower() != labels[0].lower(), concept
        assert len(list(graph.objects(concept, SKOS.notation))) == 1, concept
        assert list(graph.objects(concept, SKOS.inScheme)) == [scheme], concept
        assert (concept, SKOS.topConceptOf, scheme) in graph or graph.value(concept, SKOS.broader, any=True), concept


@pytest.mark.parametrize("name", [name for name in SCHEMES if name not in OWN_CODES])
def test_codes_are_the_labels(name: str) -> None:
    graph = GRAPHS[name]
    for concept in concepts(name):
        renamed = code(concept) in RENAMED.get(name, ())
        assert (code(concept) == kebab(str(graph.value(concept, SKOS.prefLabel)))) != renamed, concept
        if name not in ORDERED:
            assert graph.value(concept, SKOS.notation) == Literal(code(concept)), concept


@pytest.mark.parametrize("name", SCHEMES)
def test_no_label_is_a_missing_value_to_pandas_or_r(name: str) -> None:
    graph = GRAPHS[name]
    labels = {str(graph.value(concept, SKOS.prefLabel)) for concept in concepts(name)}
    assert not labels & {"None", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A", "<NA>"}


@pytest.mark.parametrize("name", SCHEMES)
def test_notations_and_labels_are_unique(name: str) -> None:
    graph = GRAPHS[name]
    notations = [str(value) for value in graph.objects(None, SKOS.notation)]
    assert len(notations) == len(set(notations))
    # COFOG itself gives a group and its only class the same name.
    if name != "cofog":
        labels = [str(graph.value(concept, SKOS.prefLabel)) for concept in concepts(name)]
        assert len(labels) == len(set(labels))


def test_every_concept_that_is_named_exists() -> None:
    known = {concept for name in SCHEMES for concept in concepts(name)}
    known |= {scheme_iri(name) for name in SCHEMES}
    collections = {c for graph in GRAPHS.values() for c in graph.subjects(RDF.type, SKOS.OrderedCollection)}
    for graph in GRAPHS.values():
        named = {o for o in graph.objects() if isinstance(o, URIRef) and o.startswith(CONCEPT)}
        assert named <= known | collections, named - known


def test_broader_stays_in_the_scheme_and_has_no_cycle() -> None:
    merged = Graph()
    for name, graph in GRAPHS.items():
        home = "outcome-domain" if name == "outcome" else name
        for concept, broader in graph.subject_objects(SKOS.broader):
            assert broader.startswith(f"{CONCEPT}{home}/"), (concept, broader)
            merged.add((concept, SKOS.broader, broader))
    for concept in set(merged.subjects()):
        above = {a for parent in merged.objects(concept) for a in merged.transitive_objects(parent, SKOS.broader)}
        assert concept not in above, concept


@pytest.mark.parametrize("name", SCHEMES)
def test_ordered_scales_have_integers_and_a_collection_in_that_order(name: str) -> None:
    graph = GRAPHS[name]
    collections = list(graph.subjects(RDF.type, SKOS.OrderedCollection))
    if name not in ORDERED:
        assert collections == []
        assert all(value.datatype is None for value in graph.objects(None, SKOS.notation))
        return
    assert len(collections) == 1
    members = list(Collection(graph, graph.value(collections[0], SKOS.memberList)))
    assert sorted(members) == concepts(name)
    notations = [graph.value(member, SKOS.notation) for member in members]
    first = ORDERED[name]
    assert notations == [Literal(n) for n in range(first, first + len(members))]


@pytest.mark.parametrize("name", MONEY)
def test_schemes_on_money_allow_for_not_knowing(name: str) -> None:
    assert URIRef(f"{CONCEPT}{name}/unknown") in concepts(name)


@pytest.mark.parametrize("name", CUBE_DIMENSIONS)
def test_dimensions_of_the_count_have_a_total_above_nothing(name: str) -> None:
    total = URIRef(f"{CONCEPT}{name}/total")
    assert total in concepts(name)
    assert GRAPHS[name].value(predicate=SKOS.broader, object=total, any=True) is None


def test_nine_lessons_are_from_the_deck() -> None:
    graph = GRAPHS["lesson-theme"]
    added = set(graph.subjects(WW.notInDeck, Literal(True)))
    deck = {str(graph.value(concept, SKOS.notation)) for concept in set(concepts("lesson-theme")) - added}
    assert deck == {f"L{n}" for n in range(1, 10)}
    assert {f"X{n}" for n in range(1, 10)} <= {str(graph.value(concept, SKOS.notation)) for concept in added}


def test_the_intervention_types_have_a_parent_and_a_title() -> None:
    graph = GRAPHS["intervention"]
    types = list(graph.subjects(RDF.type, WW.Intervention))
    assert sorted(str(graph.value(t, SKOS.notation)) for t in types) == [f"T{n:02}" for n in range(1, 32)]
    for intervention in types:
        assert graph.value(intervention, DCTERMS.title) == graph.value(intervention, SKOS.prefLabel)
        assert graph.value(intervention, SKOS.broader) is not None, intervention


def test_outcomes_have_a_domain_and_a_direction() -> None:
    graph = GRAPHS["outcome"]
    for outcome in concepts("outcome"):
        assert (outcome, RDF.type, WW.Outcome) in graph, outcome
        assert graph.value(outcome, SKOS.broader, any=True) is not None, outcome
        assert graph.value(outcome, WW.betterWhen) is not None, outcome
    domains = GRAPHS["outcome-domain"]
    parents = set(domains.objects(scheme_iri("outcome-domain"), SKOS.hasTopConcept))
    assert {code(parent) for parent in parents} == {"result-for-people", "result-for-the-system"}


def test_cofog_has_each_level_under_the_one_above() -> None:
    graph = GRAPHS["cofog"]
    functions = [concept for concept in concepts("cofog") if code(concept) != "total"]
    assert len(functions) == 188
    for function in functions:
        assert graph.value(function, SKOS.notation) == Literal(code(function))
        above = code(function).rpartition(".")[0]
        expected = [URIRef(f"{CONCEPT}cofog/{above}")] if above else []
        assert list(graph.objects(function, SKOS.broader)) == expected


def test_cofog_has_the_codes_and_labels_of_its_source() -> None:
    source = ROOT.parent / "shared" / "data" / "cofog" / "cofog.csv"
    if not source.is_file():
        absent("the table of COFOG codes, shared/data/cofog/cofog.csv, beside this checkout")
    with source.open(encoding="utf-8-sig", newline="") as table:
        # The marks (CS) and (IS) tell collective from individual services; they are not part of the name.
        expected = {
            row["Code"]: " ".join(re.sub(r"\((CS|IS)\)", "", row["Description"]).split())
            for row in csv.DictReader(table)
        }
    graph = GRAPHS["cofog"]
    found = {code(concept): str(graph.value(concept, SKOS.prefLabel)) for concept in concepts("cofog")}
    del found["total"]
    assert found == expected
