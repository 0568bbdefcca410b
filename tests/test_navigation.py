"""Which entry of the header a page lies on, and what of a page is rendered once for many."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, Store

from kb.ask.arrangement import Place
from kb.ask.labels import Labels
from kb.ask.properties import Property, Value
from web import addresses, fragments, navigation

PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/", ("", "")),
        ("/money", ("/money", "page")),
        ("/doc/asset/1", ("/buildings", "true")),
        ("/concept/intervention/advice", ("/interventions", "true")),
        ("/concept/", ("/concept/", "page")),
        ("/concept/asset-use", ("/concept/", "true")),
        ("/graphs", ("/datasets", "true")),
        ("/doc/pilot/kent", ("", "")),
    ],
)
def test_a_page_lies_on_one_entry(path: str, entry: tuple[str, str]) -> None:
    assert navigation.here(path) == entry


def test_the_header_says_where_a_page_lies(client: FlaskClient) -> None:
    for path, wanted in (("/places", ['<a href="/places" aria-current="page">']), ("/", [])):
        header = client.get(path, headers=PAGE).text.partition("</header>")[0]
        assert re.findall(r'<a href="[^"]+" aria-current="[^"]+">', header) == wanted
        assert ('id="site-q"' in header) == (path != "/")


def test_a_link_is_rendered_once_for_a_name_and_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        iri = "https://kent.example/id/place/x"
        found = fragments.link(iri, Labels())
        assert fragments.link(iri, Labels()) is found
        assert "&lt;b&gt;" in fragments.property_link(iri, "<b>")
        assert fragments.property_link(iri, "<b>") != fragments.property_link(iri, "b")


def _row(graph: str, *values: NamedNode) -> Property:
    found = tuple(Value(value, (graph,)) for value in values)
    return Property("https://w3id.org/whatworks/def#locatedIn", found, len(found), Place("", "", (0.0,), False, {}))


def test_a_row_with_one_thing_is_rendered_once_for_what_that_is_called(app: Flask) -> None:
    with app.test_request_context("/"):
        kent = NamedNode("https://w3id.org/whatworks/id/place/kent")
        row, named = _row("https://x.example/g", kent), Labels({kent.value: Literal("<Kent>")})
        found = fragments.shared_row(row, named, None)
        assert '">&lt;Kent&gt;</a></dd></div>' in (found or "")
        assert fragments.shared_row(row, Labels(named), None) is found
        assert fragments.shared_row(row, Labels({kent.value: Literal("Kent")}), None) != found
        assert fragments.shared_row(row, named, ("https://x.example/g",)) is found


def test_a_row_that_tells_its_origin_or_several_things_stands_for_itself(app: Flask) -> None:
    with app.test_request_context("/"):
        kent, essex = (NamedNode(f"https://w3id.org/whatworks/id/place/{name}") for name in ("kent", "essex"))
        assert fragments.shared_row(_row("https://x.example/g", kent), Labels(), ("https://x.example/h",)) is None
        assert fragments.shared_row(_row("https://x.example/g", kent, essex), Labels(), None) is None


def test_of_an_address_elsewhere_that_has_a_name_here_the_page_is_led_to(client: FlaskClient) -> None:
    with client.application.test_request_context("/"):
        iri = "https://elsewhere.example/x"
        assert f'href="{iri}" rel="nofollow">{iri}</a>' in fragments.thing_link(iri, Labels())
        assert "/resource?uri=" in fragments.thing_link(iri, Labels({iri: Literal("X")}))


def test_a_node_that_was_read_is_not_looked_up_again_and_others_before_it_are(app: Flask) -> None:
    one, other = (f"https://{name}.example/id/place/x" for name in ("one", "other"))
    read: Any = SimpleNamespace(store=Store())
    bases = ("https://one.example", "https://other.example")
    with app.test_request_context("/"):
        addresses.note_described({other})
        assert addresses._page(read, bases, other) == "/doc/place/x"
        read.store.add(Quad(NamedNode(one), NamedNode("https://one.example/p"), NamedNode(other)))
        assert addresses._page(read, bases, other) == addresses.resource_href(other)


def test_a_path_stands_for_what_is_described_before_what_is_only_named() -> None:
    one, other = (f"https://{name}.example/id/place/x" for name in ("one", "other"))
    about = NamedNode("https://one.example/p")
    read: Any = SimpleNamespace(store=Store())
    read.store.add(Quad(NamedNode(other), about, NamedNode(one)))
    bases = ("https://one.example", "https://other.example")
    assert addresses.thing(read, "place/x", bases) == other
    read.store.add(Quad(NamedNode(one), about, NamedNode(other)))
    assert addresses.thing(read, "place/x", bases) == one
    assert addresses.thing(read, "place/y", bases) is None
