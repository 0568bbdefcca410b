"""What the page of a thing says first, and how the rest is arranged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.ask.incoming import Incoming
from kb.ask.lists import MONEY
from kb.ask.overview import slug
from kb.ask.resource import Description, Property
from kb.ask.summaries import Summary, Term, expand
from kb.ask.vocabulary import levels
from kb.vocabulary import term
from web.listing import GRADES, Listing, amount, listing
from web.reading import snapshot

LEDES = tuple(map(expand, ("ww:statement", "skos:definition", "dcterms:description")))
"""Properties whose text says what the thing is; the first that it has leads its page."""

HEADED = 8
"""Properties above which a page is divided under headings."""

QUALIFIERS = ("ww:periodBasis", "ww:estimateStatus")
"""What an amount stands for, and whether it is a forecast or what was spent."""

COMPARED = ("ww:statement", "prov:hadPrimarySource", "ww:grade")
"""Columns by which statements that contradict each other are compared, beside name and amount."""


@dataclass(frozen=True)
class Top:
    """What a reader is told first; each part is empty where there is nothing to tell."""

    lede: Property | None
    amount: str
    qualifiers: list[Term]
    sources: list[Summary]
    """Who makes the statement that the thing is."""
    locators: list[Term]
    assessments: list[Summary]
    contradiction: Listing | None
    """The statement itself and those that contradict it."""


@dataclass(frozen=True)
class Group:
    """Links to the thing by one property, `tables` with what each shows."""

    incoming: Incoming
    tables: list[tuple[str, Listing]]


def view(thing: Description) -> dict[str, Any]:
    """The variables of resource.html, except `labels`, `page` and `formats`."""
    top = _top(thing)
    # Where several datasets speak, every row stays, since each says who states it.
    told = _told(thing, top) if len(thing.datasets) == 1 else frozenset()
    sections = [(heading, rows) for heading, found in thing.sections() if (rows := _untold(found, told))]
    groups = [Group(each, _listings(each)) for each in thing.incoming]
    graded = thing.is_statement or any(group.tables for group in groups)
    return {
        "thing": thing,
        "top": top,
        "sections": sections,
        "headed": len(sections) > 1 and sum(len(rows) for _, rows in sections) > HEADED,
        "record": _untold(thing.record(), told),
        "groups": sorted(groups, key=lambda group: not group.tables),
        "levels": levels(snapshot().store, GRADES) if graded else {},
        "steps": list(_steps(thing.types)),
    }


def _listings(incoming: Incoming) -> list[tuple[str, Listing]]:
    return [(table.kind.plural, listing(table.things, table.columns)) for table in incoming.tables]


def _top(thing: Description) -> Top:
    about, words = thing.about, amount(thing.about)
    sources = [thing.cells[node.value] for node in about.all("prov:hadPrimarySource") if node.value in thing.cells]
    compared = [thing.cells[iri] for iri in (thing.iri, *thing.contradicting)] if thing.contradicting else []
    return Top(
        lede=next((p for iri in LEDES for p in thing.properties if p.iri == iri and p.count == 1), None),
        amount=words,
        qualifiers=[node for name in QUALIFIERS for node in about.all(name)] if words else [],
        sources=sources if thing.is_statement else [],
        locators=about.all("ww:locator") if thing.is_statement and sources else [],
        assessments=[thing.nested[node.value] for node in about.all("ww:assessment") if node.value in thing.nested],
        contradiction=listing(compared, COMPARED) if compared else None,
    )


def _told(thing: Description, top: Top) -> frozenset[str]:
    """Properties of which the top says everything."""
    names: list[str] = []
    if top.amount:
        names += [*MONEY, *QUALIFIERS]
    if top.sources:
        names += ["prov:hadPrimarySource", "ww:locator"]
    if top.assessments:
        names.append("ww:assessment")
    if top.contradiction:
        names.append("ww:contradicts")
    return frozenset([*map(expand, names), *([top.lede.iri] if top.lede else [])])


def _untold(properties: list[Property], told: frozenset[str]) -> list[Property]:
    return [each for each in properties if each.iri not in told]


def _steps(types: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The way here, for the breadcrumbs: the list of the first class that has one."""
    yield {"text": "Browse", "href": "/classes"}
    known = (term(iri) for iri in types)
    for class_ in [found for found in known if found and found.plural][:1]:
        yield {"text": class_.plural, "href": f"/class/{slug(class_.iri)}"}
