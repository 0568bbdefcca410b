"""Places, interventions, pilots or bodies side by side: what is recorded of each, row by row, nothing added up.

Each section is the answer to one query (side-*.rq) with the compared bound; a row of it is one property, kind of
body, kind of money, outcome or theme, and a thing that has nothing in it is told to have nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pyoxigraph import NamedNode

from kb.ask.binding import bind, read
from kb.ask.summaries import nodes, rows
from kb.ask.vocabulary import INTERVENTIONS
from kb.namespaces import expand
from kb.store.readable import Store

MOST, FEWEST = 4, 2
"""Things that are compared at a time."""

Kind = Literal["place", "intervention", "pilot", "organisation"]

CLASSES: dict[Kind, str] = {
    "place": "ww:Place",
    "intervention": "ww:Intervention",
    "pilot": "ww:Pilot",
    "organisation": "org:FormalOrganization",
}
"""What can be compared with its like, by its class."""

SECTIONS: dict[Kind, tuple[str, ...]] = {
    "place": ("context", "assets", "partners", "money", "outcomes", "lessons"),
    "pilot": ("context", "partners", "money", "outcomes", "lessons"),
    "intervention": ("context", "outcomes", "money", "lessons", "partners"),
    "organisation": ("context", "partners", "money"),
}
"""Kind → its sections in the order of the page."""

_QUERIES = {
    "context": "side-context",
    "assets": "side-assets",
    "partners": "side-partners",
    "money": "side-money",
    "outcomes": "side-outcomes",
    "lessons": "side-lessons",
}

_ROW = {
    "context": "field",
    "assets": "metric",
    "partners": "kind",
    "money": "kind",
    "outcomes": "outcome",
    "lessons": "theme",
}
"""Section → the variable of its query that makes the rows."""

Solution = Mapping[str, str]
"""What a query gives, as text; a variable without a value is left out."""


@dataclass(frozen=True)
class Section:
    """The solutions of one section: row → thing → what it has there, both in the order of the query."""

    key: str
    rows: dict[str, dict[str, list[Solution]]]

    def all(self) -> Iterable[Solution]:
        """Every solution."""
        for cells in self.rows.values():
            for found in cells.values():
                yield from found


def kind_of(store: Store, iri: str) -> Kind | None:
    """As what the thing can be compared; None where it cannot."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    types = {type.value for _, type in rows(store, "types", thing=node)}
    found = next((kind for kind, name in CLASSES.items() if expand(name) in types), None)
    return found or ("intervention" if _is_intervention(store, node) else None)


def _is_intervention(store: Store, node: NamedNode) -> bool:
    """Whether it is a group or type of interventions, which are concepts of the code list only."""
    listed = store.quads_for_pattern(node, NamedNode(expand("skos:inScheme")), NamedNode(INTERVENTIONS), None)
    return next(iter(listed), None) is not None


def section(store: Store, key: str, things: Sequence[str]) -> Section:
    """What is recorded of the things in one section."""
    found: dict[str, dict[str, list[Solution]]] = {}
    for row in rows(store, _QUERIES[key], thing=nodes(things)):
        solution = _texts(row)
        found.setdefault(solution.get(_ROW[key], ""), {}).setdefault(solution["thing"], []).append(solution)
    return Section(key, found)


def query(key: str, things: Sequence[str]) -> str:
    """The SPARQL of one section with the things bound."""
    return bind(read(_QUERIES[key]), thing=nodes(things))


_VARIABLES = (
    *("thing", "field", "value", "year", "note", "record", "register", "metric", "unit", "rating", "assets", "values"),
    *("total", "kind", "body", "role", "statement", "name", "amount", "low", "high", "currency", "basis", "status"),
    *("outcome", "finding", "direction", "desirability", "grade", "theme", "lesson", "relation", "other"),
)


def _texts(row: Any) -> Solution:
    found = {}
    for name in _VARIABLES:
        try:
            value = row[name]
        except KeyError:
            continue
        if value is not None:
            found[name] = value.value
    return found
