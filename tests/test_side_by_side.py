"""Places, interventions, pilots and bodies side by side: what stands where, what is said of nothing, and the data."""

import csv
import io
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_reading import HTML, read
from page_words import words

from kb import config
from kb.ask.buildings import tables
from kb.ask.buildings.of_places import assets
from kb.ask.side_by_side import SECTIONS, Section, kind_of, section
from kb.namespaces import HOME, concept, thing
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshots
from web.site import create_app

EXAMPLE = "https://data.example.org"
HILLFORD, NORTHSHIRE, SEATON = (thing(EXAMPLE, "place", slug) for slug in ("hillford", "northshire", "seaton"))
KENT, BIRMINGHAM, ENGLAND = (thing(HOME, "place", slug) for slug in ("kent", "birmingham", "england"))
FRONT_OFFICE, ESTATE = (concept("intervention", code) for code in ("one-stop-front-office", "estate-rationalisation"))
LARGE = [
    concept("intervention", code) for code in ("access-and-channels", "children-and-families", "later-life", "systems")
]


@pytest.fixture(scope="module")
def client(shipped_site: Flask) -> FlaskClient:
    return shipped_site.test_client()


def compare(*of: str, **more: str) -> str:
    return f"/compare?{urlencode([('of', iri) for iri in of] + list(more.items()))}"


def rows(client: FlaskClient, *of: str, **more: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(compare(*of, format="csv", **more)).text)))


def test_two_places_field_by_field(client: FlaskClient) -> None:
    said = words(client, compare(KENT, BIRMINGHAM))
    assert "Compare Kent and Birmingham" in said
    assert "1,639,029 in 2024. Borders and code (E10000016) of 2024." in said
    assert "Kind of place Two-tier county Metropolitan district" in said
    assert "Rural or urban class not recorded here not recorded here" in said
    assert "How many not published by Kent County Council not published by Birmingham City Council" in said
    assert "public money counted in Kent" in said
    assert "£7 million: Inspection in Kent: £7m" in said


def test_what_contradicts_says_so_and_nothing_is_added_up(client: FlaskClient) -> None:
    found = rows(client, KENT, BIRMINGHAM, section="money")
    kents = [row for row in found if row["of"] == "Kent"]
    receipts = {row["said"]: row["remarks"] for row in kents if row["field"] == "Capital receipt"}
    against = [said for said, remarks in receipts.items() if remarks.startswith("Contradicted")]
    assert any("up to £280 million" in said for said in against)
    assert any("£720 million to £780 million" in said for said in against)
    assert len(found) == len({(row["field"], row["of"], row["address"]) for row in found}), "one row for each statement"
    assert all(row["said"].startswith("not published by") for row in found if not row["address"])


def test_findings_tell_direction_and_strength_apart_adverse_and_null_ones_among_them(client: FlaskClient) -> None:
    found = {row["field"]: row for row in rows(client, FRONT_OFFICE, ESTATE, section="outcomes") if row["address"]}
    employment, service = found["Employment"], found["Customer service"]
    assert (employment["effect"], employment["evidence_level"]) == ("Worse", "4")
    assert (service["effect"], service["evidence_level"]) == ("No clear difference", "3")
    said = words(client, compare(FRONT_OFFICE, ESTATE))
    assert "Worse Merged welfare offices in Norway" in said
    assert "Evidence 4 of 5" in said
    assert "no finding recorded here" in said


def test_of_each_effect_one_is_shown_before_more_of_another(client: FlaskClient) -> None:
    alone = client.get(compare(*LARGE, section="outcomes"), headers=HTML).text
    findings = rows(client, *LARGE, section="outcomes")
    every = {(row["field"], row["of"], row["effect"]) for row in findings if row["effect"]}
    assert len(every) > 50
    for effect in {effect for _, _, effect in every}:
        assert f">{effect}</span>" in alone


def test_lessons_by_theme_with_those_that_agree(client: FlaskClient, shipped_folder: DataFolder) -> None:
    store = Snapshots(shipped_folder).current().store
    found = section(store, "lessons", [KENT, BIRMINGHAM])
    theme = concept("lesson-theme", "data-collection")
    assert KENT in found.rows[theme]
    said = {row["said"]: row["remarks"] for row in rows(client, KENT, BIRMINGHAM, section="lessons")}
    assert said["Asset data are inconsistent and hard to get"].startswith("agrees with ")


def test_cells_have_their_headings(client: FlaskClient) -> None:
    page = read(client, compare(KENT, BIRMINGHAM))
    heads = [cell for cell in page.all("th") if cell.get("scope") == "col"]
    tables = page.all("table")
    assert len(heads) == 2 * len(tables)
    assert {cell.get("scope") for cell in page.all("th")} == {"col", "row"}
    assert {cell.get("data-label") for cell in page.all("td")} == {None, "Kent", "Birmingham"}


def test_pages_stay_small(client: FlaskClient) -> None:
    for of in ((KENT, BIRMINGHAM, ENGLAND), LARGE):
        assert len(client.get(compare(*of), headers=HTML).data) < 100_000
    assert "All rows on outcomes" in words(client, compare(*LARGE))
    assert len(rows(client, *LARGE)) > 400, "the CSV has what the page leaves out"


def test_each_section_has_its_query_with_the_compared_bound(client: FlaskClient) -> None:
    for key in SECTIONS["place"]:
        query = client.get(compare(KENT, BIRMINGHAM, section=key, format="rq"))
        assert query.mimetype == "application/sparql-query"
        assert f"(<{KENT}>) (<{BIRMINGHAM}>)" in query.text
        answer = client.get(f"/sparql?{urlencode({'query': query.text, 'format': 'csv'})}")
        assert answer.status_code == 200
    page = read(client, compare(KENT, BIRMINGHAM))
    assert [form for form in page.all("form") if form.get("action") == "/sparql"]
    assert any(f"<{KENT}>" in text for text in page.text("textarea"))


def test_they_are_chosen_by_links_alone(client: FlaskClient) -> None:
    """From an empty comparison: find, add, find, add, remove."""
    found = read(client, "/compare?kind=place&q=kent")
    links = [str(link.get("href")) for link in found.all("a")]
    [add] = [link for link in links if parse_qsl(urlsplit(link).query) == [("of", KENT)]]
    assert "Add at least one more to compare Kent with." in words(client, add)
    found = read(client, f"{add}&q=birm")
    both = compare(KENT, BIRMINGHAM)
    assert both in {link.get("href") for link in found.all("a")}
    page = read(client, both)
    removing = [link for link in page.all("a") if link.get("href") == compare(BIRMINGHAM)]
    assert [link.get("rel") for link in removing] == ["nofollow"]


def test_kinds_are_told_by_their_classes(shipped_folder: DataFolder) -> None:
    store = Snapshots(shipped_folder).current().store
    kinds = [
        *(KENT, FRONT_OFFICE, thing(HOME, "intervention", "shared-high-street-front-office")),
        *(thing(HOME, kind, slug) for kind, slug in (("pilot", "kent"), ("organisation", "kent-police"))),
        *(thing(HOME, "source", "localis"), "x"),
    ]
    assert [kind_of(store, iri) for iri in kinds] == [
        *("place", "intervention", "intervention", "pilot", "organisation", None, None),
    ]


def test_pilots_and_bodies_are_compared_too(client: FlaskClient) -> None:
    pilots = words(client, compare(thing(HOME, "pilot", "kent"), thing(HOME, "pilot", "bradford")))
    assert "Place of the pilot Kent Medway Bradford Under programme" in pilots
    police = [thing(HOME, "organisation", slug) for slug in ("kent-police", "kent-county-council")]
    assert "Kind of organisation Police force County council" in words(client, compare(*police))


def test_comparing_data_and_comparing_things_lead_to_each_other(client: FlaskClient) -> None:
    assert "/compare/data" in {link.get("href") for link in read(client, "/compare").all("a")}
    assert "/compare" in {link.get("href") for link in read(client, "/compare/data").all("a")}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (compare(KENT, thing(HOME, "place", "nowhere")), 404),
        (compare(KENT, FRONT_OFFICE), 400),
        (compare(KENT, BIRMINGHAM, section="x"), 400),
        (compare(*(thing(HOME, "place", slug) for slug in ("kent", "birmingham", "england", "london", "medway"))), 400),
        (compare(KENT, format="csv"), 400),
        (compare(KENT, KENT), 200),
        ("/compare?of=no+address", 404),
    ],
)
def test_what_cannot_be_compared_is_said(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address, headers=HTML).status_code == status


def test_assets_are_told_register_by_register_with_those_of_places_within(invented_folder: DataFolder) -> None:
    client = create_app(config.load({}, data=invented_folder.root)).test_client()
    found = rows(client, HILLFORD, NORTHSHIRE, SEATON, section="assets")
    told = {(row["field"], row["of"]): (row["said"], row["remarks"]) for row in found}
    for place in ("Hillford", "Northshire"):
        register = "in Buildings of Hillford (invented)"
        assert told["How many", place] == ("6 assets", register)
        assert told["Floor area GIA", place] == ("8,000 m², of 4 assets", register)
        assert told["Condition", place] == ("B: 2 assets; C: 1 asset; D: 1 asset", register)
        assert told["Utilisation", place] == ("on average 60.3%, of 3 assets", register)
    assert {said for (_, of), (said, _) in told.items() if of == "Seaton"} == {"not published by Seaton Council"}
    assert ("Floor area", "Hillford") not in told, "told by the basis on which it was measured"


def test_the_tables_of_buildings_and_the_query_say_the_same(invented_folder: DataFolder) -> None:
    snapshot = Snapshots(invented_folder).current()
    things = [HILLFORD, NORTHSHIRE, SEATON]
    made = assets(tables(invented_folder, snapshot.id), things)
    asked = section(snapshot.store, "assets", things)
    kept = ("register", "assets", "rating")

    def said(found: Section) -> set[tuple[str, ...]]:
        return {
            (metric, thing, *(each.get(name, "") for name in kept))
            for metric, cells in found.rows.items()
            for thing, each_of in cells.items()
            for each in each_of
        }

    assert said(made) == said(asked)
