"""One page to print of a thing: what its own page says first, as much as fits on a sheet, and where the rest stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode

from kb.ask import resource
from kb.ask.labels import Labels
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.errors import BadInput, NotFound
from kb.namespaces import compact
from web import resource_page
from web.account import VERDICTS
from web.addresses import href
from web.class_pages import class_page
from web.class_pages.accounted import variables as accounted
from web.class_pages.facts import Fact, tells_sum
from web.class_pages.frame import BRIEFED, Part
from web.documents import page
from web.effects import effect_told
from web.listing import Listing
from web.reading import snapshot
from web.service_description import public_url
from web.withdrawals import refuse_withdrawn

blueprint = Blueprint("briefing", __name__)

LINES = 52
"""Lines of running text that fit on A4 below the title, in the type of classes.css when printed."""

WIDTH = 105
"""Characters of such a line, on average."""

LEDE, ANSWER, ROW, TEXT = 400, 240, 190, 260
"""Characters of the sentence that says what it is, of an answer, of a row, and of a text; the rest is cut off."""

LONGER = (3, 2)
"""How many times as long rows and texts may be where the sheet holds all the same ones."""

ROWS = 4
"""Rows of one table, and texts of one part, at most."""

SOURCES = 4

FIRST = (
    *("results", "money", "lessons", "supports", "differ", "agree"),
    *("programmes", "cases", "problem", "work", "elsewhere"),
)
"""Parts in the order in which they are given room; the others follow as on the page of the thing."""


@dataclass(frozen=True)
class Row:
    """One row: its words, and how sure they are where that is said."""

    words: str
    grades: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """What is said under a heading, and how many records of the part are left out."""

    heading: str
    texts: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int

    @property
    def lines(self) -> int:
        """Lines that it takes in print."""
        words = (*self.texts, *(f"{row.words} {row.grades}" for row in self.rows))
        return 2 + sum(ceil(len(text) / WIDTH) for text in words)


@blueprint.get("/briefing")
def briefing() -> Response:
    """The sheet about `?uri=`, a thing of a class that has one. Raises BadInput, NotFound."""
    iri = request.args.get("uri", "")
    if not iri:
        raise BadInput("this address needs ?uri= and the IRI of a case study, pilot, intervention, place or lesson")
    read = snapshot()
    store = read.store
    if not resource.exists(store, iri):
        refuse_withdrawn([iri])
    thing = resource.describe(store, iri, snapshot=read.folder)
    if BRIEFED.isdisjoint(thing.types):
        raise NotFound(f"{iri}: there is no page to print of it, only of {_classes()}")
    more = _more(thing)
    facts = [_short(fact, thing.labels) for fact in more["facts"]]
    lede = resource_page.variables(thing)["top"].lede
    words = _cut(lede.values[0].term.value, LEDE) if lede else ""
    sources = [thing.labels.name(each.iri) for each in more.get("read_in", ())]
    sources = sources or [thing.labels.name(node.value) for node in thing.about.all("prov:hadPrimarySource")]
    answers = sum(ceil(max(map(len, pair)) / 50) + 1 for pair in _pairs(facts))
    taken = ceil(len(words) / 80) + answers + SOURCES + 4
    sections = _fullest(more["parts"], thing.labels, LINES - taken)
    return page(
        "briefing.html",
        thing=thing,
        kind=more["kind"],
        words=words,
        facts=facts,
        sections=sections,
        sources=sources[:SOURCES],
        more_sources=max(0, len(sources) - SOURCES),
        left_out=_left_out(more["parts"], sections),
        here=public_url() + href(iri),
        labels=thing.labels,
    )


def _more(thing: Description) -> dict[str, Any]:
    found = class_page(thing.types).more(thing)
    if "facts" in found and "parts" in found:
        return found
    return accounted(replace(thing, account=found.get("own_account", thing.account)))


def _short(fact: Fact, labels: Labels) -> tuple[str, str]:
    """Question and answer: what of it fits, line by line."""
    names = ", ".join(labels.name(node.value) for node in fact.nodes)
    names += f" and {fact.count - len(fact.nodes)} more" if fact.count > len(fact.nodes) else ""
    words = ""
    for line in filter(None, (*(line.words for line in fact.lines), names)):
        if words and len(words) + len(line) > ANSWER:
            break
        words += f"; {line}" if words else line
    return fact.question, _cut(words or fact.absent, ANSWER)


def _pairs(facts: list[tuple[str, str]]) -> list[list[str]]:
    """The answers two by two, as they stand beside each other."""
    answers = [answer for _, answer in facts]
    return [answers[place : place + 2] for place in range(0, len(answers), 2)]


def _fullest(parts: Sequence[Part], labels: Labels, lines: int) -> list[Section]:
    """The sections with as many rows as there is room for, all of them longer where that leaves none of these out."""
    short = list(_sections(parts, labels, lines, 1))
    for times in LONGER:
        found = list(_sections(parts, labels, lines, times))
        if list(map(_extent, found)) == list(map(_extent, short)):
            return found
    return short


def _extent(section: Section) -> tuple[str, int]:
    return section.heading, section.left_out


def _sections(parts: Iterable[Part], labels: Labels, lines: int, times: int) -> Iterable[Section]:
    """The parts of which something can be said, in the order of FIRST, until the sheet is full."""
    ordered = sorted(parts, key=lambda part: FIRST.index(part.key) if part.key in FIRST else len(FIRST))
    for part in ordered:
        section = _section(part, labels, times)
        while section.lines > lines and (section.rows or section.texts):
            rows = section.rows[:-1]
            texts = section.texts if section.rows else section.texts[:-1]
            section = Section(section.heading, texts, rows, section.left_out + 1)
        if section.rows or section.texts:
            lines -= section.lines
            yield section


def _section(part: Part, labels: Labels, times: int) -> Section:
    texts = tuple(_cut(text.text.value, times * TEXT) for text in part.texts[:ROWS])
    rows = [
        Row(_cut(_row(thing, table.listing, labels), times * ROW), _grades(thing, labels))
        for table in part.tables
        for thing in table.listing.things
    ]
    count = sum(table.count for table in part.tables) + len(part.texts)
    return Section(part.heading, texts, tuple(rows[:ROWS]), count - len(texts) - min(len(rows), ROWS))


def _row(thing: Summary, listing: Listing, labels: Labels) -> str:
    """A row in words: its name, its figure, and what its columns say, but for sources and grades."""
    words = [labels.name(thing.iri)]
    if thing.iri in listing.amounts and not tells_sum(words[0]):
        words.append(listing.amounts[thing.iri])
    for column in listing.columns:
        if column.name == "ww:desirability":
            effect = effect_told(thing)
            words.append(VERDICTS.get(effect.key, effect.words.lower()))
        elif column.name in ("ww:statement", "ww:estimateStatus", "ww:outcome", "dcterms:abstract"):
            words += [_said(node, labels) for node in thing.all(column.name)]
    if thing.all("ww:contradicts"):
        words.append("contradicted by another statement")
    return ": ".join((words[0], "; ".join(words[1:]))) if words[1:] else words[0]


def _grades(thing: Summary, labels: Labels) -> tuple[str, ...]:
    return tuple(labels.name(node.value) for node in thing.all("ww:grade"))


def _said(node: Any, labels: Labels) -> str:
    if isinstance(node, NamedNode):
        return labels.name(node.value).lower()
    return node.value if isinstance(node, Literal) else ""


def _left_out(parts: Iterable[Part], sections: Iterable[Section]) -> list[str]:
    """What the sheet does not say, part by part."""
    shown = {section.heading: section.left_out for section in sections}
    found = []
    for part in parts:
        count = shown.get(part.heading, sum(table.count for table in part.tables) + len(part.texts))
        if count:
            found.append(f"{count} under “{part.heading}”")
    return found


def _cut(words: str, length: int) -> str:
    """The words up to a length, whole words only, with a sign where some are left out."""
    if len(words) <= length:
        return words
    return f"{words[:length].rsplit(maxsplit=1)[0].rstrip(' ,;:.')} …"


def _classes() -> str:
    return ", ".join(sorted(compact(each) for each in BRIEFED))

