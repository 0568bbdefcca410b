"""The things of one class as a list: how many, which stand on a page, and what a row says about each."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from kb.ask.memory import once, remembered
from kb.ask.summaries import Summary, nodes, rows, summaries
from kb.names import is_seen, name_rank
from kb.namespaces import compact, expand
from kb.store import name_orders
from kb.store.name_orders import in_order
from kb.store.readable import Store
from kb.vocabulary import Term


@dataclass(frozen=True)
class Table:
    """Things of one class with the columns (prefix:local) that tell of them; `count` is of all, shown or not."""

    kind: Term
    things: tuple[Summary, ...]
    columns: tuple[str, ...]
    count: int


DEFAULT_COLUMNS = ("dcterms:description",)
"""Columns of a class that is not in COLUMNS."""

AMOUNT = ("ww:amount", "ww:amountLow", "ww:amountHigh", "ww:approximate", "ww:currency", "ww:periodBasis")
"""What together is the amount that a statement of money gives."""

_CLAIM = ("ww:statement", "ww:observedIn", "prov:hadPrimarySource", "ww:grade")
_ACCESS_POINT = ("dcterms:description", "ww:locatedIn", "ww:start")

COLUMNS: dict[str, tuple[str, ...]] = {
    "dcat:Dataset": ("dcterms:publisher", "dcterms:modified"),
    "org:FormalOrganization": ("dcterms:description", "ww:organisationType", "dcterms:spatial"),
    "org:Membership": ("org:member", "org:role", "org:organization"),
    "skos:Concept": ("skos:definition", "skos:inScheme"),
    "ww:AccessPoint": _ACCESS_POINT,
    "ww:Barrier": ("ww:statement", "ww:polarity", "prov:hadPrimarySource", "ww:grade"),
    "ww:CaseStudy": ("dcterms:abstract", "ww:describes"),
    "ww:Claim": _CLAIM,
    "ww:CultureFinding": _CLAIM,
    "ww:CustomerInsight": _CLAIM,
    "ww:DataProtocol": ("dcterms:description", "dcat:version"),
    "ww:Evaluation": ("ww:evaluates", "ww:studyDesign", "ww:reportedIn"),
    "ww:Finding": ("ww:ofIntervention", "ww:outcome", "ww:desirability", "prov:hadPrimarySource", "ww:grade"),
    "ww:Gateway": _ACCESS_POINT,
    "ww:Implementation": ("ww:implements", "ww:inPlace", "ww:stage"),
    "ww:Intervention": ("skos:definition", "skos:broader", "ww:intendedOutcome"),
    "ww:LessonLearned": ("ww:statement", "ww:lessonTheme", "prov:hadPrimarySource", "ww:grade"),
    "ww:MonetaryStatement": (
        "ww:moneyKind",
        "ww:concerns",
        "prov:hadPrimarySource",
        "ww:estimateStatus",
        "ww:grade",
    ),
    "ww:Outcome": ("skos:definition", "skos:broader", "ww:betterWhen"),
    "ww:Pilot": ("ww:pilotPlace", "ww:leadOrganisation", "ww:start", "ww:end"),
    "ww:Place": ("ww:placeType", "ww:gssCode", "geo:sfWithin"),
    "ww:Programme": ("dcterms:description", "ww:start", "ww:end"),
    "ww:Question": ("dcterms:description", "schema:keywords"),
    "ww:Release": ("dcterms:issued", "void:triples", "ww:warningCount"),
    "ww:Source": ("dcterms:publisher", "dcterms:issued"),
    "ww:Workstream": ("dcterms:description", "ww:underPilot", "ww:stage"),
}
"""Class → the properties that its list shows beside the name."""

KEPT = 200_000
"""Things whose order by name is kept in memory for a snapshot, some 100 bytes each: to sort 100,000 takes 1.5 s."""

SAID = 4_000
"""Things of which all that they say is kept in memory for a snapshot, some 4 kB each."""

LONG = 10_000
"""Characters of what one of them says, above which it is read anew each time."""

_sorting = threading.Lock()
"""Held while many are sorted: who asks at the same time waits for that, and does not do it too."""

CITATION = ("dcterms:creator", "dcterms:publisher", "dcterms:issued")
"""What names a source beside its title: who wrote or published it, and when."""


def columns(class_iri: str) -> tuple[str, ...]:
    """The properties, as prefix:local, that the list of this class shows."""
    return COLUMNS.get(compact(class_iri), DEFAULT_COLUMNS)


def count(store: Store, class_iri: str) -> int:
    """How many things are of the class or of one of its subclasses."""

    def read() -> int:
        [(things,)] = rows(store, "member-count", kind=NamedNode(class_iri))
        return int(things.value)

    return once(store, "member counts", class_iri, read)


def members(store: Store, class_iri: str, limit: int, offset: int, snapshot: Path | None = None) -> list[str]:
    """The IRIs of `limit` members from `offset` on, sorted by name, of a large class as its snapshot has them."""
    found = name_orders.read(snapshot, class_iri, limit, offset) if snapshot else None
    if found is not None:
        return found

    return stretch(store, class_iri, count(store, class_iri), "members", limit, offset, kind=NamedNode(class_iri))


def stretch(store: Store, key: str, total: int, query: str, limit: int, offset: int, **terms: Any) -> list[str]:
    """`limit` of `total` things from `offset` on, sorted by name; the order is kept under `key` for the snapshot.

    The query gives things with the names of each and their places in NAMES, in no order: engines differ in how they
    sort, and none knows what a page shows. Of more than KEPT the engine is asked for the stretch, by the query of the
    name with `-in-order` at its end.
    """
    if total > KEPT:
        return [thing.value for (thing,) in rows(store, f"{query}-in-order", limit, offset, **terms)]
    known: dict[str, list[str]] = remembered(store, "orders")
    order = known.get(key)
    if order is None:
        with _sorting:
            order = known.get(key) or _sorted(rows(store, query, **terms))
            if key not in known and sum(map(len, known.values())) + len(order) > KEPT:
                known.clear()
            known[key] = order
    return order[offset : offset + limit]


def _sorted(found: Iterable[Any]) -> list[str]:
    """The things, of rows of a thing, the place of a property in NAMES and a value of it."""
    ranks: dict[str, tuple[int, int, str]] = {}
    unnamed = set()
    for thing, place, name in found:
        if isinstance(name, Literal) and is_seen(name.value):
            rank = name_rank(int(place.value), name)
            ranks[thing.value] = min(rank, ranks.get(thing.value, rank))
        else:
            unnamed.add(thing.value)
    names = ((thing, name) for thing, (_, _, name) in ranks.items())
    return in_order((*names, *((thing, None) for thing in unnamed - ranks.keys())))


def cells(store: Store, things: Sequence[str], properties: Sequence[str]) -> dict[str, Summary]:
    """Thing → what it says about the properties (prefix:local), with the grade of its assessment; one query at most."""
    if not things or not properties:
        return {thing: Summary(thing) for thing in things}
    wanted = set(map(expand, properties))
    if "ww:desirability" in properties:
        wanted.add(expand("ww:effectDirection"))  # only both together tell the effect (kb.effects)
    said = _said(store, things)
    return {thing: said[thing].only(wanted) for thing in things}


def _said(store: Store, things: Sequence[str]) -> dict[str, Summary]:
    """All that each says. It is kept for as many as pages of other things tell of too, unless it is a long text."""
    kept: dict[str, Summary] = remembered(store, "said")
    found = {thing: summary for thing in things if (summary := kept.get(thing)) is not None}
    if unknown := [thing for thing in things if thing not in found]:
        read = summaries(rows(store, "cells", thing=nodes(unknown)))
        new = {thing: read.get(thing, Summary(thing)) for thing in unknown}
        if len(kept) + len(new) > SAID:
            kept.clear()
        kept.update((thing, each) for thing, each in islice(new.items(), SAID) if each.length <= LONG)
        found |= new
    return found


def largest_savings(store: Store, number: int) -> list[str]:
    """The statements that give the largest savings of areas' own work, forecasts and claims included."""
    return [thing.value for (thing,) in rows(store, "largest-savings", number)]
