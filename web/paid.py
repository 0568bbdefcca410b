"""Payments that bodies of a place have published, as the page of its money tells them: by year, and by category."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.ask.labels import Labels
from kb.store.payments.build import PaidYear, Sum
from web.chart import Chart, Row, grouped
from web.page_table import Cell, Line, PageTable
from web.values import money, number

CSV_HEADINGS = (
    *("payer", "year", "months_with_payments", "category", "payments", "total", "currency"),
    *("payer_address", "register"),
)


@dataclass(frozen=True)
class Paid:
    """What one body paid by one register in one currency: all years, and the categories of the last."""

    payer: str
    chart: Chart | None
    years: PageTable
    categories: PageTable | None


def view(found: Sequence[PaidYear], labels: Labels) -> list[Paid]:
    """A part of the page for each body, register and currency."""
    groups: dict[tuple[str, str, str], list[PaidYear]] = {}
    for year in found:
        groups.setdefault((year.payer, year.register, year.currency), []).append(year)
    return [_paid(labels.name(payer), payer, years) for (payer, _, _), years in groups.items()]


def csv_rows(found: Sequence[PaidYear], labels: Labels) -> Iterator[tuple[str, ...]]:
    """A row for each year as a whole and for each of its categories, by CSV_HEADINGS."""
    for year in found:
        parts = [("all", year.all), *year.categories.items(), *([("others", year.rest)] if year.rest.payments else [])]
        for category, paid in parts:
            yield (
                *(labels.name(year.payer), year.year or "no date", str(year.months), category, str(paid.payments)),
                *(paid.total, _code(year.currency), year.payer, year.register),
            )


def _paid(name: str, payer: str, years: Sequence[PaidYear]) -> Paid:
    last = years[-1]
    title = f"Payments published by {name}, by financial year"
    bars = [Row(_year(year), (Decimal(year.all.total),), (_money(year, year.all),), _part(year)) for year in years]
    lines = [
        Line(Cell(_year(year), note=_part(year)), (Cell(number(year.all.payments)), Cell(_money(year, year.all))))
        for year in years
    ]
    numbers = frozenset([1, 2])
    by_category = [
        Line(Cell(category), (Cell(number(paid.payments)), Cell(_money(last, paid))))
        for category, paid in (*last.categories.items(), *([("All others", last.rest)] if last.rest.payments else []))
    ]
    heading = f"{name}, {_year(last)}, by the payer's own categories"
    headings = ("Category", "Payments", "Total")
    return Paid(
        payer=payer,
        chart=grouped(title, bars[-12:], ("Paid",)),
        years=PageTable(title, ("Year", "Payments", "Total"), tuple(lines), numbers),
        categories=PageTable(heading, headings, tuple(by_category), numbers) if last.categories else None,
    )


def _year(year: PaidYear) -> str:
    return year.year or "without a date"


def _part(year: PaidYear) -> str:
    return "" if year.months >= 12 or not year.year else f"Payments in {year.months} of its 12 months only."


def _money(year: PaidYear, paid: Sum) -> str:
    return money(round(Decimal(paid.total), 2), _code(year.currency))


def _code(currency: str) -> str:
    return currency.rpartition("/")[2].upper() or "GBP"
