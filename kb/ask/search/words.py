"""Typed words understood: which carry the sense, what else they are called, and what a misspelt one may mean."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.store.search_index import schema

MOST = 16
"""Words that are looked for; a longer question has said enough by then."""

_SYNONYMS = Path(__file__).with_name("synonyms.csv")
_WORD = re.compile(r"[^\W_]+")
_SHORT, _LONG = 4, 8
"""Letters up to which a word may be wrong in none, and from which on in two."""

@cache
def small() -> frozenset[str]:
    """Words that tell nothing of what is looked for."""
    return frozenset(Path(__file__).with_name("small-words.txt").read_text(encoding="utf-8").split())


@dataclass(frozen=True)
class Sought:
    """One word, or words that belong together, as they were typed, with the stems of each way to say them."""

    typed: str
    phrases: tuple[tuple[str, ...], ...]
    corrected: str = ""
    """What is looked for in its place, since no page has it."""
    absent: bool = False
    """Whether no page has it, nor anything near it."""


@cache
def synonyms() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Typed words, in small letters → what they also mean, from synonyms.csv; both ways where it says so."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    with _SYNONYMS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            meanings = [each.strip() for each in row["means"].split(";")]
            found.setdefault(plain_words(row["typed"]), {}).update(dict.fromkeys(meanings))
            if row["both_ways"]:
                for each in meanings:
                    found.setdefault(plain_words(each), {})[row["typed"]] = None
    return {typed: tuple(meanings) for typed, meanings in found.items()}


@cache
def _longest() -> int:
    return max(map(len, synonyms()))


def plain_words(text: str) -> tuple[str, ...]:
    """The words in small letters without accents, in their order."""
    return tuple(schema.words().analyze(schema.plain(text)))


def stems(text: str) -> tuple[str, ...]:
    """Their stems."""
    return tuple(schema.stemmed().analyze(schema.plain(text)))


def understood(text: str, searcher: tantivy.Searcher) -> list[Sought]:
    """What is looked for, part by part; empty where the text has no word.

    A word that no page has is first taken for the nearest that one has, so that `domestic voilence` is known by its
    other names too. Small words count where they are in the middle of such a name, or there are no others.
    """
    typed = plain_words(text)[:MOST]
    read = tuple(_corrected(word, searcher) for word in typed)
    parts = list(_parts(typed, read, searcher))
    telling = [part for part in parts if part.typed not in small()]
    return telling or parts


def understood_without_index(text: str) -> list[Sought]:
    """The same where there is no index: nothing is corrected, and every word may be there."""
    typed = plain_words(text)[:MOST]
    parts = list(_parts(typed, typed, None))
    return [part for part in parts if part.typed not in small()] or parts


def _corrected(word: str, searcher: tantivy.Searcher) -> str:
    if word in small() or _is_held(word, searcher) or any(word in typed for typed in synonyms()):
        return word
    return nearest(word, searcher) or word


def _is_held(word: str, searcher: tantivy.Searcher) -> bool:
    return any(searcher.doc_freq(field, stem) for stem in stems(word) for field in schema.TEXTS)


def _parts(typed: tuple[str, ...], read: tuple[str, ...], searcher: tantivy.Searcher | None) -> Iterator[Sought]:
    at = 0
    while at < len(read):
        longest = min(_longest(), len(read) - at)
        length = next((n for n in range(longest, 0, -1) if read[at : at + n] in synonyms()), 1)
        words = read[at : at + length]
        phrases = dict.fromkeys(filter(None, (stems(" ".join(words)), *map(stems, synonyms().get(words, ())))))
        said, meant = " ".join(typed[at : at + length]), " ".join(words)
        known = searcher is None or length > 1 or len(phrases) > 1 or _is_held(meant, searcher)
        yield Sought(said, tuple(phrases), meant if meant != said else "", not known)
        at += length


def nearest(word: str, searcher: tantivy.Searcher) -> str:
    """The word of the index, or with a synonym, that a misspelt one is nearest to; empty where none is near.

    Letters left out, put in, changed or swapped count one each; most people get the first letter right, so words with
    another one are looked at last.
    """
    if len(word) < _SHORT or not word.isalpha():
        return ""
    allowed = 1 if len(word) < _LONG else 2
    for start in (word[0], ""):
        counts = dict(searcher.terms_with_prefix(schema.WORDS, start))
        known = [*counts, *(typed[0] for typed in synonyms() if len(typed) == 1 and typed[0].startswith(start))]
        words = [each for each in known if abs(len(each) - len(word)) <= allowed and each.isalpha()]
        found = process.extract(word, words, scorer=OSA.distance, score_cutoff=allowed, limit=20)
        if found:
            return min(found, key=lambda each: (each[1], -counts.get(each[0], 0), each[0]))[0]
    return ""


def is_word(text: str) -> bool:
    """Whether there is anything in a text that could be looked for."""
    return _WORD.search(text) is not None


def said_as(parts: Sequence[Sought]) -> str:
    """The words with corrections in their places."""
    return " ".join(each.corrected or each.typed for each in parts)
