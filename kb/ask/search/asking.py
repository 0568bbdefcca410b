"""The questions that ship (`kb.ask.questions`) by what is searched for: they answer where pages only tell."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from kb.ask.questions import Question, questions
from kb.ask.search.words import Sought, plain_words, small, stems

MOST = 3
"""Questions that are offered."""

_TITLE, _KEYWORDS, _DESCRIPTION = 3.0, 2.0, 1.0

_LEAST = 0.5
"""Share of what is sought, weighed by how telling each part is, that a text must speak of."""

ENOUGH = 2
"""Typed words, small ones apart, that a question must have which lacks others."""

FEW = 20
"""Texts below which it says nothing how many of them have a word."""

Said = Mapping[str, float]
"""Stem → how much it counts that a text has it."""


def answering(parts: Sequence[Sought], most: int = MOST) -> list[Question]:
    """The questions that speak of most of what is sought, the nearest first.

    Each has all of it, or at least two of the words, and not only in its description: one word of several that happens
    to be there leads to questions about something else.
    """
    known = {asked.id: asked for asked in questions()}
    texts = _questions()
    return [known[id] for id in speaking_of(parts, texts, _LEAST) if _really(parts, texts[id])][:most]


def _really(parts: Sequence[Sought], said: Said) -> bool:
    words = [max((_points(phrase, said), _told_by(part, phrase)) for phrase in part.phrases) for part in parts]
    met = [(points, count) for points, count in words if points]
    if len(met) == len(parts):
        return True
    return sum(count for _, count in met) >= ENOUGH and max(points for points, _ in met) >= _KEYWORDS


def _told_by(part: Sought, phrase: Sequence[str]) -> int:
    """Words that somebody typed which a phrase has: another name for them counts as one."""
    return len([stem for stem in phrase if stem not in small()]) if phrase == part.phrases[0] else 1


def speaking_of(parts: Sequence[Sought], texts: Mapping[str, Said], least: float) -> list[str]:
    """The names of the texts that speak of at least this share of what is sought, the nearest first."""
    rarities = [_rarity(part, texts) for part in parts]
    found = []
    for name, said in texts.items():
        points = [max((_points(phrase, said) for phrase in part.phrases), default=0.0) for part in parts]
        met = sum(rarity for rarity, each in zip(rarities, points, strict=True) if each)
        if met and met >= least * sum(rarities):
            found.append((-sum(rarity * each for rarity, each in zip(rarities, points, strict=True)), name))
    return [name for _, name in sorted(found)]


def said_in(*told: tuple[str, float]) -> Said:
    """What texts say, each with how much its words count; the last one that has a word decides."""
    weights: dict[str, float] = {}
    for text, weight in told:
        words = " ".join(word for word in plain_words(text) if word not in small())
        weights.update(dict.fromkeys(stems(words), weight))
    return weights


@cache
def _questions() -> dict[str, Said]:
    return {
        each.id: said_in((each.description, _DESCRIPTION), (" ".join(each.keywords), _KEYWORDS), (each.title, _TITLE))
        for each in questions()
    }


def _rarity(part: Sought, texts: Mapping[str, Said]) -> float:
    """How telling it is: what half of the texts speak of tells little; what none speaks of may be a detail.

    Of a few texts all parts count alike.
    """
    if len(texts) < FEW:
        return 1.0
    counts = Counter(stem for said in texts.values() for stem in said if any(stem in phrase for phrase in part.phrases))
    return math.log((len(texts) + 1) / min(counts.values())) if counts else 1.0


def _points(phrase: Sequence[str], said: Said) -> float:
    """All the words of a phrase must be there, small ones apart."""
    telling = [stem for stem in phrase if stem not in small()] or list(phrase)
    return min(said.get(stem, 0.0) for stem in telling)
