"""The measurements of a building or access point in words: the figure, its unit, its date and whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kb.ask.labels import Labels
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.namespaces import concept
from web.class_pages.facts import Fact, Line
from web.values import date_in_words, exact, money, number

AREAS = ("floor-area-gia", "floor-area-nia", "floor-area-gea", "floor-area-ipms", "floor-area")
"""Measures of the whole building's area, the one that running costs are most often given by first."""

_CURRENCIES = concept("currency", "")
_SQUARE_METRE = concept("unit", "square-metre")


@dataclass(frozen=True)
class Measured:
    """One figure: the code of what was measured, the number, and all that is needed to read it."""

    metric: str
    said: Summary
    words: str
    when: str
    """In words; empty where it is not dated."""

    @property
    def value(self) -> Decimal | None:
        """The figure; None for a rating, and for what is no number."""
        return exact(self.said.first("ww:value") or "")

    @property
    def whole(self) -> bool:
        """Whether it is of all of the building, not of one body's part."""
        return not self.said.all("ww:forOrganisation")


def measurements(thing: Description) -> list[Measured]:
    """All figures of the thing, those without a metric left out, the latest first."""
    found = (thing.nested.get(node.value) for node in thing.about.all("ww:measurement"))
    known = [_measured(each, thing.labels) for each in found if each is not None and each.all("ww:metric")]
    return sorted(known, key=lambda each: (_date(each.said), each.said.iri), reverse=True)


def fact(question: str, found: list[Measured], metrics: tuple[str, ...], absent: str) -> Fact:
    """The answer that the latest figures by these metrics give."""
    lines = tuple(Line(_line(each)) for each in found if each.metric in metrics)
    return Fact(question, lines[:3], absent=absent)


def running_cost(found: list[Measured], absent: str) -> Fact:
    """The running cost, and per square metre where cost and area are of the whole building and each is given once."""
    costs = [each for each in found if each.metric == "running-cost"]
    lines = [Line(_line(each)) for each in costs[:2]]
    lines += [Line(words) for words in _per_square_metre(costs, found)] if costs else []
    return Fact("What it costs to run", tuple(lines), absent=absent)


def _per_square_metre(costs: list[Measured], found: list[Measured]) -> Iterator[str]:
    cost = costs[0]
    measured = [each for each in found if each.whole and _in_square_metres(each)]
    areas = [each for name in AREAS for each in measured if each.metric == name]
    if not cost.whole:
        yield "Per m² it cannot be said: the cost is that of one body alone."
    elif not areas or not areas[0].value:
        yield "Per m² it cannot be said: no floor area of the whole building is published."
    elif cost.value is not None and (unit := cost.said.first("ww:unit") or "").startswith(_CURRENCIES):
        area = areas[0]
        assert area.value is not None
        per = money(round(cost.value / area.value, 2), unit.rpartition("/")[2].upper())
        basis = area.metric.removeprefix("floor-area").strip("-").upper()
        dated = f" ({area.when})" if area.when else ""
        yield f"{per} per m²{f' {basis}' if basis else ''}: this cost over {area.words}{dated}"


def _in_square_metres(each: Measured) -> bool:
    return each.said.first("ww:unit") == _SQUARE_METRE


def _line(each: Measured) -> str:
    return f"{each.words} ({each.when})" if each.when else f"{each.words} (not dated)"


def _measured(said: Summary, labels: Labels) -> Measured:
    metric = said.all("ww:metric")[0].value.rpartition("/")[2]
    return Measured(metric, said, _words(said, labels), _when(said))


def _words(said: Summary, labels: Labels) -> str:
    for node in said.all("ww:rating"):
        return labels.name(node.value)
    figure = said.first("ww:value") or ""
    unit = said.first("ww:unit") or ""
    if exact(figure) is None:
        return figure
    if unit.startswith(_CURRENCIES):
        words = money(figure, unit.rpartition("/")[2].upper())
    elif unit == _SQUARE_METRE:
        words = f"{number(figure)} m²"
    elif unit.endswith("/percent"):
        words = f"{number(figure)}%"
    else:
        words = number(figure)
        words += f" {labels.name(unit).lower()}" if unit and not unit.endswith("/count") else ""
    of = [labels.name(node.value) for node in said.all("ww:forOrganisation")]
    return f"{words}, of {' and '.join(of)} alone" if of else words


def _when(said: Summary) -> str:
    if on := said.first("ww:measuredOn"):
        return date_in_words(on)
    start, end = said.first("ww:start"), said.first("ww:end")
    dates = [date_in_words(each) for each in (start, end) if each]
    return " to ".join(dict.fromkeys(dates))


def _date(said: Summary) -> str:
    return said.first("ww:measuredOn", "ww:end", "ww:start") or ""
