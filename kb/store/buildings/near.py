"""Pairs of near buildings of different bodies whose uses go together, or of which the use of one is not published,
found with an STRtree on the National Grid.

What is far from every other is not looked at; of what is near each other the best is kept, and the rest is counted.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy
import shapely

from kb.namespaces import concept
from kb.store.buildings.gather import Building
from kb.store.buildings.points import crowded
from kb.store.buildings.uses import codes, compatible_uses

OF_ONE_USE = 5
"""Of the near buildings with one main use (without a use: of one body), that many are kept for each building, the best
first; and MOST in all."""

MOST = 40

AT_A_TIME = 2_000
"""Buildings whose neighbours each core has in memory at once."""

GONE = frozenset(concept("asset-status", code) for code in ("disposed",))


@dataclass(frozen=True)
class Near:
    """Pairs, the best first: both rows, metres, and how well their uses go together (2 well, 1 possibly, 0 not known).

    `found` counts for each building all of its pairs, kept or not; `left_out` the pairs that were not kept.
    """

    one: Any
    other: Any
    metres: Any
    level: Any
    found: Any
    left_out: int


def near(
    buildings: Sequence[Building], points: Any, reasons: Any, above: dict[str, frozenset[str]], limit: int
) -> Near:
    """The pairs within `limit` metres; `above`: use → the codes above it. They are ranked by how well the uses go
    together (last where that is not known), then by how many reasons there are (`reasons`, bits a building), then by
    distance.

    A pair of which both records have one UPRN is none: that is one building.
    """
    counts = numpy.array([number.bit_count() for number in range(64)], dtype=numpy.int64)[reasons]
    ranked = _by_blocks(buildings, points, counts, above, limit)
    # As one number each: rows of two are sorted six times as long.
    keys = numpy.unique(numpy.concatenate([part[0] for part in ranked] or [numpy.empty(0, numpy.int64)]))
    found = sum((part[1] for part in ranked), numpy.zeros(len(buildings), numpy.int64))
    one, other = numpy.divmod(keys, max(len(buildings), 1))
    metres = numpy.hypot(*(points[one] - points[other]).T)
    level = _levels(_Uses(buildings, above), one, other)
    order = numpy.lexsort((other, one, metres, -(counts[one] + counts[other]), -level))
    return Near(one[order], other[order], metres[order], level[order], found, int(found.sum()) // 2 - len(keys))


class _Uses:
    """The uses of each building as bits, and those that go with them: well, and at all."""

    def __init__(self, buildings: Sequence[Building], above: dict[str, frozenset[str]]) -> None:
        place = {code: bit for bit, code in enumerate(codes(compatible_uses()))}
        fitting = [[0] * len(place) for _ in range(3)]
        for row in compatible_uses():
            for one, other in ((row.one, row.other), (row.other, row.one)):
                for level in range(1, row.level + 1):
                    fitting[level][place[one]] |= 1 << place[other]
        known: dict[tuple[str, ...], tuple[int, int, int]] = {}
        for each in buildings:
            if each.uses not in known:
                own = {code for use in each.uses for code in (use, *above.get(use, ()))} & place.keys()
                sets = [sum(1 << place[code] for code in own)]
                for level in (1, 2):
                    bits = 0
                    for code in own:
                        bits |= fitting[level][place[code]]
                    sets.append(bits)
                known[each.uses] = (sets[0], sets[1], sets[2])
        rows = [known[each.uses] for each in buildings]
        self.unknown = numpy.array([not each.has_use for each in buildings], dtype=bool)
        self.own, self.possibly, self.well = (
            numpy.array([row[column] for row in rows], dtype=numpy.uint64) for column in range(3)
        )


def _levels(uses: _Uses, one: Any, other: Any) -> Any:
    """How well the uses of the buildings of each pair go together: 0, 1 or 2."""
    with_other = uses.own[other]
    possibly, well = ((fitting[one] & with_other) != 0 for fitting in (uses.possibly, uses.well))
    return possibly.astype(numpy.int64) + well


def _by_blocks(
    buildings: Sequence[Building], points: Any, counts: Any, above: dict[str, frozenset[str]], limit: int
) -> list[tuple[Any, Any]]:
    """Of each block of buildings the pairs to keep, and how many every building has.

    A pair is the lower row times the number of buildings, and the higher row. The blocks are looked at side by side:
    numpy and shapely leave the interpreter's lock while they work.
    """
    uses, bodies = _Uses(buildings, above), _bodies(buildings)
    groups = [each.uses[:1] if each.has_use else ("", *each.partners[:1]) for each in buildings]
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    main = numpy.array([numbers[group] for group in groups], dtype=numpy.int64)
    uprns = _numbers([each.uprn for each in buildings])
    gone = numpy.array([each.status in GONE for each in buildings], dtype=bool)
    # What goes with nothing still makes a pair with what may be anything.
    able = (uses.possibly != 0) | uses.unknown.any()
    (placed,) = numpy.nonzero(~numpy.isnan(points[:, 0]) & able & ~gone & ~crowded(points))
    tree = shapely.STRtree(shapely.points(points[placed]))

    def block(first: int) -> tuple[Any, Any]:
        around = points[placed[first : first + AT_A_TIME]]
        # Boxes, and the distances that are needed anyway: asked for a distance, the tree measures them once more.
        ones, others = tree.query(shapely.box(*(around - limit).T, *(around + limit).T))
        one, other = placed[first + ones], placed[others]
        metres = numpy.hypot(*(points[one] - points[other]).T)
        keep = (metres <= limit) & (one != other) & ((uprns[one] < 0) | (uprns[one] != uprns[other]))
        one, other, metres = one[keep], other[keep], metres[keep]
        level = _levels(uses, one, other)
        keep = _different(bodies, one, other) & ((level > 0) | uses.unknown[one] | uses.unknown[other])
        one, other, metres, level = one[keep], other[keep], metres[keep], level[keep]
        total = numpy.bincount(one, minlength=len(buildings))
        rank = (2 - level) * 100_000_000 + (99 - counts[one] - counts[other]) * 10_000 + metres
        best = _best(one, main[other], rank, OF_ONE_USE)
        one, other, rank = one[best], other[best], rank[best]
        best = _best(one, numpy.zeros_like(one), rank, MOST)
        one, other = one[best], other[best]
        return numpy.minimum(one, other) * len(buildings) + numpy.maximum(one, other), total

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(block, range(0, len(placed), AT_A_TIME)))


def _best(one: Any, group: Any, rank: Any, most: int) -> Any:
    """Places of the `most` lowest ranks of each (building, group)."""
    order = numpy.argsort(rank)
    order = order[numpy.argsort((one * (group.max(initial=0) + 1) + group)[order], kind="stable")]
    if not len(order):
        return order
    starts = numpy.r_[True, (numpy.diff(one[order]) != 0) | (numpy.diff(group[order]) != 0)]
    begun = numpy.maximum.accumulate(numpy.where(starts, numpy.arange(len(order)), 0))
    return order[numpy.arange(len(order)) - begun < most]


def _bodies(buildings: Sequence[Building]) -> Any:
    """The partners of each building as numbers, a row a building, -1 where there are no more."""
    numbers: dict[str, int] = {}
    widest = max((len(each.partners) for each in buildings), default=1) or 1
    table = numpy.full((len(buildings), widest), -1, dtype=numpy.int64)
    for row, each in enumerate(buildings):
        for column, body in enumerate(each.partners):
            table[row, column] = numbers.setdefault(body, len(numbers))
    return table


def _different(bodies: Any, one: Any, other: Any) -> Any:
    """Whether both buildings have partners, and none in common."""
    mine, theirs = bodies[:, 0][one], bodies[:, 0][other]
    apart = (mine >= 0) & (theirs >= 0) & (mine != theirs)
    for left in range(bodies.shape[1]):
        for right in range(bodies.shape[1]):
            if left or right:
                (still,) = numpy.nonzero(apart & (bodies[one, left] >= 0) & (bodies[other, right] >= 0))
                apart[still] = bodies[one[still], left] != bodies[other[still], right]
    return apart


def _numbers(texts: Sequence[str]) -> Any:
    """A number for each text, the same for the same one; -1 for none."""
    numbers: dict[str, int] = {}
    found = [numbers.setdefault(text, len(numbers)) if text else -1 for text in texts]
    return numpy.array(found, dtype=numpy.int64)
