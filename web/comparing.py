"""How far the data of areas can be compared by a protocol: a page that an officer understands, JSON and CSV."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from kb.ask.comparability import Comparability, Comparison, comparability, holders, names
from kb.ask.compared_values import compared_values
from kb.protocols import catalogue
from web import compared_figures
from web.negotiation import CSV, HTML, Format, choose
from web.page_table import as_csv
from web.reading import snapshot
from web.representation import respond

_HEADINGS = ("field", "measure", "records_of", "comparable", "reasons", "dataset", "records", "filled", "share")

blueprint = Blueprint("comparing", __name__)

JSON = Format("json", "application/json", "JSON")
FORMATS = (JSON, CSV, HTML)

MOST = 6
"""Datasets that are compared at a time."""


@blueprint.get("/compare/data")
def compare() -> Response:
    """The comparison of the datasets `dataset` (IRIs, at least two) by `protocol`; the page offers what there is.

    Of what can be compared the figures are told too; as CSV, which holds one table, with `table=figures`.
    Raises NotFound for the protocol, BadRequest for a dataset that has no records of it, and too few or many.
    """
    format = choose(FORMATS)
    store = snapshot().store
    asked = request.args.get("protocol", "").strip()
    protocol = catalogue.protocol(asked).id if asked else ""
    chosen = list(dict.fromkeys(each for each in request.args.getlist("dataset") if each))
    held = holders(store, protocol) if protocol else {}
    if unknown := [each for each in chosen if each not in held]:
        raise BadRequest(f"{unknown[0][:200]}: no dataset with records that {protocol or 'the protocol'} describes.")
    if len(chosen) > MOST or (format is not HTML and len(chosen) < 2):
        raise BadRequest(f"Name a protocol and two to {MOST} datasets with its records: protocol=, dataset=, dataset=.")
    found = comparability(store, protocol, chosen) if len(chosen) > 1 else None
    figures = compared_values(store, chosen, found.comparisons, found.labels) if found else []
    formats = [(each, _address(each)) for each in FORMATS]
    body: str | bytes
    if format is HTML:
        labels = names(store, held)
        body = render_template(
            "compare-data.html",
            protocols=[each for each in catalogue.protocols() if holders(store, each.id)],
            protocol=protocol,
            held=sorted(held, key=lambda each: labels.name(each).casefold()),
            labels=labels,
            chosen=chosen,
            found=found,
            sections=_sections(found) if found else [],
            figures=compared_figures.shown(figures, chosen, found.labels) if found else [],
            figures_csv=f"{_address(CSV)}&table=figures",
            formats=[(each.title, each.media_type, link) for each, link in formats if each is not HTML],
        )
    else:
        assert found is not None
        if format is JSON:
            told = _json(found) | {"figures": compared_figures.json(figures, chosen, found.labels)}
            body = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        elif request.args.get("table") == "figures":
            rows = compared_figures.table(figures, chosen, found.labels)
            body = as_csv(compared_figures.HEADINGS, rows)
        else:
            body = _csv(found)
    return respond(body, format, formats=formats if found else (), canonical=_address(None))


def _address(format: Format | None) -> str:
    """This address; unlike `web.documents.address` it keeps each of several datasets."""
    query = [(name, value) for name, values in request.args.lists() for value in values if name != "format"]
    if format is not None:
        query.append(("format", format.suffix))
    return f"{request.path}?{urlencode(query)}" if query else request.path


def _sections(found: Comparability) -> list[tuple[str, list[Comparison]]]:
    """Heading → measures: those that can be compared, those that cannot, and those that none fills."""
    good = [each for each in found.held if each.comparable]
    bad = [each for each in found.held if not each.comparable]
    return [("Can be compared", good), ("Cannot be compared yet", bad)]


def _json(found: Comparability) -> dict[str, Any]:
    return {
        "protocol": found.protocol,
        "datasets": [{"iri": each, "name": found.labels.name(each)} for each in found.datasets],
        "sentence": found.sentence,
        "measures": [
            {
                "field": each.measure.key,
                "name": each.measure.name,
                "records_of": each.measure.record.record.name,
                "comparable": each.comparable,
                "reasons": list(each.reasons),
                "holdings": [
                    {
                        "records": holding.records,
                        "filled": holding.filled,
                        "share": round(holding.share, 4),
                        "code_lists": list(holding.lists),
                        "bases": {name: list(values) for name, values in holding.bases.items()},
                        "years": list(holding.years) if holding.years else None,
                    }
                    for holding in each.holdings
                ],
            }
            for each in found.held
        ],
    }


def _csv(found: Comparability) -> str:
    """A row for each measure and dataset."""

    def rows() -> Iterator[tuple[str, ...]]:
        for each in found.held:
            measure = (each.measure.key, each.measure.name, each.measure.record.record.name)
            said = ("yes" if each.comparable else "no", "; ".join(each.reasons))
            for dataset, holding in zip(found.datasets, each.holdings, strict=True):
                yield (*measure, *said, dataset, str(holding.records), str(holding.filled), f"{holding.share:.4f}")

    return as_csv(_HEADINGS, rows())
