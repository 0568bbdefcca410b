"""What somebody may be about to type: names of pages whose words begin so, while the last word is half written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import tantivy

from kb.ask.search.index import searcher_of
from kb.ask.search.words import nearest, plain_words, synonyms
from kb.store.search_index import schema
from kb.store.snapshots import Snapshot

MOST = 8
"""Suggestions at a time."""

_WORDS = 8
"""Words that are looked at."""


@dataclass(frozen=True)
class Suggestion:
    """The name of a page, its IRI and its class."""

    name: str
    iri: str
    kind: str


def suggestions(snapshot: Snapshot, typed: str, most: int = MOST) -> list[Suggestion]:
    """Pages whose names have all of the words, the last of them in part; nothing before the second letter.

    Raises SearchAbsent.
    """
    words = plain_words(typed)[-_WORDS:]
    if not words or len("".join(words)) < 2:
        return []
    searcher = searcher_of(snapshot)
    query = _beginning(words)
    if not searcher.search(query, 1).hits:
        query = _beginning(tuple(_mended(word, searcher) for word in words[:-1]) + (_mended(words[-1], searcher),))
    hits = searcher.search(query, most, weight_by_field=schema.WEIGHT).hits
    return [_suggestion(searcher.doc(address)) for _, address in hits]


def _beginning(words: Sequence[str]) -> tantivy.Query:
    *whole, begun = words
    each = [_any([_term(word), *_meant(word)]) for word in whole]
    start = tantivy.Query.fuzzy_term_query(schema.schema(), schema.HEADING, begun, distance=0, prefix=True)
    each.append(_any([start, *_meant(begun)]))
    # The whole word counts more than one that only begins so.
    also = [(tantivy.Occur.Should, _term(begun))]
    return tantivy.Query.boolean_query([*((tantivy.Occur.Must, part) for part in each), *also])


def _meant(word: str) -> list[tantivy.Query]:
    """What an abbreviation stands for, where all of its words are in the name."""
    found = []
    for meaning in synonyms().get((word,), ()):
        parts = [(tantivy.Occur.Must, _term(part)) for part in plain_words(meaning)]
        found.append(tantivy.Query.boolean_query(parts))
    return found


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.disjunction_max_query(list(queries)) if len(queries) > 1 else queries[0]


def _term(word: str) -> tantivy.Query:
    return tantivy.Query.term_query(schema.schema(), schema.HEADING, word, "freq")


def _mended(word: str, searcher: tantivy.Searcher) -> str:
    return word if searcher.doc_freq(schema.HEADING, word) else nearest(word, searcher) or word


def _suggestion(document: tantivy.Document) -> Suggestion:
    shown = json.loads(document.get_first(schema.SHOWN) or "{}")
    name, iri = str(document.get_first(schema.NAME)), str(document.get_first(schema.IRI))
    return Suggestion(name, iri, str(shown.get("kind", "")))
