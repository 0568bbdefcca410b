"""Where a table begins: its headings, told from titles above them and from rows when there are none."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.intake.spreadsheet.found import Merged

SAMPLE = 80
"""Rows that are not blank, from the first, by which it is decided."""

Numbered = tuple[int, list[str]]

_FURTHEST = 25
_NUMBER = re.compile(r"[(£$€+-]*\d[\d,]*(\.\d+)?([eE][+-]?\d+)?[%)kKmM]?")
_DATE = re.compile(r"\d{1,4}[/.-](\d{1,2}|[A-Za-z]{3,9})[/.-]\d{1,4}([T ]\d\d:\d\d(:\d\d)?Z?)?")
_CODE = re.compile(r"[A-Z]{1,3}\d{3,}|\d{3,}([.,]\d*)?")
_YEARS = range(1900, 2101)
_LONGEST_CODE = 24
_WIDEST = 1_000


@dataclass(frozen=True)
class Start:
    """Indexes into the sample: rows above the headings, of groups over them (None: no such row), of the headings (None:
    there are none), and of the first row of data."""

    titles: list[int]
    groups: int | None
    headings: int | None
    data: int


def start_of(sample: Sequence[Numbered], merged: Sequence[Merged]) -> Start:
    """Decides by how full the rows are and by whether a row is of the same kinds as those below it."""
    filled = [sum(map(bool, cells)) for _, cells in sample]
    typical = sorted(filled)[3 * len(filled) // 4]
    enough = min(typical, max(2, typical // 2 + 1))
    at = next((index for index, count in enumerate(filled[:_FURTHEST]) if count >= enough), 0)
    if _is_group_row(sample, at, merged):
        return Start(list(range(at)), at, at + 1, at + 2)
    if _is_data(sample[at][1], [cells for _, cells in sample[at + 1 :]]):
        return Start(list(range(at)), None, None, at)
    if at and _is_group_row(sample, at - 1, merged):
        return Start(list(range(at - 1)), at - 1, at, at + 1)
    return Start(list(range(at)), None, at, at + 1)


def kind_of(cell: str) -> str:
    """`number`, `date`, the shape of a code (`A9 9A` for any postcode), or `text`."""
    if _NUMBER.fullmatch(cell):
        return "number"
    if _DATE.fullmatch(cell):
        return "date"
    if len(cell) <= _LONGEST_CODE and any(map(str.isdigit, cell)):
        return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", cell))
    return "text"


def _is_data(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are more like those below them than unlike; what counts up by one are headings (2019, 2020)."""
    below = [row for row in below if list(row) != list(cells)]
    if _counts_up(cells):
        return False
    if not below:
        return any(_CODE.fullmatch(cell) for cell in cells)
    like = unlike = 0
    for column, cell in enumerate(cells):
        under = [row[column] for row in below if column < len(row) and row[column]]
        if not cell or not under:
            continue
        kind, count = Counter(map(kind_of, under)).most_common(1)[0]
        if kind != "text" and count >= 0.8 * len(under):
            like += kind_of(cell) == kind
            unlike += kind_of(cell) != kind
        elif cell in under and kind_of(cell) != "number":
            like += 1
    return like > unlike


def _counts_up(cells: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in cells if cell.isdecimal() and len(cell) <= 4]
    steps = all(after == before + 1 for before, after in zip(numbers, numbers[1:], strict=False))
    return steps and (len(numbers) > 2 or (len(numbers) == 2 and all(each in _YEARS for each in numbers)))


def _is_group_row(sample: Sequence[Numbered], at: int, merged: Sequence[Merged]) -> bool:
    """Whether the row names groups of the columns that the next row names."""
    if at + 1 >= len(sample):
        return False
    (number, over), (next_number, under) = sample[at], sample[at + 1]
    rows = [cells for _, cells in sample[at + 2 :]]
    if next_number != number + 1 or any(kind_of(cell) in ("number", "date") for cell in under if cell):
        return False
    wide = [each for each in merged if each.top == number == each.bottom and each.right > each.left]
    spanned = [each for each in wide if sum(map(bool, under[each.left - 1 : each.right])) > 1]
    if spanned:
        title = sum(map(bool, over)) == 1 and not any(over[: spanned[0].left - 1]) and spanned[0].left == 1
        return not title
    width = len(under)
    named, columns = sum(map(bool, over)), [index for index, cell in enumerate(over) if cell]
    gaps = sum(1 for index, cell in enumerate(under) if cell and (index >= len(over) or not over[index]))
    return (
        named >= 3
        and gaps >= 2
        and all(index < width and under[index] for index in columns)
        and len(set(filter(None, under))) == sum(map(bool, under))
        and bool(rows)
        and not _is_data(under, rows)
        and any(kind_of(cell) != "text" for row in rows for cell in row if cell)
    )


def joined(over: Sequence[str], under: Sequence[str], number: int, merged: Sequence[Merged]) -> list[str]:
    """`Group: heading` for each heading; a group reaches over the blanks to its right, or as far as it is merged."""
    ends = {each.left: each.right for each in merged if each.top <= number <= each.bottom}
    joint: list[str] = []
    group, until = "", 0
    for column in range(1, max(len(over), len(under)) + 1):
        above = over[column - 1] if column <= len(over) else ""
        below = under[column - 1] if column <= len(under) else ""
        if above:
            group, until = above, ends.get(column, column if ends else len(under))
        elif column > until:
            group = ""
        joint.append(f"{group}: {below}" if group and below and group != below else below or above)
    return joint


def spread(headings: Sequence[str], number: int, merged: Sequence[Merged]) -> list[str]:
    """A heading merged over several columns stands over each of them."""
    wide = list(headings)
    for each in merged:
        if each.top <= number <= each.bottom and each.left <= len(wide) and wide[each.left - 1]:
            wide += [""] * (min(each.right, _WIDEST) - len(wide))
            for column in range(each.left, min(each.right, _WIDEST)):
                wide[column] = wide[column] or wide[each.left - 1]
    return wide
