"""The snapshot that a request reads, and the pages on this site of the IRIs in it."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlencode

from flask import current_app, g

from kb.ask.resource import exists
from kb.config import Settings
from kb.namespaces import HOME, compact
from kb.store.folder import DataFolder
from kb.store.snapshots import Snapshot, Snapshots
from kb.store.state import State

_KEPT = "/!$&'()*+,;=:@~-._"
"""Characters that a path may hold as they are (RFC 3986 §3.3), slashes included."""

_PLAIN = re.compile(r"[\w.~-]+/[\w.~-]+", re.ASCII)
"""A path that has one spelling only: nothing in it is ever percent-encoded (RFC 3986 §2.3)."""

_DOCUMENTS = (f"{HOME}/concept/", f"{HOME}/protocols/", f"{HOME}/def")
"""Starts of IRIs that are documents at the same path, not things that lead to one."""

REMEMBERED = 50_000
"""Addresses of pages that are kept in memory."""


class Reader:
    """The data folder as the site reads it; `build` stands for the code and templates, in every ETag."""

    def __init__(self, settings: Settings) -> None:
        self._folder = DataFolder(settings.data)
        self.snapshots = Snapshots(self._folder)
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


def things(path: str, bases: tuple[str, ...]) -> Iterator[str]:
    """The IRIs that `/id/{path}` may stand for, the likeliest first; `path` has its percent-encoding removed.

    Removing it loses what the IRI had encoded, so each spelling is tried: as little encoded as a path may be, with
    other scripts kept; with them encoded; and each part encoded in full, as `kb.namespaces.thing` mints it.
    """
    spellings = (path,) if _PLAIN.fullmatch(path) else _spellings(path)
    for base in bases:
        for spelling in spellings:
            yield f"{base}/id/{spelling}"


def _spellings(path: str) -> Iterable[str]:
    kind, _, slug = path.partition("/")
    return dict.fromkeys(
        (
            "".join(c if ord(c) > 127 else quote(c, safe=_KEPT) for c in path),
            quote(path, safe=_KEPT),
            f"{quote(kind, safe='')}/{quote(slug, safe='/')}",
            f"{quote(kind, safe='')}/{quote(slug, safe='')}",
        )
    )


def thing(read: Snapshot, path: str, bases: tuple[str, ...]) -> str | None:
    """The IRI in the store that `/id/{path}` stands for."""
    return next((iri for iri in things(path, bases) if exists(read.store, iri)), None)


def href(iri: str) -> str:
    """Where this site describes an IRI of the snapshot: the same path where a known base's, and no other has it."""
    if iri.startswith(_DOCUMENTS):
        return iri.removeprefix(HOME)
    read = snapshot()
    pages = reader().pages(read)
    found = pages.get(iri)
    if found is None:
        found = pages[iri] = _page(read, reader().bases(read), iri)
    return found


def elsewhere(iri: str) -> bool:
    """Whether the IRI is a web address of others: under no known base, and in no vocabulary with a prefix."""
    if not iri.startswith(("https://", "http://")) or not compact(iri).startswith("<"):
        return False
    return not iri.startswith(tuple(f"{base}/" for base in reader().bases(snapshot())))


def _page(read: Snapshot, bases: tuple[str, ...], iri: str) -> str:
    for base in bases:
        path = iri.removeprefix(f"{base}/id/")
        if path != iri and _leads(read, path, bases, iri):
            return f"/doc/{path}"
    return f"/resource?{urlencode({'uri': iri})}"


def _leads(read: Snapshot, path: str, bases: tuple[str, ...], iri: str) -> bool:
    """Whether `/id/{path}` stands for this IRI: it may, and the snapshot has none that comes before it."""
    if "?" in path or "#" in path:
        return False
    for other in things(unquote(path), bases):
        if other == iri:
            return True
        if exists(read.store, other):
            return False
    return False


def _build() -> str:
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for folder in (root, root.parent / "kb" / "ask"):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".py", ".html", ".rq", ".css", ".js") and "vendor" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
