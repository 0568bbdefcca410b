"""What the page of a thing says first, and how the rest is arranged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.ask.incoming import Incoming
from kb.ask.lists import AMOUNT
from kb.ask.overview import slug
from kb.ask.properties import Property
from kb.ask.resource import Description
from kb.ask.summaries import Summary, Term
from kb.ask.vocabulary import GRADES, levels
from kb.namespaces import expand
from kb.vocabulary import term
from web import question
from web.account import WORDS
from web.listing import Listing, amount, listing
from web.reading import snapshot

LEDES = tuple(map(expand, ("ww:statement", "skos:definition", "dcterms:abstract", "dcterms:description")))
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
    readers: list[Term]
    """Who interpreted the sources, where they do not say it in these words."""
    locators: list[Term]
    assessments: list[Summary]
    contradiction: Listing | None
    """The statement itself and those that contradict it."""


@dataclass(frozen=True)
class Group:
    """Links to the thing by one property, `tables` with what each shows and `plain` the rest.

    What an account tells already is left out of both.
    """

    incoming: Incoming
    tables: list[tuple[str, Listing]]
    plain: list[str]


def variables(thing: Description, elsewhere: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The variables of resource.html, except `labels`, `page` and `formats`.

    Properties (prefix:local) that a page tells `elsewhere` are left out of the record.
    """
    top = _top(thing)
    asked = question.told(thing)
    told = _told(thing, top) | (asked.told if asked else frozenset()) | frozenset(map(expand, elsewhere))
    untold = ((heading, [each for each in found if each.iri not in told]) for heading, found in thing.sections())
    sections = [(heading, rows) for heading, rows in untold if rows]
    shown = thing.account.shown if thing.account else frozenset()
    groups = [group for group in (grouped(each, shown) for each in thing.incoming) if group.tables or group.plain]
    graded = thing.is_statement or thing.account is not None or any(group.tables for group in groups)
    return {
        "thing": thing,
        "types": asked.types if asked else thing.types,
        "question": asked,
        "top": top,
        "sections": sections,
        "headed": len(sections) > 1 and sum(len(rows) for _, rows in sections) > HEADED,
        "record": [each for each in thing.record() if each.iri not in told],
        "account": thing.account,
        "words": WORDS,
        "groups": sorted(groups, key=lambda group: (not group.tables, not group.incoming.name)),
        "levels": levels(snapshot().store, GRADES) if graded else {},
        "steps": list(_steps(thing.types)),
    }


def grouped(incoming: Incoming, shown: frozenset[str] = frozenset()) -> Group:
    """The links by one property, without the things that are `shown` elsewhere on the page."""
    rest = [(each, [thing for thing in each.things if thing.iri not in shown]) for each in incoming.tables]
    tables = [(each.kind.plural, listing(things, each.columns)) for each, things in rest if things]
    return Group(incoming, tables, [iri for iri in incoming.plain if iri not in shown])


def _top(thing: Description) -> Top:
    about, words = thing.about, amount(thing.about)
    sources = [thing.cells[node.value] for node in about.all("prov:hadPrimarySource") if node.value in thing.cells]
    compared = [thing.cells[iri] for iri in (thing.iri, *thing.contradicting)] if thing.contradicting else []
    return Top(
        lede=next((p for iri in LEDES for p in thing.properties if p.iri == iri and p.count == 1), None),
        amount=words,
        qualifiers=[node for name in QUALIFIERS for node in about.all(name)] if words else [],
        sources=sources if thing.is_statement else [],
        readers=about.all("ww:interpretedBy") if thing.is_statement and sources else [],
        locators=about.all("ww:locator") if thing.is_statement and sources else [],
        assessments=[thing.nested[node.value] for node in about.all("ww:assessment") if node.value in thing.nested],
        contradiction=listing(compared, COMPARED) if compared else None,
    )


def _told(thing: Description, top: Top) -> frozenset[str]:
    """Properties of which the top says everything; a row that names another dataset than the main one stays."""
    shown = {top.lede.iri: 1} if top.lede else {}
    if top.amount:
        shown |= {expand(name): 1 for name in AMOUNT}
        shown |= {expand(name): len(thing.about.all(name)) for name in QUALIFIERS}
    if top.sources:
        shown |= {expand("prov:hadPrimarySource"): len(top.sources)}
        shown |= {expand("ww:locator"): len(top.locators), expand("ww:interpretedBy"): len(top.readers)}
    if top.assessments:
        shown[expand("ww:assessment")] = len(top.assessments)
    if top.contradiction:
        shown[expand("ww:contradicts")] = len(thing.contradicting)
    main = (thing.graph,)
    return frozenset(
        each.iri
        for each in thing.properties
        if each.count <= shown.get(each.iri, 0) and all(value.graphs == main for value in each.values)
    )


def _steps(types: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The way here, for the breadcrumbs: the list of the first class that has one."""
    yield {"text": "Browse", "href": "/classes"}
    listed = [class_ for iri in types if (class_ := term(iri)) and class_.plural]
    for class_ in sorted(listed, key=lambda class_: not class_.minted)[:1]:
        yield {"text": class_.plural, "href": f"/class/{slug(class_.iri)}"}
