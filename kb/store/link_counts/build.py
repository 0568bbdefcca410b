"""Counting the links to what is linked to often, once for a snapshot; the caller holds the lock."""

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Store, Variable

from kb.store.durability import replace_file
from kb.store.folder import DataFolder

FILE = "link-counts.json"

FORM = 1
"""Raised when the file is written differently; one of another form is not read, and made anew."""

LEAST = 1_000
"""Links by one property above which a thing has its place in the file."""


def build(snapshot: Path) -> None:
    """Counts the links in the folder of a snapshot durably; where it has the file, nothing."""
    if _said(snapshot).get("form") == FORM:
        return
    things = _counted(Store.read_only(str(snapshot / "store")))
    replace_file(snapshot / FILE, json.dumps({"form": FORM, "things": things}, ensure_ascii=False) + "\n")


def has_counts(folder: DataFolder, id: str) -> bool:
    """Whether a snapshot has them, in the present form."""
    return _said(folder.snapshots / id).get("form") == FORM


def read(snapshot: Path, iri: str) -> dict[str, int] | None:
    """Property → how many links to the thing it makes; None where that is not counted, and has to be asked."""
    return _things(snapshot).get(iri)


@lru_cache(maxsize=4)
def _things(snapshot: Path) -> dict[str, dict[str, int]]:
    said = _said(snapshot)
    found: dict[str, dict[str, int]] = said["things"] if said.get("form") == FORM else {}
    return found


def _said(snapshot: Path) -> dict[str, Any]:
    """What the file holds; nothing where it is absent or damaged, as every page of a thing can do without."""
    try:
        found: dict[str, Any] = json.loads((snapshot / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def _counted(store: Store) -> dict[str, dict[str, int]]:
    often = [property for property, links in _asked(store, "by-property") if links > LEAST]
    found = {thing for property in often for thing, links in _asked(store, "by-object", property=property)}
    return {thing: dict(_asked(store, "to-object", object=thing)) for thing in sorted(found)}


def _asked(store: Store, name: str, **terms: str) -> list[tuple[str, int]]:
    """IRI and number of the rows of a query with these IRIs in it."""
    text = files("kb.store.link_counts").joinpath(f"{name}.rq").read_text(encoding="utf-8")
    bound: dict[Variable, Any] = {Variable(each): NamedNode(iri) for each, iri in terms.items()}
    solutions: Any = store.query(text, substitutions=bound)
    return [(term.value, int(links.value)) for *_, term, links in solutions if isinstance(term, NamedNode)]
