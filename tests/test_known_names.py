"""The names by which sheets and forms may link to what is published."""

from flask import Flask
from pyoxigraph import Literal, NamedNode, Quad, Store

from kb.namespaces import expand
from kb.store.known_names import known_names, names_in

AREA = "https://area.example/id"
PLACE = expand("ww:Place")


def named(iri: str, class_: str, name: str, by: str = "skos:prefLabel") -> list[Quad]:
    thing = NamedNode(f"{AREA}/{iri}")
    said = ((expand("rdf:type"), NamedNode(expand(class_))), (expand(by), Literal(name)))
    return [Quad(thing, NamedNode(property), value) for property, value in said]


def test_a_form_knows_what_a_sheet_knows(site: Flask) -> None:
    names = known_names(site.config["SETTINGS"])
    assert names.among([PLACE]).exact("Kent")


def test_titles_are_names_too_and_codes_are_not() -> None:
    store = Store()
    store.extend(named("document/1", "ww:Source", "Desk review", "dcterms:title"))
    store.extend(named("code/1", "skos:Concept", "Depot"))
    store.add(Quad(NamedNode(f"{AREA}/code/1"), NamedNode(expand("skos:inScheme")), NamedNode(f"{AREA}/code")))
    names = names_in(store)
    assert names.among([expand("ww:Source")]).exact("Desk review") == [f"{AREA}/document/1"]
    assert not names.among([]).exact("Depot")


def test_a_class_of_very_many_things_is_known_by_addresses_alone() -> None:
    store = Store()
    store.extend(quad for number in range(20_001) for quad in named(f"asset/{number}", "ww:Asset", f"Asset {number}"))
    store.extend(named("place/1", "ww:Place", "Eastmoor"))
    names = names_in(store)
    assert not names.among([expand("ww:Asset")]).exact("Asset 1")
    assert names.among([PLACE]).exact("Eastmoor")
