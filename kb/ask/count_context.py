"""What stands around the counts of a place: people, what is said in words, bodies without figures, prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import NamedNode

from kb.ask.counting import BODIES, Count, period_names, wider, year_of
from kb.ask.exact import exact
from kb.ask.memory import once
from kb.ask.summaries import rows
from kb.store.readable import Store

_COUNCIL = "2 council of the place"
"""A kind of responsibility, as counted-by.rq names it."""


@dataclass(frozen=True)
class People:
    """The population of a place in a year."""

    observation: str
    year: str
    people: Decimal
    remark: str
    source: str


@dataclass(frozen=True)
class Place:
    """A place that has a count, and what the count gives of one year: how many figures, and by how many of what."""

    place: str
    count: str
    year: str
    currency: str
    figures: int
    largest: Decimal
    functions: int
    bodies: int


def people(store: Store, place: str) -> list[People]:
    """The population of the place in the years for which it is recorded, the earliest first."""
    found = rows(store, "counted-people", place=NamedNode(place))
    texts = ([value.value if value else "" for value in row] for row in found)
    return [
        People(observation, year[:4], counted, remark, source)
        for _, observation, year, number, remark, source in texts
        if (counted := exact(number)) is not None
    ]


def in_words(store: Store, place: str) -> list[str]:
    """The statements of money (IRIs) that tell of the public money in the place."""
    return [statement.value for (statement,) in rows(store, "counted-in-words", place=NamedNode(place))]


def bodies(store: Store, place: str) -> dict[str, list[str]]:
    """The public bodies that serve the place, or were partners of its pilot → their kinds."""
    found: dict[str, list[str]] = {}
    for body, kind in rows(store, "counted-bodies", place=NamedNode(place)):
        found.setdefault(body.value, []).append(kind.value)
    return found


def bodies_without_figures(store: Store, place: str, counts: Sequence[Count]) -> list[str]:
    """The public bodies of the place of which no count gives a figure, of themselves or of their kind."""
    spenders = {line.key.body for count in counts for line in count.lines}
    above = wider(store, BODIES)

    def own(body: str, kinds: Sequence[str]) -> set[str]:
        return {body, *kinds, *(wide for kind in kinds for wide in above.get(kind, ()))}

    return [body for body, kinds in bodies(store, place).items() if not own(body, kinds) & spenders]


def places(store: Store) -> list[Place]:
    """The places that have counts, each with the years of each count, by place and count.

    It reads every figure, 0.4 s for 50,000, so it is asked once for each snapshot.
    """
    return once(store, "counted places", "all", lambda: _places(store))


def _places(store: Store) -> list[Place]:
    found = rows(store, "counted-places")
    read = [[value.value if value else "" for value in row] for row in found]
    names = period_names(store, (row[2] for row in read))
    return [
        Place(place, count, year_of(period, names.get(period, ""))[1], currency, int(n), largest, int(f), int(b))
        for place, count, period, currency, n, value, f, b in read
        if (largest := exact(value)) is not None
    ]


def responsible(store: Store, place: str, of_today: bool = False) -> list[str]:
    """Whose it is to publish what is counted in the place: of the surest kind of responsibility that is recorded.

    Who led its pilot, else its council, else who publishes a count of it. What would be published `of_today` is the
    council's first: who led may have been a partnership that is gone.
    """
    found = [(how.value, body.value) for how, body in rows(store, "counted-by", place=NamedNode(place))]
    kinds = {how for how, _ in found}
    surest = _COUNCIL if of_today and _COUNCIL in kinds else min(kinds, default="")
    return [body for how, body in found if how == surest]


def around(store: Store, place: str) -> list[tuple[str, bool]]:
    """The places with counts of their own that this one lies in, or that lie in it; whether it is the larger."""
    found = rows(store, "counted-around", place=NamedNode(place))
    return [(other.value, how.value == "larger") for other, how in found]


def price_series(store: Store) -> dict[str, dict[str, Decimal]]:
    """Source of a series of prices → year → index."""
    found: dict[str, dict[str, Decimal]] = {}
    for series, year, index in rows(store, "counted-prices"):
        if known := exact(index.value):
            found.setdefault(series.value, {})[year.value[:4]] = known
    return found
