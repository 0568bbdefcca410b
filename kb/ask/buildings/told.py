"""Why two buildings could be shared, in words, and what is not known of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.ask.buildings.shown import Shown
from kb.ask.labels import Labels
from kb.namespaces import HOME, concept
from kb.store.buildings import reasons
from kb.store.buildings.tables import Index
from kb.store.buildings.uses import Compatible, fitting, is_use

_FREEHOLD = concept("tenure-type", "freehold")
_POSTCODE = concept("geometry-precision", "postcode")

BASES = {
    "floor-area-gia": "gross internal area",
    "floor-area-nia": "net internal area",
    "floor-area-gea": "gross external area",
    "floor-area-ipms": "area by IPMS",
    "floor-area": "floor area, basis not said",
}
"""Metric of a size → what it counts."""


@dataclass(frozen=True)
class Told:
    """A pair as it is shown; `uses` is the row that says how they go together, None where that is not known."""

    one: Shown
    other: Shown
    metres: float
    uses: Compatible | None
    why: str
    """Why they go together, or whom to ask since it is not published what they are used for."""
    source: str
    """IRI of what the row of uses rests on, "" where that is our own judgement."""
    reasons: tuple[tuple[Shown, tuple[str, ...]], ...]
    """Of each building what speaks for it by its own record; a building of which nothing does is left out."""
    unknown: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """Bodies, and what each of them does not publish of its building."""

    @property
    def level(self) -> int:
        """How well the uses go together: 2 well, 1 possibly, 0 not known."""
        return self.uses.level if self.uses is not None else 0

    @property
    def roughly(self) -> bool:
        """Whether the middle of a postcode stands for a point, so that single metres say nothing."""
        return _POSTCODE in (self.one.precision, self.other.precision)

    @property
    def neither(self) -> tuple[str, ...]:
        """What is published of neither building."""
        other = set(not_published(self.other))
        return tuple(each for each in not_published(self.one) if each in other)


def told(index: Index, one: Shown, other: Shown, metres: float, labels: Labels, dates: "Dates") -> Told:
    """The pair in words. Raises LookupError for two whose uses do not go together."""
    uses = fitting(*({code for use in each.uses for code in (use, *index.above.get(use, ()))} for each in (one, other)))
    silent = [each for each in (one, other) if not any(map(is_use, each.uses))]
    if uses is None and not silent:
        raise LookupError(f"{one.iri} and {other.iri} are no pair")
    spoken = tuple((each, tuple(spoken_for(index, each, labels, dates))) for each in (one, other))
    return Told(
        one,
        other,
        metres,
        uses,
        uses.reason if uses is not None else f"use not published by {_bodies(silent, labels)}: ask before you plan",
        f"{HOME}/id/{uses.source}" if uses is not None and uses.source else "",
        tuple(each for each in spoken if each[1]),
        tuple(_unknown(one, other, labels)),
    )


class Dates:
    """Writes dates and numbers for a person; the site gives its own writers."""

    def day(self, text: str) -> str:
        """`2029-03-25` in words."""
        return text

    def number(self, value: float) -> str:
        """A figure, rounded as a reader wants it."""
        return f"{value:,.0f}"

    def money(self, value: float, unit: str) -> str:
        """An amount in a currency (IRI)."""
        return f"{value:,.0f} {unit.rpartition('/')[2].upper()}"


def spoken_for(index: Index, building: Shown, labels: Labels, dates: Dates) -> Iterator[str]:
    """What speaks for sharing or leaving this building, by its own record."""
    bits = building.reasons
    if bits & reasons.EMPTY:
        yield labels.name(building.status).lower()
    if bits & reasons.LEASE:
        if building.break_ and building.break_[:4] <= _soon(index.day):
            yield f"its lease can be ended on {dates.day(building.break_)}"
        if building.expiry and building.expiry[:4] <= _soon(index.day):
            yield f"its lease runs out on {dates.day(building.expiry)}"
    if bits & reasons.CONDITION:
        yield f"poor condition: {labels.name(building.condition)}{_of(building.condition_year)}"
    if bits & reasons.LITTLE_USED and building.utilisation is not None:
        yield f"little used: {dates.number(building.utilisation)}%{_of(building.utilisation_year)}"
    if bits & reasons.ROOM and building.occupied_share is not None:
        yield f"room to spare: {dates.number(100 * building.occupied_share)}% of its floor area is said to be occupied"
    if bits & reasons.DEAR and building.cost_per_m2 is not None:
        usual = {(use, basis): cost for use, basis, cost in index.medians}.get((building.uses[0], building.basis))
        unit = index.bases[building.basis][1]
        cost = dates.money(round(building.cost_per_m2), unit)
        middle = f", the median here for its use is {dates.money(round(usual), unit)}" if usual is not None else ""
        yield f"dear to run: {cost} per m² a year{_of(building.cost_year)}{middle}"


def not_published(building: Shown) -> Iterator[str]:
    """What would bear on sharing this building, and is not published of it."""
    if building.condition == "":
        yield "condition"
    if building.utilisation is None:
        yield "utilisation"
    if building.size is None:
        yield "size"
    if building.cost is None:
        yield "running cost"
    if not building.tenures:
        yield "tenure"
    if not (building.break_ or building.expiry) and building.tenures != (_FREEHOLD,):
        yield "lease dates"
    if building.precision == _POSTCODE:
        yield "the exact point (the middle of its postcode stands for it)"


def basis_in_words(basis: Sequence[str], labels: Labels) -> str:
    """On what a running cost per m² stands: `per m² of gross internal area, in pounds, nominal`."""
    metric, *rest = basis
    named = (labels.name(each) if "://" in each else each for each in rest if each)
    return ", ".join((f"per m² of {BASES[metric]}", *named))


def _unknown(one: Shown, other: Shown, labels: Labels) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What neither publishes first, then what only one does not."""
    by_field: dict[str, list[str]] = {}
    for each in (one, other):
        for missing in not_published(each):
            by_field.setdefault(missing, []).append(_body(each, labels))
    groups: dict[tuple[str, ...], list[str]] = {}
    for missing, names in by_field.items():
        groups.setdefault(tuple(dict.fromkeys(names)), []).append(missing)
    for bodies, fields in sorted(groups.items(), key=lambda item: -len(item[0])):
        yield bodies, tuple(fields)


def _bodies(buildings: Sequence[Shown], labels: Labels) -> str:
    """Whose registers they stand on, by name."""
    return " or ".join(dict.fromkeys(_body(each, labels) for each in buildings))


def _body(building: Shown, labels: Labels) -> str:
    return labels.name(building.register_of) if building.register_of else building.name


def _soon(day: str) -> str:
    return str(int(day[:4]) + reasons.LEASE_YEARS)


def _of(year: int) -> str:
    return f" ({year})" if year else ""
