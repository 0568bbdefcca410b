"""Two to four places, interventions, pilots or bodies side by side: page, CSV, and the SPARQL of each section."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from kb.ask import count_context
from kb.ask.buildings import tables
from kb.ask.buildings.of_places import assets
from kb.ask.choosing import named_like
from kb.ask.labels import labels_of
from kb.ask.side_by_side import CLASSES, FEWEST, MOST, SECTIONS, Kind, Section, kind_of, query, section
from kb.errors import NotFound as NotHere
from web import compared_sections
from web.negotiation import CSV, HTML, QUERY, Format, choose
from web.page_table import as_csv
from web.reading import derived, reader, snapshot
from web.representation import respond

blueprint = Blueprint("side_by_side", __name__)

FORMATS = (CSV, QUERY, HTML)

KINDS: dict[Kind, str] = {
    "place": "Places",
    "intervention": "Interventions",
    "pilot": "Pilots",
    "organisation": "Organisations",
}
"""What can be compared, as the form has it."""

NOT_RECORDED = "not recorded here"


@blueprint.get("/compare")
def compare() -> Response:
    """The things `of` (IRIs, of one kind) side by side; with fewer than two the page to choose them on.

    All sections, or `section` alone; as SPARQL that one, the first without it. Raises NotFound for what is not
    known here, BadRequest for things of different kinds, too many, or another section.
    """
    format = choose(FORMATS)
    chosen = list(dict.fromkeys(each.strip() for each in request.args.getlist("of") if each.strip()))
    kind = _kind(chosen)
    asked = request.args.get("section", "")
    sections = SECTIONS[kind] if kind else ()
    if asked and asked not in sections:
        raise BadRequest(f"section={asked[:50]}: choose one of {', '.join(sections)}.")
    if format is not HTML and len(chosen) < FEWEST:
        raise BadRequest(f"Name {FEWEST} to {MOST} things of one kind: of=, of=.")
    formats = [(each, _address(chosen, asked, each)) for each in FORMATS] if len(chosen) >= FEWEST else []
    body: str
    if format is HTML:
        page = _page(chosen, kind, [asked] if asked else sections)
        body = render_template("compare.html", **page, alone=asked, formats=_links(formats))
    elif format is QUERY:
        body = query(asked or sections[0], chosen)
    else:
        assert kind is not None
        absent = _absent(chosen, kind)
        store = snapshot().store
        wanted = [asked] if asked else sections
        rows = (
            row
            for key in wanted
            for row in compared_sections.csv_rows(store, _read(key, chosen), kind, chosen, absent)
        )
        body = as_csv(compared_sections.CSV_HEADINGS, rows)
    return respond(body, format, formats=formats, canonical=_address(chosen, asked))


def _kind(chosen: Sequence[str]) -> Kind | None:
    if len(chosen) > MOST:
        raise BadRequest(f"{len(chosen)} things are named; {MOST} can be compared at a time.")
    kinds: list[Kind] = []
    for iri in chosen:
        kind = kind_of(snapshot().store, iri)
        if kind is None:
            raise NotFound(f"{iri[:200]}: no place, intervention, pilot or body that is known here.")
        kinds.append(kind)
    if len(set(kinds)) > 1:
        named = " and ".join(KINDS[kind].lower() for kind in dict.fromkeys(kinds))
        raise BadRequest(f"The address names {named}; compare things of one kind.")
    return kinds[0] if kinds else None


def _read(key: str, chosen: Sequence[str]) -> Section:
    if key == "assets":
        # A draft has no tables of its own, and an engine elsewhere none at all: there they are asked for.
        with suppress(NotHere):
            return assets(derived(lambda: tables(reader().folder, snapshot().id)), chosen)
    return section(snapshot().store, key, chosen)


def _page(chosen: Sequence[str], kind: Kind | None, sections: Sequence[str]) -> dict[str, Any]:
    store = snapshot().store
    tables = []
    if kind is not None:
        absent = _absent(chosen, kind)
        tables = [
            compared_sections.table(store, _read(key, chosen), kind, chosen, absent, alone=len(sections) == 1)
            for key in sections
        ]
    wanted = request.args.get("q", "").strip()
    named: Kind = next((each for each in KINDS if each == request.args.get("kind")), "place")
    sort = kind or named
    found = [iri for iri in named_like(store, CLASSES[sort], wanted) if iri not in chosen]
    labels = labels_of(store, {*chosen, *found})
    return {
        "chosen": chosen,
        "without": {iri: _address([each for each in chosen if each != iri]) for iri in chosen},
        "tables": [
            (each, query(each.key, chosen), _address(chosen, each.key), _address(chosen, each.key, CSV))
            for each in tables
        ],
        "whole": _address(chosen),
        "labels": labels,
        "asked": wanted,
        "kind": kind,
        "sort": sort,
        "kinds": KINDS,
        "found": [(iri, _address([*chosen, iri])) for iri in found],
        "room": len(chosen) < MOST,
        "enough": len(chosen) >= FEWEST,
    }


def _absent(chosen: Sequence[str], kind: Kind) -> list[str]:
    """Of each thing, whose it is to publish what is not there."""
    if kind != "place":
        return [NOT_RECORDED for _ in chosen]
    store = snapshot().store
    owners = {iri: count_context.responsible(store, iri, of_today=True)[:2] for iri in chosen}
    labels = labels_of(store, {body for bodies in owners.values() for body in bodies})
    said = {iri: " or ".join(sorted(map(labels.name, bodies))) for iri, bodies in owners.items()}
    return [f"not published by {said[iri]}" if said[iri] else NOT_RECORDED for iri in chosen]


def _address(chosen: Sequence[str], section: str = "", format: Format | None = None) -> str:
    parts = [("of", iri) for iri in chosen]
    parts += [("section", section)] if section else []
    parts += [("format", format.suffix)] if format else []
    return f"/compare?{urlencode(parts)}" if parts else "/compare"


def _links(formats: list[tuple[Format, str]]) -> list[tuple[str, str, str]]:
    return [(each.title, each.media_type, link) for each, link in formats if each is CSV]
