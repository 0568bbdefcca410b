"""The figures of areas side by side, measure by measure: what each says, beside on what they can be compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from typing import Literal as Choice

from pyoxigraph import Literal, NamedNode

from kb.ask.comparability import Comparison
from kb.ask.exact import exact
from kb.ask.graphs import graphs
from kb.ask.labels import Labels, labels_of
from kb.ask.summaries import nodes, rows
from kb.namespaces import expand
from kb.protocols.columns import WKT
from kb.protocols.measures import Measure
from kb.store.readable import Store

Kind = Choice["codes", "numbers", "dates"]

_DATES = frozenset(map(expand, ("xsd:date", "xsd:gYear")))
_YES_NO = {"true": "Yes", "1": "Yes", "false": "No", "0": "No"}


@dataclass(frozen=True)
class Spread:
    """Numbers of one dataset, in the unit of the measure.

    `total` is None where a record has several, which no sum should count together.
    """

    records: int
    least: Decimal
    lower: Decimal
    """The lower quartile."""
    median: Decimal
    upper: Decimal
    """The upper quartile."""
    greatest: Decimal
    total: Decimal | None


@dataclass(frozen=True)
class Compared:
    """A measure on which datasets can be compared, with what each says; all lists are in the order of the datasets.

    Of codes (`kind` codes) `counts` are code → how many records of each have it, by the sum of all; of numbers
    `spreads` has what they spread over; of dates `spans` the first and the last.
    """

    comparison: Comparison
    kind: Kind
    counts: Mapping[str, tuple[int, ...]]
    spreads: tuple[Spread | None, ...]
    spans: tuple[tuple[str, str] | None, ...]


def kind_of(measure: Measure) -> Kind | None:
    """How its values are told; None for points, which the maps of the datasets show."""
    field = measure.column.field
    if field.datatype == WKT:
        return None
    if field.datatype in _DATES:
        return "dates"
    return "numbers" if measure.is_figure and not (field.code_list or field.allowed) else "codes"


def compared_values(
    store: Store, datasets: Sequence[str], comparisons: Sequence[Comparison], labels: Labels
) -> list[Compared]:
    """What the datasets (IRIs) say on the measures on which they can be compared; names of codes come into `labels`."""
    known = {each.dataset.iri: each.iri for each in graphs(store) if each.dataset}
    places = {known[dataset]: place for place, dataset in enumerate(datasets) if dataset in known}
    found = [
        _compared(store, each, kind, places, len(datasets))
        for each in comparisons
        if each.comparable and (kind := kind_of(each.measure)) is not None
    ]
    labels.update(labels_of(store, (code for each in found for code in each.counts if "://" in code)))
    return found


def _compared(
    store: Store, comparison: Comparison, kind: Kind, places: Mapping[str, int], count: int
) -> Compared:
    said: list[list[tuple[str, int]]] = [[] for _ in range(count)]
    for graph, value, having in _values(store, comparison.measure, list(places)):
        said[places[graph.value]].append((value.value, int(having.value)))
    counts: dict[str, list[int]] = {}
    spreads: list[Spread | None] = [None] * count
    spans: list[tuple[str, str] | None] = [None] * count
    for place, values in enumerate(said):
        if kind == "numbers":
            spreads[place] = spread(values, comparison.holdings[place].filled)
        elif kind == "dates" and values:
            spans[place] = min(each for each, _ in values), max(each for each, _ in values)
        elif kind == "codes":
            for code, records in values:
                counts.setdefault(_YES_NO.get(code, code), [0] * count)[place] += records
    often = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return Compared(
        comparison, kind, {value: tuple(each) for value, each in often}, tuple(spreads), tuple(spans)
    )


def _values(
    store: Store, measure: Measure, graphs_: list[str]
) -> Iterator[tuple[NamedNode, NamedNode | Literal, Literal]]:
    column = measure.column
    terms: dict[str, Any] = {
        "graph": nodes(graphs_),
        "class": NamedNode(measure.record.class_),
        "path": NamedNode(column.path),
    }
    if column.leading is None:
        return rows(store, "measure-values", **terms)
    by, kind = next(iter(measure.matches), (None, None))
    return rows(
        store,
        "part-values",
        leading=NamedNode(column.leading),
        by=NamedNode(by) if by else None,
        kind=NamedNode(kind) if kind else None,
        **terms,
    )


def spread(values: Sequence[tuple[str, int]], filled: int) -> Spread | None:
    """What numbers spread over, each with how many of the `filled` records have it; None without any."""
    numbers = sorted((found, records) for value, records in values if (found := exact(value)) is not None)
    many = sum(records for _, records in numbers)
    if not many:
        return None
    total = sum((number * records for number, records in numbers), Decimal(0))
    lower, median, upper = (_at(numbers, many, Decimal(share) / 4) for share in (1, 2, 3))
    return Spread(many, numbers[0][0], lower, median, upper, numbers[-1][0], total if many <= filled else None)


def _at(numbers: Sequence[tuple[Decimal, int]], many: int, share: Decimal) -> Decimal:
    """The number at this share of the way, between two of them where it falls there (Hyndman and Fan, type 7)."""
    place = share * (many - 1)
    first = int(place)
    low, high = _nth(numbers, first), _nth(numbers, min(first + 1, many - 1))
    return low + (high - low) * (place - first)


def _nth(numbers: Sequence[tuple[Decimal, int]], place: int) -> Decimal:
    for number, records in numbers:
        place -= records
        if place < 0:
            return number
    raise IndexError("beyond the last number")
