"""Which format wins, for headers as real clients send them."""

import pytest
from flask import Flask

from web.negotiation import GRAPHS, HTML, PAGES, RESULTS, Format, best_of, by_suffix, choose

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = FIREFOX.replace("*/*", "image/avif,image/webp,*/*") + ",application/signed-exchange;v=b3;q=0.7"
RAPPER = "application/n-triples, text/plain;q=0.1, application/rdf+xml, text/turtle, text/html;q=0.6, */*;q=0.1"
RDFLIB = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1"
SPARQLSTORE = "application/sparql-results+xml, application/rdf+xml"
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", "ttl"),
        ("*/*", "ttl"),
        ("*", "ttl"),
        (FIREFOX, "html"),
        (CHROME, "html"),
        (RAPPER, "nt"),
        (RDFLIB, "rdf"),
        (JENA, "ttl"),
        ("text/html", "html"),
        ("application/xhtml+xml", "html"),
        ("text/html, */*", "html"),
        ("text/html, */*; q=0.01", "html"),
        ("text/html;q=0.5, */*", "ttl"),
        ("text/html, text/turtle", "ttl"),
        ("text/turtle;q=0.8, text/html;q=0.9", "html"),
        ("text/*", "ttl"),
        ("text/*;q=0.5, application/ld+json;q=0.4", "ttl"),
        ("application/*", "jsonld"),
        ("application/ld+json, text/turtle;q=0.9, */*;q=0.1", "jsonld"),
        ("application/ld+json, text/turtle", "jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("application/json", "jsonld"),
        ("text/n3", "ttl"),
        ("text/rdf+n3, */*;q=0.1", "ttl"),
        ("text/xml", "rdf"),
        ("TEXT/Turtle ; Q=0.9 , Application/RDF+XML;q=0.1", "ttl"),
        ("text/turtle;charset=utf-8", "ttl"),
        (" ,, application/n-triples ,", "nt"),
        ("text/turtle;q=0, */*", "jsonld"),
        ("text/turtle;q=0, text/*", "html"),
        ("text/html;q=0, */*;q=0.1", "ttl"),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("application/sparql-results+json", None),
    ],
)
def test_a_document_has_the_format_that_the_header_prefers(accept: str, suffix: str | None) -> None:
    best = best_of(accept, PAGES)
    assert (best and best.suffix) == suffix


@pytest.mark.parametrize(
    ("accept", "offered", "suffix"),
    [
        ("*/*", RESULTS, "json"),
        ("", RESULTS, "json"),
        (SPARQLSTORE, RESULTS, "xml"),
        (SPARQLSTORE, GRAPHS, "rdf"),
        ("application/json", RESULTS, "json"),
        ("text/*", RESULTS, "csv"),
        ("text/tab-separated-values", RESULTS, "tsv"),
        (FIREFOX, (*RESULTS, HTML), "html"),
        ("*/*", (*RESULTS, HTML), "json"),
        ("text/turtle", RESULTS, None),
        ("text/csv", GRAPHS, None),
    ],
)
def test_an_answer_has_a_format_of_its_own_list(accept: str, offered: tuple[Format, ...], suffix: str | None) -> None:
    best = best_of(accept, offered)
    assert (best and best.suffix) == suffix


@pytest.mark.parametrize(
    ("query", "suffix"),
    [("nt", "nt"), ("Turtle", "ttl"), ("n3", "ttl"), ("rdf+xml", "rdf"), ("application/ld%2Bjson", "jsonld")],
)
def test_the_parameter_beats_suffix_and_header(query: str, suffix: str) -> None:
    with Flask("x").test_request_context(f"/?format={query}", headers={"Accept": "text/html"}):
        assert choose(PAGES, HTML).suffix == suffix


def test_the_suffix_beats_the_header() -> None:
    with Flask("x").test_request_context("/", headers={"Accept": "text/html"}):
        assert choose(PAGES, GRAPHS[3]).suffix == "nt"
        assert choose(PAGES).suffix == "html"


def test_suffixes_are_those_of_the_table() -> None:
    assert by_suffix("a/b.ttl", PAGES) == ("a/b", PAGES[0])
    assert by_suffix("a/b.pdf", PAGES) == ("a/b.pdf", None)
    assert by_suffix("ttl", PAGES) == ("ttl", None)
    assert by_suffix(".ttl", PAGES) == (".ttl", None)
