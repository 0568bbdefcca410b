"""Pages: each is whole, says what it should, and every link on it leads somewhere."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pytest
import rdflib
from crawling import crawl
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from page_reading import HTML, Reading, read
from page_types import PAGE_TYPES, SHIPPED
from pages_site import LESSONS

from kb.namespaces import WW
from kb.protocols import catalogue
from kb.protocols.fields import Field, fields

GRAPH = "/graph?uri=https%3A%2F%2Farea.example%2Fid%2Fgraph%2Fkent"
PER_KIND, PER_KIND_SHIPPED = 12, 4
"""Pages of one kind that the crawls fetch; `python tests/crawling.py` fetches all."""

PAGES = {
    "/": "What works in public services, place by place",
    "/search": "Search",
    "/search?q=kent": "Search",
    "/classes": "Browse what is here",
    "/class/Pilot": "Pilots",
    "/class/MonetaryStatement": "Statements of money",
    "/class/LessonLearned?page=2": "Lessons",
    "/class/Claim": "Claims",
    "/datasets": "Datasets",
    "/datasets/area/kent": "Figures from Kent",
    "/datasets/area/kent/1": "Release 1 of Figures from Kent",
    "/datasets/area/kent/difference": "Figures from Kent What release 1 changes",
    "/changes": "Changes",
    "/compare/data": "Compare the data of areas",
    "/money": "Public money counted",
    "/compare": "Compare",
    "/buildings": "Buildings",
    "/buildings/sharing": "Buildings that could be shared",
    "/buildings/merging": "Registers of buildings put together",
    "/datasets/lesson": "Lessons",
    "/datasets/codebook": "Code book",
    GRAPH: "Figures from Kent",
    "/def": "Vocabulary",
    "/concept/": "Code lists",
    "/concept/evidence-strength": "Evidence strength",
    "/concept/outcome-domain": "Outcome domains",
    "/concept/evidence-strength/asserted": "Asserted",
    "/protocols": "Data protocols",
    "/protocols/dp-01": "Operational buildings register",
    "/protocols/dp-01/asset/new": "Operational buildings register Building, land or pool of assets",
    "/shapes": "Shapes of all protocols",
}
"""Address → its first heading."""

DOCUMENTS = (
    "/class/Pilot",
    "/datasets",
    "/datasets/lesson",
    GRAPH,
    "/def",
    "/concept/",
    "/concept/evidence-strength",
    "/concept/evidence-strength/asserted",
    "/protocols",
    "/protocols/dp-01",
    "/shapes",
)
"""Addresses that are graphs too."""


@pytest.mark.parametrize(("address", "heading"), PAGES.items(), ids=PAGES)
def test_page_is_whole(reader: FlaskClient, address: str, heading: str) -> None:
    page = read(reader, address)
    assert page.text("h1") == [heading]
    [title] = page.text("title")
    assert title.endswith("– What works, place by place")
    assert len(title) > len("– What works, place by place") + 3
    assert page.all("html")[0]["lang"] == "en-GB"
    assert "#main-content" in [link.get("href") for link in page.all("a")]
    assert "license" in [link.get("rel") for link in page.all("a")]
    assert len(page.all("main")) == 1
    assert bool([nav for nav in page.all("nav") if nav.get("aria-label") == "Breadcrumb"]) == (address != "/")
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [name for name, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("address", PAGES)
def test_tables_have_caption_and_scope(reader: FlaskClient, address: str) -> None:
    page = read(reader, address)
    assert len(page.text("caption")) == len(page.all("table"))
    assert all(page.text("caption"))
    assert [cell for cell in page.all("th") if cell.get("scope") not in ("col", "row")] == []


@pytest.mark.parametrize("address", DOCUMENTS)
def test_documents_announce_and_give_their_graph(reader: FlaskClient, address: str) -> None:
    alternates = [link for link in read(reader, address).all("link") if link.get("rel") == "alternate"]
    types = {link["type"]: link["href"] for link in alternates}
    assert types.pop("application/atom+xml") == "/changes?format=atom"
    assert set(types) == {"text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"}
    by_link = reader.get(str(types["application/n-triples"]))
    by_accept = reader.get(address, headers={"Accept": "application/n-triples"})
    assert by_link.status_code == by_accept.status_code == 200
    assert by_link.data == by_accept.data
    assert list(ox.parse(by_link.data, format=ox.RdfFormat.N_TRIPLES))
    turtle = reader.get(str(types["text/turtle"]))
    assert len(list(ox.parse(turtle.data, format=ox.RdfFormat.TURTLE))) == len(by_link.data.splitlines())


def test_every_link_leads_somewhere(site: Flask) -> None:
    fetched, wrong = crawl(site, most=PER_KIND)
    assert wrong == []
    pages = {kind.split()[0] for kind in fetched if kind.endswith(" page")}
    errands = ("home.", "classes.", "vocabulary.", "protocols.", "graphs.", "datasets.", "sparql.")
    assert {rule.endpoint for rule in site.url_map.iter_rules() if rule.endpoint.startswith(errands)} <= pages


def test_links_of_the_knowledge_that_ships_lead_somewhere(shipped_site: Flask) -> None:
    starts = [kind.address for kind in PAGE_TYPES if kind.site == SHIPPED]
    fetched, wrong = crawl(shipped_site, starts, PER_KIND_SHIPPED)
    assert wrong == []
    assert len(fetched) > 80


def test_home_shows_the_largest_saving_with_source_and_grade(reader: FlaskClient) -> None:
    text = reader.get("/", headers=HTML).text
    box = text[text.index('class="example"') :].partition("</section>")[0]
    for words in ("Asset strategy: yearly saving", "£40 million", "per year", "Report on the pilot", "Asserted"):
        assert words in box
    assert "receipts" not in box, "a capital receipt is no saving"


def test_home_counts_what_is_there(reader: FlaskClient) -> None:
    text = reader.get("/", headers=HTML).text
    assert f'<span class="figure">{LESSONS + 2}</span> <a class="govuk-link" href="/class/LessonLearned">' in text
    assert '<span class="figure">5</span> <a class="govuk-link" href="/class/MonetaryStatement">' in text
    assert "Published unchecked" in text


def test_money_is_found_in_three_clicks(reader: FlaskClient) -> None:
    home = read(reader, "/")
    assert "/class/MonetaryStatement" in [link.get("href") for link in home.all("a")]
    row = read(reader, "/class/MonetaryStatement")
    cells = row.text("td")
    assert "£40 million per year" in cells
    assert "about £720 million to £780 million total over period" in cells
    assert "Report on the pilot" in cells
    assert "Forecast" in cells
    assert any("Evidence 0 of 5" in cell and "Asserted" in cell for cell in cells)
    statement = "/resource?uri=https%3A%2F%2Farea.example%2Fid%2Fmoney%2Fsaving"
    links = [link.get("href") for link in row.all("a")]
    assert statement in links or "/doc/money/saving" in links


def test_markup_in_a_name_is_shown_as_text(reader: FlaskClient) -> None:
    text = reader.get("/class/MonetaryStatement", headers=HTML).text
    assert "&lt;b&gt;receipts&lt;/b&gt;" in text
    assert "<b>" not in text


def test_lists_are_paged_by_name(reader: FlaskClient) -> None:
    first, last = (read(reader, f"/class/LessonLearned{page}") for page in ("", "?page=3"))
    names = [text for text in first.text("th") if text.startswith("Lesson ")]
    assert names == [f"Lesson {number:03d}" for number in range(1, 51)]
    assert [text for text in last.text("th") if text.startswith("Lesson ")] == [
        f"Lesson {number:03d}" for number in range(101, LESSONS + 1)
    ]
    assert "/class/LessonLearned?page=2" in [link.get("href") for link in first.all("a")]


def test_superclass_lists_its_subclasses(reader: FlaskClient) -> None:
    assert f"{LESSONS + 4} in all" in reader.get("/class/Claim", headers=HTML).text


@pytest.mark.parametrize(
    "address",
    [
        "/class/Nothing",
        "/class/LessonLearned?page=4",
        "/class/LessonLearned?page=0",
        "/class/LessonLearned?page=x",
        "/class/LessonLearned?page=99999999999",
        "/graph?uri=https://area.example/id/graph/none",
        "/concept/nothing",
        "/concept/evidence-strength/nothing",
        "/protocols/dp-99",
    ],
)
def test_what_is_not_there_is_not_found(reader: FlaskClient, address: str) -> None:
    response = reader.get(address, headers=HTML)
    assert response.status_code == 404
    assert len(Reading(response.text).text("h1")) == 1


def test_graph_without_a_name_is_a_bad_request(reader: FlaskClient) -> None:
    assert reader.get("/graph", headers=HTML).status_code == 400


def test_graph_page_says_who_and_under_which_licence(reader: FlaskClient) -> None:
    text = reader.get(GRAPH, headers=HTML).text
    for words in ("An area", "Open Government Licence v3.0", "Published unchecked", "https://area.example/id/graph/kent"):
        assert words in text


def test_ordered_scale_is_in_order(reader: FlaskClient) -> None:
    text = reader.get("/concept/evidence-strength", headers=HTML).text
    places = [text.index(f'id="{code}"') for code in ("asserted", "described", "associated", "compared")]
    assert places == sorted(places)


def test_concept_says_where_it_is_used(reader: FlaskClient) -> None:
    text = reader.get("/concept/money-kind/recurring-revenue-saving", headers=HTML).text
    assert "Asset strategy: yearly saving" in text


def test_concept_says_what_is_under_another(reader: FlaskClient) -> None:
    page = reader.get("/concept/intervention/estate-rationalisation", headers=HTML).text
    [also] = re.findall(r"See also: (.*?)</p>", page)
    assert re.findall(r'href="([^"]+)"', also) == ["/concept/intervention/one-stop-front-office"]
    assert page.count("are under One-stop front office") == 1


def test_term_stands_at_its_anchor(reader: FlaskClient) -> None:
    page = read(reader, "/def")
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {"Pilot", "moneyKind", "dcterms-title"} <= ids


def test_term_has_a_page_of_its_own(reader: FlaskClient) -> None:
    assert 'href="/def/moneyKind"' in reader.get("/def", headers=HTML).text
    text = reader.get("/def/moneyKind", headers=HTML).text
    for words in ("ww:moneyKind", 'href="/def#MonetaryStatement"', 'href="/concept/money-kind"'):
        assert words in text
    turtle = reader.get("/def/moneyKind?format=ttl").text
    said = rdflib.Graph().parse(data=turtle, format="turtle")
    assert {str(subject) for subject in said.subjects()} == {f"{WW}moneyKind"}


def test_protocol_page_shows_its_fields(reader: FlaskClient) -> None:
    text = reader.get("/protocols/dp-01", headers=HTML).text
    for words in ("UPRN", "ww:uprn", "Must", "Should", "May", 'href="/concept/tenure-type"', "field__nested"):
        assert words in text


def test_a_form_is_asked_for_in_words(reader: FlaskClient) -> None:
    """Where the form of a value is a regular expression (sh:pattern), the page has the shape's message instead."""
    text = reader.get("/protocols/dp-01", headers=HTML).text
    formed = [field for record in fields("dp-01") for field in every(record.fields) if field.pattern]
    assert len(formed) > 5
    for field in formed:
        assert escape(field.pattern) not in text, field.name
        assert field.messages, field.name
        assert all(escape(message) in text for message in field.messages), field.name


def test_a_protocol_lists_its_resources(reader: FlaskClient) -> None:
    """Each at the fragment that its IRI names (PROF §8); the one for validation is the file that ships."""
    for protocol in catalogue.protocols():
        page = read(reader, f"/protocols/{protocol.id}")
        described = catalogue.resource_descriptors(protocol)
        fragments = {each.iri.rpartition("#")[2] for each in described}
        assert "validation" in fragments
        assert fragments <= {attributes.get("id") for _, attributes in page.elements}
        assert f"/shapes/{protocol.id}.ttl" in [link.get("href") for link in page.all("a")]
        assert reader.get(f"/shapes/{protocol.id}.ttl").data == protocol.path.read_bytes()


def every(found: Iterable[Field]) -> Iterator[Field]:
    """The fields and those within them."""
    for field in found:
        yield field
        yield from every(field.fields)


def test_every_shape_stands_at_its_anchor(reader: FlaskClient) -> None:
    ids = Counter(attributes["id"] for _, attributes in read(reader, "/shapes").elements if attributes.get("id"))
    for protocol in catalogue.protocols():
        for shape in protocol.graph.property_shapes():
            assert ids[shape.value.rpartition("#")[2]] == 1, shape


def test_context_is_json_ld(reader: FlaskClient) -> None:
    response = reader.get("/context.jsonld")
    assert response.mimetype == "application/ld+json"
    assert response.json is not None
    assert "@context" in response.json


