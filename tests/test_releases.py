"""The archive: complete, checked by its sums, the same bytes for the same content, blind to what is half written."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from store_cases import CASES, new_folder, publish_one

from kb.errors import NotFound, ReleaseDamaged
from kb.store import releases
from kb.store.folder import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = new_folder(tmp_path)
    publish_one(folder, "assets", "assets-1.ttl", "places-1.ttl")
    return folder


def test_a_release_holds_what_was_sent_and_what_was_accepted(folder: DataFolder) -> None:
    path = releases.path_of(folder, "kent", "assets", 1)
    found = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    assert found == {
        "received/1-assets-1.ttl", "received/2-places-1.ttl", "accepted.nq.gz", "report.json.gz", "release.json"
    }  # fmt: skip
    assert (path / "received/1-assets-1.ttl").read_bytes() == (CASES / "assets-1.ttl").read_bytes()
    quads = gzip.decompress((path / "accepted.nq.gz").read_bytes()).splitlines()
    assert quads == sorted(set(quads))
    assert len(quads) == releases.read(folder, "kent", "assets", 1).triples == 15
    assert all(quad.endswith(b" <https://kent.example/id/graph/assets> .") for quad in quads)
    assert b'"1.50"' in b"".join(quads)


def test_release_json_says_who_what_and_when(folder: DataFolder) -> None:
    known = json.loads((releases.path_of(folder, "kent", "assets", 1) / "release.json").read_bytes())
    assert known["publisher"] == "kent"
    assert known["base"] == "https://kent.example"
    assert known["kind"] == "publication"
    assert known["issued"].endswith("Z")
    assert (known["violations"], known["warnings"]) == (0, 2)
    assert set(known["files"]) == {
        "received/1-assets-1.ttl", "received/2-places-1.ttl", "accepted.nq.gz", "report.json.gz"
    }  # fmt: skip


def test_the_same_content_is_the_same_bytes(folder: DataFolder, tmp_path: Path) -> None:
    other = new_folder(tmp_path / "other")
    publish_one(other, "assets", "places-1.ttl", "assets-1.ttl")
    sums = [releases.read(each, "kent", "assets", 1).files["accepted.nq.gz"] for each in (folder, other)]
    assert sums[0] == sums[1]


def test_lines_come_back_as_they_were_accepted(folder: DataFolder) -> None:
    release = releases.read(folder, "kent", "assets", 1)
    lines = releases.accepted(folder, release)
    assert lines == sorted(set(lines))
    assert b'<https://kent.example/id/place/2> <http://www.w3.org/2000/01/rdf-schema#label> "Margate"@en .' in lines


def test_damage_is_noticed(folder: DataFolder) -> None:
    path = releases.path_of(folder, "kent", "assets", 1) / "accepted.nq.gz"
    release = releases.read(folder, "kent", "assets", 1)
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(ReleaseDamaged, match="not the checksum"):
        releases.accepted(folder, release)
    path.unlink()
    with pytest.raises(ReleaseDamaged, match="restore it from a copy"):
        releases.accepted(folder, release)
    path.with_name("release.json").write_text("{")
    with pytest.raises(ReleaseDamaged, match="restore it from a copy"):
        releases.read(folder, "kent", "assets", 1)


def test_a_lost_file_is_noticed_before_it_is_needed(folder: DataFolder) -> None:
    release = releases.read(folder, "kent", "assets", 1)
    lost = releases.received(folder, release)["2-places-1.ttl"]
    lost.unlink()
    with pytest.raises(ReleaseDamaged, match="2-places-1.ttl: is lost; restore it from a copy"):
        releases.received(folder, release)
    with pytest.raises(ReleaseDamaged, match="not the checksum"):
        releases.accepted(folder, replace(release, files={}))


def test_what_is_half_written_is_no_release_and_is_cleared_away(folder: DataFolder) -> None:
    parent = folder.releases / "kent" / "assets"
    (parent / ".tmp-2" / "received").mkdir(parents=True)
    (folder.releases / "kent" / "places" / ".tmp-1").mkdir(parents=True)
    assert releases.datasets(folder) == [("kent", "assets")]
    assert [release.number for release in releases.all_releases(folder)] == [1]
    publish_one(folder, "assets", "assets-2.ttl")
    assert sorted(path.name for path in parent.iterdir()) == ["1", "2"]
    assert list(folder.releases.rglob(".tmp-*")) == []


def test_no_such_release(folder: DataFolder) -> None:
    assert releases.latest(folder, "kent", "none") is None
    with pytest.raises(NotFound, match="kent/none: no release 1"):
        releases.read(folder, "kent", "none", 1)
