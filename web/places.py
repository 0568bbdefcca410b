"""The places that are here, by kind and by the larger place that they lie in, with what is recorded of each."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode

from kb.ask.labels import labels_of
from kb.ask.place_directory import REGION, Directory, counts, directory, points
from kb.ask.questions import written
from kb.errors import BadInput, near_it
from kb.namespaces import HOME, concept, expand
from kb.vocabulary import codes
from web import paging, point_map
from web.documents import page
from web.geometry import WKT
from web.reading import snapshot

blueprint = Blueprint("places", __name__)

COUNTED = (
    ("Pilots and work", ("ww:Pilot", "ww:Implementation")),
    ("Results", ("ww:Finding",)),
    ("Lessons", ("ww:LessonLearned", "ww:Barrier")),
    ("Money", ("ww:MonetaryStatement",)),
)
"""Columns of the list, and the classes that each counts."""


@blueprint.get("/places")
def all_places() -> Response:
    """Places of the kind `?type=` within `?region=`, by name, with a map of those that have a point."""
    store = snapshot().store
    every = directory(store)
    kind, region = _kind(), _region(every)
    found = every.chosen(kind, region)
    shown = paging.asked(len(found))
    rows = found[shown.offset : shown.offset + shown.size]
    kinds = Counter(each.kind for each in every.chosen("", region) if each.kind)
    regions = every.of_kind(REGION)
    around = {each.iri: [iri for iri in each.within if iri in every.places] for each in rows}
    named = {*kinds, *(each.iri for each in (*rows, *regions)), *(iri for within in around.values() for iri in within)}
    labels = labels_of(store, named)
    return page(
        "places.html",
        places=rows,
        around=around,
        counted=[heading for heading, _ in COUNTED],
        numbers=counts(store, [each.iri for each in rows], [set(map(expand, names)) for _, names in COUNTED]),
        kinds=sorted(kinds.items(), key=lambda item: (-item[1], labels.name(item[0]))),
        regions=regions,
        kind=kind,
        region=region,
        written=lambda iri: written(NamedNode(iri)),
        map=_map([each.iri for each in rows], labels),
        page=shown,
        labels=labels,
    )


def _kind() -> str:
    text = request.args.get("type", "").strip()
    code = text.removeprefix(concept("place-type", "")).removeprefix("place-type/")
    if code and code not in codes("place-type"):
        known = codes("place-type")
        raise BadInput(f"type={text[:100]}: no code of the list place-type{near_it(code[:100], known)}")
    return concept("place-type", code) if code else ""


def _region(every: Directory) -> str:
    text = request.args.get("region", "").strip()
    iri = f"{HOME}/id/{text if '/' in text else f'place/{text}'}" if text and "://" not in text else text
    if iri and iri not in every.places:
        raise BadInput(f"region={text[:200]}: no such place; /places lists them")
    return iri


def _map(places: list[str], labels: Any) -> point_map.PointMap | None:
    rows = [
        {"r": {"type": "uri", "value": place}, "point": {"type": "literal", "datatype": WKT, "value": point}}
        for place, point in points(snapshot().store, places)
    ]
    return point_map.point_map(("r", "point"), rows, labels)
