"""The things of large classes in the order of their names, sorted once at publication: `data/snapshots/{id}/orders/`.

To sort 100,000 takes a reader 2 s, and each worker does it anew. A class of up to LEAST is sorted when it is read.
A file has an IRI a line, and its index knows where each MARKED-th line begins, so that a page is read and no more.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple

from kb.names import NAMES, is_seen, name_rank, unnamed
from kb.namespaces import expand
from kb.store.durability import HALF_MADE, move_folder, remove_half_made, sync_tree
from kb.store.folder import DataFolder
from kb.vocabulary import ancestors, terms

FOLDER = "orders"

FORM = 2
"""Raised when the files are written differently; those of another form are not read, and made anew."""

LEAST = 20_000
"""Things above which a class has a file."""

MARKED = 500
"""Lines between two whose places in a file the index knows."""

_TYPE = NamedNode(expand("rdf:type"))
_SUBCLASS = NamedNode(expand("rdfs:subClassOf"))


def build(snapshot: Path) -> None:
    """Sorts the large classes in the folder of a snapshot durably; where that is done, nothing."""
    if _index(snapshot).get("form") == FORM:
        return
    remove_half_made(snapshot)
    draft = snapshot / f"{HALF_MADE}{FOLDER}"
    draft.mkdir()
    _write(Store.read_only(str(snapshot / "store")), draft)
    sync_tree(draft)
    move_folder(draft, snapshot / FOLDER)


def has_orders(folder: DataFolder, id: str) -> bool:
    """Whether the large classes of a snapshot are sorted, in the present form."""
    return _index(folder.snapshots / id).get("form") == FORM


def read(snapshot: Path, class_iri: str, limit: int, offset: int) -> list[str] | None:
    """`limit` things of a class from `offset` on, sorted by name; None where the snapshot has no order of the class."""
    index = _index(snapshot)
    order = index.get("classes", {}).get(class_iri) if index.get("form") == FORM else None
    if order is None:
        return None
    before = min(offset, order["things"]) // MARKED
    with (snapshot / FOLDER / order["file"]).open("rb") as lines:
        lines.seek(order["marks"][before])
        skipped = offset - before * MARKED
        return [line.decode().rstrip("\n") for line in islice(lines, skipped, skipped + limit)]


def in_order(named: Iterable[tuple[str, str | None]]) -> list[str]:
    """Things, given with their names, in the order of what their pages call them, by code points in small letters."""
    return [thing for _, thing in sorted(((name or unnamed(thing)).lower(), thing) for thing, name in named)]


def _index(snapshot: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((snapshot / FOLDER / "index.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return found


def _write(store: Store, draft: Path) -> None:
    members = _large(store)
    names = _names(store, set().union(*members.values()))
    classes: dict[str, Any] = {}
    for number, (kind, things) in enumerate(members.items()):
        file = f"{number}.txt"
        marks = _lines(draft / file, in_order((thing, names.get(thing)) for thing in things))
        classes[kind] = {"file": file, "things": len(things), "marks": marks}
    (draft / "index.json").write_text(json.dumps({"form": FORM, "classes": classes}) + "\n", encoding="utf-8")


def _lines(file: Path, things: Iterable[str]) -> list[int]:
    """Writes a line for each, and gives where those begin that are marked, and where the file ends."""
    marks, place = [], 0
    with file.open("wb") as lines:
        for number, thing in enumerate(things):
            if number % MARKED == 0:
                marks.append(place)
            place += lines.write(f"{thing}\n".encode())
    return [*marks, place]


def _superclasses(store: Store) -> dict[str, frozenset[str]]:
    """Class → those directly above it, as all datasets say it."""
    found: dict[str, frozenset[str]] = {}
    for quad in _statements(store, _SUBCLASS):
        found[quad.subject.value] = found.get(quad.subject.value, frozenset()) | {quad.object.value}
    return found


def _large(store: Store) -> dict[str, set[str]]:
    """Class with a list → what is of it or of one below it, where that is many."""
    direct = _superclasses(store)
    above = {each: ancestors(each, direct) for each in direct}
    counts = Counter(quad.object.value for quad in _statements(store, _TYPE))
    found = {}
    for known in terms():
        if known.plural:
            kinds = {known.iri, *(each for each in above if known.iri in above[each])}
            if sum(counts[each] for each in kinds) > LEAST:
                things = {quad.subject.value for each in kinds for quad in _statements(store, _TYPE, NamedNode(each))}
                if len(things) > LEAST:
                    found[known.iri] = things
    return found


def _names(store: Store, things: set[str]) -> dict[str, str]:
    """Thing → the name that its page shows; things without one are left out."""
    names: dict[str, str] = {}
    for place, property in enumerate(NAMES):
        found: dict[str, tuple[int, int, str]] = {}
        for quad in _statements(store, NamedNode(property)) if things else ():
            thing, name = quad.subject.value, quad.object
            if thing in things and thing not in names and isinstance(name, Literal) and is_seen(name.value):
                rank = name_rank(place, name)
                found[thing] = min(rank, found.get(thing, rank))
        names.update((thing, name) for thing, (_, _, name) in found.items())
    return names


def _statements(store: Store, property: NamedNode, value: NamedNode | None = None) -> Iterator[Any]:
    found = store.quads_for_pattern(None, property, value, DefaultGraph())
    return (quad for quad in found if not isinstance(quad.object, Triple))
