"""A name stands in headings and citations without its dataset: only who owns a thing gives it one."""

from pathlib import Path

import pytest

from kb import config
from kb.errors import BadInput
from kb.names import NAMES
from kb.namespaces import expand
from kb.store.folder import DataFolder
from kb.store.naming import refuse_renaming
from kb.store.publication import PublicationRequest, publish, register_unchecked
from kb.store.state import State

KENT, EVIL = "https://kent.example", "https://evil.example"
HOUSE = f"{KENT}/id/asset/swale-house"


def line(subject: str, property: str, value: str) -> bytes:
    return f'<{subject}> <{property if property.startswith("http") else expand(property)}> {value} .'.encode()


NAMED = line(HOUSE, "skos:prefLabel", '"Swale House"@en')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Kent has published a house; two others are registered, one of them within the base of the other."""
    root = tmp_path_factory.mktemp("naming")
    folder = DataFolder(root / "data")
    for id, base in (("kent", KENT), ("evil", EVIL), ("part", f"{EVIL}/part")):
        State(folder).add_publisher(id, base)
    house = root / "house.nt"
    house.write_bytes(NAMED + b"\n")
    register_unchecked(folder, "kent", "houses")
    publish(folder, [PublicationRequest("kent", "houses", (house,))], config.load({}, data=folder.root))
    return folder


@pytest.mark.parametrize("property", NAMES)
@pytest.mark.parametrize("thing", [HOUSE, f"{KENT}/id/asset/not-yet-there", expand("org:FormalOrganization")])
def test_what_is_anothers_is_not_renamed(folder: DataFolder, thing: str, property: str) -> None:
    evil = State(folder).publisher("evil")
    with pytest.raises(BadInput, match="is named by (kent, under whose base it lies|the vocabulary)"):
        refuse_renaming(folder, evil, [line(thing, property, '"A fraud"@en-gb')])


def test_nothing_of_it_is_published(folder: DataFolder, tmp_path: Path) -> None:
    register_unchecked(folder, "evil", "lies")
    lie = tmp_path / "lie.nt"
    lie.write_bytes(line(HOUSE, "skos:prefLabel", '"A fraud"@en-gb') + b"\n")
    with pytest.raises(BadInput, match="swale-house is named by kent"):
        publish(folder, [PublicationRequest("evil", "lies", (lie,))], config.load({}, data=folder.root))


def test_it_may_be_linked_to_described_and_called_as_its_owner_calls_it(folder: DataFolder) -> None:
    evil = State(folder).publisher("evil")
    own = f"{EVIL}/id/asset/own"
    said = [
        NAMED,
        line(HOUSE, "dcterms:description", '"Seen from outside."@en'),
        line(own, "dcterms:relation", f"<{HOUSE}>"),
        line(own, "skos:prefLabel", '"Ours"@en'),
        line("https://nobody.example/id/asset/1", "skos:prefLabel", '"Of nobody here"@en'),
    ]
    refuse_renaming(folder, evil, sorted(said))


def test_of_bases_within_each_other_the_nearer_is_the_owners(folder: DataFolder) -> None:
    within = [line(f"{EVIL}/part/id/asset/1", "skos:prefLabel", '"One"@en')]
    refuse_renaming(folder, State(folder).publisher("part"), within)
    with pytest.raises(BadInput, match="is named by part"):
        refuse_renaming(folder, State(folder).publisher("evil"), within)


def test_the_knowledge_that_ships_names_anything(folder: DataFolder) -> None:
    ships = State(folder).add_publisher("whatworks", "https://w3id.org/whatworks")
    refuse_renaming(folder, ships, [line(HOUSE, "skos:prefLabel", '"The house in Swale"@en')])
    code = "https://w3id.org/whatworks/concept/asset-use/office"
    with pytest.raises(BadInput, match="concept/asset-use/office is named by whatworks"):
        refuse_renaming(folder, State(folder).publisher("evil"), [line(code, "skos:prefLabel", '"Brothel"@en')])
