"""The measurements of a building or access point in words: the figure, its unit, its date and whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kb.ask.exact import exact
from kb.ask.labels import Labels
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.namespaces import concept
from kb.store.buildings.measured import Said, latest, size_of
from web.class_pages.facts import Fact, Line, few
from web.values import date_in_words, money, number

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


def measurements(thing: Description) -> list[Measured]:
    """All figures of the thing, those without a metric left out, the latest first."""
    found = (thing.nested.get(node.value) for node in thing.about.all("ww:measurement"))
    known = [_measured(each, thing.labels) for each in found if each is not None and each.all("ww:metric")]
    return sorted(known, key=lambda each: (_date(each.said), each.said.iri), reverse=True)


def fact(question: str, found: list[Measured], metrics: tuple[str, ...], absent: str) -> Fact:
    """The answer that the latest figures by these metrics give."""
    lines = tuple(Line(_line(each)) for each in found if each.metric in metrics)
    return Fact(question, few(lines, 3), absent=absent)


def running_cost(found: list[Measured], absent: str) -> Fact:
    """The running cost, and per square metre where cost and area are of the whole building."""
    costs = [each for each in found if each.metric == "running-cost"]
    lines = list(few([Line(_line(each)) for each in costs], 2))
    lines += [Line(words) for words in _per_square_metre(costs, found)] if costs else []
    return Fact("What it costs to run", tuple(lines), absent=absent)


def _per_square_metre(costs: list[Measured], found: list[Measured]) -> Iterator[str]:
    """What the latest figures come to that the tables of buildings divide too (kb.store.buildings.measured)."""
    whole = latest([each.said.values for each in reversed(found)])
    cost, area = (_which(found, whole.get(name)) for name in ("running-cost", size_of(whole)))
    if cost is None:
        yield "Per m² it cannot be said: the cost is that of one body alone."
    elif area is None or not area.value:
        yield "Per m² it cannot be said: no floor area of the whole building is published."
    elif cost.value is not None and (unit := cost.said.first("ww:unit") or "").startswith(_CURRENCIES):
        per = money(round(cost.value / area.value, 2), unit.rpartition("/")[2].upper())
        basis = area.metric.removeprefix("floor-area").strip("-").upper()
        dated = f" ({area.when})" if area.when else ""
        divided = "this cost" if cost is costs[0] else _line(cost)
        yield f"{per} per m²{f' {basis}' if basis else ''}: {divided} over {area.words}{dated}"


def _which(found: list[Measured], said: Said | None) -> Measured | None:
    return next((each for each in found if each.said.values is said), None)


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
