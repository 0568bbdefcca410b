"""A count of public money as its page tells it: sentences, charts, tables; nothing is added up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from kb.ask.count_context import People, Place
from kb.ask.counting import ALL_BODIES, ALL_FUNCTIONS, Count, Division, Figure, Line, Published
from kb.ask.labels import Labels
from kb.namespaces import concept
from web.chart import PARTS, Chart, Row, grouped
from web.page_table import Cell, PageTable
from web.page_table import Line as TableLine
from web.values import money, number

CSV_HEADINGS = (
    *("account", "year", "forecast", "function", "body", "type_of_spending", "control", "amount", "currency"),
    *("price_basis", "base_year", "gross_or_net", "overlap", "counted_again_in", "allocation", "status", "remark"),
    *("sources", "address"),
)

_DIVISIONS: dict[Division, tuple[str, str]] = {
    "function": ("By function", "function"),
    "body": ("By public body", "body"),
    "both": ("By function and public body", "function and body"),
    "total": ("By type of spending and local control", "type of spending and control"),
}
"""Division → the heading of its part and what its lines are; of the total, what holds a part of it only."""

_EXPECTED = ("function", "body")
"""Divisions of which it is said where a count lacks them."""

_HEADS = 20
"""Figures that are given per head; of more the CSV has amounts and people."""

_NORMAL = concept("obs-status", "normal-value")
_UNKNOWN = ("", concept("price-basis", "unknown"), concept("gross-net", "unknown"))


@dataclass(frozen=True)
class Part:
    """One division of a count: its chart and table, or the sentence that says who has not published it."""

    key: str
    heading: str
    chart: Chart | None
    table: PageTable | None
    absent: str


@dataclass(frozen=True)
class CountView:
    """A count on its page."""

    count: Count
    title: str
    total: str
    about: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    twice: PageTable | None
    unchecked: str
    per_head: PageTable | None
    real: PageTable | None
    """The total in the prices of another year."""
    no_real: str


PLACES_HEADINGS = (
    *("place", "account", "year", "figures", "functions", "bodies", "largest_figure", "currency", "address"),
)


def places_rows(found: Sequence[Place], labels: Labels) -> Iterator[tuple[str, ...]]:
    """A row for each place, account and year, by PLACES_HEADINGS."""
    for each in found:
        named = (labels.name(each.place), labels.name(each.count), each.year)
        numbers = (str(each.figures), str(each.functions), str(each.bodies), f"{each.largest:f}")
        yield (*named, *numbers, _code(each.currency), each.place)


def places_table(found: Sequence[Place], labels: Labels) -> PageTable:
    """The same for the page; a place leads to its own page of money."""
    headings = ("Place", "Account", "Year", "What it divides", "Largest figure")
    lines = []
    for each in sorted(found, key=lambda each: (labels.name(each.place).casefold(), each.count, each.year)):
        divided = [_number_of(each.functions, "function"), _number_of(each.bodies, "kind of body", "kinds of body")]
        by = " and ".join(filter(None, divided))
        largest = Cell(money(each.largest, _code(each.currency)))
        cells = (Cell(labels.name(each.count)), Cell(each.year), Cell(f"by {by}" if by else "a total alone"), largest)
        link = f"/money?{urlencode({'place': each.place})}"
        lines.append(TableLine(Cell(labels.name(each.place), href=link), cells))
    return PageTable("Places that have a count", headings, tuple(lines), frozenset([4]))


def _number_of(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}" if number else ""


def iris(counts: Sequence[Count]) -> Iterator[str]:
    """What a page of these counts needs labels for."""
    for count in counts:
        for line in count.lines:
            for year, figure in zip(count.years, line.figures, strict=True):
                if figure:
                    yield from iris_of(Published(count.basis, year, line.key, figure))


def iris_of(each: Published) -> Iterator[str]:
    """What one figure needs labels for."""
    yield from (each.basis.account, each.basis.prices, each.basis.gross, each.basis.currency, *each.key)
    figure = each.figure
    yield from (figure.status, figure.allocation, figure.overlap, *figure.again, *figure.sources)


def view(
    count: Count,
    labels: Labels,
    missing: str,
    known: Sequence[People],
    series: Mapping[str, Mapping[str, Decimal]],
) -> CountView:
    """The count as its page tells it.

    `missing` says who has not published what is not there, `known` are the people of the place, `series` the published
    series of prices, source → year → index.
    """
    telling = _Telling(count, labels, missing)
    real = telling.real(series)
    return CountView(
        count=count,
        title=labels.name(count.basis.account),
        total=telling.total(),
        about=tuple(telling.about()),
        parts=tuple(telling.part(each) for each in _DIVISIONS if each in _EXPECTED or telling.lines(each)),
        twice=telling.twice(),
        unchecked=telling.unchecked(),
        per_head=telling.per_head(known),
        real=real,
        no_real="" if real else telling.no_real(series),
    )


def csv_row(each: Published, labels: Labels) -> tuple[str, ...]:
    """The row of a figure, by CSV_HEADINGS."""

    def named(iri: str) -> str:
        return labels.name(iri) if iri else ""

    (account, currency, prices, base_year, gross), year, key, figure = each
    return (
        *(named(account), year.words.removesuffix(", forecast"), "yes" if year.forecast else "no"),
        *map(named, key),
        *(f"{figure.amount:f}", _code(currency), named(prices), base_year),
        *map(named, (gross, figure.overlap)),
        "; ".join(map(named, figure.again)),
        *map(named, (figure.allocation, figure.status)),
        *(figure.remark, "; ".join(map(named, figure.sources)), figure.iri),
    )


class _Telling:
    """What is said of one count."""

    def __init__(self, count: Count, labels: Labels, missing: str) -> None:
        self.count, self.labels, self.missing = count, labels, missing
        self.years = [year.words for year in count.years]

    def money(self, amount: Decimal) -> str:
        return money(round(amount, 2), _code(self.count.basis.currency))

    def total(self) -> str:
        line = self.count.total
        if line is None:
            return f"Total of all functions and bodies: {self.missing}. It is not made up by adding the figures."
        told = [
            f"{self.money(figure.amount)} in {year}" if year[:1].isdigit() else f"{self.money(figure.amount)}, {year}"
            for year, figure in zip(self.years, line.figures, strict=True)
            if figure
        ]
        return f"In all {'; '.join(told)}."

    def about(self) -> Iterator[tuple[str, str]]:
        count = self.count
        prices = self.labels.name(count.basis.prices).lower() if count.basis.prices else ""
        if count.basis.prices in _UNKNOWN:
            yield "Prices", "not stated, so that it cannot be compared with other years"
        elif count.nominal:
            yield "Prices", "nominal: those of each year, so that a part of any change is prices"
        else:
            base = count.basis.base_year
            yield "Prices", f"{prices}, of {base}" if base else f"{prices}, base year not stated"
        if count.basis.gross not in _UNKNOWN:
            yield "Gross or net", self.labels.name(count.basis.gross).lower()
        else:
            yield "Gross or net", "not stated"
        kinds = {year.forecast for year in count.years}
        yield "Forecast", "of some years, apart" if len(kinds) == 2 else "yes" if True in kinds else "no"
        if remarks := {figure.remark for line in count.of("total") for figure in line.given if figure.remark}:
            yield "What the account says", " ".join(sorted(remarks))

    def name(self, line: Line) -> str:
        """What a line is called among those of its division."""
        parts = []
        if line.key.function != ALL_FUNCTIONS:
            parts.append(self.labels.name(line.key.function))
        if line.key.body != ALL_BODIES:
            body = self.labels.name(line.key.body)
            parts.append(body.lower() if parts and "concept/organisation-type" in line.key.body else body)
        if not line.whole:
            rest = [each for each in (line.key.type, line.key.control) if each and not each.endswith("/total")]
            parts.append(f"({', '.join(self.labels.name(each).lower() for each in rest)})")
        if len(parts) == 1 and parts[0].startswith("("):
            return parts[0][1:-1].capitalize()
        return " – ".join(parts).replace(" – (", " (") or "All functions"

    def notes(self, line: Line) -> str:
        """What must be known of the figures of a line where they are seen."""
        said = []
        if line.within:
            said.append(f"Stands within {self.name(line.within)}, and is no further money.")
        if again := {body for figure in line.given if figure.doubled for body in figure.again}:
            names = " and ".join(sorted(map(self.labels.name, again)))
            said.append(f"The same money stands in the figure of {names} too.")
        elif any(figure.doubled for figure in line.given):
            said.append("The same money stands in another body's figure too.")
        states = {figure.status for figure in line.given} - {_NORMAL, ""}
        said += [f"{self.labels.name(state)}." for state in sorted(states)]
        return " ".join(said)

    def lines(self, division: Division) -> list[Line]:
        return [line for line in self.count.of(division) if division != "total" or not line.whole]

    def part(self, division: Division) -> Part:
        heading, what = _DIVISIONS[division]
        lines = self.lines(division)
        if not lines:
            return Part(division, heading, None, None, f"By {what}: {self.missing}.")
        shown = self.years[-PARTS:]
        title = f"{heading}, {shown[0]}" if len(shown) == 1 else f"{heading}, {shown[0]} to {shown[-1]}"
        bars = [
            Row(
                self.name(line),
                tuple(figure.amount if figure else None for figure in line.figures[-PARTS:]),
                tuple(self.money(figure.amount) if figure else self.missing for figure in line.figures[-PARTS:]),
                self.notes(line),
            )
            for line in lines
        ]
        return Part(division, heading, grouped(title, bars, shown), self.table(title, what, lines), "")

    def table(self, title: str, what: str, lines: Sequence[Line]) -> PageTable:
        share = self.count.total if len(self.years) == 1 else None
        whole = share.figures[0] if share else None
        headings = (what.capitalize(), *self.years, *(["Share of the total"] if whole else []))
        rows = []
        for line in lines:
            cells = [self.cell(figure) for figure in line.figures]
            first = line.figures[0]
            if whole and first:
                cells.append(Cell(f"{first.amount / whole.amount:.1%}" if whole.amount else ""))
            remarks = sorted({figure.remark for figure in line.given if figure.remark})
            note = " ".join(filter(None, (self.notes(line), *remarks)))
            rows.append(TableLine(Cell(self.name(line), note=note), tuple(cells)))
        return PageTable(title, headings, tuple(rows), frozenset(range(1, len(headings))))

    def cell(self, figure: Figure | None) -> Cell:
        if figure is None:
            return Cell(self.missing, missing=True)
        return Cell(self.money(figure.amount), figure.iri)

    def twice(self) -> PageTable | None:
        rows = []
        for line in self.count.lines:
            for year, figure in zip(self.years, line.figures, strict=True):
                if figure and figure.doubled:
                    again = " and ".join(map(self.labels.name, figure.again)) or "not recorded whose"
                    cells = (Cell(year), self.cell(figure), Cell(again))
                    rows.append(TableLine(Cell(self.name(line)), cells))
        if not rows:
            return None
        headings = ("Figure", "Year", "Amount", "Also in the figure of")
        return PageTable("Money that is counted twice", headings, tuple(rows), frozenset([2]))

    def unchecked(self) -> str:
        figures = self.count.figures
        unknown = sum(not figure.checked for figure in figures)
        if not unknown or len(figures) == 1:
            return ""
        some = "any of these figures" if unknown == len(figures) else f"{unknown:,} of these {len(figures):,} figures"
        return (
            f"Of {some} the account does not say whether money that one body passes to another stands in both. "
            "So they are not added up."
        )

    def per_head(self, known: Sequence[People]) -> PageTable | None:
        lines = [self.count.total, *(line for line in self.count.of("function") if line.whole)]
        found = [
            (line, year, figure)
            for line in filter(None, lines)
            for year, figure in zip(self.count.years, line.figures, strict=True)
            if figure
        ]
        rows = []
        for line, year, figure in found[:_HEADS]:
            there = next((each for each in known if each.year == year.begins), None)
            if there is None or not there.people:
                cells = (Cell(self.money(figure.amount)), Cell("none"), Cell(self.no_people(year.begins, known)))
            else:
                each = self.money(figure.amount / there.people)
                people_ = Cell(number(there.people), there.observation, there.remark)
                cells = (Cell(self.money(figure.amount)), people_, Cell(each))
            rows.append(TableLine(Cell(f"{self.name(line)}, {year.words}"), cells))
        headings = ("Of all bodies together", "Amount", "People in that year", "Per head")
        caption = f"Per head, the first {_HEADS} of {len(found):,} figures" if len(found) > _HEADS else "Per head"
        return PageTable(caption, headings, tuple(rows), frozenset([1, 2])) if rows else None

    def no_people(self, begins: str | None, known: Sequence[People]) -> str:
        others = ", ".join(sorted({each.year for each in known}))
        rest = f"The population recorded is of {others}" if others else "No population of this place is recorded here"
        if begins is None:
            return f"Not given: the account does not name the year. {rest}."
        return f"Not given: no population of {begins} within these borders is recorded here. {rest}."

    def real(self, series: Mapping[str, Mapping[str, Decimal]]) -> PageTable | None:
        line = self.count.total
        if line is None or not self.count.nominal:
            return None
        rows = []
        for source, index in series.items():
            wanted = max(index)
            for year, figure in zip(self.count.years, line.figures, strict=True):
                if figure and year.begins and index.get(year.begins):
                    amount = figure.amount * index[wanted] / index[year.begins]
                    cells = (Cell(self.money(figure.amount)), Cell(self.money(amount)), Cell(wanted))
                    rows.append(TableLine(Cell(year.words), (*cells, Cell(self.labels.name(source), source))))
        headings = ("Year", "As published (nominal)", "In real prices", "Prices of", "Deflator")
        return PageTable("The total in prices of one year", headings, tuple(rows), frozenset([1, 2])) if rows else None

    def no_real(self, series: Mapping[str, Mapping[str, Decimal]]) -> str:
        if self.count.basis.prices in _UNKNOWN:
            return "Not put into real prices, since the account does not say in whose prices it is."
        if not self.count.nominal or self.count.total is None:
            return ""
        if not series:
            return "Not put into real prices: no series of prices (deflator) is recorded here."
        return "Not put into real prices: no series of prices that is recorded here has the year in which it begins."


def _code(currency: str) -> str:
    return currency.rpartition("/")[2].upper() or "GBP"
