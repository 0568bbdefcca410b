"""What things are called: the labels of many IRIs in one query, and the fallback where there is none.

Order: skos:prefLabel, rdfs:label, dcterms:title, schema:name; of one property British English, any English, no
language, then any. Without a label: the name of a licence that is widely used, the compact name where the namespace is
a known one, else the last part of the IRI. A label with nothing to read in it is none.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from pyoxigraph import Literal

from kb.ask.memory import remembered
from kb.ask.summaries import language_rank, nodes, rows
from kb.intake.seen import is_seen
from kb.namespaces import compact, expand
from kb.store.readable import Store

LICENCES = {
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "http://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "http://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
}
"""Licences by the names that they are known by; data links to them without naming them."""

LABEL_PROPERTIES = tuple(map(expand, ("skos:prefLabel", "rdfs:label", "dcterms:title", "schema:name")))
"""The properties that name a thing, the preferred one first; the numbers in labels.rq are their places here."""


LONGEST = 500
"""Characters of a name: each list with one that is a text of many pages would be as long."""


class Labels(dict[str, Literal]):
    """IRI → its best label; `name` also answers for an IRI that has none."""

    def name(self, iri: str) -> str:
        """What to call the IRI."""
        label = self.get(iri)
        return shortened(label.value if label is not None else fallback(iri))

    def in_full(self, iri: str) -> str:
        """What to call the IRI where, without a name, all of it is to be read."""
        label = self.get(iri)
        return shortened(label.value if label is not None else LICENCES.get(iri, iri))


def shortened(name: str) -> str:
    """The name as pages, tables and citations have it: of one that is longer than LONGEST, the beginning."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


def labels_of(store: Store, iris: Iterable[str]) -> Labels:
    """The best label of each IRI that has one; those not asked for before, in one query."""
    known: dict[str, Literal | None] = remembered(store, "labels")
    wanted = set(iris)
    if unknown := sorted(iri for iri in wanted if iri not in known):
        found = _read(store, unknown)
        known.update((iri, found.get(iri)) for iri in unknown)
    return Labels((iri, label) for iri in wanted if (label := known[iri]) is not None)


def label_among(values: Mapping[str, Iterable[object]]) -> Literal | None:
    """The best label in what is said of one thing, given as property → values."""
    found = (
        (_rank(place, value), value)
        for place, property in enumerate(LABEL_PROPERTIES)
        for value in values.get(property, ())
        if isinstance(value, Literal) and is_seen(value.value)
    )
    return min(found, default=(None, None), key=lambda each: each[0])[1]


def _read(store: Store, wanted: list[str]) -> dict[str, Literal]:
    labels: dict[str, Literal] = {}
    ranks: dict[str, tuple[int, int, str]] = {}
    for thing, place, label in rows(store, "labels", thing=nodes(wanted)):
        rank = _rank(int(place.value), label)
        if not is_seen(label.value):
            continue
        if thing.value not in ranks or rank < ranks[thing.value]:
            ranks[thing.value] = rank
            labels[thing.value] = label
    return labels


def _rank(place: int, label: Literal) -> tuple[int, int, str]:
    return place, language_rank(label.language), label.value


@lru_cache(maxsize=10_000)
def fallback(iri: str) -> str:
    """What to call an IRI without a label."""
    if iri in LICENCES:
        return LICENCES[iri]
    short = compact(iri)
    if not short.startswith("<") and not short.endswith(":"):
        return short
    local = iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
    return unquote(local) or iri
