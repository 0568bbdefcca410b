"""Dates in the forms that councils write them; which of day and month comes first is told by the whole column."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from kb.mapping.values.said import LONGEST, Remark, Said, bounded, empty, literal, noted, says_nothing, unread
from kb.mapping.values.years import financial_year
from kb.namespaces import expand

DATE, MONTH, YEAR = expand("xsd:date"), expand("xsd:gYearMonth"), expand("xsd:gYear")

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
FINANCIAL_YEAR, IN_MONTH = "financial-year", "month"
"""What a mapping may say of a column's dates, one word of each pair (kb.mapping.mapping.Mapping.dates)."""

_EPOCH = date(1899, 12, 30)
"""Day 0 of the numbers by which spreadsheets count days, for days after February 1900 (ECMA-376 Part 1 §18.17.4.1)."""

_LONG = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december")
_MONTHS = {name[:letters]: number for number, name in enumerate(_LONG, 1) for letters in (3, 4, len(name))}
"""`sep`, `sept` and `september` → 9."""

_TIME = re.compile(r"[T ]{1,2}[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2}|am|pm)?$", re.I)
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])")
_SLASHED = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[- /.]*([a-z]{3,9})\.?,?[- /.]*([0-9]{4}|'?[0-9]{2})", re.I)
_AMERICAN = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})", re.I)
_MONTH_NAME = re.compile(r"([a-z]{3,9})\.?[- /.,]*([0-9]{4}|'?[0-9]{2})", re.I)
_YEAR_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})")
_YEAR = re.compile(r"([0-9]{4})(?:\.0)?")
_SERIAL = re.compile(r"([1-6][0-9]{4})(?:\.[0-9]+)?")
_WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? ", re.I)
_CENTURY = 69
"""Two figures from here on are of the twentieth century (POSIX strptime, %y)."""


PAIRS = ((DAY_FIRST, MONTH_FIRST), (IN_MONTH, FINANCIAL_YEAR))


def with_word(decided: str, word: str) -> str:
    """What a mapping says of a column's dates with a word more, in place of the other of its pair.

    >>> with_word("day-first month", "financial-year")
    'day-first financial-year'
    """
    pair = next((each for each in PAIRS if word in each), (word,))
    return " ".join([*(each for each in decided.split() if each not in pair), word])


@dataclass(frozen=True)
class Habit:
    """How a column writes its dates: `order` and `dashed` are words of a mapping, or empty where it is not settled."""

    order: str = ""
    dashed: str = ""
    mixed: bool = field(default=False, compare=False)


def habit(cells: Iterable[str], decided: str = "") -> Habit:
    """What the values of a column settle of each other; what a person `decided` goes first.

    A day above 12 shows the order of all, unless another value shows the other order. A pair like 2012-13 shows that
    2009-10 is a financial year, one like 2009-05 that it is a month.
    """
    words = set(decided.split())
    firsts = seconds = years = months = False
    for cell in cells:
        if len(cell) > LONGEST:
            continue
        bare = _bare(cell)
        if (slashed := _SLASHED.fullmatch(bare)) and not _ISO.fullmatch(bare):
            firsts |= int(slashed[1]) > 12 >= int(slashed[2])
            seconds |= int(slashed[2]) > 12 >= int(slashed[1])
        elif dashed := _YEAR_MONTH.fullmatch(bare):
            follows = int(dashed[2]) == (int(dashed[1]) + 1) % 100
            years |= follows and not 1 <= int(dashed[2]) <= 12
            months |= not follows and 1 <= int(dashed[2]) <= 12
    order = _one(words, DAY_FIRST, MONTH_FIRST) or (
        "" if firsts == seconds else DAY_FIRST if firsts else MONTH_FIRST)
    dashed_as = _one(words, FINANCIAL_YEAR, IN_MONTH) or (
        "" if years == months else FINANCIAL_YEAR if years else IN_MONTH)
    return Habit(order, dashed_as, firsts and seconds)


@bounded
def read_date(cell: str, datatypes: Iterable[str], column: Habit) -> Said:
    """A date as one of the datatypes; what is less exact than they allow, or ambiguous, is not read."""
    allowed = tuple(datatypes)
    if _SERIAL.fullmatch(cell) and DATE in allowed:
        return _serial(cell)
    bare = _bare(cell)
    if dashed := _YEAR_MONTH.fullmatch(bare):
        return _dashed(cell, dashed, allowed, column)
    if financial_year(bare):
        return unread(f"“{cell}” is a financial year; a date belongs here.", *_ends(financial_year(bare) or 0))
    named = _named(bare)
    if named:
        year, month, day, short = named
        return _typed(cell, (year, month, day), allowed, f"“{cell}” was read as {{}}." if short else None)
    if slashed := _SLASHED.fullmatch(bare):
        return _slashed(cell, slashed, allowed, column)
    if says_nothing(cell):
        return empty(cell)
    return unread(f"“{cell}” is not a date.")


def _named(bare: str) -> tuple[int, int | None, int | None, bool] | None:
    """Year, month, day and whether the year was of two figures, where nothing is ambiguous."""
    if found := _ISO.fullmatch(bare) or _COMPACT.fullmatch(bare):
        return int(found[1]), int(found[2]), int(found[3]), False
    if (found := _NAMED.fullmatch(bare)) and found[2].lower() in _MONTHS:
        return _full(found[3]), _MONTHS[found[2].lower()], int(found[1]), len(found[3]) < 4
    if (found := _AMERICAN.fullmatch(bare)) and found[1].lower() in _MONTHS:
        return int(found[3]), _MONTHS[found[1].lower()], int(found[2]), False
    if (found := _MONTH_NAME.fullmatch(bare)) and found[1].lower() in _MONTHS:
        return _full(found[2]), _MONTHS[found[1].lower()], None, len(found[2]) < 4
    if (found := _MONTH_YEAR.fullmatch(bare)) and 1 <= int(found[1]) <= 12:
        return int(found[2]), int(found[1]), None, False
    if found := _YEAR.fullmatch(bare):
        return int(found[1]), None, None, False
    return None


def _slashed(cell: str, found: re.Match[str], allowed: tuple[str, ...], column: Habit) -> Said:
    first, second, year = int(found[1]), int(found[2]), _full(found[3])
    note = f"“{cell}” was read as {{}}." if len(found[3]) < 4 else None
    if first == second:
        return _typed(cell, (year, second, first), allowed, note)
    if first > 12 or second > 12:
        day, month = (first, second) if first > 12 else (second, first)
        return _typed(cell, (year, month, day), allowed, note)
    if column.order:
        day, month = (first, second) if column.order == DAY_FIRST else (second, first)
        return _typed(cell, (year, month, day), allowed, note)
    why = "the column has both orders" if column.mixed else "nothing in the column tells which"
    one, other = f"{year:04}-{second:02}-{first:02}", f"{year:04}-{first:02}-{second:02}"
    sentence = f"“{cell}” may be {_spoken(one)} or {_spoken(other)}: {why}."
    return Said((), Remark("ask", sentence, (one, other), (DAY_FIRST, MONTH_FIRST)))


def _dashed(cell: str, found: re.Match[str], allowed: tuple[str, ...], column: Habit) -> Said:
    """2009-05 is a month, 2012-13 a financial year, 2009-10 either."""
    year, second = int(found[1]), int(found[2])
    is_year, is_month = second == (year + 1) % 100, 1 <= second <= 12
    if is_year and is_month and column.dashed:
        is_year, is_month = column.dashed == FINANCIAL_YEAR, column.dashed == IN_MONTH
    if is_year and is_month:
        month = _spoken(f"{year}-{second:02}")
        sentence = f"“{cell}” may be {month} or the financial year {year}/{second:02}."
        return Said((), Remark("ask", sentence, (f"{second:02}/{year}", *_ends(year)), (IN_MONTH, FINANCIAL_YEAR)))
    if is_month:
        return _typed(cell, (year, second, None), allowed, None)
    if is_year:
        return unread(f"“{cell}” is a financial year; a date belongs here.", *_ends(year))
    return unread(f"“{cell}” is not a date.")


def _serial(cell: str) -> Said:
    day = (_EPOCH + timedelta(days=int(cell.partition(".")[0]))).isoformat()
    return noted(literal(day, DATE), f"“{cell}” was read as {day}: spreadsheets count days by such numbers.")


def _typed(cell: str, parts: tuple[int, int | None, int | None], allowed: tuple[str, ...], note: str | None) -> Said:
    year, month, day = parts
    written = f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return unread(f"“{cell}” is not a day of the calendar.")
    datatype = DATE if day else MONTH if month else YEAR
    if datatype not in allowed:
        if datatype == DATE and YEAR in allowed:
            return noted(literal(f"{year:04}", YEAR), f"“{cell}”: the year {year} was taken.")
        what = "a day" if DATE in allowed else "a year"
        return unread(f"“{cell}” is not {what}.", *([f"{written}-01"] if month and not day else []))
    remark = Remark("note", note.replace("{}", written)) if note else None
    return Said((literal(written, datatype),), remark)


def _bare(cell: str) -> str:
    return _WEEKDAY.sub("", _TIME.sub("", " ".join(cell.replace("\u00a0", " ").split())))


def _full(year: str) -> int:
    figures = year.removeprefix("'")
    if len(figures) == 4:
        return int(figures)
    return int(figures) + (1900 if int(figures) >= _CENTURY else 2000)


def _ends(year: int) -> tuple[str, str]:
    """First and last day of the financial year that begins in `year`."""
    return f"{year}-04-01", f"{year + 1}-03-31"


def _spoken(written: str) -> str:
    """`5 March 2023`, or `October 2009`."""
    year, month, *day = written.split("-")
    return " ".join([*(str(int(each)) for each in day), _LONG[int(month) - 1].capitalize(), year])


def _one(words: set[str], *choices: str) -> str:
    return next((each for each in choices if each in words), "")
