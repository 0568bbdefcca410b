"""The sections of a comparison as tables: a row for each field, a column for each thing; the same rows as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode

from kb.ask import lists
from kb.ask.labels import Labels, labels_of
from kb.ask.side_by_side import Kind, Section
from kb.ask.vocabulary import GRADES, levels
from kb.namespaces import compact, concept, expand
from kb.store.readable import Store
from web import compared_items
from web.compared_items import POPULATION, Item
from web.listing import heading

CSV_HEADINGS = ("section", "field", "of", "said", "effect", "evidence_level", "remarks", "address", "of_address")

HEADINGS = {
    "context": "Context",
    "assets": "Assets",
    "partners": "Partners",
    "money": "Money",
    "outcomes": "Outcomes",
    "lessons": "Lessons",
}
"""Section → its heading."""

ITEMS = 10
"""Items of a row, which its cells share alike; the CSV has the rest."""

CELLS, ALONE = 20, 160
"""Cells of a section among others, and on a page of its own: with more rows the page grows beyond 100 kB."""

_STATED = (
    *("ww:estimateStatus", "ww:priceBasis", "ww:priceBaseYear", "ww:start", "ww:end", "ww:contradicts"),
    *("prov:hadPrimarySource", "ww:grade", *lists.AMOUNT),
)

_ALWAYS: dict[tuple[str, Kind], tuple[str, ...]] = {
    ("context", "place"): (POPULATION, *map(expand, ("ww:placeType", "ww:ruralUrbanClass", "geo:sfWithin"))),
    ("assets", "place"): (
        "",
        *(concept("asset-metric", code) for code in ("floor-area", "condition", "utilisation")),
    ),
}
"""Section and kind → rows that are there even where nothing is known: what an officer looks for first."""

_FIELDS = tuple(
    map(
        expand,
        (
            *("dcterms:description", "skos:definition", "ww:placeType", "ww:organisationType", "ww:pilotPlace"),
            *("ww:underProgramme", "ww:leadOrganisation", "dcterms:spatial", "skos:broader", "ww:theme"),
            *("ww:intendedOutcome", "ww:targets", "ww:settingType", "ww:stage", "ww:start", "ww:end"),
        ),
    )
)
"""Fields that come after what is always there, before the rest."""

_NAMES = {
    ("context", POPULATION): "Population",
    ("assets", ""): "How many",
    ("partners", ""): "Kind not recorded",
    ("context", expand("skos:definition")): "What it is",
    ("context", expand("dcterms:description")): "What it is",
}

_NONE = {
    "context": "not recorded here",
    "partners": "none recorded here",
    "outcomes": "no finding recorded here",
    "lessons": "no lesson recorded here",
}
"""Section → what a cell without anything says; in the others it is whose it would be to publish it.

Context is recorded from registers and statistics, which are no body's of the place.
"""


@dataclass(frozen=True)
class Cell:
    """What one thing has in a row: items, how many more there are, or the words of there being none."""

    items: tuple[Item, ...]
    more: int
    absent: str


@dataclass(frozen=True)
class Row:
    """A field, what is to be seen of all its cells together, and a cell for each thing."""

    name: str
    iri: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A section: its rows, and how many it has in all."""

    key: str
    heading: str
    rows: tuple[Row, ...]
    count: int


def table(
    store: Store, section: Section, kind: Kind, things: Sequence[str], absent: Sequence[str], alone: bool = False
) -> Table:
    """A section as the page tells it; `absent` says of each thing whose it is to publish what is not there.

    `alone` says that the page has no other section.
    """
    rows = list(_rows(store, section, kind, things, absent))
    most = (ALONE if alone else CELLS) // len(things)
    shown = [_shortened(row, ITEMS // len(things)) for row in rows[:most]]
    return Table(section.key, HEADINGS[section.key], rows=tuple(shown), count=len(rows))


def csv_rows(
    store: Store, section: Section, kind: Kind, things: Sequence[str], absent: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """A row for each item of each cell, by CSV_HEADINGS; one for a cell without any, which says so."""
    names = labels_of(store, things)
    for row in _rows(store, section, kind, things, absent):
        for thing, cell in zip(things, row.cells, strict=True):
            of = (HEADINGS[section.key], row.name, names.name(thing))
            for item in cell.items:
                effect = item.effect.words if item.effect else ""
                remarks = "; ".join(filter(None, (*item.flags, item.note)))
                level = "" if item.level is None else str(item.level)
                yield (*of, item.text, effect, level, remarks, item.iri, thing)
            if not cell.items:
                yield (*of, cell.absent, "", "", "", "", thing)


def _rows(
    store: Store, section: Section, kind: Kind, things: Sequence[str], absent: Sequence[str]
) -> Iterator[Row]:
    known = section.rows
    names = {iri for key in known for iri in [key] if "://" in key}
    names |= {value for each in section.all() for value in each.values() if "://" in value}
    stated = sorted({each["statement"] for each in section.all() if "statement" in each})
    cells = lists.cells(store, stated, _STATED)
    datasets = _datasets(store, {each["register"] for each in section.all() if "register" in each})
    names |= set(datasets.values())
    names |= {iri for thing in cells.values() for iri in thing.links()}
    labels = labels_of(store, names | set(_ALWAYS.get((section.key, kind), ())) - {""})
    scale = levels(store, GRADES)

    def items(row: str, thing: str) -> list[Item]:
        found = known.get(row, {}).get(thing, [])
        if section.key == "money":
            return compared_items.money(found, labels, cells, scale)
        if section.key == "outcomes":
            return compared_items.outcomes(found)
        if section.key == "assets":
            return compared_items.assets(found, labels, datasets)
        told = {
            "context": compared_items.context,
            "partners": compared_items.partners,
            "lessons": compared_items.lessons,
        }
        return told[section.key](found, labels)

    for key in _ordered(section, kind, labels):
        found = [items(key, thing) for thing in things]
        row = [
            Cell(tuple(each), 0, "" if each else _NONE.get(section.key, none))
            for each, none in zip(found, absent, strict=True)
        ]
        name = _NAMES.get((section.key, key)) or (_property(key) if section.key == "context" else labels.name(key))
        yield Row(name, key if section.key in ("outcomes", "lessons") else "", _note(section.key, found), tuple(row))


def _ordered(section: Section, kind: Kind, labels: Labels) -> list[str]:
    """What is always there first; then in the context the fields in their order, elsewhere what most of them have."""
    always = [key for key in _ALWAYS.get((section.key, kind), ()) if not _told_otherwise(section, key)]
    rest = [key for key in section.rows if key not in always]
    if section.key == "context":
        places = {field: place for place, field in enumerate(_FIELDS)}
        rest.sort(key=lambda key: (places.get(key, len(places)), key))
        first = [key for key in rest if key in _FIELDS[:2]]
        return [*first, *always, *(key for key in rest if key not in first)]
    rest.sort(key=lambda key: (-len(section.rows[key]), labels.name(key).casefold() if key else "~"))
    return [*always, *rest]


def _datasets(store: Store, registers: Iterable[str]) -> dict[str, str]:
    """Named graph → the dataset whose content it is."""
    stated = NamedNode(expand("ww:namedGraph"))
    found = {}
    for register in registers:
        for quad in store.quads_for_pattern(None, stated, NamedNode(register), DefaultGraph()):
            if isinstance(quad.subject, NamedNode):
                found[register] = quad.subject.value
    return found


def _told_otherwise(section: Section, key: str) -> bool:
    """Whether a field that nobody fills is told by a more precise one, as floor area by its basis of measurement."""
    return bool(key) and key not in section.rows and any(each.startswith(f"{key}-") for each in section.rows)


def _property(iri: str) -> str:
    return heading(compact(iri))


def _note(key: str, found: Sequence[Sequence[Item]]) -> str:
    """What is to be seen of a row of several things: whether their findings go the same way."""
    having = [each for each in found if each]
    if key != "outcomes" or len(having) < 2:
        return ""
    ways = [{item.effect.key for item in each if item.effect} for each in having]
    same = all(each == ways[0] and len(each) == 1 for each in ways)
    return "Findings go the same way" if same else "Findings differ"


def _shortened(row: Row, most: int) -> Row:
    """The row with so many items in a cell, of each effect the best supported before more of one: none is hidden."""

    def first(items: Sequence[Item]) -> tuple[Item, ...]:
        ways = {id(item.effect): item for item in reversed(items)}
        kept = sorted(items, key=lambda item: ways[id(item.effect)] is not item)[: max(most, len(ways))]
        return tuple(item for item in items if item in kept)

    cells = []
    for cell in row.cells:
        shown = first(cell.items)
        cells.append(Cell(shown, len(cell.items) - len(shown), cell.absent))
    return Row(row.name, row.iri, row.note, tuple(cells))
