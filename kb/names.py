"""What names a thing, and which of its names is shown; an edge, since pages, lists and searches go by the same rule.

Order: skos:prefLabel, rdfs:label, dcterms:title, schema:name; of one property British English, any English, no
language, then any. A name with nothing to read in it is none. Without a name: that of a licence that is widely used,
the compact name where the namespace is a known one, else the last part of the IRI.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from pyoxigraph import Literal

from kb.namespaces import compact, expand

NAMES = tuple(map(expand, ("skos:prefLabel", "rdfs:label", "dcterms:title", "schema:name")))
"""The properties that name a thing, the preferred one first.

Queries have the list in their own words, with places in it: `kb/ask/labels.rq`, and beside it `members.rq`,
`dataset-records.rq` and the two of these in order. Code that reads one kind of record, whose protocol says how it is
named, asks for that property alone.
"""

LICENCES = {
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "http://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "http://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
}
"""Licences by the names that they are known by; data links to them without naming them."""

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Signs that Unicode counts as letters and symbols, and that are drawn as nothing."""


def best_name(values: Mapping[str, Iterable[object]]) -> Literal | None:
    """The name that is shown, among what is said of one thing, given as property → values."""
    found = (
        (name_rank(place, value), value)
        for place, property in enumerate(NAMES)
        for value in values.get(property, ())
        if isinstance(value, Literal) and is_seen(value.value)
    )
    return min(found, default=(None, None), key=lambda each: each[0])[1]


def name_rank(place: int, name: Literal) -> tuple[int, int, str]:
    """By what the names of one thing are sorted, the one that is shown first; `place` is that of its property."""
    return place, language_rank(name.language), name.value


def language_rank(language: str | None) -> int:
    """Which of several texts a reader gets, the lowest first: British English, any English, no language, any other."""
    if language is None:
        return 2
    tag = language.lower()
    if tag == "en-gb":
        return 0
    return 1 if tag.partition("-")[0] == "en" else 3


def is_seen(text: str) -> bool:
    """Whether there is anything to read in it: a letter, figure, mark of punctuation or symbol."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in text)


@lru_cache(maxsize=10_000)
def unnamed(iri: str) -> str:
    """What to call a thing without a name."""
    if iri in LICENCES:
        return LICENCES[iri]
    short = compact(iri)
    if not short.startswith("<") and not short.endswith(":"):
        return short
    local = iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
    return unquote(local) or iri
