"""The knowledge that ships is published once, in one snapshot, and again only when a file of it has changed."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from store_cases import CASES, SETTINGS, assert_sound, passing

from kb import config
from kb.store import releases, shipped
from kb.store.buildings.tables import FOLDER
from kb.store.folder import DataFolder
from kb.store.payments.build import FILE
from kb.store.shipped import publish_shipped, shipped_requests
from kb.store.snapshots import Snapshots, ids


@pytest.fixture
def knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small files in the places of those that ship."""
    root = tmp_path / "shipped"
    files = {
        "ontology/whatworks.ttl": "places-1.ttl",
        "ontology/alignments.ttl": "places-2.ttl",
        "ontology/concept-stage.ttl": "places-1.ttl",
        "shapes/dp-01.ttl": "places-1.ttl",
        "shapes/ontology.ttl": "places-2.ttl",
        "queries/dataset.ttl": "places-1.ttl",
        "graphs/kent/dataset.ttl": "assets-1.ttl",
    }
    for name, case in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CASES / case, root / name)
    monkeypatch.setattr(shipped, "config", SimpleNamespace(shipped=lambda folder: root / folder))
    return root


def test_what_ships_is_published_in_one_snapshot(knowledge: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    done = publish_shipped(folder, SETTINGS, checker=passing)
    order = ["ontology", "concept-stage", "protocols", "questions", "kent"]
    assert [publication.dataset for publication in done] == order
    assert [publication.report is None for publication in done] == [True, True, True, True, False]
    assert len(ids(folder)) == 1
    assert releases.read(folder, "whatworks", "ontology", 1).checked_by == "background"
    assert releases.read(folder, "whatworks", "kent", 1).checked_by == "protocols"
    assert_sound(folder)


def test_what_is_published_already_is_not_read_again(
    knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "data")
    publish_shipped(folder, SETTINGS, checker=passing)
    monkeypatch.setattr(shipped, "publish", lambda *_, **__: pytest.fail("it was published again"))
    assert publish_shipped(folder, SETTINGS) == []


@pytest.mark.parametrize("derived", [FOLDER, FILE])
def test_what_is_derived_and_absent_is_made_at_the_next_start(knowledge: Path, tmp_path: Path, derived: str) -> None:
    folder = DataFolder(tmp_path / "data")
    publish_shipped(folder, SETTINGS, checker=passing)
    [id] = ids(folder)
    path = folder.snapshots / id / derived
    path.rename(tmp_path / derived)
    publish_shipped(folder, SETTINGS, checker=passing)
    assert ids(folder) == [id]
    assert path.exists()


def test_a_changed_file_is_published(knowledge: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    publish_shipped(folder, SETTINGS, checker=passing)
    shutil.copyfile(CASES / "assets-2.ttl", knowledge / "graphs" / "kent" / "dataset.ttl")
    done = publish_shipped(folder, SETTINGS, checker=passing)
    assert {publication.dataset: publication.release is not None for publication in done} == {
        "ontology": False,
        "concept-stage": False,
        "protocols": False,
        "questions": False,
        "kent": True,
    }
    assert_sound(folder)


def test_the_files_that_ship_are_all_published() -> None:
    paths = {path for request in shipped_requests() for path in request.paths}
    folders = [config.shipped(name) for name in ("ontology", "shapes", "queries", "graphs")]
    assert paths == {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert len({request.dataset for request in shipped_requests()}) == len(shipped_requests())


def test_the_knowledge_that_ships_is_served(shipped_folder: DataFolder) -> None:
    assert Snapshots(shipped_folder).current().record.datasets.keys() == {
        f"whatworks/{request.dataset}" for request in shipped_requests()
    }
    assert_sound(shipped_folder)
