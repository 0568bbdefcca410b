"""What the tests of backups and of getting them back have in common."""

import os
from dataclasses import replace
from pathlib import Path

from store_cases import SETTINGS, new_folder, publish_one

from kb.store.folder import DataFolder
from kb.store.snapshots import ids, pin
from web.site import create_app

ADDRESSES = (
    "/doc/place/2.nt",
    "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7DORDER%20BY%20%3Fs%20%3Fp%20%3Fo&format=csv",
    "/datasets?format=ttl",
    "/snapshots?format=json",
    "/search?q=meregate&format=json",
)


def answers(folder: DataFolder) -> list[tuple[int, bytes]]:
    """What a site on the folder answers to each of ADDRESSES: status and body."""
    client = create_app(replace(SETTINGS, data=folder.root)).test_client()
    return [(answer.status_code, answer.data) for answer in map(client.get, ADDRESSES)]


def filled(root: Path) -> DataFolder:
    """Two datasets, three snapshots of which the first is pinned."""
    folder = new_folder(root)
    publish_one(folder, "assets", "assets-1.ttl")
    pin(folder, ids(folder)[0])
    publish_one(folder, "places", "places-1.ttl")
    publish_one(folder, "places", "places-2.ttl")
    return folder


def spoil(path: Path) -> None:
    """Another content of the same size and age, as a bad disk has it, under this name alone."""
    found, content = path.stat(), path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-9] + bytes(each ^ 255 for each in content[-9:]))
    os.utime(path, ns=(found.st_mtime_ns, found.st_mtime_ns))
