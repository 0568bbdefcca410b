"""Pages that are made for an errand, offered above the results of a search that speaks of it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from kb.ask.search.asking import Said, said_in, speaking_of
from kb.ask.search.results import Found
from kb.namespaces import WW, concept_scheme

MOST = 2
"""Pages that are offered."""

FIRST = 3
"""Results among which an outcome is taken for what somebody looks for."""

_OUTCOME = f"{WW}Outcome"
_OUTCOMES = concept_scheme("outcome") + "/"
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


def leading_on(found: Found) -> list[Guide]:
    """What was tried for the outcome that is found first, and the guides that speak of most of what is sought."""
    return [*_tried_for(found), *(guides()[address] for address in speaking_of(found.parts, _said(), _LEAST)[:MOST])]


def _tried_for(found: Found) -> Iterator[Guide]:
    for each in found.results[:FIRST]:
        if each.kind == _OUTCOME and each.findings and each.iri.startswith(_OUTCOMES):
            address = f"/interventions?{urlencode({'outcome': each.iri.removeprefix(_OUTCOMES)})}"
            yield Guide(address, f"What was tried for “{each.name}”, what came of it, and how sure we are", "")
            return


@cache
def _said() -> dict[str, Said]:
    return {each.address: said_in((each.words, _WORDS), (each.title, _TITLE)) for each in guides().values()}
