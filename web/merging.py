"""Registers of several bodies put together for a reorganisation: overlaps, probable duplicates, and what is missing."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest

from kb.ask.buildings.facets import registers
from kb.ask.buildings.merging import Change, Merged, because, change, changes, confidence, datasets_of, merged
from kb.ask.buildings.sharing import DEFAULT
from kb.ask.buildings.shown import Shown, links, shown
from kb.ask.buildings.wanted import iri_of, short
from kb.ask.comparability import Comparability, comparability, holders
from kb.ask.labels import Labels, labels_of
from kb.store.buildings.points import CROWD
from kb.store.buildings.same import METRES
from kb.store.buildings.tables import Tables
from kb.store.readable import Store
from web import paging
from web.buildings import select_options
from web.buildings_read import CHUNK, PAGE, nothing_here, secured, tables_here, whole_table
from web.comparing import MOST as DATASETS
from web.negotiation import CSV, HTML, choose
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("merging", __name__)

MOST = 20
"""Bodies that are put together at a time: a county's councils, with room to spare."""

OFFERED = 150
"""Bodies that the form offers, those with most buildings; who has chosen another keeps it."""

SHOWN = 10
"""Overlaps that the page shows; the finder of shared sites has all."""

PROTOCOL = "dp-01"

_HEADINGS = (
    *("how_sure", "because", "names_alike_percent", "metres", "building", "body", "uprn", "postcode", "identifier"),
    *("address", "other_building", "other_body", "other_uprn", "other_postcode", "other_identifier", "other_address"),
    "decision",
)


@blueprint.get("/buildings/merging")
def merging() -> Response:
    """The registers of the bodies `body=` (two or more), or of those that a reorganisation `change=` ends; as CSV the
    probable duplicates. Raises BadRequest.
    """
    format = choose((HTML, CSV))
    found = tables_here()
    if found is None:
        return nothing_here("Registers put together")
    store = snapshot().store
    known = changes(store)
    asked = _change(store, request.args.get("change", "").strip())
    bodies = _bodies(asked)
    if format is CSV and len(bodies) < 2:
        raise BadRequest("Name two bodies or more: body=, body=; or a reorganisation: change=.")
    together = merged(found, bodies) if len(bodies) > 1 else None
    if format is CSV:
        assert together is not None
        rows = _rows(store, found, together)
        return whole_table("probable-duplicates", _HEADINGS, rows, len(together.same), len(together.same))
    offered = registers(found, OFFERED, bodies)
    named = {each.iri for each in offered.choices}
    labels = labels_of(store, {*named, *bodies, *(each.iri for each in known)})
    body = render_template(
        "merging.html",
        options=select_options(offered, labels, ""),
        left_out=offered.left_out,
        chosen=[short(each) for each in bodies],
        bodies=bodies,
        change=asked,
        changes=known,
        labels=labels,
        formats=[("CSV", "text/csv", _csv())],
        **(_context(store, found, together, labels) if together else {"together": None}),
    )
    return secured(respond(body, HTML, formats=[(CSV, _csv())] if together else (), canonical=_address()))


def _context(store: Store, found: Tables, together: Merged, labels: Labels) -> dict[str, Any]:
    page = paging.asked(len(together.same), PAGE)
    duplicates = list(_duplicates(found, together.same[page.offset : page.offset + page.size]))
    overlaps = list(_overlaps(found, together.overlaps[:SHOWN]))
    used = [building for pair in duplicates for building in pair[:2]]
    used += [building for pair in overlaps for building in pair[:2]]
    labels.update(labels_of(store, links(used)))
    comparison = _comparison(store, found, together)
    return {
        "together": together,
        "without": [each for each, count in zip(together.bodies, together.buildings, strict=True) if not count],
        "having": [place for place, count in enumerate(together.buildings) if count],
        "page": page,
        "duplicates": duplicates,
        "overlaps": overlaps,
        "comparison": comparison,
        "comparing": f"/compare/data?{urlencode(_comparing(comparison))}" if comparison else "",
        "datasets": DATASETS,
        "close": METRES,
        "crowd": CROWD,
        "within": DEFAULT,
    }


def _change(store: Store, iri: str) -> Change | None:
    if not iri:
        return None
    found = change(store, iri_of(iri))
    if found is None:
        raise BadRequest(f"change={iri[:200]}: no such reorganisation is known here.")
    return found


def _bodies(asked: Change | None) -> list[str]:
    """The bodies chosen, and those that the reorganisation ends; raises BadRequest for too many."""
    chosen = [iri_of(each.strip()[:500]) for each in request.args.getlist("body") if each.strip()]
    bodies = list(dict.fromkeys((*chosen, *(asked.before if asked else ()))))
    for each in bodies:
        try:
            NamedNode(each)
        except ValueError:
            raise BadRequest(f"body={each[:200]}: no address of a body.") from None
    if len(bodies) > MOST:
        raise BadRequest(f"{len(bodies)} bodies are named; put at most {MOST} together.")
    return bodies


def _duplicates(found: Tables, places: Any) -> Iterator[tuple[Shown, Shown, str, str]]:
    """Both records of each pair, how sure it is that they are one building, and because of what."""
    same = found.same
    for one, other, place in _both(found, same.numbers("one")[places], same.numbers("other")[places], places):
        by, alike = int(same.numbers("by")[place]), int(same.numbers("alike")[place])
        yield one, other, confidence(by, alike), because(by, alike, _metres(same.numbers("metres")[place]))


def _overlaps(found: Tables, places: Any) -> Iterator[tuple[Shown, Shown, float]]:
    near = found.near
    for one, other, place in _both(found, near.numbers("one")[places], near.numbers("other")[places], places):
        yield one, other, float(near.numbers("metres")[place])


def _both(found: Tables, ones: Any, others: Any, places: Any) -> Iterator[tuple[Shown, Shown, int]]:
    buildings = {each.row: each for each in shown(found, sorted({int(row) for row in (*ones, *others)}))}
    for one, other, place in zip(ones, others, places, strict=True):
        yield buildings[int(one)], buildings[int(other)], int(place)


def _comparison(store: Store, found: Tables, together: Merged) -> Comparability | None:
    """How far the datasets can be compared in which the registers stand, as /compare/data has it."""
    datasets = sorted(datasets_of(store, found, together.bodies) & holders(store, PROTOCOL).keys())
    return comparability(store, PROTOCOL, datasets) if len(datasets) > 1 else None


def _comparing(comparison: Comparability) -> list[tuple[str, str]]:
    return [("protocol", PROTOCOL), *(("dataset", each) for each in comparison.datasets[:DATASETS])]


def _rows(store: Store, found: Tables, together: Merged) -> Iterator[tuple[str, ...]]:
    for first in range(0, len(together.same), CHUNK):
        places = together.same[first : first + CHUNK]
        pairs = list(_duplicates(found, places))
        labels = labels_of(store, links(building for pair in pairs for building in pair[:2]))
        for (one, other, sure, reason), place in zip(pairs, places, strict=True):
            metres = _metres(found.same.numbers("metres")[place])
            alike = str(found.same.numbers("alike")[place])
            about = (*_about(one, labels), *_about(other, labels))
            yield (sure, reason, alike, "" if metres is None else f"{metres:.0f}", *about, "")


def _about(building: Shown, labels: Labels) -> tuple[str, ...]:
    body = labels.name(building.register_of) if building.register_of else ""
    said = (building.name, body, building.uprn, building.postcode, building.identifier)
    return (*said, building.iri)


def _metres(value: Any) -> float | None:
    return float(value) if value == value else None


def _address(format: str = "") -> str:
    """This address, each of several bodies kept."""
    query = [(name, value) for name, values in request.args.lists() for value in values if name != "format"]
    query += [("format", format)] if format else []
    return f"{request.path}?{urlencode(query)}" if query else request.path


def _csv() -> str:
    return _address(CSV.suffix)
