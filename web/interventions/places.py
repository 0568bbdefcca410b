"""Where an intervention was tried, with what result, and how places like the reader's fared."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import NotFound

from kb.ask.interventions import ROOM
from kb.ask.interventions.rules import Effect
from kb.ask.interventions.similar import Area, Likeness, areas, similar
from kb.ask.interventions.tried import Tried
from kb.ask.labels import Labels, labels_of
from kb.ask.summaries import nodes, rows
from kb.namespaces import HOME
from kb.store.readable import Store
from web.figures import Row
from web.geometry import WKT, coordinates
from web.point_map import PointMap, point_map
from web.values import number

_PLACES = f"{HOME}/id/place/"
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)")
_LARGEST_OUTLINE = 2_000_000
"""Characters of an outline that is looked at for its middle."""


@dataclass(frozen=True)
class Fared:
    """A place like the reader's: why it is, and what happened there."""

    tried: Tried
    why: str
    own: bool
    """Whether it is the reader's place itself."""


@dataclass(frozen=True)
class Alike:
    """How places like the reader's fared; without `place` nobody has chosen one yet."""

    choices: list[tuple[str, str]]
    """Value of the form → name, by name."""
    chosen: str
    place: Area | None
    told: str
    """What is known of the reader's place, by which others are compared."""
    fared: list[Fared]
    effect: Effect
    others: int
    """Places in which it was tried that are not like the reader's, or of which too little is known."""


def alike(store: Store, found: Sequence[Tried], labels: Labels) -> Alike:
    """What the form `like=` asks: an area by its IRI, or by the end of it. Raises werkzeug NotFound for no area."""
    known = areas(store)
    asked = request.args.get("like", "").strip()
    names = labels_of(store, known)
    choices = sorted(((short(iri), names.name(iri)) for iri in known), key=lambda each: (each[1].casefold(), each[0]))
    if not asked:
        return Alike(choices, "", None, "", [], Effect(Counter()), len(found))
    area = known.get(asked) or known.get(_PLACES + asked)
    if area is None:
        raise NotFound(f"like={asked[:200]} is no area that places can be compared with; choose one from the list.")
    labels.update(names)
    likenesses = {like.area.iri: like for like in similar(store, area, (each.place for each in found))}
    compared = [area, *(like.area for like in likenesses.values())]
    labels.update(labels_of(store, {iri for each in compared for iri in _named(each)}))
    own = [Fared(each, "your place", True) for each in found if each.place == area.iri]
    by_place = {each.place: each for each in found}
    others = [Fared(by_place[iri], why(area, like, labels), False) for iri, like in likenesses.items()]
    fared = [*own, *others]
    went = Effect(Counter())
    for each in fared:
        went.counts.update(each.tried.effect.counts)
    return Alike(choices, short(area.iri), area, about(area, labels), fared, went, len(found) - len(fared))


def short(iri: str) -> str:
    """How an area stands in an address."""
    return iri.removeprefix(_PLACES)


def about(area: Area, labels: Labels) -> str:
    """What is known of the reader's place, in words."""
    people = f"{number(area.population)} people" + (f" ({area.year})" if area.year else "") if area.population else ""
    rurality = labels.name(area.rurality).lower() if area.rurality else ""
    missing = [words for words, value in (("population", people), ("how rural it is", rurality)) if not value]
    known = ", ".join(filter(None, (labels.name(area.kind).lower(), people, rurality)))
    return known + (f"; not recorded: {' and '.join(missing)}" if missing else "")


def why(reader: Area, like: Likeness, labels: Labels) -> str:
    """Why a place is like the reader's."""
    area = like.area
    reasons = [f"{labels.name(area.kind).lower()}"] if area.tier == reader.tier else []
    unknown = []
    if like.times is not None and area.population:
        reasons.append(f"{number(area.population)} people" + (f" ({area.year})" if area.year else ""))
    else:
        unknown.append("population")
    if like.same_setting:
        reasons.append(f"{labels.name(area.rurality or '').lower()} too")
    elif like.same_setting is None:
        unknown.append("how rural")
    if like.score is not None:
        reasons.append(f"scored {like.score} of 1 by published work")
    return ", ".join(reasons) + (f"; not compared: {' and '.join(unknown)}" if unknown else "")


def drawn(store: Store, found: Iterable[Tried], labels: Labels) -> PointMap | None:
    """The places on a map, as far as their points or outlines are known; None where none is."""
    places = [each.place for each in found]
    if not places:
        return None
    middles: list[Row] = []
    for place, wkt in rows(store, "points", package=ROOM, place=nodes(places)):
        at = _middle(wkt.value)
        if at is not None:
            point = {"type": "literal", "value": f"POINT({at[0]} {at[1]})", "datatype": WKT}
            middles.append({"p": {"type": "uri", "value": place.value}, "at": point})
    return point_map(["p", "at"], middles, labels)


def _middle(wkt: str) -> tuple[float, float] | None:
    """The point, or the middle of the box around an outline, in CRS84; None for another reference system."""
    point = coordinates(wkt)
    if point is not None or wkt.lstrip().startswith("<") or len(wkt) > _LARGEST_OUTLINE:
        return point
    pairs = [(float(x), float(y)) for x, y in _PAIR.findall(wkt)]
    if not pairs:
        return None
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _named(area: Area) -> tuple[str, ...]:
    return (area.iri, area.kind, *((area.rurality,) if area.rurality else ()))
