"""What speaks for sharing a building, or for leaving it, by its own record: the bits of one number a building."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from statistics import median

from kb.namespaces import concept
from kb.store.buildings.gather import Building
from kb.store.buildings.measured import Measured

LEASE, CONDITION, LITTLE_USED, EMPTY, ROOM, DEAR = (1 << place for place in range(6))
"""A lease can be ended or runs out soon; poor condition; low utilisation; surplus or vacant; room to spare; dear."""

LEASE_YEARS = 3
"""Years from the day of the snapshot within which a lease that ends counts."""

LITTLE = 60.0
"""Percent of utilisation below which a building is little used, as in the question buildings-that-could-merge."""

ROOMY = 0.75
"""Share of the floor area that is occupied by the register's own account, below which there is room to spare."""

FEWEST = 5
"""Buildings of one use and on one basis that a median running cost per m² needs."""

POOR = frozenset(concept("condition", code) for code in ("c", "d"))
UNUSED = frozenset(concept("asset-status", code) for code in ("surplus", "vacant"))
_AREA = {concept("area-basis", code): f"floor-area-{code}" for code in ("gia", "nia", "gea", "ipms")}

Key = tuple[str, tuple[str, ...]]
"""Main use, and basis of the running cost per m²."""


def medians(buildings: Sequence[Building]) -> dict[Key, float]:
    """Use and basis → median running cost per m², where FEWEST buildings have one."""
    costs: dict[Key, list[float]] = defaultdict(list)
    for each in buildings:
        if each.uses and each.measured.basis:
            costs[each.uses[0], each.measured.basis].append(each.measured.cost_per_m2)
    return {key: median(found) for key, found in costs.items() if len(found) >= FEWEST}


def reasons(building: Building, day: str, usual: dict[Key, float]) -> int:
    """The bits that hold for a building on a day."""
    figures = building.measured
    until = _years_later(day)
    found = 0
    if any(day <= each <= until for each in (building.break_, building.expiry) if each):
        found |= LEASE
    if figures.condition in POOR:
        found |= CONDITION
    if figures.utilisation < LITTLE:
        found |= LITTLE_USED
    if building.status in UNUSED:
        found |= EMPTY
    if occupied_share(building.occupied, figures) < ROOMY:
        found |= ROOM
    if building.uses and figures.cost_per_m2 > usual.get((building.uses[0], figures.basis), float("inf")):
        found |= DEAR
    return found


def occupied_share(occupied: Sequence[tuple[float, str]], figures: Measured) -> float:
    """Of the floor area, what the register says is used; 1 where it does not say, or counts on another basis."""
    same = [area for area, basis in occupied if _AREA.get(basis) == figures.size_basis]
    return sum(same) / figures.size if same and len(same) == len(occupied) else 1.0


def _years_later(day: str) -> str:
    start = date.fromisoformat(day)
    return f"{start.year + LEASE_YEARS}{day[4:]}"
