"""Links that lead to nothing, and records that another dataset holds too, found before a submission is published."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from pyoxigraph import DefaultGraph, NamedNode

from kb.config import Settings
from kb.errors import StoreMissing
from kb.mapping.places import Place, Problem
from kb.mapping.prepare import Prepared, Together
from kb.namespaces import HOME, compact, expand
from kb.protocols.report import Result, Severity
from kb.store import sorted_lines
from kb.store.readable import Store
from kb.store.serving import snapshots

LARGE = 200_000
"""Lines above which nothing is looked up: the ends of all links would take too much time and memory."""
MOST = 5_000
"""Ends of links, and records, that are looked up in the store."""
SHOWN = 500
"""Problems that are told."""

_UNFOLLOWED = tuple(f"/id/{kind}/".encode() for kind in ("graph", "release", "dataset"))
"""What is known without being described by a publisher."""
_SAID_OF_OLD = frozenset(f"<{expand(name)}>".encode() for name in ("dcterms:replaces", "dcterms:isReplacedBy"))


def open_ends(added: Iterable[bytes], after: Sequence[bytes], bases: Collection[str]) -> dict[str, list[bytes]]:
    """What lines link to under a base that is known here, and nothing in the whole content `after` describes, with the
    lines that do.
    """
    starts = tuple(f"<{base.rstrip('/')}/id/".encode() for base in bases)
    links: dict[bytes, list[bytes]] = defaultdict(list)
    for line in added:
        if not line.endswith(b"> .") or line.split(b" ", 2)[1] in _SAID_OF_OLD:
            continue
        if (target := sorted_lines.object_of(line)).startswith(starts):
            links[target].append(line)
    return {
        sorted_lines.iri_of(target): lines
        for target, lines in links.items()
        if not sorted_lines.holds(after, target) and not any(kind in target for kind in _UNFOLLOWED)
    }


def with_open_links(
    prepared: Prepared, lines: Sequence[bytes], bases: Collection[str], own: str | None, settings: Settings
) -> Prepared:
    """What was prepared, with a problem at the cell of each link that leads to nothing, and at the row of each record
    that another dataset holds too. `own` is the name of the dataset's graph; None where it has none yet.
    """
    if not prepared.sheets:
        return prepared
    if len(lines) > LARGE:
        return replace(prepared, problems=Together([prepared.problems, [_not_looked_for(prepared, len(lines))]]))
    try:
        store: Store | None = snapshots(settings).current().store
    except StoreMissing:
        store = None
    known = {HOME, *bases} if store is not None else set(bases) - {HOME}
    ends = open_ends(lines, lines, known)
    missing = {end: of for end, of in list(ends.items())[:MOST] if not _graphs(store, end, own)}
    more = [each for end, of in missing.items() for line in of for each in _missing(prepared, line, end)]
    more = sorted(more, key=lambda each: (each.place.file, each.place.sheet, each.place.row or 0))[:SHOWN]
    if store is not None and own is not None:
        more += list(_twice(prepared, store, own))[:SHOWN]
    return replace(prepared, problems=Together([prepared.problems, more])) if more else prepared


def _not_looked_for(prepared: Prepared, count: int) -> Problem:
    """The note that says so, at the first sheet."""
    grid = prepared.sheets[0].grid
    sentence = (
        "Links that lead to nothing, and records that another dataset describes too, were not looked for: these files "
        f"make {count:,} statements, and it is done up to {LARGE:,}."
    )
    return Problem(Place(grid.file, grid.sheet, None, None, "", ""), "note", sentence)


def _missing(prepared: Prepared, line: bytes, end: str) -> Iterator[Problem]:
    subject, predicate, _ = line.split(b" ", 2)
    path = sorted_lines.iri_of(predicate)
    about = Result(sorted_lines.iri_of(subject), path, end, Severity.WARNING, "", "-", "")
    sentence = f"It leads to {end}, which neither this file nor anything published describes."
    advice = "Write the name or the address of something that is known, or describe it too"
    for place in prepared.locator.places(about):
        told = place if place.written else place._replace(heading=place.heading or compact(path))
        yield Problem(told, "should", sentence, advice)


def _twice(prepared: Prepared, store: Store, own: str) -> Iterator[Problem]:
    for sheet in prepared.sheets:
        things = sheet.records.things if sheet.records else {}
        for iri, rows in list(things.items())[:MOST]:
            if others := _graphs(store, iri, own):
                grid = sheet.mapped.grid
                place = Place(grid.file, grid.sheet, grid.rows[rows[0]][0], None, "", "")
                sentence = f"Another dataset describes this record too: {others[0]}. Both are shown as one."
                yield Problem(place, "should", sentence, "Keep a record in one dataset")


def _graphs(store: Store | None, iri: str, own: str | None) -> list[str]:
    """The named graphs besides `own` that describe a thing."""
    if store is None:
        return []
    found = {
        quad.graph_name.value
        for quad in store.quads_for_pattern(NamedNode(iri), None, None)
        if not isinstance(quad.graph_name, DefaultGraph)
    }
    return sorted(found - {own})
