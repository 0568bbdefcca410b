"""A read replica: another data folder with copies of `snapshots/{id}` and `current`, served by another application."""

import os
import shutil
from pathlib import Path

from store_cases import new_folder, publish_one

from kb import config
from kb.store.folder import DataFolder
from web import create_app


def copy(source: DataFolder, target: DataFolder) -> None:
    """What docs/outgrowing.md has an operator do: the folder first, under a name of its own, then the link."""
    id = os.readlink(source.current)
    if not (target.root / id).exists():
        target.snapshots.mkdir(parents=True, exist_ok=True)
        half = target.snapshots / ".tmp-copy"
        shutil.copytree(source.root / id, half)
        half.rename(target.root / id)
    link = target.root / ".tmp-current"
    link.symlink_to(id)
    link.rename(target.current)


def test_a_running_replica_follows_its_copies(tmp_path: Path) -> None:
    source, target = new_folder(tmp_path), DataFolder(tmp_path / "replica")
    publish_one(source, "places", "places-1.ttl")
    copy(source, target)
    first, second = (create_app(config.load({}, data=each.root)).test_client() for each in (source, target))
    for files in (None, "places-2.ttl"):
        if files is not None:
            publish_one(source, "places", files)
            assert b"Meregate" not in second.get("/doc/place/2.nt").data, "it was not copied yet"
            copy(source, target)
        for path in ("/", "/id/place/2", "/doc/place/2", "/doc/place/2.nt"):
            one, other = first.get(path), second.get(path)
            assert (other.status_code, other.data) == (one.status_code, one.data)
            assert other.headers.get("ETag") == one.headers.get("ETag")
            assert other.headers["X-Snapshot"] == one.headers["X-Snapshot"]
    assert b"Meregate" in second.get("/doc/place/2.nt").data
