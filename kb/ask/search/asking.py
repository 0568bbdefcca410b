"""The questions that ship (`kb.ask.questions`) by what is searched for: they answer where pages only tell."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

from kb.ask.questions import Question, questions
from kb.ask.search.words import Sought, plain_words, small, stems

MOST = 3
"""Questions that are offered."""

_TITLE, _KEYWORDS, _DESCRIPTION = 3.0, 2.0, 1.0

_LEAST = 0.5
"""Share of what is sought, weighed by how telling each part is, that a question must speak of."""


def answering(parts: Sequence[Sought], most: int = MOST) -> list[Question]:
    """The questions that speak of most of what is sought, the nearest first."""
    rarities = [_rarity(part) for part in parts]
    found = []
    for asked in questions():
        said = _said(asked.id)
        points = [max((_points(phrase, said) for phrase in part.phrases), default=0.0) for part in parts]
        met = sum(rarity for rarity, each in zip(rarities, points, strict=True) if each)
        if met and met >= _LEAST * sum(rarities):
            score = sum(rarity * each for rarity, each in zip(rarities, points, strict=True))
            found.append((-score, asked.title, asked))
    return [asked for _, _, asked in sorted(found, key=lambda each: each[:2])[:most]]


@cache
def _said(id: str) -> dict[str, float]:
    """Stem → how much it counts that the question has it."""
    [asked] = [each for each in questions() if each.id == id]
    weights: dict[str, float] = {}
    told = ((asked.description, _DESCRIPTION), (" ".join(asked.keywords), _KEYWORDS), (asked.title, _TITLE))
    for text, weight in told:
        words = " ".join(word for word in plain_words(text) if word not in small())
        weights.update(dict.fromkeys(stems(words), weight))
    return weights


@cache
def _frequencies() -> Counter[str]:
    return Counter(stem for asked in questions() for stem in _said(asked.id))


def _rarity(part: Sought) -> float:
    """How telling it is: what half of the questions speak of tells little; what none speaks of may be a detail."""
    known = [_frequencies()[stem] for phrase in part.phrases for stem in phrase if _frequencies()[stem]]
    return math.log((len(questions()) + 1) / min(known)) if known else 1.0


def _points(phrase: Sequence[str], said: dict[str, float]) -> float:
    """All the words of a phrase must be there, small ones apart."""
    telling = [stem for stem in phrase if stem not in small()] or list(phrase)
    return min(said.get(stem, 0.0) for stem in telling)
