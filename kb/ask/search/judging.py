"""How good a search is: words that officers use, and the pages that must come first; read from a file of judgements."""

import csv
from dataclasses import dataclass
from pathlib import Path

from kb.ask.search import asking, results
from kb.ask.search.asked import asked
from kb.namespaces import HOME
from kb.store.snapshots import Snapshot

FIRST = 5
"""Results that somebody is sure to see."""


@dataclass(frozen=True)
class Judgement:
    """`wanted`: of each of these sets of pages (IRIs) one must be seen first. `held_out`: nobody tunes by it."""

    query: str
    wanted: tuple[frozenset[str], ...]
    held_out: bool


def judgements(path: Path) -> list[Judgement]:
    """Those of a CSV file with `query`, `pages` (with | between those of which one is enough) and `held_out`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Judgement(row["query"], tuple(map(_pages, row["pages"].split())), bool(row["held_out"]))
            for row in csv.DictReader(file)
        ]


def missed(snapshot: Snapshot, judged: Judgement) -> list[frozenset[str]]:
    """What is not among the first results, nor among the questions above them. Raises SearchAbsent."""
    found = results.found(snapshot, asked(judged.query, {}, ""), FIRST, facets=False)
    questions = {f"{HOME}/id/question/{each.id}" for each in asking.answering(found.parts)}
    seen = questions | {each.iri for each in found.results}
    return [pages for pages in judged.wanted if seen.isdisjoint(pages)]


def share_seen(snapshot: Snapshot, judged: Judgement) -> float:
    """The share of what must be seen first that is, 0 to 1. Raises SearchAbsent."""
    return 1 - len(missed(snapshot, judged)) / len(judged.wanted)


def _pages(text: str) -> frozenset[str]:
    return frozenset(f"{HOME}/{'' if page.startswith('concept/') else 'id/'}{page}" for page in text.split("|"))
