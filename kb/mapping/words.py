"""The words of a heading, so that `PropertyName`, `property_name` and `Name of property` are seen to say the same."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]\B)|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LONGEST = 300
"""Letters of a heading that are looked at: nobody reads on in one that is longer."""
_PLURAL = re.compile(r"\(s\)")
_WORD = re.compile(r"\{record\}|[^\W_]+")
_SMALL = frozenset(("of", "the", "a", "an", "for", "and", "or", "to", "under", "from", "by", "per", "this"))
_ENDS = ("ss", "us", "is")
"""Ends in s without being a plural."""
RECORD = "{record}"
"""Stands for any word by which a kind of record is called."""


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the tables of words that lie beside this module."""
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def abbreviations() -> Mapping[str, str]:
    """How headings shorten words → the words, from abbreviations.csv."""
    return {row["short"]: row["long"] for row in rows("abbreviations.csv")}


def readings(heading: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a heading, as words: all of it, without what stands in brackets, what follows a colon."""
    heading = heading[:_LONGEST]
    bare = _BRACKETS.sub(" ", heading)
    return tuple(dict.fromkeys(found for text in (heading, bare, bare.rpartition(":")[2]) if (found := words(text))))


def words(heading: str) -> tuple[str, ...]:
    """Lower-case words without plurals, abbreviations, punctuation and those that tell nothing, in their order.

    `StreetNumber` → street, number; `LAD13CD` → lad, cd: a year or number within a heading is not kept, unless it is
    all that there is.
    """
    return _words(heading[:_LONGEST])


@lru_cache(5_000)
def _words(heading: str) -> tuple[str, ...]:
    spaced = _CAPITALS.sub(" ", _PLURAL.sub("", heading))
    found: list[str] = []
    for word in _WORD.findall(spaced):
        found += _singular(abbreviations().get(word.lower(), word.lower())).split()
    kept = [word for word in found if word not in _SMALL and not word.isdigit()]
    return tuple(kept or found)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(_ENDS) else word


@cache
def record_words(record: str) -> tuple[tuple[str, ...], ...]:
    """What a record type is called in headings and names of files, longest first, from record_words.csv."""
    named = {words(row["word"]) for row in rows("record_words.csv") if row["record"] == record}
    return tuple(sorted(named, key=len, reverse=True))


@lru_cache(5_000)
def with_record(found: tuple[str, ...], record: str) -> tuple[str, ...]:
    """The words with what the record type is called written as `{record}`, once."""
    left = found
    for named in record_words(record):
        left = _replaced(left, named)
    return tuple(word for number, word in enumerate(left) if word != RECORD or RECORD not in left[:number])


def names(found: tuple[str, ...], record: str) -> bool:
    """Whether these words hold what the record type is called."""
    return RECORD in with_record(found, record)


def _replaced(found: tuple[str, ...], named: tuple[str, ...]) -> tuple[str, ...]:
    for start in range(len(found) - len(named) + 1):
        if found[start : start + len(named)] == named:
            return _replaced(found[:start] + (RECORD,) + found[start + len(named) :], named)
    return found
