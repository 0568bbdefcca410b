"""Which entry of the header a page lies on, and what of a page is rendered once for many."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, Store

from kb.ask.labels import Labels
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
