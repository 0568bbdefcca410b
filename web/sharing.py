"""Near buildings of different bodies that could be shared: a ranked list, a map and CSV, each reason in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.buildings.facets import Facet, facets
from kb.ask.buildings.sharing import DEFAULT, FITS, Pairs, Sought, pairs
from kb.ask.buildings.shown import Shown, links, shown
from kb.ask.buildings.told import Told, told
from kb.ask.buildings.wanted import Wanted, iri_of
from kb.ask.labels import Labels, labels_of
from kb.namespaces import concept
from kb.store.buildings.reasons import LEASE_YEARS, LITTLE
from kb.store.buildings.tables import Tables
from kb.store.buildings.uses import LEVELS
from kb.store.readable import Store
from web import paging
from web.addresses import href
from web.area_map import AreaMap, Spot, area_map
from web.buildings import select_options
from web.buildings_read import (
    CHUNK,
    PAGE,
    Words,
    counted,
    nothing_here,
    outlines,
    secured,
    settings,
    tables_here,
    whole_table,
)
from web.documents import address
from web.negotiation import CSV, HTML, choose
from web.question import href as question_href
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("sharing", __name__)

DISTANCES = (100, 250, 500, 1000, 2000)
"""Metres that the form offers, as far as pairs were sought."""

BODIES = 4
"""Bodies that are named as publishing no uses."""

MOST = 50_000
"""Pairs that a CSV holds, since each is put into words; its name and headers say so where there are more."""

_GROUPS = (("kind", "Kinds of body"), ("use", "Uses"), ("body", "Bodies"))
_HEADINGS = (
    *("building", "body", "uses", "postcode", "other_building", "other_body", "other_uses", "other_postcode"),
    *("metres", "how_well_uses_go_together", "why_uses_go_together", "source", "reasons", "other_reasons"),
    *("not_published", "address", "other_address", "longitude", "latitude", "other_longitude", "other_latitude"),
)
_LEVELS = {level: word for word, level in LEVELS.items()} | {0: "not known"}


@dataclass(frozen=True)
class Side:
    """One of the two choices: groups of (value, text, whether it is chosen), and of each what is not offered."""

    name: str
    label: str
    groups: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]
    left_out: tuple[tuple[str, int], ...]


@blueprint.get("/buildings/sharing")
def sharing() -> Response:
    """The pairs that are sought, in pages, or as CSV. Raises BadRequest."""
    format = choose((HTML, CSV))
    sought = _sought()
    found = tables_here()
    if found is None:
        return nothing_here("Buildings that could be shared")
    near = pairs(found, sought)
    if near is None:
        raise BadRequest(f"near={sought.near[:200]}: no building of that address is here. /buildings lists them.")
    store = snapshot().store
    if format is CSV:
        count = min(MOST, len(near))
        rows = _rows(store, found, near, count)
        return whole_table("buildings-that-could-be-shared", _HEADINGS, rows, count, len(near))
    page = paging.asked(len(near), PAGE)
    shares = _told(store, found, near, page.offset, page.size)
    offered = {each.name: each for each in counted("facets", Wanted(), lambda: facets(found, {}))}
    named = {each.iri for facet in offered.values() for each in facet.choices}
    named |= {body for body, _ in found.index.without_use[:BODIES] if body}
    labels = labels_of(store, named | _chosen_iris(found, sought) | _links(shares))
    body = render_template(
        "sharing.html",
        sought=sought,
        one=_side("one", "Buildings of", sought.one, offered, labels),
        other=_side("other", "near buildings of", sought.other, offered, labels),
        places=select_options(offered["place"], labels, sought.place) if "place" in offered else (),
        places_left_out=offered["place"].left_out if "place" in offered else 0,
        distances=[each for each in DISTANCES if each <= found.index.limit] or [found.index.limit],
        near=shown(found, [near.near])[0] if near.near is not None else None,
        pairs=near,
        page=page,
        shares=shares,
        never=_never(shares),
        levels=_LEVELS,
        labels=labels,
        without_use=found.index.without_use[:BODIES],
        everything=len(found.buildings),
        no_use=sum(count for _, count in found.index.without_use),
        index=found.index,
        words=Words(),
        map=_map(found, shares, page.offset + 1),
        csv=address(CSV),
        lease_years=LEASE_YEARS,
        little=round(LITTLE),
        sides=_in_words(sought, labels),
        question=question_href("buildings-near-each-other", [("within", str(sought.within))]),
        tiles=settings().tiles,
        attribution=settings().tiles_attribution,
    )
    return secured(respond(body, HTML, formats=[(CSV, address(CSV))], canonical=address()))


def _sought() -> Sought:
    said = {name: request.args.get(name, "").strip()[:500] for name in ("one", "other", "place", "near", "fit")}
    text = request.args.get("within", "").strip() or str(DEFAULT)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise BadRequest("within= takes whole metres.")
    if said["fit"] not in FITS:
        raise BadRequest("fit= takes well, possibly, or nothing.")
    return Sought(**said, within=int(text))


def _side(name: str, label: str, chosen: str, offered: dict[str, Facet], labels: Labels) -> Side:
    groups = []
    for kind, heading in _GROUPS:
        if facet := offered.get(kind):
            own = chosen.removeprefix(f"{kind}:") if chosen.startswith(f"{kind}:") else ""
            options = select_options(facet, labels, own)
            groups.append((heading, tuple((f"{kind}:{value}", text, marked) for value, text, marked in options)))
    left_out = ((heading.lower(), offered[kind].left_out) for kind, heading in _GROUPS if kind in offered)
    return Side(name, label, tuple(groups), tuple(each for each in left_out if each[1]))


def _iri(chosen: str) -> str:
    kind, _, value = chosen.partition(":")
    if kind == "body":
        return iri_of(value)
    return concept({"kind": "organisation-type", "use": "asset-use"}.get(kind, kind), value)


def _chosen_iris(found: Tables, sought: Sought) -> set[str]:
    known = {*found.index.places, *found.index.bodies, *found.index.codes, *chain(*found.index.kinds.values())}
    return {iri_of(sought.place), *(_iri(each) for each in (sought.one, sought.other))} & known


def _in_words(sought: Sought, labels: Labels) -> list[str]:
    """Both sides as they are called, "any body" where nothing is chosen."""
    return [labels.name(_iri(each)) if each else "any body" for each in (sought.one, sought.other)]


def _told(store: Store, found: Tables, near: Pairs, offset: int, size: int) -> list[Told]:
    part = near.part(offset, size)
    rows = sorted({row for one, other, *_ in part for row in (one, other)})
    buildings = {each.row: each for each in shown(found, rows)}
    labels = labels_of(store, links(buildings.values()))
    return [
        told(found.index, buildings[one], buildings[other], apart, labels, Words()) for one, other, apart, _ in part
    ]


def _never(shares: Sequence[Told]) -> tuple[str, ...]:
    """What is published of no building of these pairs, to be said once; nothing where there is one pair."""
    if len(shares) < 2:
        return ()
    return tuple(each for each in shares[0].neither if all(each in pair.neither for pair in shares))


def _links(shares: Sequence[Told]) -> set[str]:
    found = links(building for each in shares for building in (each.one, each.other))
    return found | {each.source for each in shares if each.source}


def _map(found: Tables, shares: Sequence[Told], first: int) -> AreaMap | None:
    numbers: dict[int, list[int]] = {}
    for number, each in enumerate(shares, start=first):
        for building in (each.one, each.other):
            numbers.setdefault(building.row, []).append(number)
    buildings = {building.row: building for each in shares for building in (each.one, each.other)}
    spots = [_spot(buildings[row], theirs) for row, theirs in numbers.items()]
    places = {row: place for place, row in enumerate(numbers)}
    lines = [(places[each.one.row], places[each.other.row]) for each in shares]
    words = f"{len(shares)} pairs of near buildings, joined by lines; the list below the map has each of them."
    return area_map(spots, outlines(found), words, lines)


def _spot(building: Shown, pairs: Sequence[int]) -> Spot:
    assert building.longitude is not None  # a pair has points
    assert building.latitude is not None
    at = (round(building.longitude, 6), round(building.latitude, 6))
    written = ", ".join(map(str, pairs))
    return Spot(*at, f"{building.name}, pair {written}", href(building.iri), number=written)


def _rows(store: Store, found: Tables, near: Pairs, count: int) -> Iterator[tuple[str, ...]]:
    for first in range(0, count, CHUNK):
        shares = _told(store, found, near, first, min(CHUNK, count - first))
        labels = labels_of(store, _links(shares))
        yield from (_row(each, labels) for each in shares)


def _row(each: Told, labels: Labels) -> tuple[str, ...]:
    def about(building: Shown) -> tuple[str, ...]:
        bodies, uses = ("; ".join(map(labels.name, iris)) for iris in (building.partners, building.uses))
        return building.name, bodies, uses, building.postcode

    def point(building: Shown) -> tuple[str, ...]:
        return tuple("" if value is None else f"{value:.6f}" for value in (building.longitude, building.latitude))

    spoken: dict[int, Any] = {building.row: "; ".join(said) for building, said in each.reasons}
    missing = "; ".join(f"{' and '.join(bodies)}: {', '.join(fields)}" for bodies, fields in each.unknown)
    rests_on = each.source or ("judgement of this project" if each.uses else "")
    return (
        *(*about(each.one), *about(each.other), f"{each.metres:.0f}", _LEVELS[each.level]),
        *(each.why, rests_on, spoken.get(each.one.row, "")),
        *(spoken.get(each.other.row, ""), missing, each.one.iri, each.other.iri),
        *(*point(each.one), *point(each.other)),
    )
