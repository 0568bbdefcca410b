"""Public money that is counted in a place: charts and tables of each count, what they leave out, and the data."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest, NotFound

from kb.ask import count_context, counting, lists, payments
from kb.ask.binding import bind, read
from kb.ask.choosing import named_like
from kb.ask.labels import labels_of
from kb.ask.resource import exists
from kb.ask.summaries import Summary
from kb.ask.vocabulary import GRADES, levels
from kb.errors import NotFound as NotHere
from kb.store.payments.build import PaidYear
from web import counts
from web import paid as paid_view
from web.listing import amount, listing
from web.negotiation import CSV, HTML, QUERY, Format, choose
from web.page_table import as_csv, csv_lines
from web.reading import derived, reader, snapshot
from web.representation import respond

blueprint = Blueprint("money", __name__)

FORMATS = (CSV, QUERY, HTML)

ROWS_AT_ONCE = 1_000
"""Figures of a CSV that are written together."""

TABLES = {
    "figures": ("counted-figures", "The figures of each count"),
    "people": ("counted-people", "The people of the place, by year"),
    "words": ("counted-in-words", "What is said of it in words"),
    "bodies": ("counted-bodies", "The public bodies of the place"),
    "payments": (payments.QUERY, "Payments that they have published, by year"),
}
"""Name in `table=` → the query that answers it, and what it is."""

_STATED = ("ww:estimateStatus", "prov:hadPrimarySource", "ww:grade", "ww:contradicts")
"""Columns of what is said in words, and what else is read of it."""
_MORE = ("ww:start", "ww:end", "adms:status", "ww:priceBasis", "ww:moneyKind", "skos:prefLabel", "rdf:type")


@blueprint.get("/money")
def money() -> Response:
    """What is counted in `place` (IRI), or the places that have counts; one table of it as CSV, or its SPARQL.

    Raises NotFound for a place that is not known here, BadRequest for another table.
    """
    format = choose(FORMATS)
    place = request.args.get("place", "").strip()
    if not place:
        return _places(format)
    store = snapshot().store
    if not exists(store, place):
        raise NotFound(f"{place[:200]}: no place that is known here. /money lists those that have a count.")
    table = request.args.get("table", "figures")
    if table not in TABLES:
        raise BadRequest(f"table={table[:50]}: choose one of {', '.join(TABLES)}.")
    formats = [(each, _address(place, table, each)) for each in FORMATS]
    body: str | Iterator[bytes]
    if format is QUERY:
        body = _query(table, place)
    elif format is CSV:
        body = _CSV[table](place)
    else:
        body = render_template("money.html", **_page(place), formats=_links(formats))
    return respond(body, format, formats=formats, canonical=_address(place))


def _places(format: Format) -> Response:
    store = snapshot().store
    found = count_context.places(store)
    labels = labels_of(store, {iri for each in found for iri in (each.place, each.count)})
    formats = [(each, f"/money?{urlencode({'format': each.suffix})}") for each in FORMATS]
    body: str
    if format is QUERY:
        body = read("counted-places")
    elif format is CSV:
        body = as_csv(counts.PLACES_HEADINGS, counts.places_rows(found, labels))
    else:
        asked = request.args.get("q", "").strip()
        named = named_like(store, "ww:Place", asked)
        body = render_template(
            "money-places.html",
            table=counts.places_table(found, labels),
            asked=asked,
            named=named,
            labels=labels_of(store, named),
            query=read("counted-places"),
            formats=_links(formats),
        )
    return respond(body, format, formats=formats, canonical="/money")


def _page(place: str) -> dict[str, Any]:
    store = snapshot().store
    found = counting.counted(store, place, counting.MOST)
    known, series = count_context.people(store, place), count_context.price_series(store)
    owners = count_context.responsible(store, place)
    stated = _stated(place)
    without = [] if found.more else count_context.bodies_without_figures(store, place, found.counts)
    nearby = count_context.around(store, place)
    sources = {source for count in found.counts for figure in count.figures for source in figure.sources}
    paid = _paid(place)
    cited = lists.cells(store, sorted(sources), (*lists.CITATION, "dcterms:title")).values()
    shown = {
        *(iri for source in cited for iri in (source.iri, *source.links())),
        *(year.payer for year in paid or ()),
        *(place, *owners, *without, *counts.iris(found.counts), *series, *(other for other, _ in nearby)),
        *(iri for thing in stated for iri in (thing.iri, *thing.links())),
    }
    labels = labels_of(store, shown)
    names = " or ".join(sorted(map(labels.name, owners))[:2])
    missing = f"not published by {names}" if names else "not recorded here"
    absent = "not among the figures read here" if found.more else missing
    return {
        "place": place,
        "labels": labels,
        "views": [counts.view(count, labels, absent, known, series) for count in found.counts],
        "most": counting.MOST if found.more else None,
        "missing": missing,
        "statements": listing(stated, _STATED) if stated else None,
        "levels": levels(store, GRADES),
        "without": sorted(without, key=lambda iri: labels.name(iri).casefold()),
        "paid": None if paid is None else paid_view.view(paid, labels),
        "larger": [other for other, larger in nearby if larger],
        "smaller": [other for other, larger in nearby if not larger],
        "sources": cited,
        "tables": [(title, _query(name, place), _address(place, name, CSV)) for name, (_, title) in TABLES.items()],
    }


def _stated(place: str) -> list[Summary]:
    store = snapshot().store
    found = lists.cells(store, count_context.in_words(store, place), (*_STATED, *_MORE, *lists.AMOUNT))
    return list(found.values())


def _paid(place: str) -> list[PaidYear] | None:
    """What the bodies of the place paid; None where payments are not added up, as in a draft."""
    payers = count_context.bodies(snapshot().store, place)
    try:
        return derived(lambda: payments.paid_by(reader().folder, snapshot().id, payers))
    except NotHere:
        return None


def _query(table: str, place: str) -> str:
    return bind(read(TABLES[table][0]), place=NamedNode(place))


def _figures(place: str) -> Iterator[bytes]:
    """All figures, however many: they are written as they are read."""
    store = snapshot().store

    def parts() -> Iterator[bytes]:
        yield csv_lines([counts.CSV_HEADINGS]).encode()
        found = counting.figures(store, place)
        while some := list(islice(found, ROWS_AT_ONCE)):
            labels = labels_of(store, {iri for each in some for iri in counts.iris_of(each)})
            yield csv_lines(counts.csv_row(each, labels) for each in some).encode()

    return parts()


def _people(place: str) -> str:
    known = count_context.people(snapshot().store, place)
    labels = labels_of(snapshot().store, {each.source for each in known})
    rows = [
        (each.year, f"{each.people:f}", each.remark, labels.name(each.source) if each.source else "", each.observation)
        for each in known
    ]
    return as_csv(("year", "people", "remark", "source", "address"), rows)


def _words(place: str) -> str:
    stated = _stated(place)
    labels = labels_of(snapshot().store, {iri for thing in stated for iri in (thing.iri, *thing.links())})

    def named(thing: Summary, name: str) -> str:
        return "; ".join(labels.name(node.value) for node in thing.all(name))

    columns = ("ww:periodBasis", "ww:estimateStatus", "ww:priceBasis", "ww:grade", "prov:hadPrimarySource")
    rows = [
        (
            *(labels.name(thing.iri), amount(thing), thing.first("ww:start") or "", thing.first("ww:end") or ""),
            *(named(thing, name) for name in (*columns, "ww:contradicts")),
            thing.iri,
        )
        for thing in stated
    ]
    heads = ("statement", "amount", "start", "end", "per", "status", "price_basis", "evidence", "source", "contradicts")
    return as_csv((*heads, "address"), rows)


def _bodies(place: str) -> str:
    store = snapshot().store
    without = count_context.bodies_without_figures(store, place, counting.counted(store, place, None).counts)
    bodies = count_context.bodies(store, place)
    labels = labels_of(store, {*bodies, *(kind for kinds in bodies.values() for kind in kinds)})
    rows = [
        (labels.name(body), "; ".join(map(labels.name, kinds)), "no" if body in without else "yes", body)
        for body, kinds in bodies.items()
    ]
    return as_csv(("body", "kind", "counted_itself_or_by_kind", "address"), rows)


def _payments(place: str) -> str:
    found = _paid(place) or []
    return as_csv(paid_view.CSV_HEADINGS, paid_view.csv_rows(found, labels_of(snapshot().store, _payers(found))))


def _payers(found: list[PaidYear]) -> set[str]:
    return {year.payer for year in found}


_CSV: dict[str, Callable[[str], str | Iterator[bytes]]] = {
    "figures": _figures,
    "people": _people,
    "words": _words,
    "bodies": _bodies,
    "payments": _payments,
}


def _address(place: str, table: str | None = None, format: Format | None = None) -> str:
    query = {"place": place}
    if format is not None:
        query |= {"table": table or "figures", "format": format.suffix}
    return f"/money?{urlencode(query)}"


def _links(formats: list[tuple[Format, str]]) -> list[tuple[str, str, str]]:
    return [(each.title, each.media_type, link) for each, link in formats if each is not HTML]
