"""What each release changed is written down once, found again by the record, and made again where it is lost."""

import shutil
from pathlib import Path

import pytest
from store_cases import BASE, SETTINGS, new_folder, publish_one

from kb.ask.changes import Wanted, news, told
from kb.namespaces import expand
from kb.store import changes, releases
from kb.store.changes import Change
from kb.store.folder import DataFolder
from kb.store.publication import rollback
from kb.store.releases import Release
from kb.store.snapshots import Snapshot, Snapshots

ASSET = expand("ww:Asset")


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Assets twice and back to nothing, and places between."""
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl")
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "assets", "assets-2.ttl")
    rollback(folder, "kent", "assets", 0, SETTINGS)
    return folder


@pytest.fixture
def snapshot(folder: DataFolder) -> Snapshot:
    return Snapshots(folder).current()


def release(folder: DataFolder, number: int) -> Release:
    return releases.read(folder, "kent", "assets", number)


def records(folder: DataFolder, release: Release) -> list[Change]:
    """Everything that a release changed, as it is written down; what is lost is made again first."""
    changes.counts(folder, release)
    path = folder.changes / release.publisher / release.dataset / str(release.number) / changes.RECORDS
    return [Change(*row.split("\t")) for row in path.read_text(encoding="utf-8").splitlines()]


def hows(folder: DataFolder, iri: str) -> list[str | None]:
    found = (changes.of_resource(folder, release(folder, number), iri) for number in (1, 2, 3))
    return [change.how if change else None for change in found]


def test_every_record_is_found_in_the_releases_that_changed_it(folder: DataFolder) -> None:
    assert hows(folder, f"{BASE}/id/asset/1") == ["added", "changed", "removed"]
    assert hows(folder, f"{BASE}/id/asset") == [None, None, None]
    for number in (1, 2, 3):
        found = records(folder, release(folder, number))
        assert found == sorted(found, key=lambda change: change.iri)
        for change in found:
            assert changes.of_resource(folder, release(folder, number), change.iri) == change


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_is_lost_is_made_again(folder: DataFolder, number: int) -> None:
    before = records(folder, release(folder, number)), changes.counts(folder, release(folder, number))
    changes.forget(folder, "kent", "assets")
    changes.forget(folder, "kent", "assets")
    assert changes.of_resource(folder, release(folder, number), f"{BASE}/id/asset/1") is not None
    shutil.rmtree(folder.changes)
    assert (
        records(folder, release(folder, number)),
        changes.counts(folder, release(folder, number)),
    ) == before


def test_where_it_cannot_be_written_it_is_still_known(folder: DataFolder) -> None:
    before = changes.counts(folder, release(folder, 2))
    shutil.rmtree(folder.changes)
    folder.changes.write_text("no folder")
    assert changes.counts(folder, release(folder, 2)) == before
    assert changes.of_resource(folder, release(folder, 2), f"{BASE}/id/asset/1") is not None


def test_a_record_under_a_new_identifier_is_found_by_both(tmp_path: Path) -> None:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "../differences/moved/before.ttl")
    publish_one(folder, "assets", "../differences/moved/after.ttl")
    old, new = "https://area.example/id/asset/old", "https://area.example/id/asset/new"
    assert changes.of_resource(folder, release(folder, 2), new) == Change(new, "moved", ASSET, old)
    assert changes.of_resource(folder, release(folder, 2), old) == Change(old, "away", ASSET, new)


def test_news_come_newest_first_and_by_what_is_asked_for(folder: DataFolder, snapshot: Snapshot) -> None:
    def names(**asked: str) -> list[str]:
        return [f"{each.dataset}-{each.number}" for each in news(folder, snapshot, Wanted(**asked))]

    assert sorted(names()) == ["assets-1", "assets-2", "assets-3", "places-1"]
    issued = [each.issued for each in news(folder, snapshot, Wanted())]
    assert issued == sorted(issued, reverse=True)
    assert "places-1" not in names(class_=ASSET)
    assert names(publisher="surrey") == []
    assert names(since="9999") == []
    assert len(names(since=issued[-1])) == 4
    assert names(resource=f"{BASE}/id/asset/1") == ["assets-3", "assets-2", "assets-1"]


def test_news_say_what_a_release_did(folder: DataFolder, snapshot: Snapshot) -> None:
    wanted = Wanted(resource=f"{BASE}/id/asset/1")
    found = told(folder, snapshot, release(folder, 1), wanted)
    assert found.sentence.startswith("adds 2 assets")
    assert found.change is not None
    assert found.change.how == "added"


def test_an_earlier_snapshot_has_the_news_of_its_time(folder: DataFolder, snapshot: Snapshot) -> None:
    publish_one(folder, "places", "places-2.ttl")
    assert len(news(folder, snapshot, Wanted())) == 4
    assert len(news(folder, Snapshots(folder).current(), Wanted())) == 5
