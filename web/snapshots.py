"""The snapshots that can be read: when each was made, of what, and which are kept for good."""

import json
from dataclasses import asdict

from flask import Blueprint, Response, current_app, render_template

from kb.store.serving import entries
from web.negotiation import HTML, Format, choose
from web.representation import respond

blueprint = Blueprint("snapshots", __name__)

JSON = Format("json", "application/json", "JSON")
FORMATS = ((JSON, "/snapshots?format=json"), (HTML, "/snapshots?format=html"))


@blueprint.get("/snapshots")
def all_snapshots() -> Response:
    """Every snapshot that is kept, the newest first; never kept by caches, for pins change without a publication."""
    format = choose([each for each, _ in FORMATS])
    found = entries(current_app.config["SETTINGS"])[::-1]
    if format is JSON:
        body = json.dumps({"snapshots": [asdict(each) for each in found]}, indent=1) + "\n"
    else:
        body = render_template("snapshots.html", snapshots=found)
    return respond(body, format, formats=FORMATS, validated=False)
