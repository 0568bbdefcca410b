"""The records of one dataset: how many of what, their list by name, where they are, and all of them as a table."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask import graphs
from kb.ask.dataset_records import RecordKind, record_kind, record_kinds, record_page, record_points, sheet_of
from kb.ask.graphs import Graph
from kb.ask.labels import labels_of
from kb.ask.memory import once
from kb.ask.published_rows import published_rows
from kb.errors import NotFound, ReleaseDamaged
from kb.protocols.templates import tables
from kb.store.completeness import of_release
from kb.store.distributions.index import Distribution
from kb.store.releases import Release
from web import dumps, paging, point_map, turns
from web.asking import client
from web.documents import address
from web.geometry import WKT
from web.listing import listing
from web.negotiation import CSV, HTML, choose
from web.point_map import PointMap
from web.reading import reader, snapshot
from web.representation import respond

blueprint = Blueprint("dataset_records", __name__)

MOST = 400_000
"""Triples of a dataset whose records are written as a table while somebody waits."""

AT_ONCE = 1
"""Such tables that are made at a time in each worker."""

MAPS = 100
"""Maps of datasets that are kept in memory for a snapshot, some 300 bytes a point."""

FORMATS = (HTML, CSV)


def install(app: Flask) -> None:
    """Gives the application its count of tables that are being made."""
    turns.install(app, "record tables", "tables of records are being made", AT_ONCE, 1)


@dataclass(frozen=True)
class Held:
    """Records of a kind in a dataset: their list, and all of them as CSV (empty where there is none)."""

    kind: RecordKind
    page: str
    csv: str


@dataclass(frozen=True)
class Contents:
    """What a dataset is to those who look for its records; `complete` is 0 to 1, None where it was not measured."""

    graph: Graph
    release: Release | None
    held: tuple[Held, ...]
    map: PointMap | None
    downloads: tuple[Distribution, ...]
    complete: float | None


def contents(graph: Graph, release: Release | None) -> Contents:
    """What the named graph holds, with the latest release of its dataset."""
    store = snapshot().store
    kinds = record_kinds(store, graph.iri)
    index = dumps.index()
    small = _triples(graph) <= MOST
    return Contents(
        graph,
        release,
        tuple(_held(graph.iri, each, small) for each in kinds),
        next((drawn for each in kinds[:3] if (drawn := _map(graph.iri, each))), None),
        tuple(index.of("dataset", graph.dataset.iri)) if index and graph.dataset else (),
        _complete(release),
    )


def graph_of(iri: str) -> Graph | None:
    """The named graph of the dataset of this IRI; None for what is no dataset with one here."""
    if "/id/dataset/" not in iri:
        return None
    found = graphs.graphs(snapshot().store)
    return next((each for each in found if each.dataset and each.dataset.iri == iri), None)


@blueprint.get("/graph/records")
def listed() -> Response:
    """The records of the kind `?kind=` in the named graph `?uri=`, by name; as CSV all, in columns of a protocol.

    Raises NotFound, BadRequest, BadInput where the graph is too large for a table, TooBusy.
    """
    iri = request.args.get("uri")
    if not iri:
        raise BadRequest("Say which graph: /graph/records?uri= and its IRI, &kind= and the kind. /datasets lists them.")
    store = snapshot().store
    graph = graphs.graph(store, iri)
    kind = record_kind(store, iri, request.args.get("kind", ""))
    format = choose(FORMATS)
    sheet = sheet_of(kind)
    formats = [(CSV, address(CSV))] if sheet and _triples(graph) <= MOST else []
    if format is CSV:
        if sheet is None:
            raise NotFound(f"{kind.term.plural}: no protocol has columns for them; the dataset can be had as RDF")
        protocol, record = sheet
        with turns.of("record tables").taken(client()):
            rows = published_rows(store, iri, protocol, labels=False, at_most=MOST).rows[record.id]
            body = tables.table(record, rows, filled=True)
        response = respond(body, CSV, formats=formats, canonical=address())
        name = f"{iri.rpartition('/')[2]}-{tables.slug(record)}.csv"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response
    page = paging.asked(kind.count)
    found = record_page(store, iri, kind, page.size, page.offset)
    names = {value for each in found for value in (each.iri, *each.links())}
    labels = labels_of(store, {graph.name, *names})
    body = render_template(
        "dataset-records.html",
        graph=graph,
        kind=kind,
        page=page,
        labels=labels,
        listing=listing(found, kind.columns),
        formats=[(each.title, each.media_type, link) for each, link in formats],
    )
    return respond(body, HTML, formats=formats, canonical=address())


def _complete(release: Release | None) -> float | None:
    """How complete a release is; None too where its files are not here, or damaged: the page says all else."""
    try:
        point = of_release(reader().folder, release) if release else None
    except ReleaseDamaged:
        return None
    return point.completeness if point else None


def _held(graph: str, kind: RecordKind, small: bool) -> Held:
    page = f"/graph/records?{urlencode({'uri': graph, 'kind': kind.slug})}"
    return Held(kind, page, f"{page}&format=csv" if small and sheet_of(kind) else "")


def _map(graph: str, kind: RecordKind) -> PointMap | None:
    """The map of the records of a kind, drawn once for a snapshot; how many are not on it is told too."""
    # In a tuple, since None would not be kept.
    drawn = once(snapshot().store, "record maps", f"{kind.slug} {graph}", lambda: (_drawn(graph, kind),), MAPS)
    return drawn[0]


def _drawn(graph: str, kind: RecordKind) -> PointMap | None:
    found = record_points(snapshot().store, graph, kind, point_map.MOST)
    rows = [
        {"r": {"type": "uri", "value": thing}, "point": {"type": "literal", "datatype": WKT, "value": point}}
        for thing, point in found
    ]
    drawn = point_map.point_map(("r", "point"), rows, labels_of(snapshot().store, (thing for thing, _ in found)))
    if drawn is None:
        return None
    return replace(drawn, left_out=max(0, kind.count - (len(rows) - drawn.left_out)))


def _triples(graph: Graph) -> int:
    stated: Any = graph.dataset.first("void:triples") if graph.dataset else None
    return int(stated) if stated and stated.isdecimal() else MOST
