"""The snapshot that a request reads, and what is remembered of it from one request to the next."""

import hashlib
from pathlib import Path

from flask import current_app, g

from kb.config import Settings
from kb.namespaces import HOME
from kb.store.folder import DataFolder
from kb.store.serving import snapshots
from kb.store.snapshots import Snapshot
from kb.store.state import State

REMEMBERED = 50_000
"""Addresses of pages that are kept in memory."""


class Reader:
    """The data folder as the site reads it; `build` stands for the code and templates, in every ETag."""

    def __init__(self, settings: Settings) -> None:
        self._folder = DataFolder(settings.data)
        self.snapshots = snapshots(settings)
        self.build = _build()
        self._bases: tuple[str, tuple[str, ...]] = ("", (HOME,))
        self._pages: tuple[str, dict[str, str]] = ("", {})

    def bases(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The home and every publisher's base; read once for each snapshot: data of a new one brings one."""
        if self._bases[0] != snapshot.id:
            others = [publisher.base for publisher in State(self._folder).publishers()]
            self._bases = (snapshot.id, tuple(dict.fromkeys([HOME, *others])))
        return self._bases[1]

    def pages(self, snapshot: Snapshot) -> dict[str, str]:
        """IRI → its page, as far as links to it were made; emptied with a new snapshot and when it has grown large."""
        if self._pages[0] != snapshot.id or len(self._pages[1]) > REMEMBERED:
            self._pages = (snapshot.id, {})
        return self._pages[1]


def reader() -> Reader:
    """The reader of the application that answers."""
    found = current_app.extensions["reader"]
    assert isinstance(found, Reader)
    return found


def snapshot() -> Snapshot:
    """The snapshot that this request reads, the same from its first to its last line; raises StoreMissing."""
    if "snapshot" not in g:
        g.snapshot = reader().snapshots.current()
    found = g.snapshot
    assert isinstance(found, Snapshot)
    return found


def _build() -> str:
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for folder in (root, root.parent / "kb"):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".py", ".html", ".rq", ".css", ".js") and "vendor" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
