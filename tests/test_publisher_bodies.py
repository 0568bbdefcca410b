"""The body behind a publisher: what is registered, whom a name means, and what its datasets say of it."""

from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.mapping.body import Body, lines_about
from kb.mapping.classes import classes_of
from kb.mapping.values.area import Area
from kb.mapping.values.names import Known, Names
from kb.namespaces import HOME, expand
from kb.protocols.check import check
from kb.store.folder import DataFolder
from kb.store.publisher_bodies import PublisherBodies, body_behind, kind_code, refuse_others
from kb.store.state import Publisher, State

BASE = "https://data.trafford.example"
OWN = f"{BASE}/id/organisation/trafford"
ELSEWHERE = "https://opendatacommunities.org/id/metropolitan-district-council/trafford"
BODY = classes_of(expand("org:FormalOrganization"))
LINK = [f"<{BASE}/id/asset/a> <{expand('ww:reportedBy')}> <{OWN}> .".encode()]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def trafford(folder: DataFolder) -> Publisher:
    return State(folder).add_publisher("trafford", BASE)


def test_what_is_said_is_kept_and_what_is_not_said_stays(folder: DataFolder, trafford: Publisher) -> None:
    bodies = PublisherBodies(folder)
    assert bodies.body(trafford) == Body(OWN, ("trafford",))
    area = Area.box("Trafford Council", -2.48, 53.35, -2.2, 53.49)
    bodies.say(trafford, names=["Trafford Council", "Trafford MBC"], same=[ELSEWHERE])
    bodies.say(trafford, kind="Metropolitan district", area=area)
    found = bodies.say(trafford, place="https://data.trafford.example/id/place/trafford")
    assert found == Body(
        OWN,
        ("Trafford Council", "Trafford MBC"),
        "metropolitan-council",
        f"{BASE}/id/place/trafford",
        area,
        (ELSEWHERE,),
    )
    assert PublisherBodies(folder).body(trafford) == found


def test_what_cannot_be_registered_is_said(folder: DataFolder, trafford: Publisher) -> None:
    bodies = PublisherBodies(folder)
    with pytest.raises(BadInput, match="not a name"):
        bodies.say(trafford, names=["two\nlines"])
    with pytest.raises(BadInput, match="perhaps metropolitan-council; the kinds are: advice-agency, "):
        kind_code("metropolitain council")
    for wrong in ("Trafford", "https://a b", "urn:x"):
        with pytest.raises(BadInput, match="not an address"):
            bodies.say(trafford, organisation=wrong)
    assert bodies.body(trafford) == Body(OWN, ("trafford",))


def test_a_body_that_ships_is_not_made_two_and_a_neighbour_cannot_take_the_name(
    folder: DataFolder, trafford: Publisher
) -> None:
    PublisherBodies(folder).say(trafford, names=["Trafford Council"])
    neighbour = Known("https://data.bury.example/id/organisation/t", BODY, ("Trafford Council",))
    assert body_behind(folder, trafford, Names([neighbour])).iri == OWN
    shipped = Known(f"{HOME}/id/organisation/trafford-council", BODY, ("Trafford Council",))
    assert body_behind(folder, trafford, Names([neighbour, shipped])).iri == shipped.iri
    PublisherBodies(folder).say(trafford, organisation="https://data.gov.example/trafford")
    assert body_behind(folder, trafford, Names([shipped])).iri == "https://data.gov.example/trafford"


def test_its_record_keeps_to_the_protocol_where_its_kind_is_known() -> None:
    place = f"{BASE}/id/place/trafford"
    body = Body(OWN, ("Trafford Council", "TMBC"), "metropolitan-council", place, same=(ELSEWHERE,))
    lines = lines_about(body, "trafford", BASE, LINK)
    assert check(lines, protocols=["dp-14"]).conforms
    assert len(lines) == 7
    without = Body(OWN, ("Trafford Council",)).lines("trafford")
    assert any(b"org#Organization" in line for line in without)


def test_a_neighbour_links_to_it_and_does_not_describe_it(folder: DataFolder, trafford: Publisher) -> None:
    PublisherBodies(folder).say(trafford, names=["Trafford Council"], kind="metropolitan-council")
    bury = State(folder).add_publisher("bury", "https://data.bury.example")
    about = f"<{OWN}>".encode()
    name = expand("skos:prefLabel").encode()
    copied = about + b" <" + name + b'> "Trafford Council"@en .'
    more = about + b' <http://purl.org/dc/terms/description> "Beside Bury."@en .'
    refuse_others(folder, bury, sorted([*LINK, copied, more]))
    other = about + b" <" + name + b'> "Bury Council"@en .'
    refuse_others(folder, trafford, [other])
    with pytest.raises(BadInput, match="body of the publisher trafford, which alone says its skos:prefLabel"):
        refuse_others(folder, bury, sorted([*LINK, other]))


def test_it_is_described_by_its_publisher_alone_where_it_is_linked_to() -> None:
    body = Body(OWN, ("Trafford Council",), "metropolitan-council")
    assert lines_about(body, "trafford", BASE, []) == []
    assert lines_about(body, "trafford", "https://data.bury.example", LINK) == []
    described = [*LINK, f'<{OWN}> <{expand("skos:prefLabel")}> "Trafford"@en .'.encode()]
    assert lines_about(body, "trafford", BASE, described) == []
