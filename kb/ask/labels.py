"""What things are called: the labels of many IRIs in one query, and the fallback where there is none.

Order: skos:prefLabel, rdfs:label, dcterms:title, schema:name; of one property British English, any English, no
language, then any. Without a label: the compact name where the namespace is a known one, else the last part of the IRI.
"""

from collections.abc import Iterable
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Store

from kb.ask.binding import bind, read
from kb.namespaces import compact


class Labels(dict[str, Literal]):
    """IRI → its best label; `name` also answers for an IRI that has none."""

    def name(self, iri: str) -> str:
        """What to call the IRI."""
        label = self.get(iri)
        return label.value if label is not None else fallback(iri)


def labels_of(store: Store, iris: Iterable[str]) -> Labels:
    """The best label of each IRI that has one, in one query."""
    wanted = sorted(set(iris))
    labels = Labels()
    if not wanted:
        return labels
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
