"""The order of a list of buildings: by name, size, running cost per m², utilisation or condition."""

from dataclasses import dataclass
from typing import Any

import numpy

from kb.store.buildings.tables import Tables

SORTS = ("name", "size", "cost", "utilisation", "condition")


@dataclass(frozen=True)
class Ordered:
    """Rows in their order. Of an order by cost: `basis` on which the first stand that are compared (a place in the
    index), how many stand on it, and how many on another, which follow uncompared; `years` of the costs compared.
    """

    rows: Any
    known: int
    """Buildings that have the figure; those without follow by name."""
    basis: int = -1
    others: int = 0
    years: tuple[int, int] | None = None


def ordered(tables: Tables, mask: Any, sort: str) -> Ordered:
    """The buildings of the mask: the largest, the dearest, the least used and those in the worst condition first."""
    (rows,) = numpy.nonzero(mask)
    if sort == "cost":
        return _by_cost(tables, rows)
    if sort == "size":
        keys = -tables.buildings.numbers("size")[rows]
    elif sort == "utilisation":
        keys = tables.buildings.numbers("utilisation")[rows]
    elif sort == "condition":
        letters = numpy.array([ord(iri[-1]) for iri in tables.index.codes] or [0], dtype=float)
        numbers = tables.buildings.numbers("condition")[rows]
        keys = numpy.where(numbers >= 0, -letters[numbers], numpy.nan)
    else:
        return Ordered(rows, len(rows))
    return Ordered(rows[numpy.argsort(keys, kind="stable")], int((~numpy.isnan(keys)).sum()))


def _by_cost(tables: Tables, rows: Any) -> Ordered:
    """Costs are compared on one basis alone: that on which most of these buildings have one."""
    bases, costs = tables.buildings.numbers("basis")[rows], tables.buildings.numbers("cost_per_m2")[rows]
    have = bases[bases >= 0]
    if not len(have):
        return Ordered(rows, 0)
    basis = int(numpy.bincount(have).argmax())
    on_it = bases == basis
    keys = numpy.where(on_it, -costs, numpy.where(bases >= 0, numpy.inf, numpy.nan))
    years = tables.buildings.numbers("cost_year")[rows][on_it]
    dated = years[years > 0]
    span = (int(dated.min()), int(dated.max())) if len(dated) else None
    order = rows[numpy.argsort(keys, kind="stable")]
    return Ordered(order, int(on_it.sum()), basis, len(have) - int(on_it.sum()), span)
