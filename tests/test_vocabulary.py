"""The ontology's own rules, and the JSON-LD context that is made from it."""

import json
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, PROV, RDF, RDFS, SKOS, XSD, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, GEO, ORG, PROF, QB, SDO, SH, SOSA, VANN, VOID, DefinedNamespace

from kb import config, vocabulary
from kb.errors import BadInput
from kb.namespaces import HOME, PREFIXES, WW, compact

ONTOLOGY = config.shipped("ontology")
ww = Namespace(WW)
schema = Namespace(PREFIXES["schema"])

CLOSED: list[type[DefinedNamespace]] = [
    DCTERMS, FOAF, GEO, ORG, OWL, PROF, PROV, QB, RDF, RDFS, SDO, SH, SKOS, SOSA, VANN, VOID, XSD, DCAT,
]  # fmt: skip
READ_ELSEWHERE = {
    "http://www.w3.org/ns/adms#": {"schemaAgency", "status"},
    "http://purl.org/spar/cito/": {"citesAsEvidence", "confirms", "disputes"},
    "http://purl.org/vocab/cpsv#": {"PublicService"},
    "http://data.europa.eu/m8g/": {
        "Channel", "ReferenceFramework", "hasChannel", "hasCompetentAuthority", "openingHours", "ownedBy",
        "thematicArea",
    },
    "http://www.w3.org/ns/dcat#": {
        "DatasetSeries", "hasCurrentVersion", "inSeries", "isVersionOf", "previousVersion", "version",
    },
    "http://www.w3.org/ns/dqv#": {"Metric", "QualityMeasurement", "computedOn", "isMeasurementOf", "value"},
    "http://purl.org/spar/fabio/": {
        "JournalArticle", "PolicyDocument", "Presentation", "Report", "Spreadsheet", "SystematicReview", "WebPage",
    },
    "http://purl.org/cerif/frapo/": {"FundingProgramme"},
    "http://www.w3.org/ns/locn#": {
        "Address", "address", "fullAddress", "locatorDesignator", "postCode", "postName", "thoroughfare",
    },
    "http://www.w3.org/ns/oa#": {"exact"},
    "http://purl.obolibrary.org/obo/": {"SEPIO_0000001", "SEPIO_0000146", "SEPIO_0000173"},
    "http://qudt.org/schema/qudt/": {"hasUnit", "numericValue"},
    "http://purl.org/linked-data/sdmx/2009/attribute#": {"basePer", "obsStatus", "unitMeasure", "unitMult"},
    "http://purl.org/linked-data/sdmx/2009/dimension#": {"refArea", "refPeriod"},
    "http://purl.org/linked-data/sdmx/2009/measure#": {"obsValue"},
    "http://www.w3.org/2003/06/sw-vocab-status/ns#": {"term_status"},
    "http://data.ordnancesurvey.co.uk/ontology/admingeo/": {"gssCode"},
    "http://statistics.data.gov.uk/def/boundary-change/": {"precedingArea", "succeedingArea"},
    "http://reference.data.gov.uk/def/payment#": {"Payment", "payee", "payer"},
}  # fmt: skip
"""Terms of vocabularies that rdflib does not ship, or ships in an older version (DCAT 2)."""


@pytest.fixture(scope="module")
def core() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "whatworks.ttl")


@pytest.fixture(scope="module")
def alignments() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "alignments.ttl")


def minted(graph: rdflib.Graph) -> set[URIRef]:
    return {s for s in graph.subjects() if isinstance(s, URIRef) and s.startswith(WW)}


def test_the_header_says_what_a_catalogue_of_ontologies_asks(core: rdflib.Graph) -> None:
    ontology = URIRef(f"{HOME}/def")
    assert core.value(ontology, OWL.versionIRI) == URIRef(f"{HOME}/def/{core.value(ontology, OWL.versionInfo)}")
    assert str(core.value(ontology, VANN.preferredNamespacePrefix)) == "ww"
    assert str(core.value(ontology, VANN.preferredNamespaceUri)) == WW
    declared = core.value(ontology, SH.declare)
    assert (str(core.value(declared, SH.prefix)), str(core.value(declared, SH.namespace))) == ("ww", WW)
    for asked in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.issued, DCTERMS.license):
        assert core.value(ontology, asked) is not None, asked
    notes = list(core.objects(ontology, SKOS.editorialNote))
    assert notes
    assert {note.language for note in notes} == {"en"}


def test_every_minted_term_is_fully_described(core: rdflib.Graph) -> None:
    status = URIRef(PREFIXES["vs"] + "term_status")
    for term in minted(core):
        for asked in (RDFS.label, SKOS.definition):
            values = list(core.objects(term, asked))
            assert len(values) == 1, (term, asked)
            assert values[0].language == "en", (term, asked)
        assert core.value(term, RDFS.isDefinedBy) == URIRef(f"{HOME}/def"), term
        assert str(core.value(term, status)) in ("stable", "testing", "unstable", "archaic"), term


def test_every_property_says_where_it_sits_and_what_it_holds() -> None:
    for term in vocabulary.terms():
        if term.kind == "property" and term.minted:
            assert term.domains, term.iri
            assert term.ranges, term.iri


def test_a_domain_or_range_is_asserted_only_where_it_is_the_only_one(core: rdflib.Graph) -> None:
    for term in minted(core):
        for one, many in ((RDFS.domain, schema.domainIncludes), (RDFS.range, schema.rangeIncludes)):
            assert len(list(core.objects(term, one))) <= 1, (term, one)
            assert not ((term, one, None) in core and (term, many, None) in core), (term, one)


def test_domains_and_ranges_name_classes_that_the_file_describes() -> None:
    known = {term.iri for term in vocabulary.terms() if term.kind == "class"}
    for term in vocabulary.terms():
        for iri in (*term.domains, *term.ranges, *term.parents):
            if iri.startswith(WW):
                assert iri in known, (term.iri, iri)


def test_properties_with_codes_say_which_list() -> None:
    for term in vocabulary.terms():
        if term.kind == "property" and term.minted and term.ranges == (str(SKOS.Concept),):
            assert term.code_lists, term.iri
        for scheme in term.code_lists:
            assert scheme.startswith(f"{HOME}/concept/"), (term.iri, scheme)


def test_every_code_list_named_is_shipped() -> None:
    scheme_type = ox.NamedNode(str(SKOS.ConceptScheme))
    shipped = {
        quad.subject.value
        for quad in vocabulary.ontology().quads_for_object(scheme_type)
        if isinstance(quad.subject, ox.NamedNode)
    }
    named = {scheme for term in vocabulary.terms() for scheme in term.code_lists}
    assert named - shipped == set()


def test_links_between_things_can_be_shown_from_both_ends() -> None:
    for term in vocabulary.terms():
        if term.kind == "property" and any(iri.startswith(WW) for iri in term.ranges):
            assert term.inverse_label, term.iri


def test_every_class_has_a_plural_and_no_two_share_a_type_segment() -> None:
    classes = [term for term in vocabulary.terms() if term.kind == "class"]
    assert [term.iri for term in classes if not term.plural] == []
    segments = Counter(term.iri_type for term in classes if term.iri_type)
    assert [segment for segment, n in segments.items() if n > 1] == []
    plurals = Counter(term.plural for term in classes)
    assert [plural for plural, n in plurals.items() if n > 1] == []


def test_no_two_terms_share_a_label() -> None:
    labels = Counter(term.label.casefold() for term in vocabulary.terms())
    assert [label for label, n in labels.items() if n > 1] == []


@pytest.mark.parametrize("file", ["whatworks.ttl", "alignments.ttl"])
def test_outside_terms_exist(file: str) -> None:
    graph = rdflib.Graph().parse(ONTOLOGY / file)
    outside = {
        node
        for triple in graph
        for node in triple
        if isinstance(node, URIRef) and not node.startswith(HOME) and "open-government-licence" not in node
    }
    namespaces = {str(space) for space in CLOSED} | set(READ_ELSEWHERE)
    unknown = [node for node in outside if str(node) not in namespaces and not exists(node)]
    assert unknown == []


def exists(node: URIRef) -> bool:
    if any(node.startswith(str(space)) and node in space for space in CLOSED):
        return True
    return any(node.startswith(space) and node.removeprefix(space) in names for space, names in READ_ELSEWHERE.items())


def test_alignments_only_tie_minted_terms_to_outside_ones(core: rdflib.Graph, alignments: rdflib.Graph) -> None:
    header = URIRef(f"{HOME}/def/alignments")
    known = minted(core)
    for subject, predicate, other in alignments:
        if subject != header:
            assert subject in known, subject
            assert predicate in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch), predicate
            assert not other.startswith(HOME), other


def test_the_core_needs_no_alignment_to_load(core: rdflib.Graph) -> None:
    for subject, parent in [*core.subject_objects(RDFS.subClassOf), *core.subject_objects(RDFS.subPropertyOf)]:
        assert parent in minted(core), (subject, parent)
    assert list(core.objects(None, OWL.imports)) == []


def test_data_cube_structures_use_described_components_in_order(core: rdflib.Graph) -> None:
    for structure in core.subjects(RDF.type, QB.DataStructureDefinition):
        orders = []
        for component in core.objects(structure, QB.component):
            orders.append(int(core.value(component, QB.order)))
            for role, kind in ((QB.dimension, QB.DimensionProperty), (QB.attribute, QB.AttributeProperty)):
                for used in core.objects(component, role):
                    assert (used, RDFS.label, None) in core, used
                    if used.startswith(WW):
                        assert (used, RDF.type, kind) in core, used
        assert sorted(orders) == list(range(1, len(orders) + 1)), structure


def test_terms_read_what_the_file_says() -> None:
    pilot = vocabulary.term(WW + "Pilot")
    assert pilot is not None
    assert (pilot.kind, pilot.label, pilot.plural, pilot.iri_type) == ("class", "Pilot", "Pilots", "pilot")
    grade = vocabulary.term(WW + "grade")
    assert grade is not None
    assert grade.domains == (WW + "EvidenceAssessment",)
    assert grade.code_lists == (f"{HOME}/concept/evidence-strength",)
    organisation = vocabulary.term(str(ORG.FormalOrganization))
    assert organisation is not None
    assert (organisation.name, organisation.minted) == ("org:FormalOrganization", False)
    assert vocabulary.term(WW + "NoSuchTerm") is None


def test_broken_turtle_is_reported_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whatworks.ttl").write_text("@prefix ww: <https://w3id.org/whatworks/def#> .\nww:a ww:b ;; ww:c d .\n")
    monkeypatch.setattr(config, "shipped", lambda folder: tmp_path)
    vocabulary.ontology.cache_clear()
    with pytest.raises(BadInput, match=r"whatworks\.ttl, line 2, column \d+"):
        vocabulary.ontology()


DOCUMENT = {
    "id": "https://example.org/id/money/1",
    "type": "MonetaryStatement",
    "skos:prefLabel": "Yearly saving",
    "amount": "40000000",
    "approximate": True,
    "moneyKind": f"{HOME}/concept/money-kind/recurring-revenue-saving",
    "concerns": {"id": "https://example.org/id/workstream/assets", "type": "Workstream"},
    "locator": "page 3",
    "start": {"@value": "2010", "@type": "xsd:gYear"},
    "note": {"@value": "Prévision", "@language": "fr"},
    "prov:hadPrimarySource": "https://example.org/id/source/1",
}
EXPECTED = """
@prefix ww: <https://w3id.org/whatworks/def#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/id/money/1> a ww:MonetaryStatement ; skos:prefLabel "Yearly saving"@en ;
  ww:amount "40000000"^^xsd:decimal ; ww:approximate true ;
  ww:moneyKind <https://w3id.org/whatworks/concept/money-kind/recurring-revenue-saving> ;
  ww:concerns <https://example.org/id/workstream/assets> ; ww:locator "page 3" ; ww:start "2010"^^xsd:gYear ;
  ww:note "Prévision"@fr ; prov:hadPrimarySource <https://example.org/id/source/1> .
<https://example.org/id/workstream/assets> a ww:Workstream .
"""


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser
def test_a_document_with_the_context_means_the_expected_triples() -> None:
    text = json.dumps({**vocabulary.jsonld_context(), **DOCUMENT})
    expected = {quad.triple for quad in ox.parse(EXPECTED, format=ox.RdfFormat.TURTLE)}
    assert {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)} == expected
    peer = rdflib.Graph().parse(data=text, format="json-ld").serialize(format="nt")
    assert {quad.triple for quad in ox.parse(peer, format=ox.RdfFormat.N_TRIPLES)} == expected


def test_the_context_is_the_same_each_time_and_covers_every_minted_class_and_property() -> None:
    context = vocabulary.jsonld_context()
    assert json.dumps(context) == json.dumps(vocabulary.jsonld_context())
    names = context["@context"]
    for term in vocabulary.terms():
        if term.minted and term.kind != "individual":
            entry = names[term.name]
            assert (entry if isinstance(entry, str) else entry["@id"]) == compact(term.iri)
