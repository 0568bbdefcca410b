"""Search: every page by its words, narrowed and ordered as the address says; and names while somebody types."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from kb.ask.labels import Labels, labels_of
from kb.ask.search import asking, results
from kb.ask.search.asked import Asked, asked
from kb.ask.search.results import Found
from kb.ask.search.suggestions import suggestions
from kb.ask.search.words import understood_without_index
from kb.ask.vocabulary import GRADES, levels
from kb.errors import SearchAbsent
from kb.store.search_index.schema import FACETS
from web import paging
from web.addresses import href
from web.documents import address
from web.negotiation import CSV, HTML, Format, choose
from web.reading import drafted, snapshot
from web.representation import here, respond
from web.search_guides import leading_on
from web.search_page import FACET_HEADINGS, ORDERS, chosen_values, facets, kind_name, removals

blueprint = Blueprint("search", __name__)

JSON = Format("json", "application/json", "JSON")
FORMATS = (HTML, JSON, CSV)

PAGE = 20
"""Results of one page."""

ROWS = 1_000
"""Results of one file for a spreadsheet."""

COLUMNS = ("Name", "Kind", "What it says", "Places", "Effect", "Evidence", "Sources", "Published by", "Date", "Address")


@blueprint.get("/search")
def search() -> Response:
    """What matches the words and what they are narrowed to; as a page, or as data that says whether it is complete.

    Raises werkzeug NotFound for a page after the last, and SearchAbsent where data is asked for and there is no index.
    """
    format = choose(FORMATS)
    wanted = asked(request.args.get("q", ""), {facet: request.args.getlist(facet) for facet in FACETS}, _order())
    if format is HTML:
        return respond(_page(wanted), HTML, formats=_addresses(), canonical=_canonical(wanted))
    size = ROWS if format is CSV else PAGE
    number = paging.number()
    found = results.found(snapshot(), wanted, size, (number - 1) * size, facets=format is JSON)
    page = _within(number, found.total, size)
    labels = _labels(found)
    body = _csv(found, labels) if format is CSV else _json(found, page, labels)
    response = respond(body, format, formats=_addresses(), canonical=_canonical(wanted))
    response.headers["X-Complete"] = "true" if page.last == 1 else "false"
    response.headers["X-Rows"], response.headers["X-First-Row"] = str(len(found.results)), str(page.offset + 1)
    if page.number < page.last:
        response.headers.add("Link", f'<{here(page.href(page.number + 1))}>; rel="next"')
    if format is CSV:
        part = "" if page.last == 1 else f"-{page.offset + 1}-{page.offset + len(found.results)}"
        response.headers["Content-Disposition"] = f'attachment; filename="search{part}.csv"'
    return response


@blueprint.get("/search/suggest")
def suggest() -> Response:
    """Names of pages that begin with what is typed, for the script of the search field; none without an index."""
    typed = request.args.get("q", "")[:200]
    try:
        found = suggestions(snapshot(), typed)
    except SearchAbsent:
        found = []
    listed = [{"name": each.name, "kind": kind_name(each.kind), "href": here(href(each.iri))} for each in found]
    return respond(json.dumps({"q": typed, "suggestions": listed}, ensure_ascii=False) + "\n", JSON)


def _order() -> str:
    return request.args.get("sort", "")


def _page(wanted: Asked) -> str:
    number = paging.number()
    try:
        found = results.found(snapshot(), wanted, PAGE, (number - 1) * PAGE)
    except SearchAbsent as error:
        reason = "A draft is not indexed for search before it is published" if drafted() else str(error)
        questions = asking.answering(understood_without_index(wanted.words))
        return render_template("search.html", asked=wanted, found=None, reason=reason, questions=questions, guides=[])
    labels = _labels(found)
    return render_template(
        "search.html",
        asked=wanted,
        found=found,
        page=_within(number, found.total, PAGE),
        questions=asking.answering(found.parts) if number == 1 else [],
        guides=leading_on(found, snapshot().store) if number == 1 else [],
        facets=facets(found, labels),
        removals=removals(found.asked, labels),
        headings=FACET_HEADINGS,
        orders=ORDERS,
        kind_name=kind_name,
        levels=levels(snapshot().store, GRADES),
        labels=labels,
        formats=[(each.title, each.media_type, _at(wanted, format=each.suffix)) for each in (CSV, JSON)],
        at=lambda other, **more: _at(other, **more),
    )


def _within(number: int, total: int, size: int) -> paging.Page:
    page = paging.Page(number, total, size)
    if page.number > page.last:
        raise NotFound(f"These results have {page.last} pages; page={page.number} is not one of them.")
    return page


def _labels(found: Found) -> Labels:
    links = {iri for result in found.results for iri in result.links()}
    return labels_of(snapshot().store, links | chosen_values(found))


def _at(wanted: Asked, **more: str) -> str:
    parameters = [*wanted.parameters(), *more.items()]
    return "/search" + (f"?{urlencode(parameters)}" if parameters else "")


def _canonical(wanted: Asked) -> str:
    return _at(wanted)


def _addresses() -> list[tuple[Format, str]]:
    return [(offered, address(offered)) for offered in FORMATS]


def _csv(found: Found, labels: Labels) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in found.results:
        effects = [*each.effects, *(f"{count} {key}" for key, count in each.findings.items())]
        grades = each.grades or [each.strongest] * bool(each.strongest)
        places, sure, sources, by = (
            "; ".join(map(labels.name, iris)) for iris in (each.places, grades, each.sources, each.published)
        )
        first = (each.name, kind_name(each.kind), each.says, places, "; ".join(effects))
        writer.writerow([*first, sure, sources, by, each.date, each.iri])
    return output.getvalue()


def _json(found: Found, page: paging.Page, labels: Labels) -> str:
    def terms(iris: Iterable[str]) -> list[dict[str, str]]:
        return [{"iri": iri, "name": labels.name(iri)} for iri in iris]

    said: dict[str, Any] = {
        "q": found.asked.words,
        "read as": found.read_as or found.asked.words,
        "not all words": found.loosened,
        "snapshot": snapshot().id,
        "total": found.total,
        "complete": page.last == 1,
        "page": page.number,
        "pages": page.last,
        "next": here(page.href(page.number + 1)) if page.number < page.last else None,
        "results": [
            {
                "iri": each.iri,
                "href": here(href(each.iri)),
                "name": each.name,
                "kind": {"iri": each.kind, "name": kind_name(each.kind)},
                "says": each.says,
                "places": terms(each.places),
                "effects": each.effects,
                "evidence": terms(each.grades),
                "findings": each.findings,
                "strongest evidence of findings": terms([each.strongest] if each.strongest else []),
                "sources": terms(each.sources),
                "publishers": terms(each.published),
                "date": each.date or None,
            }
            for each in found.results
        ],
        "facets": {
            facet: [{"value": each.value, "name": each.name, "count": each.count} for each in options]
            for facet, options in facets(found, labels, most=results.OPTIONS).items()
        },
        "questions": [
            {"id": each.id, "title": each.title, "href": here(f"/questions/{each.id}")}
            for each in asking.answering(found.parts)
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"

