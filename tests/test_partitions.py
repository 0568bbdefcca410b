"""What a graph is made of, counted line by line."""

import json
from pathlib import Path

from pyoxigraph import NamedNode
from store_cases import SETTINGS, new_folder, publish_one
from test_catalogue import said

from kb import namespaces
from kb.store import catalogue, releases
from kb.store.partitions import Partitions, count_partitions
from kb.store.publication import rollback
from kb.store.snapshots import Snapshots

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ASSETS = "https://kent.example/id/dataset/assets"
ASSET = "https://w3id.org/whatworks/def#Asset"


def test_counts() -> None:
    lines = [
        f"<http://x/1> <{TYPE}> <http://x/A> .",
        f"<http://x/1> <{TYPE}> <http://x/\\u00C9> .",
        '<http://x/1> <http://x/p> "<http://x/A> ." .',
        f"<http://x/2> <{TYPE}> <http://x/A> .",
    ]
    expected = Partitions(2, {"http://x/A": 2, "http://x/É": 1}, {"http://x/p": 1, TYPE: 3}, {})
    assert count_partitions(line.encode() for line in lines) == expected


def test_the_catalogue_says_what_a_dataset_is_made_of(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    store = Snapshots(folder).current().store
    assert said(store, ASSETS)["void:distinctSubjects"] == ["5"]
    part = namespaces.partition(ASSETS, "class", ASSET)
    assert part in said(store, ASSETS)["void:classPartition"]
    assert said(store, part) == {"void:class": [ASSET], "void:entities": ["2"]}
    part = namespaces.partition(ASSETS, "property", TYPE)
    assert said(store, part) == {"void:property": [TYPE], "void:triples": ["3"]}


def test_what_a_dataset_no_longer_has_leaves_the_catalogue(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "assets", "places-1.ttl")
    store = Snapshots(folder).current().store
    assert said(store, namespaces.partition(ASSETS, "class", ASSET)) == {}
    counting = NamedNode(namespaces.expand("void:class"))
    counted = store.quads_for_pattern(None, counting, None, NamedNode(catalogue.GRAPH))
    assert [quad.object.value for quad in counted] == ["https://w3id.org/whatworks/def#Place"]


def test_a_release_archived_before_they_were_counted(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    path = releases.path_of(folder, "kent", "assets", 1) / "release.json"
    old = json.loads(path.read_bytes())
    for name in ("subjects", "classes", "properties"):
        del old[name]
    path.write_text(json.dumps(old), encoding="utf-8")
    [release] = releases.history(folder, "kent", "assets")
    assert release.subjects is None
    assert not any(b"void#classPartition" in line for line in catalogue.describe([release]))
    publish_one(folder, "assets", "assets-2.ttl")
    rollback(folder, "kent", "assets", 1, SETTINGS)
    assert releases.history(folder, "kent", "assets")[-1].classes[ASSET] == 2, "counted anew"
