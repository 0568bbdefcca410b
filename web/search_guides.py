"""Pages that are made for an errand, offered above the results of a search that speaks of it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from kb.ask.labels import labels_of
from kb.ask.search.asking import Said, said_in, speaking_of
from kb.ask.search.results import Found
from kb.namespaces import WW, concept, concept_scheme
from kb.store.readable import Store
from kb.vocabulary import codes

MOST = 2
"""Pages that are offered."""

FIRST = 3
"""Results among which an outcome or a kind of intervention is taken for what somebody looks for."""

_SUBJECTS = (
    ("outcome", f"{WW}Outcome", concept_scheme("outcome") + "/", "for"),
    ("group", f"{WW}Intervention", concept_scheme("intervention") + "/", "as"),
)
"""Parameter of the list of interventions, the class of what it takes, how its IRIs begin, the word that leads to it."""

_TITLE, _WORDS = 2.0, 1.0

_LEAST = 0.6
"""Share of the parts of a search that a page must speak of."""


@dataclass(frozen=True)
class Guide:
    """A page by its address, what it does, and other words for that."""

    address: str
    title: str
    words: str


@cache
def guides() -> dict[str, Guide]:
    """Address → guide, from search-guides.csv."""
    with Path(__file__).with_name("search-guides.csv").open(encoding="utf-8", newline="") as file:
        return {row["address"]: Guide(**row) for row in csv.DictReader(file)}


def leading_on(found: Found, store: Store) -> list[Guide]:
    """What was tried for the outcome, theme or kind of intervention that is sought, and the guides that speak of most
    of what is sought."""
    spoken_of = (guides()[address] for address in speaking_of(found.parts, _said(), _LEAST)[:MOST])
    return [*_tried_for(found), *_tried_on(found, store), *spoken_of]


def _tried_for(found: Found) -> Iterator[Guide]:
    for parameter, kind, beginning, leading in _SUBJECTS:
        for each in found.results[:FIRST]:
            if each.kind == kind and each.findings and each.iri.startswith(beginning):
                yield _tried(parameter, each.iri.removeprefix(beginning), f"{leading} {_small(each.name)}")
                break


def _tried_on(found: Found, store: Store) -> Iterator[Guide]:
    """Of the theme whose name has everything that is sought."""
    if not found.parts:
        return
    themes = {code: concept("theme", code) for code in codes("theme")}
    labels = labels_of(store, themes.values())
    said = {code: said_in((labels.name(iri), _TITLE)) for code, iri in themes.items()}
    for code in speaking_of(found.parts, said, 1.0)[:1]:
        yield _tried("theme", code, f"on {_small(labels.name(themes[code]))}")


def _tried(parameter: str, code: str, subject: str) -> Guide:
    title = f"All that was tried {subject}, with effect and strength of evidence"
    return Guide(f"/interventions?{urlencode({parameter: code})}", title, "")


def _small(name: str) -> str:
    """A name within a sentence; an abbreviation at its beginning stays."""
    return name if name[1:2].isupper() or not name[1:2].isalpha() else name[:1].lower() + name[1:]


@cache
def _said() -> dict[str, Said]:
    return {each.address: said_in((each.words, _WORDS), (each.title, _TITLE)) for each in guides().values()}
