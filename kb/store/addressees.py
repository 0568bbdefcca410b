"""Which publisher deals with what readers say of a thing: the one who states it."""

from collections.abc import Iterable

from kb.namespaces import base_of_graph
from kb.store.shipped import PUBLISHER
from kb.store.state import State


def addressee(state: State, graphs: Iterable[str]) -> str:
    """The publisher to whom what is said in these named graphs belongs; else the site's own, or the first there is."""
    publishers = state.publishers()
    by_base = {each.base: each.id for each in publishers}
    for graph in graphs:
        if (found := by_base.get(base_of_graph(graph) or "")) is not None:
            return found
    ids = [each.id for each in publishers]
    return PUBLISHER if PUBLISHER in ids else next(iter(ids), "")
