"""Public money that is counted in a place, as it was published: nothing is added up.

A count is what one account gives in one currency and price basis, gross or net: its lines (function, body, type of
spending, control) by its years, outturn and forecast apart. Of two figures that may stand within each other it is said
which stands in which, of two bodies that count the same money that they do, and a figure is given per head only with
the people of the same place in the year in which the count begins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, NamedTuple

from pyoxigraph import NamedNode

from kb.ask.exact import LARGEST, exact
from kb.ask.memory import once
from kb.ask.summaries import nodes, rows
from kb.namespaces import HOME, concept
from kb.store.readable import Store

MOST = 2_000
"""Figures of a place that are read for a page; a count may have hundreds of thousands."""

_AT_ONCE = 1_000
"""Figures whose periods are named together."""

FUNCTIONS, BODIES = f"{HOME}/concept/cofog", f"{HOME}/concept/organisation-type"
ALL_FUNCTIONS, ALL_BODIES = concept("cofog", "total"), concept("organisation-type", "total")
_ALL_TYPES, _ALL_CONTROL = concept("spend-type", "total"), concept("control", "total")
_FORECAST = concept("obs-status", "forecast-value")
_DOUBLED, _NOT_DOUBLED = concept("overlap", "yes"), concept("overlap", "no")
_NOMINAL = concept("price-basis", "nominal")

_YEAR = re.compile(r"(\d{4})\D(?:\d\d)?(\d\d)\b")

Division = Literal["total", "function", "body", "both"]
"""How a line divides the money: not at all, by function alone, by body alone, by both."""


class Basis(NamedTuple):
    """What all figures of a count have in common (IRIs, but for the base year)."""

    account: str
    currency: str
    prices: str
    base_year: str
    gross: str


class Key(NamedTuple):
    """What a figure is of: function, body, type of spending and degree of control (IRIs; empty where not given)."""

    function: str
    body: str
    type: str
    control: str


@dataclass(frozen=True)
class Year:
    """A column of a count: the period as published, the year in which it begins (None: not named), and its words."""

    period: str
    begins: str | None
    words: str
    forecast: bool


@dataclass(frozen=True)
class Figure:
    """One observation: its address, the amount in whole units, and what is said about it (IRIs; `again` the bodies)."""

    iri: str
    amount: Decimal
    status: str
    allocation: str
    remark: str
    overlap: str
    again: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def doubled(self) -> bool:
        """Whether the same money stands in another body's figure too."""
        return self.overlap == _DOUBLED

    @property
    def checked(self) -> bool:
        """Whether the count says that it does, or does not."""
        return self.overlap in (_DOUBLED, _NOT_DOUBLED)


@dataclass(frozen=True)
class Line:
    """What is counted in each year of the count."""

    key: Key
    figures: tuple[Figure | None, ...]
    within: "Line | None" = None
    """The narrowest line of the same division that this one stands in, so that it is no further money."""

    @property
    def division(self) -> Division:
        """How it divides the money."""
        if self.key.function == ALL_FUNCTIONS:
            return "total" if self.key.body == ALL_BODIES else "body"
        return "function" if self.key.body == ALL_BODIES else "both"

    @property
    def whole(self) -> bool:
        """Whether it holds all types of spending and all degrees of control."""
        return self.key.type in ("", _ALL_TYPES) and self.key.control in ("", _ALL_CONTROL)

    @property
    def given(self) -> list[Figure]:
        """Its figures, those of years without one left out."""
        return [figure for figure in self.figures if figure]


@dataclass(frozen=True)
class Count:
    """Figures that may stand beside each other."""

    basis: Basis
    years: tuple[Year, ...]
    lines: tuple[Line, ...]

    @property
    def nominal(self) -> bool:
        """Whether its amounts are in the prices of their own years."""
        return self.basis.prices == _NOMINAL

    def of(self, division: Division) -> list[Line]:
        """Its lines of one division, the largest first, narrower ones after that in which they stand."""
        return [line for line in self.lines if line.division == division]

    @property
    def total(self) -> Line | None:
        """All functions, bodies, types and degrees of control together, where that is published."""
        return next((line for line in self.of("total") if line.whole), None)

    @property
    def figures(self) -> list[Figure]:
        """All of its figures."""
        return [figure for line in self.lines for figure in line.given]


class Published(NamedTuple):
    """One figure with all that it is of."""

    basis: Basis
    year: Year
    key: Key
    figure: Figure


@dataclass(frozen=True)
class Counted:
    """The counts of a place; `more` where it has figures that were not read, so that none can be said to be absent."""

    counts: tuple[Count, ...]
    more: bool


def counted(store: Store, place: str, most: int | None = MOST) -> Counted:
    """What is counted in the place (IRI), by its first `most` figures, or by all."""
    found = list(figures(store, place, None if most is None else most + 1))
    by_count: dict[Basis, list[tuple[Year, Key, Figure]]] = {}
    for of, year, key, figure in found[:most]:
        by_count.setdefault(of, []).append((year, key, figure))
    functions, bodies = wider(store, FUNCTIONS), wider(store, BODIES)
    counts = (_count(of, read, functions, bodies) for of, read in by_count.items())
    in_order = tuple(sorted(counts, key=lambda each: (-len(each.lines), each.basis)))
    return Counted(in_order, most is not None and len(found) > most)


def figures(store: Store, place: str, limit: int | None = None) -> Iterator[Published]:
    """The figures of the place (IRI), by count and period, as they are read."""
    found = rows(store, "counted-figures", limit, place=NamedNode(place))
    while some := list(islice(found, _AT_ONCE)):
        names = period_names(store, (row["period"].value for row in some))
        yield from (read for row in some if (read := _read(row, names)) is not None)


def wider(store: Store, scheme: str) -> dict[str, set[str]]:
    """Concept of a code list → all that it lies within."""

    def read() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for narrow, wide in rows(store, "broader", scheme=NamedNode(scheme)):
            found.setdefault(narrow.value, set()).add(wide.value)
        return found

    return once(store, "wider", scheme, read)


def year_of(period: str, name: str = "") -> tuple[str | None, str]:
    """The year in which a period begins, and its words: `2008`, `2008-09`; None and `year not stated` without one.

    A period is a year, a financial year in one of the forms of protocol dp-02, or the address of one; of another
    address its name tells.
    """
    text = period
    if "://" in period:
        last = period.rpartition("/")[2]
        text = last if last[:4].isdigit() else name
    if span := _YEAR.match(text):
        return span[1], f"{span[1]}-{span[2]}"
    return (text[:4], text[:4]) if text[:4].isdigit() else (None, "year not stated")


def period_names(store: Store, periods: Iterable[str]) -> dict[str, str]:
    """Period → its name, of those that are addresses and have one."""
    named = sorted({each for each in periods if "://" in each})
    found = rows(store, "labels", thing=nodes(named)) if named else ()
    return {thing.value: label.value for thing, _, label in found}


def _read(row: Any, names: Mapping[str, str]) -> Published | None:
    """A figure as it was published; None where what stands for one is no number."""

    def text(name: str) -> str:
        value = row[name]
        return "" if value is None else str(getattr(value, "value", value))

    status, period = text("status"), text("period")
    begins, words = year_of(period, names.get(period, ""))
    forecast = status == _FORECAST
    value, power = exact(text("value")), exact(text("multiplier") or 0)
    if value is None or power is None or abs(power) > LARGEST:
        return None
    amount = value.scaleb(int(power))
    figure = Figure(
        *(text("figure"), amount, status, text("allocation"), text("remark"), text("overlap")),
        again=tuple(text("again").split()),
        sources=tuple(text("sources").split()),
    )
    of = Basis(*map(text, ("count", "currency", "prices", "baseYear", "gross")))
    key = Key(*map(text, ("function", "spender", "type", "control")))
    return Published(of, Year(period, begins, f"{words}, forecast" if forecast else words, forecast), key, figure)


def _count(
    of: Basis,
    read: Sequence[tuple[Year, Key, Figure]],
    functions: Mapping[str, set[str]],
    bodies: Mapping[str, set[str]],
) -> Count:
    years = sorted({year for year, _, _ in read}, key=lambda year: (year.begins or "", year.period, year.forecast))
    cells: dict[tuple[Key, int], dict[Year, Figure]] = {}
    for year, key, figure in read:
        again = 0  # a second figure of the same thing is a line of its own: which of the two holds is not ours to say
        while year in cells.setdefault((key, again), {}):
            again += 1
        cells[key, again][year] = figure
    lines = [Line(key, tuple(found.get(year) for year in years)) for (key, _), found in cells.items()]
    lines.sort(key=lambda line: -max(figure.amount for figure in line.given))
    lines = [replace(line, within=_within(line, lines, functions, bodies)) for line in lines]
    return Count(of, tuple(years), tuple(_nested(lines)))


def _within(
    line: Line, lines: Iterable[Line], functions: Mapping[str, set[str]], bodies: Mapping[str, set[str]]
) -> Line | None:
    def holds(other: Line) -> bool:
        one, two = line.key, other.key
        return (
            one != two
            and other.division == line.division
            and (two.function == one.function or two.function in functions.get(one.function, ()))
            and (two.body == one.body or two.body in bodies.get(one.body, ()))
            and two.type in (one.type, _ALL_TYPES)
            and two.control in (one.control, _ALL_CONTROL)
            and any(mine and its for mine, its in zip(line.figures, other.figures, strict=True))
        )

    # The largest come first, so the last that holds it is the narrowest.
    return next((other for other in reversed(list(lines)) if holds(other)), None)


def _nested(lines: Sequence[Line]) -> list[Line]:
    """Each line followed by those that stand in it."""
    inside: dict[Key | None, list[Line]] = {}
    for line in lines:
        inside.setdefault(line.within.key if line.within else None, []).append(line)

    told: list[Line] = []
    ahead = inside.pop(None, [])[::-1]
    while ahead:
        line = ahead.pop()
        told.append(line)
        ahead += inside.pop(line.key, [])[::-1]
    return told
