"""The snapshots that can be read: when each was made, of what, and which are kept for good."""

from flask import Blueprint, Response, current_app, render_template

from kb.store.serving import entries
from web.negotiation import HTML, choose
from web.representation import respond

blueprint = Blueprint("snapshots", __name__)


@blueprint.get("/snapshots")
def all_snapshots() -> Response:
    """Every snapshot that is kept, the newest first; never kept by caches, for pins change without a publication."""
    format = choose((HTML,))
    found = entries(current_app.config["SETTINGS"])[::-1]
    return respond(render_template("snapshots.html", snapshots=found), format, validated=False)
