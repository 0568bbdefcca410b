"""The figures of compared datasets as tables, charts, JSON and rows of CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kb.ask.compared_values import Compared, Spread
from kb.ask.labels import Labels
from kb.ask.questions import Chart as Wanted
from kb.namespaces import expand
from web.chart import MOST, Chart, chart
from web.values import date_in_words, number

HEADINGS = ("field", "measure", "records_of", "unit", "dataset", "figure", "value")
"""Columns of the CSV."""

_SPREAD = (
    ("Records with a figure", "records"),
    ("Least", "least"),
    ("Lower quartile", "lower"),
    ("Median", "median"),
    ("Upper quartile", "upper"),
    ("Greatest", "greatest"),
    ("Sum", "total"),
)
_DECIMAL = expand("xsd:decimal")


@dataclass(frozen=True)
class Shown:
    """A measure on the page: rows of a table (heading, then a cell for each dataset), and its chart where one fits."""

    compared: Compared
    unit: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    chart: Chart | None


def shown(found: Sequence[Compared], datasets: Sequence[str], labels: Labels) -> list[Shown]:
    """The measures as the page has them."""
    return [
        Shown(each, unit(each, labels), tuple(_rows(each, labels)), _chart(each, datasets, labels)) for each in found
    ]


def unit(compared: Compared, labels: Labels) -> str:
    """In what its numbers are, and on which basis, as the first dataset says it: all that are compared say the same."""
    bases = compared.comparison.holdings[0].bases.values()
    return ", ".join(labels.name(each) if "://" in each else each for values in bases for each in values)


def json(found: Sequence[Compared], datasets: Sequence[str], labels: Labels) -> dict[str, list[dict[str, Any]]]:
    """Field → for each dataset its figures."""
    told: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        figures = [{"dataset": iri} | dict(_figures(each, place)) for place, iri in enumerate(datasets)]
        told[each.comparison.measure.key] = figures
    return told


def table(found: Sequence[Compared], datasets: Sequence[str], labels: Labels) -> Iterator[tuple[str, ...]]:
    """The rows of the CSV: one for each figure of each dataset; a code by its address."""
    for each in found:
        measure = each.comparison.measure
        about = (measure.key, measure.name, measure.record.record.name, unit(each, labels))
        for place, iri in enumerate(datasets):
            figures = dict(_figures(each, place))
            for name, value in (figures.pop("counts", {}) | figures).items():
                yield (*about, iri, name, "" if value is None else str(value))


def _figures(compared: Compared, place: int) -> Iterator[tuple[str, Any]]:
    if compared.kind == "codes":
        yield "counts", {value: counts[place] for value, counts in compared.counts.items()}
    elif compared.kind == "dates":
        first, last = compared.spans[place] or (None, None)
        yield from (("first", first), ("last", last))
    elif (spread := compared.spreads[place]) is not None:
        for _, name in _SPREAD:
            value = getattr(spread, name)
            yield name, value if isinstance(value, int) or value is None else float(value)


def _rows(compared: Compared, labels: Labels) -> Iterator[tuple[str, tuple[str, ...]]]:
    if compared.kind == "numbers":
        for heading, name in _SPREAD:
            yield heading, tuple(_cell(each, name) for each in compared.spreads)
    elif compared.kind == "dates":
        for heading, place in (("First", 0), ("Last", 1)):
            yield heading, tuple(date_in_words(each[place]) if each else "none" for each in compared.spans)
    for value, counts in compared.counts.items():
        filled = [holding.filled for holding in compared.comparison.holdings]
        cells = (f"{number(n)} ({_percent(n, of)})" if n else "0" for n, of in zip(counts, filled, strict=True))
        yield labels.name(value) if "://" in value else value, tuple(cells)


def _cell(spread: Spread | None, name: str) -> str:
    value = getattr(spread, name) if spread else None
    if value is None:
        return "several a record, so no sum" if spread else "none"
    return number(value if isinstance(value, int) else round(value, 2))


def _percent(some: int, all_: int) -> str:
    return "less than 1%" if 0 < some < all_ / 100 else f"{some / all_:.0%}" if all_ else "0%"


def _chart(compared: Compared, datasets: Sequence[str], labels: Labels) -> Chart | None:
    """Bars beside each other: the median of each dataset, or how much of its records has each code."""
    name = compared.comparison.measure.name
    if compared.kind == "numbers":
        medians = [(iri, each.median) for iri, each in zip(datasets, compared.spreads, strict=True) if each]
        drawn = chart(("dataset", "figure"), [_bar((iri,), value) for iri, value in medians], labels)
        return drawn and replace(drawn, title=f"{name}: median")
    if not compared.counts or len(compared.counts) * len(datasets) > MOST:
        return None
    filled = [holding.filled for holding in compared.comparison.holdings]
    rows = [
        _bar((value, iri), Decimal(100 * counts[place] / filled[place]).quantize(Decimal("0.1")))
        for value, counts in compared.counts.items()
        for place, iri in enumerate(datasets)
        if filled[place]
    ]
    drawn = chart(("value", "dataset", "figure"), rows, labels, Wanted(("figure",), ("value", "dataset")))
    return drawn and replace(drawn, title=f"{name}: percent of the records that say it")


def _bar(names: Sequence[str], value: Decimal) -> dict[str, dict[str, str]]:
    variables = ("dataset",) if len(names) == 1 else ("value", "dataset")
    cells = {
        variable: {"type": "uri" if "://" in name else "literal", "value": name}
        for variable, name in zip(variables, names, strict=True)
    }
    return cells | {"figure": {"type": "literal", "value": str(value), "datatype": _DECIMAL}}
