"""How many people live in a place: every figure with its year, its borders and its source."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from kb.ask.summaries import rows
from kb.store.readable import Store


@dataclass(frozen=True)
class Population:
    """One figure; `note` says within which borders, `sources` who gives it."""

    observation: str
    value: str
    period: str
    note: str
    sources: tuple[str, ...]


def populations(store: Store, place: str) -> list[Population]:
    """The figures of a place, the latest first."""
    found: dict[str, Population] = {}
    for observation, value, period, note, source in rows(store, "population", thing=NamedNode(place)):
        known = found.get(observation.value)
        sources = (*(known.sources if known else ()), *((source.value,) if source else ()))
        found[observation.value] = Population(
            observation.value, value.value, period.value, note.value if note else "", tuple(dict.fromkeys(sources))
        )
    return list(found.values())
