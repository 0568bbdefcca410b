"""Buildings as rows of the table have them, with numbers turned into what they stand for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from kb.store.buildings.tables import Tables

_TEXTS = ("iri", "name", "identifier", "uprn", "postcode", "town", "break", "expiry", "size_basis")
_CODES = ("status", "condition", "precision")
_FIGURES = ("longitude", "latitude", "size", "cost", "cost_per_m2", "utilisation", "occupied_share")
_WHOLE = ("cost_year", "condition_year", "utilisation_year", "reasons", "near", "basis")


@dataclass(frozen=True)
class Shown:
    """One building; IRIs where something is named, "" and None where nothing is published."""

    row: int
    iri: str
    name: str
    identifier: str
    uprn: str
    postcode: str
    town: str
    break_: str
    expiry: str
    size_basis: str
    status: str
    condition: str
    precision: str
    longitude: float | None
    latitude: float | None
    size: float | None
    cost: float | None
    cost_per_m2: float | None
    utilisation: float | None
    occupied_share: float | None
    cost_year: int
    condition_year: int
    utilisation_year: int
    reasons: int
    near: int
    basis: int
    register_of: str
    partners: tuple[str, ...]
    occupiers: tuple[str, ...]
    holders: tuple[str, ...]
    uses: tuple[str, ...]
    tenures: tuple[str, ...]
    places: tuple[str, ...]
    registers: tuple[str, ...]

    def links(self) -> Iterator[str]:
        """All that is named, for labels."""
        yield from (*self.partners, *self.occupiers, *self.holders, *self.uses, *self.tenures, *self.places)
        yield from filter(None, (self.register_of, self.status, self.condition, self.precision))


def shown(tables: Tables, rows: Sequence[int]) -> list[Shown]:
    """The buildings of these rows, in this order."""
    table, index = tables.buildings, tables.index
    places = [int(row) for row in rows]
    texts = {name: table.texts(name, places) for name in _TEXTS}
    lists = {
        name: [tuple(known[number] for number in numbers) for numbers in table.texts(name, places)]
        for name, known in (
            *((name, index.bodies) for name in ("partners", "occupiers", "holders")),
            *((name, index.codes) for name in ("uses", "tenures")),
            ("places", index.places),
            ("registers", index.registers),
        )
    }
    figures = {name: table.numbers(name) for name in (*_FIGURES, *_WHOLE, *_CODES, "register_of")}

    def one(place: int, row: int) -> Shown:
        values: dict[str, Any] = {name: texts[name][place] for name in _TEXTS}
        values["break_"] = values.pop("break")
        values |= {name: lists[name][place] for name in lists}
        values |= {name: _named(index.codes, figures[name][row]) for name in _CODES}
        values |= {name: _figure(figures[name][row]) for name in _FIGURES}
        values |= {name: int(figures[name][row]) for name in _WHOLE}
        return Shown(row=row, register_of=_named(index.bodies, figures["register_of"][row]), **values)

    return [one(place, row) for place, row in enumerate(places)]


def links(buildings: Iterable[Shown]) -> set[str]:
    """All that the buildings name."""
    return {iri for each in buildings for iri in each.links()}


def _named(known: Sequence[str], number: Any) -> str:
    return known[number] if number >= 0 else ""


def _figure(value: Any) -> float | None:
    return None if isnan(value) else float(value)
