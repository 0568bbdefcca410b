"""What the editor offers is what the data uses: terms with counts of VoID, and the published questions."""

import json

from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store

from kb.ask.completion import Example, examples, offers
from kb.namespaces import PREFIXES

DATA = """
PREFIX ww: <https://w3id.org/whatworks/def#>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX ex: <http://x.example/>
ex:kent a ww:Pilot ; ww:start 2009 ; ex:colour "red" .
ex:colour rdfs:label "Colour"@en .
ex:one void:classPartition [ void:class ww:Pilot ; void:entities 2 ] ;
  void:propertyPartition [ void:property ex:colour ; void:triples 3 ] .
ex:two void:classPartition [ void:class ww:Pilot ; void:entities 5 ] .
ex:q a sh:SPARQLExecutable ; dcterms:title "What is red?"@en ; sh:select "SELECT * {}" ; ww:dataNeeded "colours"@en .
"""


def store() -> Store:
    found = Store()
    found.load(DATA.encode(), format=RdfFormat.TURTLE)
    return found


def test_terms_in_use_are_offered_with_their_counts() -> None:
    classes = {offer.iri: (offer.label, offer.uses) for offer in offers(store(), "class")}
    assert classes["https://w3id.org/whatworks/def#Pilot"] == ("Pilot", 7)
    assert "https://w3id.org/whatworks/def#Asset" not in classes
    properties = {offer.iri: (offer.label, offer.uses) for offer in offers(store(), "property")}
    assert properties["http://x.example/colour"] == ("Colour", 3)
    assert properties["https://w3id.org/whatworks/def#start"] == ("Start", None)
    assert "https://w3id.org/whatworks/def#grade" not in properties


def test_published_questions_are_examples() -> None:
    assert list(examples(store())) == [Example("What is red?", "SELECT * {}", "colours")]


def test_one_document_holds_what_the_editor_needs(client: FlaskClient) -> None:
    answer = client.get("/editor.json")
    assert answer.content_type == "application/json"
    assert answer.headers["ETag"]
    found = json.loads(answer.data)
    assert found["prefixes"] == PREFIXES
    assert "https://w3id.org/whatworks/def#Place" in [each["iri"] for each in found["classes"]]
    assert "https://w3id.org/whatworks/def#within" not in [each["iri"] for each in found["classes"]]
    assert found["questions"] == []
