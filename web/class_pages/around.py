"""What is recorded around a thing (kb.ask.surroundings) as parts of its page: headings, and what an empty part says."""

from collections.abc import Mapping

from kb.ask.resource import Description
from kb.ask.surroundings import MOST, Surroundings, alone, surroundings
from web.class_pages.frame import Part, part_table
from web.reading import snapshot

Headings = Mapping[str, tuple[str, tuple[str, ...], str, bool]]
"""Key of a part → heading, the tables that it shows, what it says where there are none, and whether it is folded."""


def around(thing: Description, kind: str) -> Surroundings:
    """What is recorded around a thing."""
    return surroundings(snapshot().store, kind, thing.iri)


def around_building(thing: Description) -> Surroundings:
    """What is recorded around a building."""
    if alone(snapshot().store, thing.about, thing.incoming_count):
        return Surroundings({}, frozenset())
    return around(thing, "asset")


def parts(found: Surroundings, headings: Headings) -> dict[str, Part]:
    """The parts by key, in the order of the headings."""
    return {key: _part(found, key, *each) for key, each in headings.items()}


def _part(found: Surroundings, key: str, heading: str, sections: tuple[str, ...], absent: str, folded: bool) -> Part:
    tables = tuple(
        part_table(each, table.kind.plural, table.things, table.columns, table.count)
        for each in sections
        if (table := found.tables.get(each))
    )
    words = ""
    if found.cut.intersection(sections):
        words = f"More than {MOST:,} records stand around it; this tells of the first {MOST:,} alone."
    return Part(key, heading, absent, words=words, tables=tables, folded=folded)
