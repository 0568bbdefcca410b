"""The snapshots that can be read: when each was made, of what, and which are kept for good."""

from flask import Blueprint, Response, render_template

from kb.store.snapshots import list_snapshots
from web.negotiation import HTML, choose
from web.reading import reader
from web.representation import respond

blueprint = Blueprint("snapshots", __name__)


@blueprint.get("/snapshots")
def all_snapshots() -> Response:
    """Every snapshot that is kept, the newest first; never kept by caches, for pins change without a publication."""
    format = choose((HTML,))
    found = list_snapshots(reader().folder)[::-1]
    return respond(render_template("snapshots.html", snapshots=found), format, validated=False)
