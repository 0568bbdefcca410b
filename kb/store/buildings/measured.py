"""Measurements of a building: the latest of each kind, and the running cost per m² with its basis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from kb.namespaces import HOME, expand

Said = dict[str, list[Any]]
"""Property → values of one thing."""

_METRICS = f"{HOME}/concept/asset-metric/"
_SQUARE_METRE = f"{HOME}/concept/unit/square-metre"
_PERCENT = f"{HOME}/concept/unit/percent"

SIZES = ("floor-area-gia", "floor-area-nia", "floor-area-gea", "floor-area-ipms", "floor-area")
"""Metrics of size, the one that registers state most first; figures of different ones are not comparable."""

_UTILISATION = ("utilisation", "average-utilisation")
_BASES = tuple(map(expand, ("ww:unit", "ww:priceBasis", "ww:priceBaseYear", "ww:periodBasis")))
"""Those of kb.protocols.measures.BASES that a running cost can have; the basis of the area is its metric."""

_WHEN = tuple(map(expand, ("ww:measuredOn", "ww:end", "ww:start")))
_METRIC, _VALUE, _RATING, _UNIT = map(expand, ("ww:metric", "ww:value", "ww:rating", "ww:unit"))
_PART = expand("ww:forOrganisation")


@dataclass(frozen=True)
class Measured:
    """Figures with the year that each is of (0 where none is said); nan and "" where none is published."""

    size: float = nan
    """m²."""
    size_basis: str = ""
    """One of SIZES."""
    cost: float = nan
    """A year, in the unit of `cost_basis`."""
    cost_basis: tuple[str, ...] = ()
    """Unit, price basis, year of prices and period of the cost, IRIs or years, "" where not said."""
    cost_year: int = 0
    condition: str = ""
    condition_year: int = 0
    utilisation: float = nan
    """Percent."""
    utilisation_year: int = 0

    @property
    def cost_per_m2(self) -> float:
        """Running cost a year per m²; nan where either is missing."""
        return self.cost / self.size if self.size > 0 and self.cost == self.cost else nan

    @property
    def basis(self) -> tuple[str, ...]:
        """On what the cost per m² stands: two buildings compare on it where these are the same."""
        return (self.size_basis, *self.cost_basis) if self.cost_per_m2 == self.cost_per_m2 else ()


def measured(measurements: Sequence[Said]) -> Measured:
    """The latest of each kind that is of the whole building and can be read."""
    found = latest(measurements)
    size = size_of(found)
    cost, condition = found.get("running-cost", {}), found.get("condition", {})
    utilised = next((found[name] for name in _UTILISATION if name in found), {})
    percent = _first(utilised, _UNIT) in ("", _PERCENT)
    figure = number(_first(cost, _VALUE))
    return Measured(
        size=number(_first(found[size], _VALUE)) if size else nan,
        size_basis=size,
        cost=figure,
        cost_basis=tuple(_first(cost, name) for name in _BASES) if figure == figure else (),
        cost_year=_year(cost),
        condition=_first(condition, _RATING),
        condition_year=_year(condition),
        utilisation=number(_first(utilised, _VALUE)) if percent else nan,
        utilisation_year=_year(utilised),
    )


def latest(measurements: Sequence[Said]) -> dict[str, Said]:
    """Metric → its latest figure; of several of one day the last. Left out are those of one body's part (dp-01,
    `ww:forOrganisation`), since they say nothing of the whole.
    """
    found: dict[str, Said] = {}
    for each in measurements:
        metric = _first(each, _METRIC).removeprefix(_METRICS)
        if not each.get(_PART) and (metric not in found or _date(each) >= _date(found[metric])):
            found[metric] = each
    return found


def size_of(found: dict[str, Said]) -> str:
    """By which metric of SIZES a building is measured, of its latest figures; "" where by none."""
    return next((name for name in SIZES if name in found and _is_area(found[name])), "")


def number(text: str) -> float:
    """The number that a text is, nan where it is none."""
    try:
        found = float(text)
    except ValueError:
        return nan
    return found if isfinite(found) else nan


def _is_area(figure: Said) -> bool:
    return _first(figure, _UNIT) in ("", _SQUARE_METRE) and number(_first(figure, _VALUE)) > 0


def _first(said: Said, property: str) -> str:
    return min((str(value.value) for value in said.get(property, ())), default="")


def _date(said: Said) -> str:
    """The day, month or year of a figure, as texts that sort; "" where none is said."""
    date = next(filter(None, (_first(said, name) for name in _WHEN)), "")
    return date if date[:4].isascii() and date[:4].isdigit() else ""


def _year(said: Said) -> int:
    return int(_date(said)[:4] or 0)
