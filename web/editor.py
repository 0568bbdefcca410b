"""What the editor of queries completes and starts from, as one small JSON document.

static/editor.js reads it; whoever builds an editor of their own may too.
"""

import json

from flask import Blueprint, Response

from kb.ask.completion import Offer, examples, offers
from kb.namespaces import PREFIXES
from web.negotiation import Format
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("editor", __name__)

JSON = Format("json", "application/json", "JSON")


@blueprint.get("/editor.json")
def completion() -> Response:
    """Prefixes, the classes and properties in use, and the published questions."""
    store = snapshot().store
    found = {
        "prefixes": PREFIXES,
        "classes": [_written(each) for each in offers(store, "class")],
        "properties": [_written(each) for each in offers(store, "property")],
        "questions": [
            {"title": each.title, "query": each.query, "needs": each.needed} for each in examples(store)
        ],
    }
    return respond(json.dumps(found, ensure_ascii=False), JSON)


def _written(offer: Offer) -> dict[str, str | int | None]:
    return {"iri": offer.iri, "label": offer.label, "uses": offer.uses}
