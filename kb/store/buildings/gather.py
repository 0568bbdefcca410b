"""What the store says of each asset, gathered into one object a building: the values that tables are made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import nan
from typing import Any

import numpy
import shapely
from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kb.names import NAMES, best_name
from kb.namespaces import HOME, expand
from kb.store.buildings.measured import Measured, Said, measured, number
from kb.store.buildings.uses import is_use
from kb.store.readable import Store

CONCEPT = f"{HOME}/concept/"
_CRS84 = "://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG_4326 = "://www.opengis.net/def/crs/EPSG/0/4326"


@dataclass(slots=True)
class Building:
    """One asset; IRIs where something is named, nan and "" where nothing is published."""

    iri: str
    name: str = ""
    identifier: str = ""
    uprn: str = ""
    postcode: str = ""
    town: str = ""
    longitude: float = nan
    latitude: float = nan
    precision: str = ""
    reporter: str = ""
    holders: tuple[str, ...] = ()
    occupiers: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    """The main use first."""
    tenures: tuple[str, ...] = ()
    status: str = ""
    break_: str = ""
    """The first day from the day of the snapshot on which a lease can be ended, and on which one runs out."""
    expiry: str = ""
    occupied: tuple[tuple[float, str], ...] = ()
    """Floor areas used (m²), each with its basis."""
    measured: Measured = field(default_factory=Measured)
    located: tuple[str, ...] = ()
    """The places that it is said to lie in, and in `places` those around these too."""
    places: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    """The named graphs that state it."""
    others: tuple[str, ...] = ()
    """Records that are said to be of the same building."""
    dated: bool = False
    """Whether something of it begins or ends, so that it may stand otherwise on another day."""

    @property
    def has_use(self) -> bool:
        """Whether a use is published of it, other than that it is not known."""
        return any(map(is_use, self.uses))

    @property
    def register_of(self) -> str:
        """The body on whose register it stands, else who holds it."""
        return self.reporter or next(iter(self.holders), "")

    @property
    def partners(self) -> tuple[str, ...]:
        """Whose building it is when partners are sought: who uses it, else who holds it, else who reports it."""
        return self.occupiers or self.holders or ((self.reporter,) if self.reporter else ())


def gather(store: Store, day: str, kept: Mapping[str, Building] | None = None) -> list[Building]:
    """Every asset as it stands on a day (2026-11-27), by name; what ended before it is left out.

    `kept`: IRI → building, of those that need not be read again.
    """
    kept = kept or {}
    registers: dict[str, list[str]] = defaultdict(list)
    for asset, graph in solutions(store, "registers"):
        registers[asset.value].append(graph.value)
    around = ancestors(solutions(store, "places"))
    found = [kept.get(iri) or _building(store, iri, day) for iri in registers]
    for each in found:
        each.registers = tuple(sorted(registers[each.iri]))
        each.places = tuple(sorted({above for place in each.located for above in (place, *around.get(place, ()))}))
    found.sort(key=lambda each: (not each.name, each.name.casefold(), each.iri))
    return found


def ancestors(pairs: Iterable[Any]) -> dict[str, frozenset[str]]:
    """Thing → all that is above it, of rows (thing, what is directly above)."""
    direct: dict[str, set[str]] = defaultdict(set)
    for below, above in pairs:
        direct[below.value].add(above.value)

    def climb(thing: str) -> frozenset[str]:
        # Without recursion: what anybody publishes may be a chain longer than Python's stack.
        seen: set[str] = set()
        ahead = [thing]
        while ahead:
            new = direct.get(ahead.pop(), set()) - seen
            seen |= new
            ahead += new
        return frozenset(seen - {thing})

    return {thing: climb(thing) for thing in list(direct)}


def solutions(store: Store, name: str) -> Iterator[Any]:
    """The solutions of `{name}.rq` of this room."""
    found: Any = store.query(_text(name))
    return iter(found)


@cache
def _text(name: str) -> str:
    return files("kb.store.buildings").joinpath(f"{name}.rq").read_text(encoding="utf-8")


def _said(store: Store, thing: NamedNode | BlankNode) -> Said:
    """What the merge of all graphs says of a thing; one at a time, so that not all of a register is in memory twice."""
    said: Said = {}
    for quad in store.quads_for_pattern(thing, None, None, DefaultGraph()):
        said.setdefault(quad.predicate.value, []).append(quad.object)
    return said


_NAMES = {name: expand(name) for name in (
    *("skos:prefLabel", "dcterms:identifier", "ww:uprn", "ww:reportedBy", "ww:useClass", "ww:primaryUse"),
    *("ww:assetStatus", "ww:locatedIn", "ww:geometryPrecision", "prov:alternateOf", "locn:address", "locn:postCode"),
    *("locn:postName", "geo:hasDefaultGeometry", "geo:asWKT", "ww:interest", "ww:holder", "ww:tenureType", "ww:end"),
    *("ww:breakDate", "ww:leaseExpiry", "ww:occupation", "ww:occupier", "ww:occupiedArea", "ww:areaBasis"),
    "ww:measurement",
)}  # fmt: skip

PARTS = {
    name: NamedNode(_NAMES[name])
    for name in ("locn:address", "geo:hasDefaultGeometry", "ww:interest", "ww:occupation", "ww:measurement")
}
"""What leads to the things that are read with a building; nothing else of other things is."""


def _building(store: Store, iri: str, day: str) -> Building:
    said = _said(store, NamedNode(iri))

    def texts(name: str, about: Mapping[str, list[Any]] = said) -> tuple[str, ...]:
        return tuple(sorted({value.value for value in about.get(_NAMES[name], ())}))

    def first(name: str, about: Mapping[str, list[Any]] = said) -> str:
        return next(iter(texts(name, about)), "")

    def within(name: str) -> list[Said]:
        parts = sorted(said.get(PARTS[name].value, ()), key=str)
        return [_said(store, part) for part in parts if isinstance(part, NamedNode | BlankNode)]

    def current(stated: list[Said]) -> list[Said]:
        # A year or month is over when the day is past all of it.
        return [each for each in stated if not (end := first("ww:end", each)) or end >= day[: len(end)]]

    addresses, geometries = within("locn:address"), within("geo:hasDefaultGeometry")
    all_interests, all_occupations = within("ww:interest"), within("ww:occupation")
    interests, occupations = current(all_interests), current(all_occupations)
    main = first("ww:primaryUse")
    ends = ("ww:breakDate", "ww:leaseExpiry")
    coming = sorted((end, name) for each in interests for name in ends for end in texts(name, each) if end >= day)
    areas = ((number(first("ww:occupiedArea", each)), first("ww:areaBasis", each)) for each in occupations)
    longitude, latitude = next(filter(None, (_point(first("geo:asWKT", each)) for each in geometries)), (nan, nan))
    name = best_name({NAMES[0]: said.get(_NAMES["skos:prefLabel"], ())})  # as its protocol has it named
    return Building(
        iri,
        name=name.value if name is not None else "",
        identifier=first("dcterms:identifier"),
        uprn=first("ww:uprn").lstrip("0"),
        postcode=next(filter(None, (first("locn:postCode", each) for each in addresses)), ""),
        town=next(filter(None, (first("locn:postName", each) for each in addresses)), ""),
        longitude=longitude,
        latitude=latitude,
        precision=next(
            filter(None, (first("ww:geometryPrecision", each) for each in geometries)), first("ww:geometryPrecision")
        ),
        reporter=first("ww:reportedBy"),
        holders=tuple(dict.fromkeys(value for each in interests for value in texts("ww:holder", each))),
        occupiers=tuple(dict.fromkeys(value for each in occupations for value in texts("ww:occupier", each))),
        uses=tuple(dict.fromkeys((*((main,) if main else ()), *texts("ww:useClass")))),
        tenures=tuple(dict.fromkeys(value for each in interests for value in texts("ww:tenureType", each))),
        status=first("ww:assetStatus"),
        break_=next((value for value, name in coming if name == "ww:breakDate"), ""),
        expiry=next((value for value, name in coming if name == "ww:leaseExpiry"), ""),
        occupied=tuple((area, basis) for area, basis in areas if area == area),
        measured=measured(within("ww:measurement")),
        located=texts("ww:locatedIn"),
        others=texts("prov:alternateOf"),
        dated=any(texts(name, each) for each in (*all_interests, *all_occupations) for name in ("ww:end", *ends)),
    )


def _point(wkt: str) -> tuple[float, float] | None:
    """Longitude and latitude (GeoSPARQL 1.1 §8.5.1: CRS84 where none is said); None for what is no point of WGS84."""
    crs, closed, written = wkt.strip().partition(">") if wkt.strip().startswith("<") else ("", ">", wkt.strip())
    if not closed or not written.strip().upper().startswith("POINT") or len(written) > 400:
        return None
    if crs and not crs.endswith((_CRS84, _EPSG_4326)):
        return None
    point = shapely.from_wkt(written.strip(), on_invalid="ignore")
    if point is None or point.is_empty or point.geom_type != "Point":
        return None
    x, y = (point.y, point.x) if crs.endswith(_EPSG_4326) else (point.x, point.y)
    return (x, y) if numpy.isfinite(x) and numpy.isfinite(y) and abs(x) <= 180 and abs(y) < 90 else None
