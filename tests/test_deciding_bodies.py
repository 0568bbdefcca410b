"""A register whose body is registered needs no question about it; what is not known is made or told on the page."""

import re
from pathlib import Path

import pytest
from absent import absent
from publishing_site import Site, publishing_site

from kb.config import load
from kb.mapping.values.area import Area
from kb.protocols.check import check
from kb.protocols.report import Severity
from kb.store import releases
from kb.store.folder import DataFolder
from kb.store.preparation import content
from kb.store.publisher_bodies import PublisherBodies
from kb.store.state import State
from web.authority import FIELD

PLACE = "https://statistics.data.gov.uk/id/statistical-geography/E10000016"
REGISTER = """\
AssetCode,PropertyName,PostCode,OrganisationLabel,OrganisationURI,Occupier
1,Sessions House,ME14 1XQ,Kent County Council,https://opendatacommunities.org/id/county-council/kent,Leisure CIC
2,Invicta House,ME14 1XX,Kent County Council,https://opendatacommunities.org/id/county-council/kent,Kent Countie Council
"""
BODY = "https://kent.example/id/organisation/kent"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = publishing_site(tmp_path / "data")
    bodies = PublisherBodies(made.folder)
    bodies.say(
        State(made.folder).publisher("kent"), names=["Kent County Council"], kind="county-council", place=PLACE
    )
    return made


def test_the_officer_decides_once_and_publishes(site: Site) -> None:
    client = site.signed_in()
    sent = client.post(
        "/api/datasets/kent/estate/submissions?protocol=dp-01",
        data=REGISTER,
        headers={"Content-Type": "text/csv"} | site.by("kent"),
    )
    site.work()
    state = client.get(sent.headers["Location"], headers=site.by("kent")).json
    assert (state["state"], state["counts"]["problems"], state["counts"]["violations"]) == ("checked", 0, 0)
    page = f"/publish/{state['id']}"
    asked = client.get(f"{page}/decisions").text
    assert f'value="{PLACE}"' in asked, "where its things lie is proposed"
    assert "Perhaps Kent County Council" in asked
    assert re.findall(r"for=\"value-0-\d+\">([^<]+) <", asked) == [
        "Occupier: “Kent Countie Council”", "Occupier: “Leisure CIC”"
    ]  # fmt: skip
    [key] = set(re.findall(f'name="{FIELD}" value="([^"]+)"', asked))
    fields = dict(re.findall(r'<input[^>]* name="(constant-[^"]+)" value="([^"]*)"', asked))
    answers = {"value-0-0": "Kent County Council", "new-0-1": "company"}
    assert client.post(f"{page}/decisions", data=fields | answers | {FIELD: key}).status_code == 303
    site.work()
    assert client.post(f"{page}/publish", data={FIELD: key}).status_code == 303
    site.work()
    latest = releases.latest(site.folder, "kent", "estate")
    assert latest is not None
    lines = b"\n".join(releases.accepted(site.folder, latest)).decode()
    assert f"<{BODY}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/org#FormalOrg" in lines
    made = "https://kent.example/id/organisation/leisure-cic"
    assert f"#occupier> <{made}>" in lines
    assert f"#occupier> <{BODY}>" in lines
    assert f"<{made}> <https://w3id.org/whatworks/def#organisationType> <https://w3id.org/whatworks/concept/" in lines
    assert "opendatacommunities" not in lines
    assert lines.count(f"#locatedIn> <{PLACE}>") == 2
    again = client.post(
        "/api/datasets/kent/estate/submissions", data=REGISTER, headers={"Content-Type": "text/csv"} | site.by("kent")
    )
    site.work()
    state = client.get(again.headers["Location"], headers=site.by("kent")).json
    counts = state["counts"]
    assert (state["state"], counts["added"], counts["removed"], counts["undecided"]) == ("checked", 0, 0, 0)


def test_a_neighbour_does_not_describe_it(site: Site) -> None:
    words = f'<{BODY}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Surrey by the sea"@en .'
    client = site.client()
    sent = client.post(
        "/api/datasets/surrey/x/submissions",
        data=words,
        headers={"Content-Type": "application/n-triples"} | site.by("surrey"),
    )
    site.work()
    place = sent.headers["Location"]
    if client.get(place, headers=site.by("surrey")).json["state"] == "checked":
        client.post(f"{place}/publish", headers=site.by("surrey"))
        site.work()
    assert releases.datasets(site.folder) == []


def test_after_one_registration_the_register_of_trafford_lacks_three_postcodes(tmp_path: Path) -> None:
    register = Path(__file__).parents[2] / "shared/data/trafford/trafford_land_and_building_assets.csv"
    if not register.exists():
        absent("../shared/data/trafford")
    settings = load(data=tmp_path)
    folder = DataFolder(tmp_path)
    trafford = State(folder).add_publisher("trafford", "https://data.trafford.example")
    PublisherBodies(folder).say(
        trafford,
        names=["Trafford Council"],
        kind="metropolitan-council",
        area=Area.box("Trafford", -2.48, 53.35, -2.2, 53.49),
    )
    found = content(folder, trafford, "land-and-buildings", [register], settings, protocol="dp-01")
    said = [each for each in found.prepared.problems if each.level == "must" or "not known" in each.sentence]
    assert said == []
    outside = {each.place.row for each in found.prepared.problems if "lies outside Trafford" in each.sentence}
    assert outside == {123, 124}
    body = "https://data.trafford.example/id/organisation/trafford"
    reporting = f" <https://w3id.org/whatworks/def#reportedBy> <{body}> .".encode()
    assert sum(line.endswith(reporting) for line in found.lines) == 608
    report = check(found.lines, protocols=["dp-01", "dp-14"])
    missing = [each for each in report.results if each.severity is Severity.VIOLATION]
    assert {place.row for each in missing for place in found.prepared.locator.places(each)} == {405, 496, 584}
