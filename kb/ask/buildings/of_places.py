"""The assets of places side by side, from the tables that were made at publication: nothing is read from the store.

A place has what lies in it and in the places within it. Of each asset the latest measurement of a kind counts, and of
each register what it holds: an asset may stand in several, so they are never added up.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

import numpy

from kb.ask.buildings.wanted import in_place, listed
from kb.ask.side_by_side import Section, Solution
from kb.namespaces import concept
from kb.store.buildings.tables import Tables

_SQUARE_METRE, _PERCENT = concept("unit", "square-metre"), concept("unit", "percent")


def assets(tables: Tables, things: Sequence[str]) -> Section:
    """The section `assets` of these places, as the query side-assets.rq gives it."""
    found: dict[str, dict[str, list[Solution]]] = {}
    for thing in things if len(tables.buildings) else ():  # a table without rows has columns of no kind
        inside = in_place(tables, thing)
        for number, register in enumerate(tables.index.registers):
            rows = numpy.flatnonzero(inside & listed(tables, "registers", [number]))
            for said in _told(tables, rows) if len(rows) else ():
                solution = {"thing": thing, "register": register, **said}
                found.setdefault(said.get("metric", ""), {}).setdefault(thing, []).append(solution)
    return Section("assets", found)


def _told(tables: Tables, rows: Any) -> Iterator[dict[str, str]]:
    table = tables.buildings
    yield {"assets": str(len(rows)), "values": "0"}
    sizes = table.numbers("size")[rows]
    bases = table.texts("size_basis", rows)
    for basis in sorted({basis for basis in bases if basis}):
        of = [size for size, its in zip(sizes, bases, strict=True) if its == basis]
        yield _values("floor-area", _SQUARE_METRE, of) | {"metric": concept("asset-metric", basis)}
    conditions = Counter(int(number) for number in table.numbers("condition")[rows] if number >= 0)
    for number, count in sorted(conditions.items(), key=lambda each: tables.index.codes[each[0]]):
        rating = tables.index.codes[number]
        said = {"assets": str(count), "values": "0", "rating": rating}
        yield said | {"metric": concept("asset-metric", "condition")}
    used = [share for share in table.numbers("utilisation")[rows] if not isnan(share)]
    if used:
        yield _values("utilisation", _PERCENT, used)


def _values(metric: str, unit: str, values: Sequence[float]) -> dict[str, str]:
    said = {"metric": concept("asset-metric", metric), "unit": unit, "assets": str(len(values))}
    return said | {"values": str(len(values)), "total": f"{sum(map(float, values)):f}"}
