"""Constraint components (SHACL §6) that ask of a value whether it is in a list and no more, as ww:codeList does."""

import re
from typing import NamedTuple

from kb.protocols.background import local_name
from kb.protocols.graph import FileGraph

_IN_LIST = re.compile(
    r"SELECT DISTINCT \$this \?value WHERE \{ "
    r"\$this \$PATH \?value \. FILTER NOT EXISTS \{ \?value <([^<>\s]*)> \$(\w+) \} \}"
)


class ListComponent(NamedTuple):
    """IRIs: of the component, of the predicate by which a shape names the list, and of that from a value to a list."""

    component: str
    parameter: str
    member_of: str


def list_components(graph: FileGraph) -> list[ListComponent]:
    """Those that the shapes declare."""
    found = []
    for component in graph.of_type("sh:ConstraintComponent"):
        parameters = [graph.iri(each, "sh:path") or "" for each in graph.values(component, "sh:parameter")]
        selects = [
            " ".join(select.split())
            for each in graph.values(component, "sh:propertyValidator")
            for select in graph.texts(each, "sh:select")
        ]
        form = _IN_LIST.fullmatch(selects[0]) if len(selects) == 1 else None
        others = graph.values(component, "sh:validator") or graph.values(component, "sh:nodeValidator")
        if form and not others and len(parameters) == 1 and local_name(parameters[0]) == form[2]:
            found.append(ListComponent(component.value, parameters[0], form[1]))
    return found
