"""How many buildings a place has, or a body reports, holds or uses, by the tables made at publication."""

from dataclasses import replace
from urllib.parse import urlencode

from kb.ask.buildings.wanted import Wanted, all_of, masks, short
from kb.ask.resource import Description
from web.buildings_read import tables_here
from web.class_pages.frame import Part
from web.values import number


def of_place(thing: Description, part: Part) -> Part:
    """The part with how many buildings lie in a place."""
    return _counted(thing, part, {"place": Wanted(place=short(thing.iri))}, f"in {thing.name}")


def of_body(thing: Description, part: Part) -> Part:
    """The part with how many buildings a body reports or holds, and how many it uses."""
    name = short(thing.iri)
    return _counted(thing, part, {"body": Wanted(body=name), "occupier": Wanted(occupier=name)}, "")


_SAID = {"place": "", "body": "that it reports or holds", "occupier": "that it uses"}


def _counted(thing: Description, part: Part, choices: dict[str, Wanted], where: str) -> Part:
    tables = tables_here()
    if tables is None:
        return part
    counts = {name: int(all_of(tables, masks(tables, wanted)).sum()) for name, wanted in choices.items()}
    links = tuple(
        (_words(count, _SAID[name] or where), f"/buildings?{urlencode({name: short(thing.iri)})}")
        for name, count in counts.items()
        if count
    )
    return replace(part, links=links, absent="") if links else part


def _words(count: int, where: str) -> str:
    return f"{number(count)} {'building or piece' if count == 1 else 'buildings and pieces'} of land {where}"
