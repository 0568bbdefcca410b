"""Downloads: the files of a snapshot, sent as they lie on disk, and where those of the current snapshot are."""

from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, redirect, send_file

from kb.errors import Gone, NotFound
from kb.store.distributions.index import CHECKSUMS, INDEX, Index, folder_of, read_index
from kb.store.folder import DataFolder
from web.reading import derived, reader, snapshot
from web.representation import KEPT_A_WHILE, REVALIDATE

blueprint = Blueprint("dumps", __name__)

IMMUTABLE = f"{KEPT_A_WHILE}, immutable"
"""A file of a snapshot never changes (RFC 8246), and is not kept longer, since a withdrawal may reach it."""

_TYPES = {INDEX: "application/json", CHECKSUMS: "text/plain"}


@blueprint.get("/dumps/current/<file>")
def current(file: str) -> Response:
    """302 to the file of the current snapshot. Raises NotFound."""
    if file not in _TYPES:
        _built(snapshot().id).file(file)
    response = redirect(address(file), 302)
    assert isinstance(response, Response)
    response.headers["Cache-Control"] = REVALIDATE
    return response


@blueprint.get("/dumps/<id>/<file>")
def dump(id: str, file: str) -> Response:
    """A file of a snapshot, whole or in part (RFC 9110 §14). Raises NotFound, Gone where the snapshot is retired."""
    snapshots = reader().snapshots
    if not snapshots.holds(id):
        snapshots.at(id)  # says why not; one that is there need not be opened
    index = _built(id)
    known = None if file in _TYPES else index.file(file)
    try:
        response = send_file(
            (folder_of(reader().folder, id) / file).resolve(),
            # What the bytes are; of a compressed file its compression, so that nobody unpacks it under way.
            mimetype=known.form.compressed or known.form.media_type if known else _TYPES[file],
            as_attachment=known is not None,
            download_name=f"what-works_{known.stem}-{id}.{known.form.suffix}" if known else None,
            etag=known.sha256 if known else f"{id}-{file}",
        )
    except FileNotFoundError as error:  # retired between the look and here
        raise Gone(f"{id}: this snapshot is kept no longer; /datasets lists what is current") from error
    response.headers["Cache-Control"] = IMMUTABLE
    response.headers["X-Snapshot"] = id
    return response


def address(file: str) -> str:
    """The path of a file of the snapshot that this request reads."""
    return f"/dumps/{snapshot().id}/{file}"


def index() -> Index | None:
    """What can be downloaded of the snapshot that this request reads; None while it is being built."""
    try:
        return derived(lambda: _built(snapshot().id))
    except NotFound:
        return None


def _built(id: str) -> Index:
    return _read(reader().folder.root, id)


@lru_cache(maxsize=8)
def _read(root: Path, id: str) -> Index:
    """The index of a snapshot, which never changes once it is there; raises NotFound until then, and asks again."""
    found = read_index(DataFolder(root), id)
    if found is None:
        raise NotFound(f"{id}: its downloads are being made, or it is older than there are any; try again in a minute")
    return found
