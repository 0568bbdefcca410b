"""What things are called, and that it is asked once for each store."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kb.ask.labels import Labels, labels_of
from kb.ask.memory import LARGEST, STORES, remembered
from kb.ask.summaries import Summary
from kb.names import best_name, is_seen, unnamed
from kb.namespaces import expand


@pytest.mark.parametrize(
    ("labels", "best"),
    [
        ([("rdfs:label", "L", "en-GB"), ("skos:prefLabel", "P", None)], "P"),
        ([("skos:prefLabel", "cy", "cy"), ("skos:prefLabel", "none", None), ("skos:prefLabel", "us", "en-US")], "us"),
        ([("skos:prefLabel", "en", "en"), ("skos:prefLabel", "gb", "en-GB")], "gb"),
        ([("skos:prefLabel", "cy", "cy"), ("skos:prefLabel", "none", None)], "none"),
        ([("schema:name", "S", "en"), ("dcterms:title", "T", "cy")], "T"),
    ],
)
def test_labels_fall_back_by_property_then_language(labels: list[tuple[str, str, str | None]], best: str) -> None:
    store, thing = Store(), NamedNode("http://x.example/t")
    for name, text, language in labels:
        store.add(Quad(thing, NamedNode(expand(name)), Literal(text, language=language)))
    assert labels_of(store, [thing.value]).name(thing.value) == best


def test_a_summary_prefers_the_language_that_a_label_does() -> None:
    texts = [Literal("cy", language="cy"), Literal("none"), Literal("us", language="en-US")]
    assert Summary("http://x.example/t", {expand("ww:note"): texts}).first("ww:note") == "us"


def test_without_a_label_the_name_comes_from_the_iri() -> None:
    assert unnamed(expand("dcterms:title")) == "dcterms:title"
    assert unnamed("http://x.example/a/caf%C3%A9") == "café"
    assert unnamed("http://x.example/") == "x.example"


def test_labels_of_what_was_read_are_those_that_a_query_gives() -> None:
    store, thing = Store(), "http://x.example/thing"
    said: dict[str, list[Literal]] = {}
    for name, text, language in (
        ("schema:name", "D", "en"),
        ("dcterms:title", "C", "en-GB"),
        ("rdfs:label", "B", "cy"),
        ("rdfs:label", "A", "en"),
    ):
        value = Literal(text, language=language)
        store.add(Quad(NamedNode(thing), NamedNode(expand(name)), value))
        said.setdefault(expand(name), []).append(value)
        assert best_name(said) == labels_of(again(store), [thing])[thing]
    assert best_name({expand("dcterms:title"): [NamedNode(thing)]}) is None


def again(store: Store) -> Store:
    """A copy, of which nothing is remembered."""
    copy = Store()
    copy.extend(store)
    return copy


def test_what_is_remembered_is_of_one_store_and_bounded() -> None:
    one, other, name = Store(), Store(), NamedNode(expand("skos:prefLabel"))
    one.add(Quad(NamedNode("http://x.example/a"), name, Literal("One")))
    other.add(Quad(NamedNode("http://x.example/a"), name, Literal("Other")))
    for store, label in ((one, "One"), (other, "Other"), (one, "One")):
        assert labels_of(store, ["http://x.example/a"]).name("http://x.example/a") == label
    kept = remembered(one, "labels")
    assert kept is remembered(one, "labels")
    kept.update((str(number), None) for number in range(LARGEST))
    assert remembered(one, "labels") == {}


def test_an_address_without_a_name_is_read_in_full() -> None:
    labels = Labels({"http://x.example/named": Literal("Named")})
    assert labels.in_full("http://x.example/named") == "Named"
    assert labels.in_full("http://x.example/a/b") == "http://x.example/a/b"
    assert labels.in_full("https://creativecommons.org/licenses/by/4.0/") == "Creative Commons Attribution 4.0"


def test_two_stores_that_are_read_in_turn_keep_what_they_remember() -> None:
    stores = [Store() for _ in range(STORES)]
    kept = [remembered(store, "labels") for store in stores]
    for _ in range(2):
        assert all(remembered(store, "labels") is known for store, known in zip(stores, kept, strict=True))
    another = Store()
    remembered(another, "labels")
    assert remembered(stores[-1], "labels") is kept[-1]
    assert remembered(stores[0], "labels") is not kept[0]


@pytest.mark.parametrize(
    "nothing", ["", " \u00a0", "\u200b\u2060", "\u3164\u115f", "\u00ad", "\u2800", "\U000e0041", "\u0301"]
)
def test_a_name_with_nothing_to_read_is_none(nothing: str) -> None:
    assert not is_seen(nothing)
    name = Literal(nothing, language="en-gb")
    iri = "https://area.example/id/asset/town-hall"
    store = Store()
    store.add(Quad(NamedNode(iri), NamedNode(expand("skos:prefLabel")), name))
    assert labels_of(store, [iri]).name(iri) == "town-hall"
    assert best_name({expand("skos:prefLabel"): [name]}) is None


@pytest.mark.parametrize("name", ["a", "£", "…", "שלום", " x", "\U0001f3db"])
def test_any_sign_is_a_name(name: str) -> None:
    assert is_seen(name)
