"""What the tests of withdrawal share: a folder with a record that must go, and where its traces are looked for."""

import gzip
from dataclasses import replace
from pathlib import Path

from store_cases import BASE, SETTINGS, passing

from kb.store import snapshots
from kb.store.folder import DataFolder
from kb.store.publication import PublicationRequest, publish
from kb.store.state import State

CASES = Path(__file__).parent / "withdrawal"
RECORD = f"{BASE}/id/asset/zanzibar-house"
RULE = "Personal data; decision 12 of the data protection officer"
TRACES = ("zanzibar", "zh-7731", "marrowby", "zz99", "1234.5")
"""In small letters: what must stand nowhere after the record was withdrawn."""


def published(root: Path, *names: str) -> DataFolder:
    """A data folder in which Kent published each file as the next release of its assets; the first is pinned."""
    folder = DataFolder(root / "data")
    State(folder).add_publisher("kent", BASE)
    for name in names or ("assets-1.ttl", "assets-2.ttl"):
        publish_file(folder, CASES / name)
    snapshots.pin(folder, snapshots.ids(folder)[0])
    return folder


def publish_file(folder: DataFolder, path: Path) -> None:
    """Publishes a file as the next release of the assets of Kent."""
    settings = replace(SETTINGS, data=folder.root)
    publish(folder, [PublicationRequest("kent", "assets", (path,))], settings, checker=passing)


def traces(root: Path) -> set[str]:
    """The traces that stand in the bytes of any file below, unpacked where it is packed, or in its name."""
    found = set()
    for path in root.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        text = f"{path.name}\n".encode() + content
        found.update(trace for trace in TRACES if trace.encode() in text.lower())
    return found
