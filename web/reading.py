"""The snapshot that a request reads, and what is remembered of it from one request to the next."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from sys import getsizeof
from typing import Any, TypeVar

from flask import current_app, g, request
from werkzeug.exceptions import BadRequest

from kb.ask.graphs import names
from kb.config import Settings
from kb.errors import NotFound, StoreMissing
from kb.namespaces import HOME, base_of_graph
from kb.store.folder import DataFolder
from kb.store.serving import snapshots
from kb.store.snapshots import Snapshot
from web.as_at import PARAMETER

REMEMBERED = 50_000
"""Addresses of pages that are kept in memory for one snapshot."""

PARTS = 20_000
"""Links, as pages have them, that are kept so; some 600 bytes each."""

BYTES = 25_000_000
"""What either may take: twice what it does where IRIs and names are as long as people make them."""

SNAPSHOTS = 3
"""Snapshots for which such things are kept, the ones that were read last."""

_BUILT_OF = frozenset((".py", ".html", ".xml", ".txt", ".csv", ".rq", ".css", ".js"))
"""Suffixes of the files that decide what a page looks like."""

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """What is kept of one kind; emptied where there would be more than `most`, or BYTES of texts."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0

    def keep(self, key: K, value: V, *texts: str) -> V:
        """Keeps the value, and gives it back; `texts` are those that the key and the value consist of."""
        size = sum(map(getsizeof, texts))
        if len(self) >= self._most or self._bytes + size > BYTES:
            self.clear()
            self._bytes = 0
        self._bytes += size
        self[key] = value
        return value


class Reader:
    """The data folder as the site reads it; `build` stands for the code and templates, in every ETag."""

    def __init__(self, settings: Settings) -> None:
        self.folder = DataFolder(settings.data)
        self.snapshots = snapshots(settings, checked=True)
        self.build = _build()
        self._bases: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._pages: OrderedDict[str, Kept[str, str]] = OrderedDict()
        self._parts: OrderedDict[str, Kept[tuple[str, ...], Any]] = OrderedDict()

    def bases(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The home and the base of every publisher that has a graph, by which a copy of the snapshot is enough."""

        def read() -> tuple[str, ...]:
            others = {base_of_graph(name) for name in names(snapshot.store)} - {None, HOME}
            return (HOME, *sorted(filter(None, others)))

        return _kept(self._bases, snapshot.id, read)

    def pages(self, snapshot: Snapshot) -> Kept[str, str]:
        """IRI → its page in a snapshot, as far as links to it were made."""
        return _kept(self._pages, snapshot.id, lambda: Kept(REMEMBERED))

    def parts(self, snapshot: Snapshot) -> Kept[tuple[str, ...], Any]:
        """What was rendered for pages of a snapshot and is the same on others."""
        return _kept(self._parts, snapshot.id, lambda: Kept(PARTS))


def _kept(known: OrderedDict[str, T], id: str, read: Callable[[], T]) -> T:
    """What is known for a snapshot, read where it is not; of more than SNAPSHOTS the one not read longest is let go."""
    # Not move_to_end, which fails where another thread lets it go meanwhile.
    found = known.pop(id, None)
    if found is None:
        found = read()
    known[id] = found
    while len(known) > SNAPSHOTS:
        known.popitem(last=False)
    return found


def reader() -> Reader:
    """The reader of the application that answers."""
    found = current_app.extensions["reader"]
    assert isinstance(found, Reader)
    return found


PINS = "whatworks.pins"
"""In the WSGI environment: whether the answer tells what is pinned, which changes without another snapshot."""


PINNED = "whatworks.pinned"
"""In the WSGI environment: the ids of those that were pinned when the request came, where that was looked up."""


def pins() -> frozenset[str]:
    """The ids of the snapshots that are pinned now, for an answer that tells it."""
    request.environ[PINS] = True
    found: frozenset[str] | None = request.environ.get(PINNED)
    return reader().snapshots.pins() if found is None else found


def snapshot() -> Snapshot:
    """The snapshot that this request reads, the same from its first to its last line.

    It is the one that the address names by `snapshot=`, else the current one. Raises StoreMissing, BadRequest where
    two are named, and as `Snapshots.at` does.
    """
    found: Snapshot | None = g.get("snapshot")
    if found is None:
        ids = {id for id in request.args.getlist(PARAMETER) if id}
        if len(ids) > 1:
            raise BadRequest("The address names more than one snapshot; name one.")
        found = _choose(ids.pop() if ids else None)
    return found


def read_at(*ids: str | None) -> None:
    """Makes the request read the snapshot that its body names, or what its address stands for; without one, as it is.

    Raises BadRequest where another is named, there or by the address, and as `snapshot` does.
    """
    snapshot()
    if drafted() and any(ids):
        raise BadRequest("The request names a draft and a snapshot; name one.")
    wanted = {id for id in (*ids, named()) if id}
    if len(wanted) > 1:
        raise BadRequest(f"More than one snapshot is named, {' and '.join(sorted(wanted))}; name one.")
    for id in wanted - {named()}:
        _choose(id)


def named() -> str | None:
    """The id of the snapshot that this request names; None where it reads whatever is current."""
    id: str | None = g.get("named")
    return id


def drafted() -> str | None:
    """The id of the submission that this request reads as it would look, which web.drafts has chosen; else None."""
    id: str | None = g.get("draft")
    return id


def derived(read: Callable[[], T]) -> T:
    """What was derived from the snapshot of the request. Raises NotFound where it is absent.

    It may be there a moment later under the same id, so what is answered without it must be remembered by nobody; but
    of a draft, or with an engine elsewhere, nothing is ever derived.
    """
    try:
        return read()
    except NotFound:
        g.incomplete = not (drafted() or current_app.config["SETTINGS"].store)
        raise


def incomplete() -> bool:
    """Whether something was absent that may come while the snapshot stays the same."""
    return bool(g.get("incomplete"))


def known_pages() -> Kept[str, str]:
    """What `Reader.pages` gives for the snapshot of this request; a page has many links. Raises as `snapshot`."""
    found: Kept[str, str] | None = g.get("pages")
    if found is None:
        found = g.pages = reader().pages(snapshot())
    return found


def known_parts() -> Kept[tuple[str, ...], Any]:
    """What `Reader.parts` gives for the snapshot of this request; nothing where there is none to read."""
    found: Kept[tuple[str, ...], Any] | None = g.get("parts")
    if found is None:
        try:
            found = g.parts = reader().parts(snapshot())
        except StoreMissing:  # the page of a submission, where nothing has been published yet
            found = g.parts = Kept(PARTS)
    return found


def _choose(id: str | None) -> Snapshot:
    found = reader().snapshots.at(id) if id else reader().snapshots.current()
    g.snapshot, g.named, g.pages, g.parts = found, id, None, None
    return found


def _build() -> str:
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for folder in (root, root.parent / "kb"):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in _BUILT_OF and "vendor" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
