"""Places like the reader's: which areas a reader can be from, and the rule by which another is like theirs.

**The rule.** Another area is like yours where it is of the same tier of local government, has between half and twice as
many people, and is as rural or urban by the official classification (its three wide classes, or coastal). What is not
known of one of the two is not held against it, but said. An area is like yours too where published work that compares
places scores the two at 0.7 or more of 1. Population, setting and system are what moderates effects most often in
transferability checklists (PIET-T, Schloemer and Schröder-Bäck 2018); nothing here says that it would work the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import NamedNode

from kb.ask.exact import exact
from kb.ask.interventions import ROOM
from kb.ask.memory import once
from kb.ask.summaries import nodes, rows
from kb.namespaces import HOME
from kb.store.readable import Store

_KIND = f"{HOME}/concept/place-type/"

TIERS = {
    f"{_KIND}two-tier-county": "county",
    f"{_KIND}non-metropolitan-district": "district below a county",
    f"{_KIND}unitary": "single tier",
    f"{_KIND}metropolitan-district": "single tier",
    f"{_KIND}london-borough": "single tier",
    f"{_KIND}combined-authority-area": "combined authority",
    f"{_KIND}police-area": "police area",
    f"{_KIND}fire-area": "fire area",
}
"""Kinds of place that a reader can be from, and the tier that they are of; unitaries, metropolitan districts and London
boroughs have the same duties."""

LEAST_SCORE = Decimal("0.7")
"""Published likeness from which on two places are alike."""

MOST_TIMES = 2
"""How many times as many people the one may have as the other."""


@dataclass(frozen=True)
class Area:
    """A place that a reader can be from."""

    iri: str
    kind: str
    rurality: str | None
    population: int | None
    year: str | None
    """Of the count of people; None where the place states it without one."""
    ended: bool

    @property
    def tier(self) -> str:
        """The tier of its government."""
        return TIERS[self.kind]


@dataclass(frozen=True)
class Likeness:
    """Why an area is like the reader's: what is the same, and what could not be compared."""

    area: Area
    times: Decimal | None
    """How many times the reader's population it has; None where one of the two is not known."""
    same_setting: bool | None
    """Whether it is as rural or urban; None where one of the two is not known."""
    score: Decimal | None
    """What published work computed."""

    @property
    def known(self) -> int:
        """How many of population, setting and score could be compared."""
        return sum(each is not None for each in (self.times, self.same_setting, self.score))


def areas(store: Store) -> dict[str, Area]:
    """Every area that a reader can be from, by IRI; with several counts of people the latest."""
    return once(store, "interventions", "areas", lambda: _read(store))


def similar(store: Store, reader: Area, places: Iterable[str]) -> list[Likeness]:
    """Which of these places are like the reader's, by the rule above; those with most in common that is known first."""
    known = areas(store)
    scores = {
        other.value: exact(score.value)
        for other, score in rows(store, "similarity-scores", package=ROOM, place=NamedNode(reader.iri))
    }
    others = (known[place] for place in dict.fromkeys(places) if place in known and place != reader.iri)
    found = [like for other in others if (like := compared(reader, other, scores.get(other.iri))) is not None]
    return sorted(found, key=lambda like: (-like.known, like.area.iri))


def compared(reader: Area, other: Area, score: Decimal | None) -> Likeness | None:
    """In what the other is like the reader's area; None where it is not."""
    times = None
    if reader.population and other.population:
        times = Decimal(other.population) / reader.population
    setting = reader.rurality == other.rurality if reader.rurality and other.rurality else None
    alike = (
        reader.tier == other.tier
        and (times is None or Decimal(1) / MOST_TIMES <= times <= MOST_TIMES)
        and setting is not False
    )
    return Likeness(other, times, setting, score) if alike or (score or 0) >= LEAST_SCORE else None


def _read(store: Store) -> dict[str, Area]:
    found: dict[str, Area] = {}
    for place, kind, rurality, stated, year, counted, end in rows(store, "similar", package=ROOM, kind=nodes(TIERS)):
        people, at = (counted, year.value) if counted is not None else (stated, None)
        found[place.value] = Area(
            iri=place.value,
            kind=kind.value,
            rurality=rurality.value if rurality is not None else None,
            population=_whole(people.value) if people is not None else None,
            year=at,
            ended=end is not None,
        )
    return found


def _whole(text: str) -> int | None:
    found = exact(text)
    return None if found is None else int(found)
