"""What things are called: the labels of many IRIs in one query, and the fallback where there is none.

Order: skos:prefLabel, rdfs:label, dcterms:title, schema:name; of one property British English, any English, no
language, then any. Without a label: the name of a licence that is widely used, the compact name where the namespace is
a known one, else the last part of the IRI.
"""

from collections.abc import Iterable
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Store

from kb.ask.binding import bind, read
from kb.namespaces import compact

LICENCES = {
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "Open Government Licence v3.0",
    "http://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
    "http://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0",
}
"""Licences by the names that they are known by; data links to them without naming them."""

REMEMBERED = 50_000
"""Labels kept in memory, of the snapshot read last."""


class Labels(dict[str, Literal]):
    """IRI → its best label; `name` also answers for an IRI that has none."""

    def name(self, iri: str) -> str:
        """What to call the IRI."""
        label = self.get(iri)
        return label.value if label is not None else fallback(iri)


class _Memory:
    """What a store has answered; it must not change, which holds for a snapshot."""

    def __init__(self) -> None:
        self.store: Store | None = None
        self.labels: dict[str, Literal | None] = {}


_last = _Memory()


def labels_of(store: Store, iris: Iterable[str]) -> Labels:
    """The best label of each IRI that has one; those not asked for before, in one query."""
    global _last
    memory = _last
    if memory.store is not store or len(memory.labels) > REMEMBERED:
        memory = _Memory()
        memory.store = store
        _last = memory
    known = memory.labels
    wanted = set(iris)
    if unknown := sorted(iri for iri in wanted if iri not in known):
        found = _read(store, unknown)
        known.update((iri, found.get(iri)) for iri in unknown)
    return Labels((iri, label) for iri in wanted if (label := known[iri]) is not None)


def _read(store: Store, wanted: list[str]) -> dict[str, Literal]:
    labels: dict[str, Literal] = {}
    ranks: dict[str, tuple[int, int, str]] = {}
    query = bind(read("labels.rq"), thing=[NamedNode(iri) for iri in wanted])
    for thing, property_rank, label in store.query(query):  # type: ignore[union-attr]
        rank = (int(property_rank.value), _language_rank(label.language), label.value)
        if thing.value not in ranks or rank < ranks[thing.value]:
            ranks[thing.value] = rank
            labels[thing.value] = label
    return labels


def fallback(iri: str) -> str:
    """What to call an IRI without a label."""
    if iri in LICENCES:
        return LICENCES[iri]
    short = compact(iri)
    if not short.startswith("<") and not short.endswith(":"):
        return short
    local = iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
    return unquote(local) or iri


def _language_rank(language: str | None) -> int:
    if language is None:
        return 2
    if language.lower() == "en-gb":
        return 0
    return 1 if language.lower().split("-")[0] == "en" else 3
