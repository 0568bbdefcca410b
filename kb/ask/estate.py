"""How many buildings and pieces of land a place has, or a body reports, holds or occupies: counted, never listed."""

from pyoxigraph import NamedNode

from kb.ask.summaries import rows
from kb.store.readable import Store


def buildings(store: Store, iri: str) -> dict[str, int]:
    """How (`located`, `reported`, `held`, `occupied`) → number of assets; without those of which there are none."""
    found = {how.value: int(count.value) for how, count in rows(store, "buildings-held", thing=NamedNode(iri)) if how}
    return {how: count for how, count in found.items() if count}
