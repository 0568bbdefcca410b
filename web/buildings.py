"""Buildings on a map and in a list with the same choices, and all that fit them as CSV."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.buildings.facets import Facet, facets, registers
from kb.ask.buildings.grid import Box, Cell, cells, extent
from kb.ask.buildings.order import SORTS, ordered
from kb.ask.buildings.outlines import drawn
from kb.ask.buildings.shown import Shown, links, shown
from kb.ask.buildings.told import BASES, basis_in_words
from kb.ask.buildings.wanted import LISTS, Wanted, all_of, iri_of, masks
from kb.ask.labels import Labels, labels_of
from kb.namespaces import concept
from kb.store.buildings.tables import Tables
from kb.store.readable import Store
from web import paging
from web.addresses import href
from web.area_map import AreaMap, Spot, area_map
from web.buildings_read import (
    CHUNK,
    PAGE,
    Words,
    changed,
    counted,
    nothing_here,
    outlines,
    secured,
    settings,
    tables_here,
    whole_table,
)
from web.documents import address
from web.geometry import latitude_in_words, longitude_in_words, on_earth
from web.negotiation import CSV, HTML, Format, choose
from web.reading import snapshot
from web.representation import here, respond
from web.values import number

blueprint = Blueprint("buildings", __name__)

JSON = Format("json", "application/json", "JSON")
CHOICES = {
    "place": "Place",
    "use": "Use",
    "body": "Body",
    "occupier": "Occupier",
    "kind": "Kind of body",
    "tenure": "Tenure",
    "condition": "Condition",
    "status": "Status",
}
"""Choices by what they are called."""

ORDERS = {
    "name": "Name",
    "size": "Size, largest first",
    "cost": "Running cost per m², dearest first",
    "utilisation": "Utilisation, least used first",
    "condition": "Condition, worst first",
}

FIGURES = {
    "condition": "Condition",
    "utilisation": "Utilisation",
    "size": "Size",
    "cost_per_m2": "Running cost per m²",
}
"""What a row shows of each building where any of its page has it."""

_HEADINGS = (
    *("name", "body", "occupiers", "holders", "uses", "status", "tenure", "postcode", "town", "uprn", "identifier"),
    *("condition", "condition_year", "utilisation_percent", "utilisation_year", "size_m2", "size_basis"),
    *("running_cost_a_year", "running_cost_per_m2", "running_cost_basis", "running_cost_year", "lease_break"),
    *("lease_expiry", "longitude", "latitude", "precision", "near_buildings_of_others", "address"),
)


@dataclass(frozen=True)
class Select:
    """A choice in the form; options are (value, text with the number of buildings, whether it is chosen)."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]
    left_out: int


@blueprint.get("/buildings")
def all_buildings() -> Response:
    """The buildings that fit what is chosen: a map, a list in pages, or all of them as CSV. Raises BadRequest."""
    format = choose((HTML, CSV))
    wanted, sort = _wanted(), _sort()
    found = tables_here()
    if found is None:
        return nothing_here("Buildings")
    fitting = masks(found, wanted)
    mask = all_of(found, fitting)
    order = ordered(found, mask, sort)
    if format is CSV:
        rows = _rows(snapshot().store, found, order.rows)
        return whole_table("buildings", _HEADINGS, rows, len(order.rows), len(order.rows))
    page = paging.asked(len(order.rows), PAGE)
    buildings = shown(found, order.rows[page.offset : page.offset + page.size])
    offered = counted("facets", wanted, lambda: facets(found, fitting))
    labels = labels_of(snapshot().store, {*links(buildings), *_named(found, offered, wanted)})
    body = render_template(
        "buildings.html",
        wanted=wanted,
        sort=sort,
        orders=ORDERS,
        selects=[_select(each, wanted, labels) for each in offered],
        chosen=list(_chosen(wanted, labels)),
        everything=len(found.buildings),
        registers=len(registers(found, len(found.index.bodies)).choices),
        page=page,
        buildings=buildings,
        labels=labels,
        bases=BASES,
        figures={name: heading for name, heading in FIGURES.items() if _said(buildings, name)},
        absent=[heading.lower() for name, heading in FIGURES.items() if not _said(buildings, name)],
        costs={each.iri: _cost(found, each) for each in buildings},
        order=order,
        basis=basis_in_words(found.index.bases[order.basis], labels) if order.basis >= 0 else "",
        index=found.index,
        map=_map(found, mask, wanted),
        unplaced=_unplaced(found, mask),
        whole=changed(**{"in": None}),
        csv=address(CSV),
        points=_points(),
        tiles=settings().tiles,
        attribution=settings().tiles_attribution,
    )
    return secured(respond(body, HTML, formats=[(CSV, address(CSV))], canonical=address()))


@blueprint.get("/buildings/map.json")
def points() -> Response:
    """What the map shows in `in=` west,south,east,north: marks for one building or many, for a script."""
    wanted = _wanted()
    found = tables_here()
    told: dict[str, Any] = {"marks": []}
    if found is not None:
        told["marks"] = [
            {
                "at": [each.latitude, each.longitude],
                "buildings": each.buildings,
                "name": each.name,
                "href": here(each.href),
            }
            for each in _spots(found, all_of(found, masks(found, wanted)), wanted)
        ]
    return respond(json.dumps(told, ensure_ascii=False), JSON)


@blueprint.get("/buildings/outlines.json")
def outlines_json() -> Response:
    """The outlines behind the map as GeoJSON (RFC 7946), simplified to some 100 m."""
    found = tables_here()
    shapes = outlines(found) if found is not None else ()
    box = (-180.0, -90.0, 180.0, 90.0)
    features = [
        {
            "type": "Feature",
            "properties": {"name": each.name},
            "geometry": {"type": "MultiLineString", "coordinates": [_rounded(ring) for ring in each.rings]},
        }
        for each in (drawn(shapes, box, 0.001) if shapes else ())
    ]
    told = {"type": "FeatureCollection", "features": features}
    return respond(json.dumps(told, ensure_ascii=False), JSON)


def select_options(facet: Facet, labels: Labels, chosen: str) -> tuple[tuple[str, str, bool], ...]:
    """The choices of a facet as options, by name; codes of condition in their order."""
    known = [(labels.name(each.iri), each) for each in facet.choices]
    known.sort(key=lambda pair: pair[0].casefold())
    options = [(each.value, f"{name} ({number(each.buildings)})", each.value == chosen) for name, each in known]
    if chosen and not any(marked for _, _, marked in options):
        iri = _iri(facet.name, chosen)
        options.append((chosen, labels.name(iri) if iri in labels else chosen, True))
    return tuple(options)


def _wanted() -> Wanted:
    said = {name: request.args.get(name, "").strip()[:500] for name in ("q", *CHOICES)}
    return Wanted(**said, within=_box(request.args.get("in", "").strip()))


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise BadRequest("in= takes west, south, east and north in degrees, with commas between.") from None
    if not (on_earth(west, south) and on_earth(east, north) and west <= east and south <= north):
        raise BadRequest("in= takes west, south, east and north in degrees, in this order.")
    return west, south, east, north


def _sort() -> str:
    sort = request.args.get("sort", "").strip() or SORTS[0]
    if sort not in SORTS:
        raise BadRequest(f"sort={sort[:100]}: no such order; there are {', '.join(SORTS)}.")
    return sort


def _select(facet: Facet, wanted: Wanted, labels: Labels) -> Select:
    options = select_options(facet, labels, getattr(wanted, facet.name))
    return Select(facet.name, CHOICES[facet.name], options, facet.left_out)


def _named(found: Tables, offered: Sequence[Facet], wanted: Wanted) -> Iterator[str]:
    """All that the form and the words above the list name."""
    for facet in offered:
        yield from (each.iri for each in facet.choices)
    known = {*found.index.places, *found.index.bodies, *chain(*found.index.kinds.values())}
    yield from ({_iri(name, getattr(wanted, name)) for name in ("place", "body", "occupier", "kind")} & known)
    yield from (iri for basis in found.index.bases for iri in basis if "://" in iri)


def _chosen(wanted: Wanted, labels: Labels) -> Iterator[tuple[str, str]]:
    """What is chosen in words, each with the address without it."""
    if wanted.q:
        yield f"“{wanted.q}”", changed(q=None)
    for name, label in CHOICES.items():
        value = getattr(wanted, name)
        if value:
            yield f"{label}: {labels.name(_iri(name, value))}", changed(**{name: None})
    if wanted.within:
        yield "Part of the map", changed(**{"in": None})


def _iri(name: str, value: str) -> str:
    if name in ("place", "body", "occupier"):
        return iri_of(value)
    return concept(LISTS.get(name, "organisation-type"), value)


def _map(found: Tables, mask: Any, wanted: Wanted) -> AreaMap | None:
    spots = _spots(found, mask, wanted)
    many = sum(each.buildings for each in spots)
    words = f"{number(many)} buildings" if many != 1 else "1 building"
    return area_map(spots, outlines(found), f"{words}; the list below the map has each of them.")


def _spots(found: Tables, mask: Any, wanted: Wanted) -> list[Spot]:
    close = counted("cells", wanted, lambda: _cells(found, mask, wanted.within))
    alone = shown(found, [each.row for each in close if each.row is not None])
    names = {each.row: each for each in alone}
    return [_spot(each, names) for each in close]


def _cells(found: Tables, mask: Any, box: Box | None) -> list[Cell]:
    around = box or extent(found, mask)
    return cells(found, mask, around) if around else []


def _spot(cell: Cell, names: dict[int, Shown]) -> Spot:
    if cell.row is not None:
        building = names[cell.row]
        name = building.name or building.identifier or building.iri
        return Spot(round(cell.longitude, 6), round(cell.latitude, 6), name, href(building.iri))
    where = f"{latitude_in_words(cell.latitude, 2)}, {longitude_in_words(cell.longitude, 2)}"
    west, south, east, north = cell.box
    # A little wider than the points, so that none of them is lost by rounding.
    corners = (west - 0.00001, south - 0.00001, east + 0.00001, north + 0.00001)
    near = changed(**{"in": ",".join(f"{each:.5f}" for each in corners), "sort": request.args.get("sort")})
    at = (round(cell.longitude, 5), round(cell.latitude, 5))
    words = f"{number(cell.buildings)} buildings around {where}"
    return Spot(*at, words, near.replace("/buildings/map.json", "/buildings"), cell.buildings)


def _points() -> str:
    """Where a script finds the marks of this map."""
    query = {name: value for name, value in request.args.items() if name not in ("page", "format", "in") and value}
    return f"/buildings/map.json?{urlencode(query)}" if query else "/buildings/map.json"


def _said(buildings: Sequence[Shown], name: str) -> bool:
    return any(getattr(each, name) not in (None, "") for each in buildings)


def _unplaced(found: Tables, mask: Any) -> int:
    longitude = found.buildings.numbers("longitude")[mask]
    return int((longitude != longitude).sum())


def _rounded(ring: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[round(x, 4), round(y, 4)] for x, y in ring]


def _rows(store: Store, found: Tables, rows: Any) -> Iterator[tuple[str, ...]]:
    for first in range(0, len(rows), CHUNK):
        buildings = shown(found, rows[first : first + CHUNK])
        labels = labels_of(store, links(buildings))
        for each in buildings:
            yield table_row(found, each, labels)


def table_row(found: Tables, each: Shown, labels: Labels) -> tuple[str, ...]:
    """A building as a row of the CSV."""

    def names(iris: Sequence[str]) -> str:
        return "; ".join(labels.name(iri) for iri in iris if iri)

    basis = basis_in_words(found.index.bases[each.basis], labels) if each.basis >= 0 else ""
    return (
        *(each.name, names([each.register_of]), names(each.occupiers), names(each.holders), names(each.uses)),
        *(names([each.status]), names(each.tenures), each.postcode, each.town, each.uprn),
        *(each.identifier, names([each.condition]), _year(each.condition_year), _plain(each.utilisation)),
        *(_year(each.utilisation_year), _plain(each.size), BASES.get(each.size_basis, ""), _plain(each.cost)),
        *(_plain(each.cost_per_m2), basis, _year(each.cost_year), each.break_, each.expiry),
        *(_plain(each.longitude), _plain(each.latitude), names([each.precision]), str(each.near), each.iri),
    )


def _cost(found: Tables, each: Shown) -> str:
    if each.cost_per_m2 is None:
        return ""
    return Words().money(each.cost_per_m2, found.index.bases[each.basis][1])


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _year(year: int) -> str:
    return str(year) if year else ""


