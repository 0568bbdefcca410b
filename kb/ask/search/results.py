"""The results of a search: the lines of a page, the counts of the facets, and what helps where nothing was found."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tantivy

from kb.ask.memory import once
from kb.ask.search.asked import Asked
from kb.ask.search.index import searcher_of
from kb.ask.search.matching import fewest, matching, narrowed
from kb.ask.search.words import Sought, said_as, understood
from kb.store.search_index import schema
from kb.store.snapshots import Snapshot

ENOUGH = 20
"""Pages with all of the words below which those with most of them are shown too."""

OPTIONS = 60
"""Values of a facet that are listed, the most frequent ones; one more is counted, which tells that there are others."""

_FIELD = {"newest": (schema.NEWEST, tantivy.Order.Desc), "strongest": (schema.STRONGEST, tantivy.Order.Desc)}
_BY_NAME = (schema.NAME, tantivy.Order.Asc)


@dataclass(frozen=True)
class Result:
    """A line of results; links are IRIs, effects keys of kb.effects.

    `findings`: of an intervention or outcome, effect → how many findings on it.
    """

    iri: str
    name: str
    kind: str
    says: str
    places: list[str]
    effects: list[str]
    grades: list[str]
    findings: dict[str, int]
    strongest: str
    sources: list[str]
    published: list[str]
    date: str

    def links(self) -> set[str]:
        """All that the line names."""
        listed = (self.places, self.grades, self.sources, self.published)
        return {self.iri, *(iri for iris in listed for iri in iris), *filter(None, (self.strongest,))}


@dataclass(frozen=True)
class Option:
    """A value of a facet, and how many results have it."""

    value: str
    count: int


@dataclass(frozen=True)
class Found:
    """What a search found. `loosened`: few pages have all of the words, so those with most of them count too."""

    asked: Asked
    parts: list[Sought]
    total: int
    loosened: bool
    results: list[Result]
    facets: dict[str, list[Option]]
    without: dict[str, int]
    """Where nothing was found: facet → how many results there would be if it were not narrowed to."""

    @property
    def read_as(self) -> str:
        """The words as they were corrected; empty where they were not."""
        return said_as(self.parts) if any(part.corrected for part in self.parts) else ""

    @property
    def absent(self) -> list[str]:
        """The words that no page has, nor anything like them."""
        return [part.typed for part in self.parts if part.absent]


def found(snapshot: Snapshot, asked: Asked, limit: int, offset: int = 0, *, facets: bool = True) -> Found:
    """`limit` results from `offset` on, of those that there are. Raises SearchAbsent."""
    searcher = searcher_of(snapshot)
    parts = understood(asked.words, searcher)
    query, loosened = _query(searcher, parts, asked)
    everything = narrowed(query, asked.chosen)
    total, hits = _hits(searcher, everything, asked, limit, offset)
    return Found(
        asked,
        parts,
        total,
        loosened,
        [_result(searcher.doc(address)) for address in hits],
        _counts(snapshot, searcher, query, asked) if facets else {},
        {} if total else _without(searcher, query, asked),
    )


def counted(snapshot: Snapshot) -> dict[str, dict[str, int]]:
    """Facet → value → how many pages have it, of all that are indexed. Raises SearchAbsent."""

    def read() -> dict[str, dict[str, int]]:
        everything = _aggregated(searcher_of(snapshot), tantivy.Query.all_query(), schema.FACETS)
        return {facet: {each.value: each.count for each in options} for facet, options in everything.items()}

    return once(snapshot.store, "search counts", "all", read)


def _query(searcher: tantivy.Searcher, parts: Sequence[Sought], asked: Asked) -> tuple[tantivy.Query, bool]:
    """The words as a query, and whether not all of them must be there; what is narrowed to has no say in it."""
    known = [part for part in parts if not part.absent]
    if parts and not known:
        return tantivy.Query.empty_query(), False
    strict = matching(known, len(known))
    if len(known) < 2 or _count(searcher, strict) >= ENOUGH:
        return strict, False
    loose = matching(known, fewest(known))
    if not _count(searcher, loose):
        loose = matching(known, 1)
    return loose, True


def _count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    return _total(searcher.search(query, 1))


def _total(answer: Any) -> int:
    # The stubs of tantivy lack this attribute.
    return int(answer.count)


def _hits(
    searcher: tantivy.Searcher, query: tantivy.Query, asked: Asked, limit: int, offset: int
) -> tuple[int, list[tantivy.DocAddress]]:
    order = asked.order
    if order == "relevance" and not asked.words:
        order = "name"
    if order == "relevance":
        answer = searcher.search(query, limit, offset=offset, weight_by_field=schema.WEIGHT)
    else:
        name, way = _FIELD.get(order, _BY_NAME)
        answer = searcher.search(query, limit, offset=offset, order_by_field=name, order=way)
    return _total(answer), [address for _, address in answer.hits]


def _result(document: tantivy.Document) -> Result:
    shown: dict[str, Any] = json.loads(document.get_first(schema.SHOWN) or "{}")
    return Result(
        iri=str(document.get_first(schema.IRI)),
        name=str(document.get_first(schema.NAME)),
        kind=str(shown.get("kind", "")),
        says=shown.get("says", ""),
        places=shown.get("places", []),
        effects=shown.get("effects", []),
        grades=shown.get("grades", []),
        findings=shown.get("findings", {}),
        strongest=shown.get("strongest", ""),
        sources=shown.get("sources", []),
        published=shown.get("published", []),
        date=shown.get("date", ""),
    )


def _counts(
    snapshot: Snapshot, searcher: tantivy.Searcher, query: tantivy.Query, asked: Asked
) -> dict[str, list[Option]]:
    """Of each facet how many results have each value; of one that is narrowed to, how many would have it otherwise."""
    if not asked.words and not any(asked.chosen.values()):
        everything = counted(snapshot)
        return {facet: [Option(*each) for each in everything[facet].items()] for facet in schema.FACETS}
    free = [facet for facet in schema.FACETS if not asked.chosen.get(facet)]
    found = _aggregated(searcher, narrowed(query, asked.chosen), free)
    for facet in schema.FACETS:
        if facet not in free:
            found |= _aggregated(searcher, narrowed(query, asked.without(facet).chosen), [facet])
            known = {option.value for option in found[facet]}
            found[facet] += [Option(value, 0) for value in asked.chosen[facet] if value not in known]
    return {facet: found[facet] for facet in schema.FACETS}


def _aggregated(searcher: tantivy.Searcher, query: tantivy.Query, facets: Sequence[str]) -> dict[str, list[Option]]:
    terms = {"size": OPTIONS + 1, "segment_size": 10_000}
    answer = searcher.aggregate(query, {facet: {"terms": {"field": facet, **terms}} for facet in facets})
    return {facet: [_option(bucket) for bucket in answer[facet]["buckets"]] for facet in facets}


def _option(bucket: dict[str, Any]) -> Option:
    return Option(str(bucket["key"]), int(bucket["doc_count"]))


def _without(searcher: tantivy.Searcher, query: tantivy.Query, asked: Asked) -> dict[str, int]:
    narrowing = [facet for facet, values in asked.chosen.items() if values]
    counts = {facet: _count(searcher, narrowed(query, asked.without(facet).chosen)) for facet in narrowing}
    return {facet: count for facet, count in counts.items() if count}
