"""Lessons in order, what they rest on, and as a table for a spreadsheet."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kb.ask import lists
from kb.ask.labels import labels_of
from kb.ask.lessons import Lesson, effects
from kb.ask.vocabulary import GRADES, levels
from kb.errors import BadInput
from web.account import VERDICTS
from web.page_table import as_csv
from web.reading import snapshot

LARGEST = 2_000
"""Rows of the table as CSV."""

SAID = ("skos:prefLabel", "dcterms:title", "ww:statement", "ww:recommendation", "ww:grade", "prov:hadPrimarySource")
"""What is read of a lesson besides what it is found by."""

COLUMNS = (
    "lesson", "name", "statement", "what to do", "themes", "stages", "places", "evidence", "sources", "says the same",
    "says otherwise", "results for the better", "no clear difference", "for the worse", "mixed", "changed",
)  # fmt: skip


def ordered(found: Sequence[Lesson], scale: dict[str, int]) -> list[Lesson]:
    """The best supported first; which way the results went plays no part, so that none is hidden."""
    said = lists.cells(snapshot().store, [each.iri for each in found], ("ww:grade", "skos:prefLabel", "dcterms:title"))

    def place(each: Lesson) -> tuple[int, str]:
        grades = [scale.get(node.value, -1) for node in said[each.iri].all("ww:grade")]
        return -max(grades, default=-1), (said[each.iri].first("skos:prefLabel", "dcterms:title") or each.iri).lower()

    return sorted(found, key=place)


def verdicts(found: Iterable[Lesson]) -> dict[str, int]:
    """Which way the results went that lessons rest on, each result counted once."""
    results = {result for each in found for result in each.results}
    counted = Counter(effects(snapshot().store, results).values())
    return {code: counted[code] for code in VERDICTS if counted[code]}


def table(found: Sequence[Lesson]) -> str:
    """The lessons as CSV. Raises BadInput where there are more than LARGEST."""
    if len(found) > LARGEST:
        raise BadInput(f"{len(found):,} lessons: a table holds {LARGEST:,} at most; choose a theme, stage or place")
    store = snapshot().store
    said = lists.cells(store, [each.iri for each in found], SAID)
    groups = (group for each in found for group in (each.themes, each.stages, each.places, each.agree, each.differ))
    nodes = (iri for each in said.values() for iri in each.iris(*SAID[-2:]))
    labels = labels_of(store, {*nodes, *(value for group in groups for value in group)})

    def names(iris: Iterable[str]) -> str:
        return "; ".join(sorted(map(labels.name, iris)))

    rows = []
    for each in ordered(found, levels(store, GRADES)):
        words, went = said[each.iri], verdicts([each])
        rows.append([
            *(each.iri, words.first("skos:prefLabel", "dcterms:title") or ""),
            *(words.first("ww:statement") or "", words.first("ww:recommendation") or ""),
            *(names(each.themes), names(each.stages), names(each.places)),
            *(names(words.iris(name)) for name in ("ww:grade", "prov:hadPrimarySource")),
            *(names(each.agree), names(each.differ)),
            *(went.get(code, 0) for code in VERDICTS),
        ])
    return as_csv(COLUMNS, rows)
