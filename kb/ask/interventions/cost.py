"""The rule by which statements of money become a few words: what it cost, and what was saved.

Sums are never added or averaged: they overlap, and stand on different bases. They are put side by side by what they are
per (a person, a year, a project …), their currency, and whether they are looked back on or ahead (forecasts, business
cases, budgets, hopes). Only what is per person, per person and year, or per transaction is the same thing of whatever
size the work is: those have a range from the lowest to the highest. All else belongs to a piece of work of its own
size; of several the lowest and highest are told to give an idea, with the words that they cannot be compared. Prices of
different or unknown years cannot be compared exactly either, which is said too (HM Treasury, The Green Book, ch. 5: the
same price base before sums are compared).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kb.ask.interventions.findings import code, decimal
from kb.ask.summaries import Summary

COSTS = frozenset(
    ("cost", "capital-cost", "one-off-revenue-cost", "recurring-revenue-cost", "redundancy-cost", "annual-rent")
)
"""Kinds of money that are the cost of doing it. Not: what the problem costs, what is spent anyway, grants."""

SAVINGS = frozenset(
    ("saving", "recurring-revenue-saving", "one-off-saving", "net-saving", "avoided-cost", "capital-receipt", "income")
)
"""Kinds of money that it saved or brought in."""

AHEAD = frozenset(("aspiration", "forecast", "business-case", "budgeted"))
"""Statuses of an estimate that look ahead."""

OUT = frozenset(("withdrawn",))
"""Statuses of what its authors gave up."""

OF_ONE_SIZE = frozenset(("per-person", "per-person-per-year", "per-transaction"))
"""Bases on which sums of different pieces of work are of the same thing."""


@dataclass(frozen=True)
class Range:
    """Statements that are per the same: the lowest and highest sum that they give."""

    basis: str
    """Code of ww:periodBasis; `unknown` without one."""
    currency: str
    ahead: bool
    low: Decimal
    high: Decimal
    statements: tuple[Summary, ...]

    @property
    def comparable(self) -> bool:
        """Whether the sums are of the same thing, prices apart."""
        return self.basis in OF_ONE_SIZE

    @property
    def price_years(self) -> tuple[str, ...]:
        """The years of whose prices the sums are; empty where none tells."""
        return tuple(sorted({year for each in self.statements if (year := each.first("ww:priceBaseYear"))}))

    @property
    def one_price_base(self) -> bool:
        """Whether all sums are in the prices of one year that all tell."""
        return len(self.price_years) == 1 and all(each.first("ww:priceBaseYear") for each in self.statements)


def ranges(statements: Iterable[Summary], kinds: frozenset[str]) -> tuple[Range, ...]:
    """The sums of these kinds of money by what they are per; what can be compared first, then what most give."""
    found: dict[tuple[str, str, bool], list[tuple[Decimal, Decimal, Summary]]] = {}
    for each in statements:
        given = (decimal(each, name) for name in ("ww:amount", "ww:amountLow", "ww:amountHigh"))
        sums = [number for number in given if number is not None]
        status = code(each, "ww:estimateStatus")
        if code(each, "ww:moneyKind") in kinds and status not in OUT and sums:
            basis = code(each, "ww:periodBasis") or "unknown"
            key = basis, (code(each, "ww:currency") or "gbp").upper(), status in AHEAD
            found.setdefault(key, []).append((min(sums), max(sums), each))
    result = (
        Range(basis, currency, ahead, min(s[0] for s in sums), max(s[1] for s in sums), tuple(s[2] for s in sums))
        for (basis, currency, ahead), sums in found.items()
    )
    return tuple(sorted(result, key=lambda each: (not each.comparable, each.ahead, -len(each.statements), each.basis)))
