"""What is kept in memory for a snapshot: the same answers as asked anew, each store its own, and never without end."""

import pyoxigraph as ox
import pytest

from kb.ask import lists
from kb.ask.graphs import graphs
from kb.ask.memory import once, remembered
from kb.namespaces import WW, expand

NAMED = """
@prefix ww: <https://w3id.org/whatworks/def#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix e: <https://example.org/> .
e:1 a ww:Asset ; skos:prefLabel "b" ; ww:assessment [ ww:grade e:sure ] .
e:2 a ww:Asset ; skos:prefLabel "A" .
e:3 a ww:Asset .
e:4 a ww:Asset ; skos:prefLabel "c", "a" .
"""
IN_ORDER = [f"https://example.org/{n}" for n in (3, 2, 4, 1)]
"""By name in small letters, of several the first; what has none by the end of its address, which is a figure."""


@pytest.fixture
def store() -> ox.Store:
    return _store(NAMED)


def _store(turtle: str) -> ox.Store:
    made = ox.Store()
    made.load(turtle, ox.RdfFormat.TURTLE)
    made.load("<https://w3id.org/whatworks/def#Asset> a <http://www.w3.org/2002/07/owl#Class> .", ox.RdfFormat.TURTLE)
    return made


def test_it_is_read_once_for_each_store(store: ox.Store) -> None:
    other = _store(NAMED)
    asked: list[str] = []

    def read(name: str) -> str:
        asked.append(name)
        return name

    assert [once(store, "test", "key", lambda: read("first")) for _ in range(2)] == ["first", "first"]
    assert once(other, "test", "key", lambda: read("other")) == "other"
    assert asked == ["first", "other"]


def test_no_more_are_kept_than_there_is_room_for(store: ox.Store) -> None:
    for number in range(7):
        once(store, "few", str(number), lambda: "kept", 3)
        assert len(remembered(store, "few")) <= 3


def test_stretches_of_what_is_kept_are_those_that_are_asked_for(
    store: ox.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [lists.members(store, f"{WW}Asset", 2, offset) for offset in (0, 2, 4)]
    monkeypatch.setattr(lists, "KEPT", 3)
    assert [lists.members(store, f"{WW}Asset", 2, offset) for offset in (0, 2, 4)] == kept
    assert kept == [IN_ORDER[:2], IN_ORDER[2:], []]


def test_orders_of_several_classes_share_the_room(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "KEPT", 5)
    for key in ("a", "b"):
        lists.stretch(store, key, 4, "members", 1, 0, kind=ox.NamedNode(f"{WW}Asset"))
    assert list(remembered(store, "orders")) == ["b"]


def test_what_a_thing_says_is_the_same_from_memory(store: ox.Store) -> None:
    first = lists.cells(store, IN_ORDER, ("ww:grade",))
    named = lists.cells(store, IN_ORDER, ("skos:prefLabel",))
    assert lists.cells(store, IN_ORDER, ("ww:grade",)) == first
    assert [node.value for node in first[IN_ORDER[3]].all("ww:grade")] == ["https://example.org/sure"]
    assert set(first[IN_ORDER[3]].values) == {expand("ww:grade")}
    assert [node.value for node in named[IN_ORDER[2]].all("skos:prefLabel")] == ["a", "c"]


def test_long_texts_are_read_anew(store: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LONG", 70)
    lists.cells(store, IN_ORDER, ("skos:prefLabel",))
    assert set(remembered(store, "said")) == set(IN_ORDER[:3])
    assert lists.cells(store, IN_ORDER, ("skos:prefLabel",))[IN_ORDER[3]].first("skos:prefLabel") == "b"


def test_the_list_of_graphs_may_be_changed_by_who_gets_it(store: ox.Store) -> None:
    store.add_graph(ox.NamedNode("https://example.org/graph"))
    graphs(store).clear()
    assert [each.iri for each in graphs(store)] == ["https://example.org/graph"]
