"""Pairs of near buildings of different bodies that could be shared: which are wanted, and those of one building."""

from dataclasses import dataclass
from typing import Any

import numpy

from kb.ask.buildings.wanted import in_place, iri_of, of_body, of_kind, of_use
from kb.namespaces import concept
from kb.store.buildings.tables import Tables
from kb.store.buildings.uses import LEVELS, fitting, is_use

FITS = ("", *sorted(LEVELS, key=lambda fit: LEVELS[fit]))
"""What may be asked of the uses of a pair; "" for anything."""

DEFAULT = 500
"""Metres within which is sought where nothing is said."""


@dataclass(frozen=True)
class Sought:
    """What is chosen, "" for anything. A side is `kind:police`, `use:library` or `body:organisation/kent-police`."""

    one: str = ""
    other: str = ""
    place: str = ""
    """One of the two lies there."""
    within: int = DEFAULT
    fit: str = ""
    """`well` leaves out uses that only possibly go together, `possibly` those of which it is not known (FITS)."""
    near: str = ""
    """The IRI of a building of which all pairs are wanted."""


@dataclass(frozen=True)
class Pairs:
    """Pairs, the best first: places in columns of both rows, metres, and how well the uses go together.

    `near`: the row of the one building whose pairs they are, where one is asked for.
    """

    columns: tuple[Any, Any, Any, Any]
    places: Any
    near: int | None = None

    def __len__(self) -> int:
        return len(self.places)

    def part(self, first: int, count: int) -> list[tuple[int, int, float, int]]:
        """Row, other row, metres and level of `count` pairs from `first` on."""
        one, other, metres, level = (column[self.places[first : first + count]].tolist() for column in self.columns)
        return list(zip(one, other, metres, level, strict=True))


def pairs(tables: Tables, sought: Sought) -> Pairs | None:
    """The pairs that are wanted; None where `near` is no building here."""
    if sought.near:
        row = tables.buildings.where("iri", iri_of(sought.near))
        return None if row is None else _of_one(tables, row, sought)
    table = tables.near
    one, other = table.numbers("one"), table.numbers("other")
    metres, level = table.numbers("metres"), table.numbers("level")
    keep = (metres <= sought.within) & _fitting(tables, sought, one, other, level)
    (kept,) = numpy.nonzero(keep)
    return Pairs((one, other, metres, level), kept)


def side(tables: Tables, chosen: str) -> Any:
    """Which buildings fit one side; all where nothing, and none where nothing known is chosen."""
    kind, _, value = chosen.partition(":")
    if not chosen:
        return numpy.ones(len(tables.buildings), dtype=bool)
    if kind == "kind":
        return of_kind(tables, concept("organisation-type", value))
    if kind == "use":
        return of_use(tables, concept("asset-use", value))
    if kind == "body":
        return of_body(tables, iri_of(value))
    return numpy.zeros(len(tables.buildings), dtype=bool)


_ONE, _OTHER, _THERE = 1, 2, 4
"""What a building is for a search, as bits: of the one side, of the other, in the place."""


def _fitting(tables: Tables, sought: Sought, one: Any, other: Any, level: Any) -> Any:
    keep = level >= LEVELS[sought.fit] if sought.fit else numpy.ones(len(one), dtype=bool)
    sides = bool(sought.one or sought.other)
    if not sides and not sought.place:
        return keep
    bits = numpy.zeros(len(tables.buildings), dtype=numpy.uint8)
    if sides:
        bits |= side(tables, sought.one) * numpy.uint8(_ONE) | side(tables, sought.other) * numpy.uint8(_OTHER)
    if sought.place:
        bits |= in_place(tables, iri_of(sought.place)) * numpy.uint8(_THERE)
    # There may be millions of pairs, so each of their buildings is looked up once.
    here, there = bits[one], bits[other]
    if sides:
        keep &= ((here & _ONE != 0) & (there & _OTHER != 0)) | ((there & _ONE != 0) & (here & _OTHER != 0))
    if sought.place:
        keep &= (here | there) & _THERE != 0
    return keep


def _of_one(tables: Tables, row: int, sought: Sought) -> Pairs:
    """Every pair of one building, also those that were not kept among all."""
    table, index = tables.buildings, tables.index
    east, north = table.numbers("easting"), table.numbers("northing")
    metres = numpy.hypot(east - east[row], north - north[row])
    (close,) = numpy.nonzero(metres <= min(sought.within, index.limit))
    about = table.texts("uses_and_above", [row, *close])
    partners = table.texts("partners", [row, *close])
    uprns = table.texts("uprn", [row, *close])
    counts = numpy.bitwise_count(table.numbers("reasons")).astype(numpy.int64)
    found = []
    for place, number in enumerate(close, start=1):
        apart = partners[0] and partners[place] and not set(partners[0]) & set(partners[place])
        if number == row or not apart or (uprns[0] and uprns[0] == uprns[place]):
            continue
        uses = [[index.codes[code] for code in about[each]] for each in (0, place)]
        row_of_file = fitting(*uses)
        if row_of_file is not None or not all(any(map(is_use, each)) for each in uses):
            well = row_of_file.level if row_of_file is not None else 0
            found.append((-well, -int(counts[number]), float(metres[number]), int(number)))
    found.sort()
    other = numpy.array([each[3] for each in found], dtype=numpy.int64)
    level = numpy.array([-each[0] for each in found], dtype=numpy.int64)
    one = numpy.full(len(found), row, dtype=numpy.int64)
    (kept,) = numpy.nonzero(_fitting(tables, sought, one, other, level))
    return Pairs((one, other, metres[other], level), kept, near=row)
