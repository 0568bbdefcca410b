"""Adding up the payments of a snapshot, once; the caller holds the lock. A new one has it before the switch."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from kb.errors import NotFound
from kb.store.durability import HALF_MADE, move, remove_half_made, sync
from kb.store.folder import DataFolder

FILE = "payments.json"

FORM = 1
"""Raised when the file is written differently; one of another form is not read, and made anew."""

CATEGORIES = 12
"""Categories of a year that are kept by name, the largest; the others together are `rest`."""


@dataclass(frozen=True)
class Sum:
    """How many payments, and what they come to in whole units of the currency (a decimal as text)."""

    payments: int
    total: str


@dataclass(frozen=True)
class PaidYear:
    """What a body paid in a financial year (from April, `2009-10`; empty where payments have no date)."""

    register: str
    """The named graph that holds the payments."""
    payer: str
    currency: str
    year: str
    months: int
    """Months of the year in which there are payments: with fewer than 12 it is a part of a year."""
    all: Sum
    categories: dict[str, Sum] = field(default_factory=dict)
    """By the payer's own words."""
    rest: Sum = field(default_factory=lambda: Sum(0, "0"))


def build(snapshot: Path) -> None:
    """Adds up the payments in the folder of a snapshot durably; where it has the file, nothing."""
    if _said(snapshot).get("form") == FORM:
        return
    remove_half_made(snapshot)
    found = _years(Store.read_only(str(snapshot / "store")))
    draft = snapshot / f"{HALF_MADE}{FILE}"
    said = {"form": FORM, "years": [asdict(each) for each in found]}
    draft.write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")
    sync(draft)
    move(draft, snapshot / FILE)


def has_totals(folder: DataFolder, id: str) -> bool:
    """Whether a snapshot has them, in the present form."""
    return _said(folder.snapshots / id).get("form") == FORM


def read(folder: DataFolder, id: str) -> list[PaidYear]:
    """What was paid, by register, payer, currency and year; raises NotFound where it was not added up."""
    said = _said(folder.snapshots / id)
    if said.get("form") != FORM:
        raise NotFound(f"{id}: its payments are not added up here")
    return [_year(each) for each in said["years"]]


def _said(snapshot: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((snapshot / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    return found


def _year(said: dict[str, Any]) -> PaidYear:
    sums = {name: Sum(**each) for name, each in said["categories"].items()}
    return PaidYear(**said | {"all": Sum(**said["all"]), "categories": sums, "rest": Sum(**said["rest"])})


def _years(store: Store) -> list[PaidYear]:
    text = files("kb.store.payments").joinpath("totals.rq").read_text(encoding="utf-8")
    solutions: Any = store.query(text)
    years: dict[tuple[str, ...], dict[str, list[tuple[str, int, Decimal]]]] = {}
    for row in solutions:
        register, payer, currency, month, category, payments, total = (each.value if each else "" for each in row)
        found = years.setdefault((register, payer, currency, financial_year(month)), {})
        found.setdefault(category, []).append((month, int(payments), Decimal(total)))
    return [_added(key, found) for key, found in sorted(years.items())]


def financial_year(month: str) -> str:
    """The financial year of a month `2010-03`: `2009-10`; empty for another text."""
    year, _, number = month.partition("-")
    if not (len(year) == 4 and year.isdecimal() and number.isdecimal()):
        return ""
    begins = int(year) - (int(number) < 4)
    return f"{begins}-{(begins + 1) % 100:02}"


def _added(key: tuple[str, ...], found: dict[str, list[tuple[str, int, Decimal]]]) -> PaidYear:
    register, payer, currency, year = key
    named = {category: each for category, each in found.items() if category}
    largest = sorted(named, key=lambda category: (-sum(total for _, _, total in named[category]), category))
    kept = largest[:CATEGORIES]
    others = [row for category, rows in found.items() if category not in kept for row in rows]
    return PaidYear(
        *(register, payer, currency, year),
        months=len({month for rows in found.values() for month, _, _ in rows if month}),
        all=_sum(row for rows in found.values() for row in rows),
        categories={category: _sum(named[category]) for category in kept},
        rest=_sum(others),
    )


def _sum(rows: Iterable[tuple[str, int, Decimal]]) -> Sum:
    found = list(rows)
    return Sum(sum(payments for _, payments, _ in found), f"{sum((total for _, _, total in found), Decimal(0)):f}")
