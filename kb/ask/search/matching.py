"""What is sought as a query of the index: every word in any of its fields, stems and other names alike."""

import math
from collections.abc import Mapping, Sequence

import tantivy

from kb.ask.search.words import Sought
from kb.store.search_index import schema

BOOSTS = dict(zip(schema.TEXTS, (3.0, 2.5, 1.2, 0.7, 1.0), strict=True))
"""Field → how much a word counts that stands in it."""

_OTHER = 0.7
"""How much another way to say it counts, by what was typed."""

_BESIDE = 0.3
"""How much the fields count in which a word also stands, by the one where it counts most."""

_TOGETHER = 4.0
"""How much the typed words count where they stand in the name side by side."""

Must, Should = tantivy.Occur.Must, tantivy.Occur.Should


def matching(parts: Sequence[Sought], least: int) -> tantivy.Query:
    """What has at least so many of the parts; all of the index where there are none."""
    if not parts:
        return tantivy.Query.all_query()
    each = [(Should, _part(part)) for part in parts]
    found = tantivy.Query.boolean_query(each, minimum_number_should_match=min(least, len(each)))
    typed = tuple(stem for part in parts for stem in part.phrases[0])
    if len(typed) < 2:
        return found
    together = tantivy.Query.boost_query(_phrase("title", typed, 1), _TOGETHER)
    return tantivy.Query.boolean_query([(Must, found), (Should, together)])


def fewest(parts: Sequence[Sought]) -> int:
    """How many of the parts a page must have where few have all."""
    return max(1, math.ceil(len(parts) / 2))


def narrowed(query: tantivy.Query, chosen: Mapping[str, Sequence[str]]) -> tantivy.Query:
    """The query narrowed to any of the values of each facet; the order of results stays."""
    filters = [_any(facet, values) for facet, values in chosen.items() if values]
    return tantivy.Query.boolean_query([(Must, query), *((Must, each) for each in filters)]) if filters else query


def _any(facet: str, values: Sequence[str]) -> tantivy.Query:
    found = tantivy.Query.term_set_query(schema.schema(), facet, list(values))
    return tantivy.Query.const_score_query(found, 0.0)


def _part(part: Sought) -> tantivy.Query:
    first, *others = (_anywhere(phrase) for phrase in part.phrases)
    ways = [first, *(tantivy.Query.boost_query(each, _OTHER) for each in others)]
    return tantivy.Query.disjunction_max_query(ways, tie_breaker=_BESIDE) if len(ways) > 1 else first


def _anywhere(phrase: tuple[str, ...]) -> tantivy.Query:
    each = [tantivy.Query.boost_query(_phrase(field, phrase, 0), boost) for field, boost in BOOSTS.items()]
    return tantivy.Query.disjunction_max_query(each, tie_breaker=_BESIDE)


def _phrase(field: str, words: tuple[str, ...], slop: int) -> tantivy.Query:
    if len(words) == 1:
        return tantivy.Query.term_query(schema.schema(), field, words[0])
    return tantivy.Query.phrase_query(schema.schema(), field, list(words), slop=slop)
