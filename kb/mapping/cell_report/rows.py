"""Numbers of rows in words: `2–613, 700 and 3 more`."""

from collections.abc import Iterable

from kb.mapping.cell_report.findings import NOWHERE

SHOWN = 12
"""Stretches of rows that are named; what comes after is counted."""


def stretches(rows: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of rows without a gap, in order; what is of no row is left out."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows) - {NOWHERE}):
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def in_words(rows: Iterable[int], shown: int = SHOWN) -> str:
    """`row 5`, `rows 2–613, 700 and 3 more`; empty where there is none."""
    found = stretches(rows)
    named = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found[:shown])
    rest = sum(last - first + 1 for first, last in found[shown:])
    if not found:
        return ""
    word = "row" if len(found) == 1 and found[0][0] == found[0][1] else "rows"
    return f"{word} {named} and {rest:,} more" if rest else f"{word} {named}"
