"""What the pages of all classes have in common: what is told first, in which order, and what is folded away."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request
from pyoxigraph import NamedNode
from werkzeug.exceptions import NotFound

from kb.ask.account import Account, Section
from kb.ask.labels import labels_of
from kb.ask.properties import Property
from kb.ask.resource import Description
from kb.ask.summaries import Summary
from kb.namespaces import expand
from kb.vocabulary import term
from web import resource_page
from web.account import HEADINGS
from web.class_pages.facts import Fact
from web.class_pages.questions_here import questions_here
from web.listing import Listing, listing
from web.reading import snapshot

SHOWN = 5
"""Rows of a table on the page of a thing; all of them stand at the same address with `all=`."""

FEW = 3
"""Rows of a table that is not folded away where its part is of less use."""

WHOLE = 50
"""Rows of a table at that address."""

VALUES = 12
"""Values of a property that are told as a row."""

TEXTS = 3
"""Texts of a section that are told in full; the rest is folded away."""

BRIEFED = frozenset(
    map(
        expand,
        (
            *("ww:CaseStudy", "ww:Programme", "ww:Pilot", "ww:Workstream", "ww:Implementation"),
            *("ww:Intervention", "ww:Place", "ww:LessonLearned", "ww:Barrier"),
            *("org:FormalOrganization", "ww:Asset", "ww:Gateway", "ww:AccessPoint", "cpsv:PublicService"),
        ),
    )
)
"""Classes with a page to print."""

COMPARED = frozenset(map(expand, ("ww:Place", "ww:Pilot", "org:FormalOrganization")))
"""Classes whose things are put side by side at /compare."""


@dataclass(frozen=True)
class PartTable:
    """A table of a page: its name in the address, its rows as far as they are shown, and of how many."""

    key: str
    caption: str
    listing: Listing
    count: int
    href: str
    """Where all of it stands; empty where all of it is shown."""


@dataclass(frozen=True)
class Part:
    """One part of a page, in the order in which an officer asks; `words` is said before its tables."""

    key: str
    heading: str
    absent: str = ""
    words: str = ""
    texts: tuple[Any, ...] = ()
    tables: tuple[PartTable, ...] = ()
    others: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Rows of (words, address): where more of it is told."""
    folded: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is recorded."""
        return not (self.words or self.texts or self.tables or self.others)


@dataclass(frozen=True)
class Whole:
    """One table in full, page by page: where the pages before and after it stand, if there are any."""

    part: str
    table: PartTable
    first: int
    before: str
    after: str


def framed(
    thing: Description,
    facts: Sequence[Fact],
    parts: Sequence[Part],
    rows: Iterable[str] = (),
    told: Iterable[str] = (),
    beside: Sequence[tuple[str, tuple[str, ...]]] = (),
) -> dict[str, Any]:
    """The variables of class-page.html, those of resource.html among them.

    `rows` are the properties (prefix:local) told as such, in this order; `told` those that the page tells otherwise;
    `beside` are things (IRI, classes) that the questions may be about too. Raises werkzeug NotFound for a part in full
    that the page does not have.
    """
    base = resource_page.variables(thing)
    gone = {expand(name) for fact in facts for name in fact.told} | set(map(expand, told))
    found = (each for _, stated in base["sections"] for each in stated)
    left = {each.iri: each for each in found if each.iri not in gone or not _of_main(each, thing)}
    chosen = [_cut(left.pop(iri)) for name in rows if (iri := expand(name)) in left]
    shown = {thing.iri} | {row.iri for part in parts for table in part.tables for row in table.listing.things}
    thing.labels.update(labels_of(snapshot().store, {*_nodes(facts), *_in_tables(parts)} - thing.labels.keys()))
    return base | {
        "facts": [fact for fact in facts if fact.absent or not fact.empty],
        "parts": [part for part in parts if not part.empty or part.absent or part.links],
        "rows_told": chosen,
        "rows_left": [*left.values(), *base["record"]],
        "kind": _kind(thing.types),
        "asks": questions_here(thing, beside),
        "groups": _unshown(base["groups"], shown),
        "compare": f"/compare?{urlencode({'of': thing.iri})}" if not COMPARED.isdisjoint(thing.types) else "",
        "briefing": f"/briefing?{urlencode({'uri': thing.iri})}" if not BRIEFED.isdisjoint(thing.types) else "",
        "whole": _whole(parts),
        "back": here(),
        "texts": TEXTS,
    }


def account_parts(account: Account, order: Iterable[str], folded: Container[str]) -> list[Part]:
    """The sections of an account as parts of a page, in an order; those that are to be folded where they are long."""
    by_key = {section.key: section for section in account.sections}
    return [_of_account(by_key[key], key in folded) for key in order]


def part_table(key: str, caption: str, things: Sequence[Summary], columns: Iterable[str], count: int) -> PartTable:
    """The rows that are asked for: the first of them, or of the table that `all=` names those from `from=` on."""
    wanted = request.args.get("all") == key
    first = _first() if wanted else 1
    rows = things[first - 1 : first - 1 + WHOLE] if wanted else things[:SHOWN]
    return PartTable(key, caption, listing(rows, columns), count, here(all=key) if len(rows) < count else "")


def here(**arguments: str) -> str:
    """The address of this page with these arguments instead of those that choose a part of it."""
    kept = {name: value for name, value in request.args.items() if name not in ("all", "from", "page")}
    query = urlencode(kept | arguments)
    return request.path + (f"?{query}" if query else "")


def _of_account(section: Section, folded: bool) -> Part:
    heading, absent = HEADINGS[section.key]
    tables = tuple(
        part_table(each.kind.plural.lower().replace(" ", "-"), each.kind.plural, each.things, each.columns, each.count)
        for each in section.tables
    )
    long = any(table.count > FEW for table in tables)
    return Part(
        section.key, heading, absent, texts=section.texts, tables=tables, others=section.others, folded=folded and long
    )


def _first() -> int:
    text = request.args.get("from", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise NotFound(f"from={text} is no row of a table; the first is from=1.")
    return int(text)


def _whole(parts: Sequence[Part]) -> Whole | None:
    key = request.args.get("all")
    if not key:
        return None
    found = next(((part, table) for part in parts for table in part.tables if table.key == key), None)
    first = _first()
    if found is None or (first > 1 and not found[1].listing.things):
        raise NotFound(f"all={key} from={first} is no part of this page; {here()} is the page.")
    part, table = found
    last = first - 1 + len(table.listing.things)
    before = here(all=key, **{"from": str(max(1, first - WHOLE))}) if first > 1 else ""
    after = here(all=key, **{"from": str(last + 1)}) if last < table.count else ""
    return Whole(part.heading, table, first, before, after)


def _unshown(groups: Iterable[resource_page.Group], shown: set[str]) -> list[resource_page.Group]:
    """What links here, without what the page shows elsewhere."""
    found = []
    for group in groups:
        tables = [
            (kind, replace(rows, things=left))
            for kind, rows in group.tables
            if (left := [thing for thing in rows.things if thing.iri not in shown])
        ]
        plain = [iri for iri in group.plain if iri not in shown]
        if tables or plain:
            found.append(resource_page.Group(group.incoming, tables, plain))
    return found


def _of_main(each: Property, thing: Description) -> bool:
    """Whether its own dataset states all values: what another says of the thing stays a row, with its origin."""
    return all(value.graphs == (thing.graph,) for value in each.values)


def _cut(each: Property) -> Property:
    """The first VALUES of a property; the page says how many there are."""
    return each if len(each.values) <= VALUES else replace(each, values=each.values[:VALUES])


_SAID = {expand("ww:Barrier"): "What got in the way, or helped"}
"""Class → what staff call a thing of it, where the vocabulary is less plain."""


def _kind(types: Iterable[str]) -> str:
    """What kind of thing it is, in the words of the vocabulary or plainer ones; of several classes the most special."""
    known = [found for iri in types if (found := term(iri)) and found.plural]
    special = [each for each in known if not any(each.iri in other.parents for other in known)]
    return _SAID.get(special[0].iri, special[0].label) if special else ""


def _in_tables(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        for table in part.tables:
            for thing in table.listing.things:
                yield thing.iri
                yield from thing.links()


def _nodes(facts: Iterable[Fact]) -> set[str]:
    return {node.value for fact in facts for node in fact.nodes if isinstance(node, NamedNode)} | {
        line.iri for fact in facts for line in fact.lines if line.iri
    }

