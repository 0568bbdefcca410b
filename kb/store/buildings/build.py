"""Building the tables of a snapshot, once; the caller holds the lock. A new one has them before the switch."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy
import shapely
from pyoxigraph import Store

from kb.store.buildings import gathered, near, reasons, same
from kb.store.buildings.gather import Building, ancestors, gather, solutions
from kb.store.buildings.points import COARSE, projected
from kb.store.buildings.tables import BUILDINGS, FOLDER, FORM, NEAR, SAME, Index, are_tables, day_of, write, write_index
from kb.store.durability import HALF_MADE, move_folder, remove_half_made, sync_tree
from kb.store.snapshots import SnapshotRecord

OUTLINE = 0.002
"""Degrees by which an outline of the store may be simplified: some 200 m, less than a line on a county's map."""


@dataclass
class _Numbers:
    """Values as numbers, in the order in which they first came."""

    known: dict[Any, int] = field(default_factory=dict)

    def one(self, value: Any) -> int:
        """The number of a value; -1 for an empty one."""
        return self.known.setdefault(value, len(self.known)) if value else -1

    def several(self, values: Iterable[Any]) -> list[int]:
        """The numbers of several."""
        return [self.one(value) for value in values]

    @property
    def values(self) -> tuple[Any, ...]:
        """What the numbers stand for."""
        return tuple(self.known)


def build(
    snapshot: Path,
    record: SnapshotRecord,
    limit: int,
    earlier: Path | None = None,
    touched: Collection[str] | None = None,
) -> None:
    """Makes the tables in a snapshot's folder durably, with pairs up to `limit` metres; where it has them, nothing.

    `earlier` is the folder of a snapshot from which this one differs in what it says of the `touched` subjects alone:
    buildings that they are no part of are taken over. Without, all are gathered.
    """
    remove_half_made(snapshot)
    target = snapshot / FOLDER
    if are_tables(target):
        return
    draft = snapshot / f"{HALF_MADE}{FOLDER}"
    draft.mkdir()
    store, day = Store.read_only(str(snapshot / "store")), record.issued[:10]
    kept = _untouched(store, earlier / FOLDER, day, touched) if earlier is not None and touched is not None else {}
    _write(store, draft, day, limit, kept)
    sync_tree(draft)
    move_folder(draft, target)


def _untouched(store: Store, tables: Path, day: str, touched: Collection[str]) -> dict[str, Building]:
    before = day_of(tables)
    return gathered.untouched(store, tables, day, before, touched) if before is not None else {}


def _write(store: Store, draft: Path, day: str, limit: int, kept: Mapping[str, Building]) -> None:
    buildings = gather(store, day, kept)
    gathered.write(draft, buildings)
    above = ancestors(solutions(store, "broader"))
    usual = reasons.medians(buildings)
    spoken_for = numpy.array([reasons.reasons(each, day, usual) for each in buildings], dtype=numpy.uint8)
    points = projected(buildings)
    pairs = near.near(buildings, points, spoken_for, above, limit)
    doubles = same.same(buildings, points)
    bodies, places, codes, registers, bases = (_Numbers() for _ in range(5))
    columns = _columns(buildings, above, bodies, places, codes, registers, bases)
    columns |= {"reasons": spoken_for, "near": pairs.found.astype(numpy.int32)}
    write(draft, BUILDINGS, columns | {"easting": points[:, 0].copy(), "northing": points[:, 1].copy()})
    write(
        draft,
        NEAR,
        {
            "one": pairs.one.astype(numpy.int32),
            "other": pairs.other.astype(numpy.int32),
            "metres": pairs.metres.astype(numpy.float32),
            "level": pairs.level.astype(numpy.uint8),
        },
    )
    metres = numpy.hypot(*(points[doubles.one] - points[doubles.other]).T).astype(numpy.float32)
    said = {"one": doubles.one, "other": doubles.other, "by": doubles.by, "alike": doubles.alike, "metres": metres}
    write(draft, SAME, said)
    kinds: dict[str, set[str]] = {}
    broader: dict[str, set[str]] = {}
    for body, kind in solutions(store, "bodies"):
        broader.setdefault(body.value, set()).update(above.get(kind.value, ()))
        kinds.setdefault(body.value, set()).update((kind.value, *above.get(kind.value, ())))
    index = Index(
        form=FORM,
        day=day,
        limit=limit,
        left_out=pairs.left_out,
        bodies=bodies.values,
        places=places.values,
        codes=codes.values,
        registers=registers.values,
        bases=bases.values,
        kinds={body: tuple(sorted(kinds.get(body, ()))) for body in bodies.values},
        own_kinds={body: tuple(sorted(kinds.get(body, set()) - broader.get(body, set()))) for body in bodies.values},
        above={use: tuple(sorted(found)) for use, found in above.items() if use in codes.known},
        medians=tuple((use, bases.one(basis), cost) for (use, basis), cost in sorted(usual.items())),
        outlines=tuple(_outlines(store)),
        without_use=tuple(Counter(each.register_of for each in buildings if not each.has_use).most_common()),
        coarse=sum(each.longitude == each.longitude and each.precision in COARSE for each in buildings),
        no_point=sum(each.longitude != each.longitude for each in buildings),
    )
    write_index(draft, index)


def _columns(
    buildings: Sequence[Building],
    above: dict[str, frozenset[str]],
    bodies: _Numbers,
    places: _Numbers,
    codes: _Numbers,
    registers: _Numbers,
    bases: _Numbers,
) -> dict[str, Any]:
    def texts(value: Callable[[Building], str]) -> list[str]:
        return [value(each) for each in buildings]

    def floats(value: Callable[[Building], float]) -> Any:
        return numpy.array([value(each) for each in buildings], dtype=numpy.float64)

    def numbers(value: Callable[[Building], int]) -> Any:
        return numpy.array([value(each) for each in buildings], dtype=numpy.int32)

    return {
        "iri": texts(lambda each: each.iri),
        "name": texts(lambda each: each.name),
        "identifier": texts(lambda each: each.identifier),
        "uprn": texts(lambda each: each.uprn),
        "postcode": texts(lambda each: each.postcode),
        "town": texts(lambda each: each.town),
        "sought": texts(_sought),
        "longitude": floats(lambda each: each.longitude),
        "latitude": floats(lambda each: each.latitude),
        "precision": numbers(lambda each: codes.one(each.precision)),
        "register_of": numbers(lambda each: bodies.one(each.register_of)),
        "holders": [bodies.several(each.holders) for each in buildings],
        "occupiers": [bodies.several(each.occupiers) for each in buildings],
        "partners": [bodies.several(each.partners) for each in buildings],
        "uses": [codes.several(each.uses) for each in buildings],
        "uses_and_above": [
            codes.several(dict.fromkeys(code for use in each.uses for code in (use, *sorted(above.get(use, ())))))
            for each in buildings
        ],
        "main_use": numbers(lambda each: codes.one(next(iter(each.uses), ""))),
        "tenures": [codes.several(each.tenures) for each in buildings],
        "status": numbers(lambda each: codes.one(each.status)),
        "break": texts(lambda each: each.break_),
        "expiry": texts(lambda each: each.expiry),
        "size": floats(lambda each: each.measured.size),
        "size_basis": texts(lambda each: each.measured.size_basis),
        "cost": floats(lambda each: each.measured.cost),
        "cost_year": numbers(lambda each: each.measured.cost_year),
        "cost_per_m2": floats(lambda each: each.measured.cost_per_m2),
        "basis": numbers(lambda each: bases.one(each.measured.basis)),
        "condition": numbers(lambda each: codes.one(each.measured.condition)),
        "condition_year": numbers(lambda each: each.measured.condition_year),
        "utilisation": floats(lambda each: each.measured.utilisation),
        "utilisation_year": numbers(lambda each: each.measured.utilisation_year),
        "occupied_share": floats(lambda each: reasons.occupied_share(each.occupied, each.measured)),
        "places": [places.several(each.places) for each in buildings],
        "registers": [registers.several(each.registers) for each in buildings],
    }


def _sought(building: Building) -> str:
    """What words are looked for in: the name, and the postcode with and without its space."""
    postcode = building.postcode.casefold()
    return f"{building.name.casefold()}\n{postcode}\n{postcode.replace(' ', '')}"


def _outlines(store: Store) -> Iterable[tuple[str, str]]:
    seen: set[str] = set()
    for place, name, outline in solutions(store, "outlines"):
        written = outline.value.partition(">")[2] if outline.value.startswith("<") else outline.value
        shape = shapely.from_wkt(written, on_invalid="ignore")
        if shape is not None and not shape.is_empty and place.value not in seen:
            seen.add(place.value)
            yield name.value, shape.simplify(OUTLINE).wkt
