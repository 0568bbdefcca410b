"""Which buildings are wanted: the choices that map, list and CSV have in common, as masks over the table."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy

from kb.namespaces import HOME, concept
from kb.store.buildings.tables import Tables

LISTS = {"use": "asset-use", "tenure": "tenure-type", "condition": "condition", "status": "asset-status"}
"""Choice → the code list from which it is made."""


@dataclass(frozen=True)
class Wanted:
    """What is chosen, "" for anything. Bodies and places are IRIs, or what stands in them after `…/whatworks/id/`."""

    q: str = ""
    """Words of the name, or a postcode or the start of one."""
    place: str = ""
    body: str = ""
    """On whose register, or who holds it."""
    kind: str = ""
    """Kind of its body or of an occupier, a code of organisation-type."""
    occupier: str = ""
    use: str = ""
    """Of this use or one below it."""
    tenure: str = ""
    condition: str = ""
    status: str = ""
    within: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees."""

    @property
    def is_any(self) -> bool:
        """Whether nothing is chosen."""
        return not any(getattr(self, each.name) for each in fields(self))


def iri_of(name: str) -> str:
    """The IRI that a choice of a body or place names."""
    return name if "://" in name else f"{HOME}/id/{name}"


def short(iri: str) -> str:
    """How a body or place is named in an address."""
    return iri.removeprefix(f"{HOME}/id/")


def masks(tables: Tables, wanted: Wanted) -> dict[str, Any]:
    """Choice → which buildings fit it, of those choices that are made."""
    found = {}
    for each in fields(wanted):
        value = getattr(wanted, each.name)
        if value:
            found[each.name] = _MASKS[each.name](tables, value)
    return found


def all_of(tables: Tables, fitting: Mapping[str, Any], but: str = "") -> Any:
    """Which buildings fit all the masks; `but` leaves that choice open."""
    found = numpy.ones(len(tables.buildings), dtype=bool)
    for name, mask in fitting.items():
        if name != but:
            found &= mask
    return found


def listed(tables: Tables, column: str, places: Any) -> Any:
    """Which buildings have one of these numbers in a column of lists."""
    values, rows = tables.buildings.lists(column)
    found = numpy.zeros(len(tables.buildings), dtype=bool)
    found[rows[numpy.isin(values, places)]] = True
    return found


def of_kind(tables: Tables, kind: str) -> Any:
    """Which buildings have a body of a kind (IRI) on whose register they are, as holder, or as occupier."""
    bodies = [number for number, body in enumerate(tables.index.bodies) if kind in tables.index.kinds[body]]
    return _of_bodies(tables, bodies) | listed(tables, "occupiers", bodies)


def of_body(tables: Tables, body: str) -> Any:
    """Which buildings a body (IRI) reports or holds."""
    return _of_bodies(tables, _numbers(tables.index.bodies, body))


def of_use(tables: Tables, use: str) -> Any:
    """Which buildings have a use (IRI), or one below it."""
    return listed(tables, "uses_and_above", _numbers(tables.index.codes, use))


def in_place(tables: Tables, place: str) -> Any:
    """Which buildings lie in a place (IRI)."""
    return listed(tables, "places", _numbers(tables.index.places, place))


def _of_bodies(tables: Tables, bodies: list[int]) -> Any:
    return numpy.isin(tables.buildings.numbers("register_of"), bodies) | listed(tables, "holders", bodies)


def _numbers(known: tuple[str, ...], iri: str) -> list[int]:
    return [known.index(iri)] if iri in known else []


def _code(tables: Tables, column: str, code: str) -> Any:
    return numpy.isin(tables.buildings.numbers(column), _numbers(tables.index.codes, concept(LISTS[column], code)))


def _words(tables: Tables, text: str) -> Any:
    found = numpy.ones(len(tables.buildings), dtype=bool)
    for word in text.casefold().split():
        found &= tables.buildings.holding("sought", word)
    return found


def _within(tables: Tables, box: tuple[float, float, float, float]) -> Any:
    west, south, east, north = box
    longitude, latitude = tables.buildings.numbers("longitude"), tables.buildings.numbers("latitude")
    return (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)


_MASKS = {
    "q": _words,
    "place": lambda tables, place: in_place(tables, iri_of(place)),
    "body": lambda tables, body: of_body(tables, iri_of(body)),
    "kind": lambda tables, code: of_kind(tables, concept("organisation-type", code)),
    "occupier": lambda tables, body: listed(tables, "occupiers", _numbers(tables.index.bodies, iri_of(body))),
    "use": lambda tables, code: of_use(tables, concept("asset-use", code)),
    "tenure": lambda tables, code: listed(
        tables, "tenures", _numbers(tables.index.codes, concept("tenure-type", code))
    ),
    "condition": lambda tables, code: _code(tables, "condition", code),
    "status": lambda tables, code: _code(tables, "status", code),
    "within": _within,
}
