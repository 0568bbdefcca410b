"""The evidence gap map as a page and CSV, and the findings of one of its cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from kb.ask.interventions.evidence import Evidence, evidence
from kb.ask.interventions.findings import ORDER
from kb.ask.interventions.matrix import ELSEWHERE, UK, Filters, Matrix, cell, domains, kinds, matrix
from kb.ask.interventions.rules import OutcomeResult, studies
from kb.ask.labels import Labels, labels_of
from web import paging
from web.effects import EFFECTS
from web.finding_rows import finding_row, shown_in
from web.interventions.parameters import address, asked, choice, short, whole
from web.negotiation import CSV, HTML, choose
from web.page_table import as_csv
from web.reading import snapshot
from web.representation import respond

blueprint = Blueprint("evidence_map", __name__)

FORMATS = (CSV, HTML)

PATH = "/evidence-map"
CELL = f"{PATH}/cell"

COUNTRIES = {UK: "United Kingdom", ELSEWHERE: "Other countries"}

COLUMNS = (
    *("intervention", "outcome", "effect"),
    *(EFFECTS[each].words.lower().replace(" ", "_") for each in ORDER),
    *("best_grade", "findings", "studies", "intervention_iri", "outcome_iri"),
)


@dataclass(frozen=True)
class Asked:
    """What an address of the map asks for."""

    group: str | None
    domain: str | None
    filters: Filters


@blueprint.get("/evidence-map")
def evidence_map() -> Response:
    """The map: `group` of interventions, `domain` of outcomes, and which findings count; as CSV a row for each cell.

    Raises werkzeug NotFound and BadRequest for what is not known, or is no such value.
    """
    store = snapshot().store
    known = evidence(store)
    wanted = _asked(known)
    found = matrix(known, wanted.group, wanted.domain, wanted.filters)
    format = choose(FORMATS)
    formats = [(each, address(PATH, format=each.suffix)) for each in FORMATS]
    if format is CSV:
        body = _csv(found, known.interventions.labels, known.outcomes.labels)
    else:
        body = render_template(
            "evidence-map.html",
            map=found,
            asked=wanted,
            names=known.interventions.labels,
            outcome_names=known.outcomes.labels,
            below=known.interventions.below,
            cell=_cell_href,
            drill=lambda row: address(PATH, group=short(row)),
            formats=[(each.title, each.media_type, link) for each, link in formats if each is not HTML],
            **_choices(known),
        )
    return respond(body, format, formats=formats, canonical=address(PATH))


@blueprint.get("/evidence-map/cell")
def one_cell() -> Response:
    """The findings on `intervention` and `outcome` (a domain too), with the filters of the map; or that there are none.

    Raises werkzeug NotFound and BadRequest as the map does, and NotFound where one of the two is not named.
    """
    store = snapshot().store
    known = evidence(store)
    intervention = asked("intervention", known.interventions, "intervention")
    outcome = asked("outcome", known.outcomes, "outcome", "outcome-domain")
    if intervention is None or outcome is None:
        raise NotFound("A cell of the evidence map needs intervention= and outcome=; the map has a link to each.")
    filters = _asked(known).filters
    found = cell(known, intervention, outcome, filters)
    page = paging.asked(len(found))
    shown = found[page.offset : page.offset + page.size]
    labels = labels_of(store, shown_in(shown) | {intervention, outcome})
    result = OutcomeResult(outcome, found)
    body = render_template(
        "evidence-cell.html",
        intervention=intervention,
        outcome=outcome,
        result=result,
        rows=[finding_row(each, labels, intervention) for each in shown],
        page=page,
        labels=labels,
        filters=_told(filters, known, labels),
        unfiltered=len(cell(known, intervention, outcome, Filters())) if filters.any else len(found),
        all_findings=address(CELL, **dict.fromkeys(("country", "place", "grade", "design", "since"))),
        back=address(PATH, intervention=None, outcome=None),
        names=known.interventions.labels,
        narrower=[each for each in known.outcomes.below.get(outcome, ()) if cell(known, intervention, each, filters)],
        narrower_href=lambda each: address(CELL, outcome=short(each)),
        outcome_names=known.outcomes.labels,
    )
    return respond(body, choose((HTML,)), formats=(), canonical=address(CELL))


def _cell_href(row: str, column: str) -> str:
    return address(CELL, intervention=short(row), outcome=short(column), group=None, domain=None)


def _asked(known: Evidence) -> Asked:
    places = {kind for iri in known.places for kind in kinds(known, iri)}
    designs = {design for each in known.findings for design in each.designs}
    return Asked(
        asked("group", known.interventions, "intervention"),
        asked("domain", known.outcomes, "outcome-domain"),
        Filters(
            country=choice("country", COUNTRIES),
            place_kind=asked("place", places, "place-type"),
            grade=whole("grade", 0, 5),
            design=asked("design", designs, "study-design"),
            since=whole("since", 1900, 2100),
        ),
    )


def _choices(known: Evidence) -> dict[str, Any]:
    """What the form of the map offers: value → words."""
    store = snapshot().store
    places = {kind for each in known.findings for place in each.places for kind in kinds(known, place)}
    designs = {design for each in known.findings for design in each.designs}
    labels = labels_of(store, places | designs)
    tree = known.interventions
    return {
        "groups": [
            (tree.labels.name(top), [(short(each), tree.labels.name(each)) for each in (top, *tree.below.get(top, ()))])
            for top in tree.tops
        ],
        "domains": [(short(iri), known.outcomes.labels.name(iri)) for _, iri in domains(known)],
        "countries": list(COUNTRIES.items()),
        "places": _sorted(places, labels),
        "designs": _sorted(designs, labels),
        "short": short,
    }


def _sorted(iris: set[str], labels: Labels) -> list[tuple[str, str]]:
    return sorted(((short(iri), labels.name(iri)) for iri in iris), key=lambda each: each[1].casefold())


def _told(filters: Filters, known: Evidence, labels: Labels) -> list[str]:
    """The filters in words."""
    labels.update(labels_of(snapshot().store, {iri for iri in (filters.place_kind, filters.design) if iri}))
    return [
        *([COUNTRIES[filters.country]] if filters.country else []),
        *([labels.name(filters.place_kind).lower()] if filters.place_kind else []),
        *([f"evidence of level {filters.grade} or above"] if filters.grade is not None else []),
        *([labels.name(filters.design).lower()] if filters.design else []),
        *([f"studied in {filters.since} or later"] if filters.since else []),
    ]


def _csv(found: Matrix, names: Labels, outcome_names: Labels) -> str:
    rows = (
        (names.name(intervention), outcome_names.name(outcome), *told, intervention, outcome)
        for intervention, outcome, *told in _cells(found)
    )
    return as_csv(COLUMNS, rows)


def _cells(found: Matrix) -> Iterator[tuple[Any, ...]]:
    for row in found.down():
        for column in found.across():
            here = found.cells.get((row, column), OutcomeResult(column, ()))
            counts = here.effect.counts
            yield (
                row,
                column,
                here.effect.verdict if here.findings else "no evidence",
                *(counts[each] for each in ORDER),
                here.strength.best,
                len(here.findings),
                studies(here.findings),
            )
