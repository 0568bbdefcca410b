"""The same triples give the same bytes in every format, and mean the same."""

import json
import random

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib.compare import isomorphic

from kb.ask.serialise import serialise

TURTLE = b"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ww: <https://w3id.org/whatworks/def#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://x.example/b> a ww:Place ; rdfs:label "Bee"@en, "Bi"@cy, "plain" ; ww:n 1.5, true ;
  ww:day "2009-04-07"^^xsd:date ; ww:of <http://x.example/a>, <http://x.example/a%3Eb> ;
  <http://x.example/own#p> <http://x.example/caf\xc3\xa9> .
<http://x.example/a> a <http://x.example/own#Kind> ; ww:of [ ww:n 2 ] .
"""
NAMES = {RdfFormat.TURTLE: "turtle", RdfFormat.JSON_LD: "json-ld", RdfFormat.RDF_XML: "xml", RdfFormat.N_TRIPLES: "nt"}
FORMATS = pytest.mark.parametrize("format", NAMES, ids=NAMES.get)


def triples() -> list[Triple]:
    quads = parse(TURTLE, format=RdfFormat.TURTLE, rename_blank_nodes=False)
    return [quad.triple for quad in quads]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@FORMATS
def test_every_format_means_the_same(format: RdfFormat) -> None:
    sent = rdflib.Graph().parse(data=TURTLE, format="turtle")
    got = rdflib.Graph().parse(data=serialise(triples(), format), format=NAMES[format])
    assert len(got) == len(sent) == 13
    assert isomorphic(sent, got)


@FORMATS
def test_order_and_repetition_change_nothing(format: RdfFormat) -> None:
    graph = triples()
    first = serialise(graph, format)
    for seed in range(5):
        mixed = [*graph, *graph[:4]]
        random.Random(seed).shuffle(mixed)
        assert serialise(mixed, format) == first


def test_only_prefixes_in_use_are_declared() -> None:
    for format in (RdfFormat.TURTLE, RdfFormat.RDF_XML, RdfFormat.JSON_LD):
        text = serialise(triples(), format).decode()
        assert "https://w3id.org/whatworks/def#" in text
        assert "http://xmlns.com/foaf/0.1/" not in text
    bare = serialise([t for t in triples() if "1.5" in str(t.object)], RdfFormat.TURTLE).decode()
    assert bare == '@prefix ww: <https://w3id.org/whatworks/def#> .\n\n<http://x.example/b> ww:n 1.5 .\n'


@pytest.mark.parametrize("form", ["2000000", "1.5", "+01.50", ".5", "5.", "-7"])
def test_turtle_changes_no_number(form: str) -> None:
    """Bare where Turtle reads the same literal back; a decimal without a point would come back as an integer."""
    for datatype in ("decimal", "integer", "double", "boolean", "float"):
        value = Literal(form, datatype=NamedNode(f"http://www.w3.org/2001/XMLSchema#{datatype}"))
        sent = Triple(NamedNode("http://x.example/a"), NamedNode("http://x.example/p"), value)
        text = serialise([sent], RdfFormat.TURTLE)
        assert [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)] == [sent], text


def test_a_graph_without_known_prefixes() -> None:
    graph = parse(b"<http://x.example/a> <http://x.example/p> <http://x.example/b> .", format=RdfFormat.N_TRIPLES)
    text = serialise([quad.triple for quad in graph], RdfFormat.TURTLE).decode()
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == 1


def test_json_ld_is_compact_and_flat() -> None:
    document = json.loads(serialise(triples(), RdfFormat.JSON_LD))
    assert document["@context"]["ww"] == "https://w3id.org/whatworks/def#"
    [bee] = [node for node in document["@graph"] if node["@id"] == "http://x.example/b"]
    assert bee["@type"] == ["ww:Place"]
    assert {"@value": "Bee", "@language": "en"} in bee["rdfs:label"]
