"""Which uses of buildings go together: compatible-uses.csv, a row for each pair of codes with its reason and source."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kb.namespaces import concept

FILE = "compatible-uses.csv"
LEVELS = {"well": 2, "possibly": 1}
"""How well uses go together, in words and as a number; 0 is for pairs of which the file says nothing."""

_UNKNOWN = concept("asset-use", "unknown")
_MOST = 64
"""Codes of the file: their sets are the bits of one number."""


@dataclass(frozen=True)
class Compatible:
    """A row: two codes (IRIs) in either order, how well they go together, why, and what that rests on."""

    one: str
    other: str
    level: int
    reason: str
    source: str
    """IRI of a source or of a record of the knowledge that ships."""


def is_use(code: str) -> bool:
    """Whether a code of asset-use says what a building is used for, and not that this is not known."""
    return code != _UNKNOWN


@cache
def compatible_uses() -> tuple[Compatible, ...]:
    """The rows of the file, as they stand there. Raises ValueError where it has more codes than fit."""
    written = files("kb.store.buildings").joinpath(FILE).read_text(encoding="utf-8")
    found = tuple(_row(row) for row in csv.DictReader(written.splitlines()))
    if len(codes(found)) > _MOST:
        raise ValueError(f"{FILE}: names more than {_MOST} codes")
    return found


def codes(rows: Iterable[Compatible]) -> list[str]:
    """The codes that the rows name, each once."""
    return sorted({code for row in rows for code in (row.one, row.other)})


def fitting(ones: Iterable[str], others: Iterable[str]) -> Compatible | None:
    """The row that says most of two buildings with these uses, codes above them included; None where none does.

    Of rows that go equally far that counts which stands first.
    """
    of_one, of_other = frozenset(ones), frozenset(others)
    rows = [row for row in compatible_uses() if _fits(row, of_one, of_other)]
    return max(rows, key=lambda row: row.level, default=None)


def _fits(row: Compatible, ones: frozenset[str], others: frozenset[str]) -> bool:
    return (row.one in ones and row.other in others) or (row.other in ones and row.one in others)


def _row(row: dict[str, str]) -> Compatible:
    one, other = (concept("asset-use", row[name]) for name in ("One use", "Other use"))
    return Compatible(one, other, LEVELS[row["How well"]], row["Reason"], row["Source"])
