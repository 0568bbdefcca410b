"""Finding what a written name means among known ones: the same, the same but for spelling, or near it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

CLOSE = 86
"""Likeness (0–100, rapidfuzz ratio) from which one name is taken for another that is misspelt."""
NEAR = 60
"""Likeness from which a name is worth suggesting."""
APART = 5
"""How much less like the next candidate must be, so that the best is alone."""

ALIKE = 81
"""Likeness of what is proper to two names (proper) from which the one is suggested for the other: “Swayle” for Swale,
not “Ashford” for Trafford (67), nor “Traford” for Bradford (80)."""

_COMMON = frozenset(
    {"council", "borough", "county", "city", "district", "metropolitan", "royal", "london", "unitary", "authority",
     "local", "parish", "town", "combined", "trust", "service", "services", "ltd", "limited", "plc", "cic", "cc", "bc",
     "dc", "cbc", "mbc", "rbc", "of", "and", "the", "for", "in"}
)
"""Words that many bodies and places share: they tell none from another."""

_COMMON_FROM = 70
_SHORTEST = 5
"""Letters below which a misspelling is another word."""
_SUGGESTED = 3
_BETWEEN = re.compile("[^0-9a-z]+")
_GRADED = re.compile(r"(?<=\w)\+(?!\w)")
"""What a mark is followed by where it is above the one without: A+ is not A."""
_OPPOSITES = re.compile(r"(un|non|not|no|in|out|dis|ex|sub|pre|post|semi)( |$)?")
_DIRECTIONS = frozenset({"in", "out", "not", "no", "non", "ex", "sub", "part", "former", "new", "old", "other",
                         "north", "south", "east", "west", "upper", "lower", "great", "little", "high", "low"})


_KEPT = 64
"""Letters of words whose plain form is kept: names and labels are that short, and texts of strangers are not."""
_PIECE = 500


def plain(words: str) -> str:
    """The words without case, accents, punctuation and doubled space: how names are compared.

    >>> plain("Owner-Occupied ") == plain("owner occupied")
    True
    >>> plain("A+")
    'a plus'
    """
    return _kept(words) if len(words) <= _KEPT else _plain(words)


def _plain(words: str) -> str:
    if not words.isascii():  # else there is nothing to take apart, and no mark to drop
        # Marks are ordered among themselves in the square of the time that they are many, and then dropped: in pieces.
        pieces = (words[at : at + _PIECE] for at in range(0, len(words), _PIECE))
        words = "".join(unicodedata.normalize("NFKD", piece) for piece in pieces)
    folded = _GRADED.sub(" plus", words.casefold().replace("&", " and "))
    letters = folded if folded.isascii() else "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(_BETWEEN.sub(" ", letters.replace("'", "").replace("’", "")).split())


_kept = lru_cache(maxsize=16_384)(_plain)


def proper(words: str) -> str:
    """What a name has that others of its kind have not, in plain letters: all of it where that is nothing.

    >>> proper("The Royal Borough of Windsor & Maidenhead")
    'windsor maidenhead'
    """
    return " ".join(word for word in plain(words).split() if word not in _COMMON) or plain(words)


@dataclass(frozen=True)
class Found:
    """`target` is what is meant, if one is; `exact` whether but for case and punctuation; `near` labels that may be."""

    target: str | None
    exact: bool
    near: tuple[str, ...] = ()


class Labels:
    """Labels of targets: several labels may mean one, and one label several."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        """From pairs of label and target, the name that is shown first for each target."""
        self._shown: dict[str, str] = {}
        self._targets: dict[str, list[str]] = {}
        for label, target in labelled:
            self._shown.setdefault(target, label)
            targets = self._targets.setdefault(plain(label), [])
            if target not in targets:
                targets.append(target)
        self._targets.pop("", None)
        self._proper: dict[str, list[str]] | None = None

    def shown(self, target: str) -> str:
        """The name that is shown for a target."""
        return self._shown[target]

    def all_shown(self) -> list[str]:
        """Every target's name, in the order given."""
        return list(self._shown.values())

    def exact(self, words: str) -> list[str]:
        """The targets with this name but for case and punctuation."""
        return self._targets.get(plain(words), [])

    def find(self, words: str, *, close: bool = True) -> Found:
        """What is meant; with `close` a single misspelt name is too."""
        exact = self.exact(words)
        if len(exact) == 1:
            return Found(exact[0], True)
        if exact:
            return Found(None, True, tuple(self._shown[each] for each in exact))
        ranked = self._ranked(plain(words))
        near = tuple(self._shown[target] for target, _, _ in ranked[:_SUGGESTED])
        if not close or not ranked or len(plain(words)) < _SHORTEST:
            return Found(None, False, near)
        (best, label, score), others = ranked[0], [each[2] for each in ranked[1:]]
        alone = not others or others[0] <= score - APART
        if score >= CLOSE and alone and not _opposed(plain(words), label):
            return Found(best, False, near)
        return Found(None, False, near)

    def alike(self, words: str) -> list[str]:
        """Names that are really near: those whose proper part is the same or spelt nearly so."""
        if self._proper is None:
            self._proper = {}
            for label, targets in self._targets.items():
                self._proper.setdefault(proper(label), []).extend(targets)
        meant = " ".join(word for word in proper(words).split() if not _misspelt_common(word)) or plain(words)
        likest = process.extract(meant, list(self._proper), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=8)
        found = dict.fromkeys(target for each, _, _ in likest for target in self._proper[each])
        return [self._shown[target] for target in found][:_SUGGESTED]

    def _ranked(self, words: str) -> list[tuple[str, str, float]]:
        """Target, label and likeness, the likest first, each target once."""
        best: dict[str, tuple[str, float]] = {}
        likest = process.extract(words, list(self._targets), scorer=fuzz.ratio, score_cutoff=NEAR, limit=8)
        for label, score, _ in likest:
            for target in self._targets[label]:
                best.setdefault(target, (label, score))
        return [(target, label, score) for target, (label, score) in best.items()]


def _misspelt_common(word: str) -> bool:
    """“Counsel” for Council."""
    return len(word) > _SHORTEST and max(fuzz.ratio(word, each) for each in _COMMON) > _COMMON_FROM


def _opposed(one: str, other: str) -> bool:
    """Whether the names differ by more than spelling: a word that turns the meaning, a negation, a figure."""
    only = set(one.split()) ^ set(other.split())
    if only & _DIRECTIONS or any(any(sign.isdigit() for sign in word) for word in only):
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer.endswith(shorter) and bool(_OPPOSITES.fullmatch(longer[: len(longer) - len(shorter)].strip()))
