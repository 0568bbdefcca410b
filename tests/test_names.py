"""What a thing is called is the same on its page, in lists, in their order and where it is searched for."""

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kb.ask import lists
from kb.ask.dataset_records import RecordKind, record_page
from kb.ask.labels import Labels, labels_of
from kb.names import best_name
from kb.namespaces import expand
from kb.store import name_orders
from kb.store.search_index.entries import entry
from kb.store.search_index.surroundings import Surroundings
from kb.store.search_index.things import thing
from kb.vocabulary import term

GRAPH = NamedNode("https://area.example/id/graph/pilots")
CALLED: dict[str, tuple[tuple[str, Literal | NamedNode], ...]] = {
    "Apple": (
        ("skos:prefLabel", Literal("Aardvark", language="cy")),
        ("skos:prefLabel", Literal("Apple", language="en")),
        ("rdfs:label", Literal("Zebra", language="en-GB")),
    ),
    "banana": (("schema:name", Literal("banana")),),
    "Cherry": (("skos:prefLabel", Literal("\N{HANGUL FILLER} \N{SOFT HYPHEN}")), ("dcterms:title", Literal("Cherry"))),
    "damson": (),
    "Elder": (("skos:prefLabel", Literal("Elder", language="cy")), ("dcterms:title", Literal("Ash", language="en"))),
    "Fig": (("skos:prefLabel", NamedNode("https://area.example/a")), ("rdfs:label", Literal("Fig", language="en-US"))),
    "Grape": (("dcterms:title", Literal("Apricot")), ("rdfs:label", Literal("Grape", language="fr"))),
}
"""What each is called → what names it; where nothing does, the last part of its address."""


def iri(name: str) -> str:
    return f"https://area.example/id/pilot/{name}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A folder of a snapshot, made with the things in an order that is none."""
    made = Store(str(tmp_path / "store"))
    for graph in (GRAPH, DefaultGraph()):
        for name in sorted(CALLED, key=lambda name: name[::-1]):
            made.add(Quad(NamedNode(iri(name)), NamedNode(expand("rdf:type")), NamedNode(expand("ww:Pilot")), graph))
            for property, value in CALLED[name]:
                made.add(Quad(NamedNode(iri(name)), NamedNode(expand(property)), value, graph))
    made.flush()
    return made


def labels(store: Store) -> Labels:
    return labels_of(store, map(iri, CALLED))


def test_pages_and_links(store: Store) -> None:
    assert {name: labels(store).name(iri(name)) for name in CALLED} == {name: name for name in CALLED}
    for name, said in CALLED.items():
        values: dict[str, list[object]] = {}
        for property, value in said:
            values.setdefault(expand(property), []).append(value)
        assert best_name(values) == labels(store).get(iri(name))


def test_the_order_of_a_list_that_is_sorted_when_it_is_read(store: Store) -> None:
    wanted = list(map(iri, CALLED))
    assert lists.members(store, expand("ww:Pilot"), 20, 0) == wanted
    known = term(expand("ww:Pilot"))
    assert known is not None
    found = record_page(store, GRAPH.value, RecordKind(known, len(CALLED)), 20, 0)
    assert [each.iri for each in found] == wanted


def test_the_order_of_a_list_that_the_store_sorts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """There what nothing names is first."""
    monkeypatch.setattr(lists, "KEPT", 3)
    wanted = [iri(name) for name in sorted(CALLED, key=lambda name: (bool(CALLED[name]), name.lower()))]
    kind, number = term(expand("ww:Pilot")), len(CALLED)
    assert kind is not None
    assert [iri for place in range(number) for iri in lists.members(store, kind.iri, 1, place)] == wanted
    record_kind = RecordKind(kind, number)
    pages = [record_page(store, GRAPH.value, record_kind, 3, offset) for offset in range(0, number, 3)]
    assert [each.iri for page in pages for each in page] == wanted


def test_the_order_that_is_made_at_publication(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_orders, "LEAST", 3)
    del store
    name_orders.build(tmp_path)
    assert name_orders.read(tmp_path, expand("ww:Pilot"), 20, 0) == list(map(iri, CALLED))


def test_what_a_search_finds(store: Store) -> None:
    near = Surroundings(store)
    for name, said in CALLED.items():
        found = thing(store, iri(name))
        assert found is not None
        wanted = name if said else ""
        assert (entry(found, near).title, near.name(iri(name))) == (wanted, wanted)
    apple = thing(store, iri("Apple"))
    assert apple is not None
    assert sorted(entry(apple, near).names) == ["Aardvark", "Zebra"]
