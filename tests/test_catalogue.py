"""The catalogue graph says which datasets and releases there are, and is in the merge."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store
from store_cases import SETTINGS, new_folder, publish_one

from kb import namespaces
from kb.errors import BadInput
from kb.store import catalogue
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish, rollback
from kb.store.snapshots import Snapshots
from kb.store.state import State

ASSETS = "https://kent.example/id/dataset/assets"
RELEASE = "https://kent.example/id/release/assets-"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "assets", "assets-2.ttl")
    rollback(folder, "kent", "assets", 1, SETTINGS)
    return folder


@pytest.fixture
def store(folder: DataFolder) -> Store:
    return Snapshots(folder).current().store


def said(store: Store, subject: str) -> dict[str, list[str]]:
    """What the catalogue graph says of a subject: compact property → values, sorted."""
    found: dict[str, list[str]] = {}
    for quad in store.quads_for_pattern(NamedNode(subject), None, None, NamedNode(catalogue.GRAPH)):
        found.setdefault(namespaces.compact(quad.predicate.value), []).append(quad.object.value)
    return {name: sorted(values) for name, values in found.items()}


def test_a_dataset(store: Store) -> None:
    known = said(store, ASSETS)
    assert known.pop("dcterms:issued") <= known.pop("dcterms:modified")
    assert len(known.pop("void:classPartition")) == 2
    assert len(known.pop("void:propertyPartition")) == 6
    assert known == {
        "rdf:type": ["http://www.w3.org/ns/dcat#Dataset"],
        "ww:namedGraph": ["https://kent.example/id/graph/assets"],
        "dcat:version": ["3"],
        "dcat:hasCurrentVersion": [f"{RELEASE}3"],
        "void:triples": ["12"],
        "void:distinctSubjects": ["5"],
    }


def test_a_release_that_restores_an_earlier_one(store: Store) -> None:
    known = said(store, f"{RELEASE}3")
    assert len(known.pop("dcterms:issued")) == 1
    assert known == {
        "rdf:type": ["https://w3id.org/whatworks/def#Release"],
        "dcterms:title": ["Release 3 of assets"],
        "dcat:isVersionOf": [ASSETS],
        "dcat:version": ["3"],
        "dcat:inSeries": [f"{ASSETS}#releases"],
        "dcat:prev": [f"{RELEASE}2"],
        "dcat:previousVersion": [f"{RELEASE}2"],
        "ww:releaseNumber": ["3"],
        "ww:restores": [f"{RELEASE}1"],
        "ww:triplesAdded": ["7"],
        "ww:triplesRemoved": ["6"],
        "ww:warningCount": ["2"],
        "void:triples": ["12"],
    }


def test_the_releases_are_a_series(store: Store) -> None:
    known = said(store, f"{ASSETS}#releases")
    assert known["rdf:type"] == ["http://www.w3.org/ns/dcat#DatasetSeries"]
    assert (known["dcat:first"], known["dcat:last"]) == ([f"{RELEASE}1"], [f"{RELEASE}3"])


def test_the_catalogue_lists_the_datasets(store: Store) -> None:
    known = said(store, catalogue.CATALOGUE.value)
    assert known["dcat:dataset"] == [ASSETS, "https://kent.example/id/dataset/places"]
    assert known["ww:namedGraph"] == [catalogue.GRAPH]


def test_the_publishers_own_words_and_the_catalogue_meet_in_the_merge(store: Store) -> None:
    query = """
        PREFIX dcat: <http://www.w3.org/ns/dcat#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?title ?version WHERE { ?dataset dcterms:title ?title ; dcat:version ?version ; a dcat:Dataset }
    """
    assert [[value.value for value in row] for row in store.query(query)] == [["Assets", "3"]]


def test_nobody_publishes_the_catalogue(folder: DataFolder) -> None:
    State(folder).add_publisher("whatworks", namespaces.HOME)
    with pytest.raises(BadInput, match="whatworks/catalogue: the system itself writes this dataset"):
        publish(folder, [PublicationRequest("whatworks", "catalogue", ())], SETTINGS)
