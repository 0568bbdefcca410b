"""Records on different bodies' registers that may be of one building: each pair with what says so, nothing merged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy
import shapely
from rapidfuzz import fuzz, process

from kb.store.buildings.gather import Building
from kb.store.buildings.points import CROWD, crowded

UPRN, LINKED, POSTCODE, CLOSE = (1 << place for place in range(4))
"""One UPRN; one record says that it is of the same building as the other; one postcode; points close together."""

METRES = 50
"""Between two points that may be of one building: registers differ by that much on a site of several entrances."""

SIMILAR = 85
"""Of 100, rapidfuzz's token_sort_ratio of two names from which on they are similar."""

_FULL = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.IGNORECASE)
_WORDS = re.compile(r"[^\w]+")
_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Same:
    """Pairs of rows, with the bits of what says that they are the same, and how alike their names are (0 to 100)."""

    one: Any
    other: Any
    by: Any
    alike: Any


def same(buildings: Sequence[Building], points: Any) -> Same:
    """The pairs with one UPRN or a link; and those with one postcode, or METRES apart, whose names are similar."""
    postcodes = [each.postcode.replace(" ", "").upper() if _FULL.fullmatch(each.postcode) else "" for each in buildings]
    found: dict[tuple[int, int], int] = defaultdict(int)
    sources: list[tuple[int, Iterable[tuple[int, int]]]] = [
        (UPRN, _shared([each.uprn for each in buildings])),
        (LINKED, _linked(buildings)),
        (POSTCODE, _shared(postcodes)),
        (CLOSE, _close(points)),
    ]
    for bit, pairs in sources:
        for pair in pairs:
            found[pair] |= bit
    kept = [pair for pair in sorted(found) if _apart(buildings[pair[0]], buildings[pair[1]])]
    names = [_plain(each.name) for each in buildings]
    alike = _alike([names[one] for one, _ in kept], [names[other] for _, other in kept])
    sure = [bool(found[pair] & (UPRN | LINKED)) or alike[place] >= SIMILAR for place, pair in enumerate(kept)]
    chosen = [(place, pair) for place, pair in enumerate(kept) if sure[place]]
    return Same(
        numpy.array([one for _, (one, _) in chosen], dtype=numpy.int32),
        numpy.array([other for _, (_, other) in chosen], dtype=numpy.int32),
        numpy.array([found[pair] for _, pair in chosen], dtype=numpy.uint8),
        numpy.array([alike[place] for place, _ in chosen], dtype=numpy.uint8),
    )


def _apart(one: Building, other: Building) -> bool:
    return one.register_of != other.register_of


def _shared(values: Sequence[str]) -> Iterator[tuple[int, int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        if value:
            rows[value].append(row)
    for found in rows.values():
        if len(found) <= CROWD:
            yield from combinations(found, 2)


def _linked(buildings: Sequence[Building]) -> Iterator[tuple[int, int]]:
    rows = {each.iri: row for row, each in enumerate(buildings)}
    for row, each in enumerate(buildings):
        for other in each.others:
            if other in rows and rows[other] != row:
                yield min(row, rows[other]), max(row, rows[other])


def _close(points: Any) -> Iterable[tuple[int, int]]:
    (placed,) = numpy.nonzero(~numpy.isnan(points[:, 0]) & ~crowded(points))
    geometries = shapely.points(points[placed])
    ones, others = shapely.STRtree(geometries).query(geometries, predicate="dwithin", distance=float(METRES))
    keep = ones < others
    return zip(placed[ones[keep]].tolist(), placed[others[keep]].tolist(), strict=True)


def _plain(name: str) -> str:
    return _WORDS.sub(" ", name.casefold()).strip()


def _alike(ones: Sequence[str], others: Sequence[str]) -> Any:
    """How alike the names of each pair are; names with different numbers in them are not."""
    if not ones:
        return numpy.empty(0, dtype=numpy.uint8)
    ratios = process.cpdist(ones, others, scorer=fuzz.token_sort_ratio, dtype=numpy.uint8)
    numbers = {name: frozenset(_NUMBERS.findall(name)) for name in {*ones, *others}}
    differ = [numbers[one] != numbers[other] for one, other in zip(ones, others, strict=True)]
    return numpy.where(differ, 0, ratios)
