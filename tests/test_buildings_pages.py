"""Pages on buildings: choices, orders, the finder of shared sites, registers put together, and where nothing is."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from store_cases import SETTINGS, new_folder, passing, publish_one
from test_odd_requests import ODD
from werkzeug.test import Client

from kb import config
from kb.errors import BadSetting
from kb.store.buildings.tables import FOLDER
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.snapshots import Snapshots, current_id
from kb.store.state import State
from web.caching import PageCache
from web.site import create_app

HTML = {"Accept": "text/html"}
ORGANISATION = "https://data.example.org/id/organisation"
BUILDING = """
<https://area.example/id/asset/{number}> a <https://w3id.org/whatworks/def#Asset> ;
    <http://www.w3.org/2004/02/skos/core#prefLabel> "Building {number}"@en ;
    <https://w3id.org/whatworks/def#reportedBy> <https://area.example/id/organisation/{number}> ;
    <http://www.opengis.net/ont/geosparql#hasDefaultGeometry> [
        <http://www.opengis.net/ont/geosparql#asWKT>
            "POINT({east} 51.1)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> ;
        <https://w3id.org/whatworks/def#geometryPrecision>
            <https://w3id.org/whatworks/concept/geometry-precision/postcode> ] .
<https://area.example/id/organisation/{number}> a <http://www.w3.org/ns/org#FormalOrganization> ;
    <http://www.w3.org/2004/02/skos/core#prefLabel> "Body {number}"@en .
"""
EVERYTHING = {
    *("County Office", "Trust Office", "Hillford Town Hall", "Old Library", "Shared Depot", "Depot (borough record)"),
}
OUTLINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"LAD13CD": "E07", "LAD13NM": name},
            "geometry": {"type": "Polygon", "coordinates": [[[w, 51.1], [e, 51.1], [e, 51.4], [w, 51.4], [w, 51.1]]]},
        }
        for name, w, e in (("Westhampton", -0.1, 0.12), ("Easthampton", 0.12, 0.4))
    ],
}


@pytest.fixture
def invented(invented_folder: DataFolder) -> Flask:
    return create_app(config.load({}, data=invented_folder.root))


@pytest.fixture
def officer(invented: Flask) -> FlaskClient:
    return invented.test_client()


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["X-Complete"] == "true"
    found = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert len(found) == int(answer.headers["X-Rows"])
    return found


def listed(html: str) -> list[str]:
    table = html.partition('id="list"')[2].partition("</table>")[0]
    return re.findall(r'<th class="govuk-table__header" scope="row"[^>]*><a[^>]*>([^<]*)</a>', table)


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("", EVERYTHING),
        ("use=library", {"Old Library"}),
        ("use=back-office", {"County Office", "Trust Office", "Hillford Town Hall"}),
        (f"body={ORGANISATION}/northshire-primary-care-trust", {"Trust Office"}),
        (f"occupier={ORGANISATION}/northshire-county-council", {"County Office", "Old Library", "Shared Depot"}),
        (f"occupier={ORGANISATION}/northshire-learning-board", set()),  # it left in 2010
        ("tenure=leasehold", {"Trust Office"}),
        ("condition=c&use=office", {"County Office"}),
        ("q=depot+borough", {"Depot (borough record)"}),
        ("in=0.09,51.19,0.11,51.21", {"County Office", "Trust Office"}),
        ("use=library&tenure=leasehold", set()),
        ("use=no-such-use", set()),
    ],
)
def test_the_same_choices_hold_for_list_map_and_table(officer: FlaskClient, chosen: str, names: set[str]) -> None:
    everything = {row["name"] for row in rows(officer, "/buildings?format=csv")}
    assert names <= everything
    html = page(officer, f"/buildings?{chosen}")
    assert set(listed(html)) == names
    assert {row["name"] for row in rows(officer, f"/buildings?format=csv&{chosen}")} == names
    marks = officer.get(f"/buildings/map.json?{chosen}").get_json()["marks"]
    assert sum(mark["buildings"] for mark in marks) == len(names)
    assert f"<strong>{len(names)} building" in html
    if not names:
        assert "Nothing here fits all of that" in html


def test_kinds_of_body_are_offered_once_and_a_broader_one_is_still_understood(officer: FlaskClient) -> None:
    form = page(officer, "/buildings").partition('name="kind"')[2].partition("</select>")[0]
    offered = re.findall(r'<option value="([^"]*)"', form)
    assert "county-council" in offered
    assert "local-government" not in offered
    html = page(officer, "/buildings?kind=local-government")
    assert "County Office" in listed(html)
    assert "Kind of body: Local government" in html
    assert ">Local government</option>" in html
    assert "of Local government and any body" in page(officer, "/buildings/sharing?one=kind:local-government")


def test_who_only_holds_or_uses_a_building_has_published_none(officer: FlaskClient) -> None:
    html = page(officer, "/buildings")
    reporting = {row["body"] for row in rows(officer, "/buildings?format=csv")} - {""}
    assert f"as {len(reporting)} bodies have published them" in html
    offered = re.findall(r'name="body" type="checkbox" value="[^"]*"', page(officer, "/buildings/merging"))
    assert len(offered) == len(reporting)


def test_costs_are_ranked_on_one_basis_and_the_page_says_which(officer: FlaskClient) -> None:
    html = page(officer, "/buildings?sort=cost")
    costs = [float(row["running_cost_per_m2"] or -1) for row in rows(officer, "/buildings?sort=cost&format=csv")]
    bases = [row["running_cost_basis"] for row in rows(officer, "/buildings?sort=cost&format=csv")]
    first = [cost for cost, basis in zip(costs, bases, strict=True) if basis == bases[0]]
    assert first == sorted(first, reverse=True)
    assert bases[: len(first)] == [bases[0]] * len(first), "those on another basis come after"
    assert "Compared are the" in html
    assert "per m² of gross internal area" in html
    assert costs == sorted(costs, key=lambda cost: cost < 0), "those without a cost come last"


def test_orders_put_what_is_not_published_last(officer: FlaskClient) -> None:
    for sort, column, worst in (("size", "size_m2", max), ("utilisation", "utilisation_percent", min)):
        values = [row[column] for row in rows(officer, f"/buildings?sort={sort}&format=csv")]
        known = [float(value) for value in values if value]
        assert known[0] == worst(known)
        assert values == [value for value in values if value] + [""] * values.count("")
    assert officer.get("/buildings?sort=colour").status_code == 400


@pytest.mark.parametrize("path", ["/buildings", "/buildings/map.json", "/buildings/sharing", "/buildings/merging"])
def test_odd_choices_are_answered_in_words(officer: FlaskClient, path: str) -> None:
    names = ("q", "place", "use", "body", "kind", "occupier", "tenure", "condition", "status", "in", "sort", "page")
    for name in (*names, "one", "other", "near", "within", "fit", "change"):
        for odd in ODD:
            for format in ("html", "csv"):
                answer = officer.get(f"{path}?{name}={odd}&format={format}", headers=HTML)
                assert answer.status_code in (200, 400, 404, 406), f"{answer.status_code} {name}={odd[:40]}"
                assert '"><script>' not in answer.get_data(as_text=True)


@pytest.mark.parametrize("box", ["1", "a,b,c,d", "0,0,0", "2,51,1,52", "0,0,0,999", "nan,1,2,3"])
def test_a_part_of_the_map_that_is_none_is_refused_in_words(officer: FlaskClient, box: str) -> None:
    answer = officer.get("/buildings", query_string={"in": box})
    assert answer.status_code == 400
    assert b"west, south, east and north" in answer.data


def test_pairs_say_why_and_what_is_not_known(officer: FlaskClient) -> None:
    html = page(officer, "/buildings/sharing")
    [pair] = [each for each in html.split('<li class="pair">') if "Trust Office</a>" in each]
    assert "County Office</a>" in pair
    assert "uses that go well together" in pair
    assert "Desks are often little used" in pair
    assert "poor condition: C (2009)" in pair
    assert "Not published by" in pair
    [row] = [row for row in rows(officer, "/buildings/sharing?format=csv") if row["building"] == "County Office"]
    assert int(row["metres"]) in range(295, 305)
    assert "little used: 52% (2009)" in row["reasons"]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ("one=use:office&other=use:office", 1),
        ("one=use:library&other=use:office", 1),
        ("one=use:library&other=use:library", 0),
        (f"one=body:{ORGANISATION}/northshire-primary-care-trust", 1),
        ("within=200&one=use:office&other=use:office", 0),
        ("one=colour:blue", 0),
    ],
)
def test_pairs_are_chosen_by_both_sides(officer: FlaskClient, chosen: str, count: int) -> None:
    assert len(rows(officer, f"/buildings/sharing?format=csv&{chosen}")) == count
    assert f"<strong>{count} pair" in page(officer, f"/buildings/sharing?{chosen}")


def test_where_a_use_is_not_published_the_pair_says_whom_to_ask(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    State(folder).add_publisher("area", "https://area.example")
    case = Path(__file__).parent / "buildings" / "use-not-published" / "assets.ttl"
    publish(folder, [PublicationRequest("area", "assets", (case,))], SETTINGS, checker=passing)
    client = create_app(config.load({}, data=folder.root)).test_client()
    html = page(client, "/buildings/sharing?within=1000")
    assert "3 of 6 buildings have no published use" in html.partition('class="pairs"')[0]
    found = rows(client, "/buildings/sharing?within=1000&format=csv")
    assert [row["how_well_uses_go_together"] for row in found] == ["well", *["not known"] * 7]
    assert all(row["why_uses_go_together"].endswith(": ask before you plan") for row in found[1:])
    assert html.count("use not published by") == 7
    assert "<strong>1 pair</strong>" in page(client, "/buildings/sharing?within=1000&fit=possibly")
    of_one = page(client, "/buildings/sharing?within=1000&near=https://area.example/id/asset/police")
    assert "<strong>4 pairs</strong>" in of_one


def test_one_building_and_what_is_near_it(officer: FlaskClient) -> None:
    html = page(officer, "/buildings/sharing?near=https://data.example.org/id/asset/trust-office")
    assert "What could share with Trust Office" in html
    assert "<strong>1 pair</strong>" in html
    assert officer.get("/buildings/sharing?near=https://nowhere.example/1").status_code == 400
    assert officer.get("/buildings/sharing?within=far").status_code == 400


def test_registers_put_together(officer: FlaskClient) -> None:
    bodies = [f"{ORGANISATION}/{name}" for name in ("northshire-county-council", "hillford-borough-council")]
    chosen = "&".join(f"body={each}" for each in (*bodies, f"{ORGANISATION}/nobody"))
    html = page(officer, f"/buildings/merging?{chosen}")
    assert "No register here of 1 body" in html
    assert "Probable duplicates" in html
    assert "not published by" in html
    found = rows(officer, f"/buildings/merging?{chosen}&format=csv")
    assert [{row["building"], row["other_building"]} for row in found] == [{"Shared Depot", "Depot (borough record)"}]
    assert found[0]["decision"] == ""
    assert officer.get("/buildings/merging?format=csv").status_code == 400
    assert officer.get("/buildings/merging?change=no-such").status_code == 400
    many = "&".join(f"body=https://area.example/{number}" for number in range(21))
    assert officer.get(f"/buildings/merging?{many}").status_code == 400


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Somebody who reads the registers of 64 bodies, a building each, eight to a dataset, seven metres apart."""
    path = tmp_path_factory.mktemp("many")
    folder = new_folder(path)
    State(folder).add_publisher("area", "https://area.example")
    requests = []
    for dataset in range(8):
        case = path / f"{dataset}.ttl"
        bodies = range(8 * dataset, 8 * dataset + 8)
        case.write_text("\n".join(BUILDING.format(number=f"{each:02}", east=0.8 + each / 10_000) for each in bodies))
        requests.append(PublicationRequest("area", f"assets-{dataset}", (case,)))
    publish(folder, requests, SETTINGS, checker=passing)
    return create_app(config.load({}, data=folder.root)).test_client()


def test_what_a_form_does_not_offer_is_counted_and_stays_chosen(
    many: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = "https://area.example/id/organisation/63"
    html = page(many, f"/buildings/sharing?one=body:{last}")
    assert html.count("Not offered, with fewer buildings: 4 more bodies") == 2
    assert f'<option value="body:{last}" selected>Body 63</option>' in html
    monkeypatch.setattr("web.merging.OFFERED", 60)
    assert ">4 more with fewer buildings are not offered" in page(many, "/buildings/merging")
    html = page(many, f"/buildings/merging?body={last}&body={last[:-2]}00")
    assert ">3 more with fewer buildings are not offered" in html
    assert re.findall(r'value="([^"]*)" checked', html) == [f"{last[:-2]}00", last]


def test_pairs_are_numbered_through_all_pages(many: FlaskClient) -> None:
    html = page(many, "/buildings/sharing?page=2")
    assert re.findall(r'<h3 class="govuk-heading-s">(\d+)\.', html) == [str(number) for number in range(26, 51)]
    told = " ".join(re.findall(r", pair ([\d, ]+)", html))
    assert {int(each) for each in re.findall(r"\d+", told)} == set(range(26, 51))


def test_what_no_building_of_a_list_publishes_is_said_once_and_postcodes_are_not_measured_by_the_metre(
    many: FlaskClient,
) -> None:
    html = page(many, "/buildings/sharing")
    once = "Published of none of these buildings, so ask before you plan: condition, utilisation, size, running cost"
    assert html.count(once) == 1
    assert "Not published by" not in html
    told = re.findall(r'<h3 class="govuk-heading-s">\d+\. (.*?):', html)
    assert set(told) <= {"Less than 50 metres apart", "About 50 metres apart"}
    assert told[0] == "Less than 50 metres apart", "seven metres between the middles of two postcodes"
    assert "Published of none" not in page(many, "/buildings/sharing?within=1"), "of no pair nothing is said"


def test_the_comparison_of_the_first_datasets_says_that_there_are_more(many: FlaskClient) -> None:
    organisation = "https://area.example/id/organisation"
    eight = page(many, "/buildings/merging?" + "&".join(f"body={organisation}/{each:02}" for each in range(0, 64, 8)))
    assert "of the first 6 of these 8 datasets" in eight
    assert eight.count("dataset=") == 6
    two = page(many, f"/buildings/merging?body={organisation}/00&body={organisation}/08")
    assert "field by field" in two
    assert "of the first" not in two


def test_where_nothing_was_published_the_page_says_what_to_do(shipped_site: Flask) -> None:
    client = shipped_site.test_client()
    for address in ("/buildings", "/buildings/sharing", "/buildings/merging"):
        html = page(client, address)
        assert "No body has published its buildings here yet" in html
        assert 'href="/publish"' in html
        assert client.get(f"{address}?format=csv").status_code == 404
    assert client.get("/buildings/map.json").get_json() == {"marks": []}


def test_a_snapshot_without_tables_says_so_and_fails_at_nothing(invented_folder: DataFolder, tmp_path: Path) -> None:
    copied = DataFolder(Path(shutil.copytree(invented_folder.root, tmp_path / "data", symlinks=True)))
    id = current_id(copied)
    assert id is not None
    shutil.rmtree(copied.snapshots / id / FOLDER)
    client = create_app(config.load({}, data=copied.root)).test_client()
    for address in ("/buildings", "/buildings/sharing", "/buildings/merging"):
        assert "being made, or were not copied" in page(client, address)


def test_of_an_earlier_snapshot_without_tables_nobody_is_told_to_wait(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    earlier = current_id(folder)
    assert earlier is not None
    publish_one(folder, "assets", "assets-2.ttl")
    shutil.rmtree(folder.snapshots / earlier / FOLDER)
    client = create_app(config.load({}, data=folder.root)).test_client()
    for address in ("/buildings", "/buildings/sharing", "/buildings/merging"):
        html = page(client, f"{address}?snapshot={earlier}")
        assert "none will be made" in html
        assert "try again in a minute" not in html


@pytest.mark.parametrize("address", ["/buildings", "/buildings/sharing", "/buildings/merging", "/buildings/map.json"])
def test_what_is_absent_is_forgotten_when_it_comes(invented_folder: DataFolder, tmp_path: Path, address: str) -> None:
    copied = DataFolder(Path(shutil.copytree(invented_folder.root, tmp_path / "data", symlinks=True)))
    id = current_id(copied)
    assert id is not None
    away = (copied.snapshots / id / FOLDER).rename(tmp_path / FOLDER)
    app = create_app(config.load({}, data=copied.root))
    client = Client(PageCache(app, Snapshots(copied), megabytes=8))
    without = client.get(address, headers=HTML)
    assert without.headers["Cache-Control"] == "no-store"
    assert "ETag" not in without.headers
    away.rename(copied.snapshots / id / FOLDER)
    for _ in range(2):
        there = client.get(address, headers=HTML)
        assert there.headers["X-Snapshot"] == id
        assert "ETag" in there.headers
        assert there.get_data() != without.get_data()


def test_outlines_are_drawn_from_the_file_that_is_set(invented_folder: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "outlines.geojson"
    path.write_text(json.dumps(OUTLINES), encoding="utf-8")
    client = create_app(config.load({}, data=invented_folder.root, outlines=str(path))).test_client()
    drawn = page(client, "/buildings")
    assert drawn.count('class="map__area"') == 2
    assert ">Easthampton</text>" in drawn
    shapes = client.get("/buildings/outlines.json").get_json()["features"]
    assert [each["properties"]["name"] for each in shapes] == ["Westhampton", "Easthampton"]
    path.with_name("broken.geojson").write_text("[]", encoding="utf-8")
    broken = create_app(config.load({}, data=invented_folder.root, outlines=str(path.with_name("broken.geojson"))))
    assert "map__area" not in page(broken.test_client(), "/buildings")


def test_only_the_host_of_the_tiles_may_be_asked(officer: FlaskClient, invented_folder: DataFolder) -> None:
    policy = officer.get("/buildings", headers=HTML).headers["Content-Security-Policy"]
    assert "https:" not in policy
    assert policy == officer.get("/places", headers=HTML).headers["Content-Security-Policy"]
    tiles = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    client = create_app(config.load({}, data=invented_folder.root, tiles=tiles)).test_client()
    policy = client.get("/buildings", headers=HTML).headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tiles.example;" in policy
    assert "form-action 'self'" in policy
    for wrong in ("ftp://tiles.example/{z}/{x}/{y}", "https://tiles.example/", "https://a; script-src/{z}{x}{y}"):
        with pytest.raises(BadSetting):
            config.load({"WHATWORKS_TILES": wrong})
