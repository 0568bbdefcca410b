"""What things are called: the best names of many IRIs, by the rule of `kb.names`, in one query."""

from collections.abc import Iterable

from pyoxigraph import Literal

from kb.ask.memory import remembered
from kb.ask.summaries import nodes, rows
from kb.names import LICENCES, is_seen, name_rank, unnamed
from kb.store.readable import Store

LONGEST = 500
"""Characters of a name: each list with one that is a text of many pages would be as long."""


class Labels(dict[str, Literal]):
    """IRI → its best label; `name` also answers for an IRI that has none."""

    def name(self, iri: str) -> str:
        """What to call the IRI."""
        label = self.get(iri)
        return shortened(label.value if label is not None else unnamed(iri))

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


def _read(store: Store, wanted: list[str]) -> dict[str, Literal]:
    labels: dict[str, Literal] = {}
    ranks: dict[str, tuple[int, int, str]] = {}
    for thing, place, label in rows(store, "labels", thing=nodes(wanted)):
        rank = name_rank(int(place.value), label)
        if not is_seen(label.value):
            continue
        if thing.value not in ranks or rank < ranks[thing.value]:
            ranks[thing.value] = rank
            labels[thing.value] = label
    return labels
