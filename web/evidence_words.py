"""Effect, strength of evidence and cost in words: how pages put what kb.ask.interventions found by its rules."""

from decimal import Decimal

from kb.ask.interventions.cost import Range
from kb.ask.interventions.findings import decimal
from kb.ask.labels import Labels
from kb.ask.summaries import Summary
from web.values import money, number

NOTHING = {
    **dict.fromkeys(("difference", "percentage-change", "percentage-points", "money"), 0),
    "standardised-mean-difference": 0,
    **dict.fromkeys(("odds-ratio", "ratio-of-odds-ratios", "risk-ratio", "rate-ratio", "hazard-ratio"), 1),
}
"""Code of a statistic → the value of it that stands for no effect."""

PER = {
    "per-person": "a person",
    "per-person-per-year": "a person and year",
    "per-transaction": "a transaction",
    "per-year": "a year",
    "per-unit": "a unit, which each statement names",
    "one-off": "once",
    "total-over-period": "in all, over periods of different length",
    "point-in-time": "at one time",
    "net-present-value": "at present value",
}
"""Code of ww:periodBasis → how a sum is put; without one or with another, the period is not stated."""

ONE = {"per-unit": "a unit, which the statement names", "total-over-period": "in all"}
"""The same of a single sum, where that differs."""

_UNITS = {"percent": "%", "percentage-point": " percentage points", "ratio": "", "pound": ""}


def per(basis: str) -> str:
    """For what a sum stands."""
    return PER.get(basis, "period not stated")


def range_words(found: Range) -> str:
    """`£123 to £636 a person`, `3 sums from £1 million to £4 million a year`; with (expected beforehand)."""
    low, high = money(found.low, found.currency), money(found.high, found.currency)
    sums = low if found.low == found.high else f"{low} to {high}"
    if len(found.statements) > 1 and not found.comparable:
        sums = f"{len(found.statements)} sums {'of' if found.low == found.high else 'from'} {sums}"
    basis = per(found.basis)
    if len(found.statements) == 1:
        basis = ONE.get(found.basis, basis)
    words = f"{sums}, {basis}" if basis == per("") or "," in basis else f"{sums} {basis}"
    return f"{words} (expected beforehand)" if found.ahead else words


def range_note(found: Range) -> str:
    """Why the sums of a range can or can't be compared; empty of one."""
    if len(found.statements) == 1:
        return ""
    if not found.comparable:
        return "Each is for work of its own size: they can’t be compared."
    if found.one_price_base:
        return f"{len(found.statements)} sums, in prices of {found.price_years[0]}."
    return f"{len(found.statements)} sums, in prices of years that are not all stated: compare them with care."


def estimate_words(estimate: Summary, labels: Labels) -> str:
    """`odds ratio 0.82, 95% interval 0.7 to 0.97 (12 months)`; empty where it gives no number."""
    value = decimal(estimate, "ww:value")
    if value is None:
        return ""
    statistic, unit = estimate.first("ww:statistic") or "", estimate.first("ww:unit") or ""
    words = f"{labels.name(statistic)[:1].lower()}{labels.name(statistic)[1:]} {_quantity(value, unit, labels)}"
    low, high = decimal(estimate, "ww:ciLower"), decimal(estimate, "ww:ciUpper")
    if low is not None and high is not None:
        words += f", 95% interval {_signed(low)} to {_signed(high)}"
        nothing = NOTHING.get(statistic.rpartition("/")[2])
        if nothing is not None and low <= nothing <= high and not estimate.all("ww:arm"):
            words += ", which includes no effect"
    if (size := decimal(estimate, "ww:sampleSize")) is not None:
        words += f", {number(size)} people or cases"
    arm = estimate.first("ww:arm")
    beside = [labels.name(arm).lower() if arm else "", _small(estimate.first("ww:timePoint") or "")]
    return words + (f" ({', '.join(filter(None, beside))})" if any(beside) else "")


def _quantity(value: Decimal, unit: str, labels: Labels) -> str:
    code = unit.rpartition("/")[2]
    if code == "pound":
        return money(value)
    if code in _UNITS:
        return f"{_signed(value)}{_UNITS[code]}"
    return f"{_signed(value)} {labels.name(unit).lower()}" if unit and code != "count" else _signed(value)


def _signed(value: Decimal) -> str:
    words = number(abs(value))
    return f"−{words}" if value < 0 else words


def _small(words: str) -> str:
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
