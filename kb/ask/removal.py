"""Which filter, MINUS or other condition takes away every solution of a group whose patterns have some."""

import re
from collections.abc import Iterator, Sequence

from pyoxigraph import Literal

from kb.ask.grammar import comparison
from kb.ask.literal_mismatch import difference
from kb.ask.probes import Probes, are
from kb.ask.written import Clause, Node, Part, Reason

_SOUGHT = re.compile(
    r"\b(?P<function>CONTAINS|STRSTARTS|STRENDS|REGEX)\s*\(\s*(?:STR\s*\(\s*)?[?$](?P<variable>\w+)\s*\)?\s*,"
    r"""\s*(?P<text>"[^"\\]*"|'[^'\\]*')\s*\)""",
    re.IGNORECASE,
)
"""A text that is looked for in the values of a variable."""


def reasons(probes: Probes, parts: Sequence[Part], graph: Node | None) -> Iterator[Reason]:
    """The conditions without which there would be solutions, each with how many; else all of them together."""
    conditions = [part for part in parts if isinstance(part, Clause) and part.removes]
    found = []
    for condition in conditions:
        others = [part for part in parts if part is not condition]
        if rows := probes.rows(others, graph):
            what = f"{condition.shown} takes away every row: without it there {are(rows)}"
            found.append(Reason(what, _advice(probes, condition, others, graph), condition.at))
    if not found:
        rows = probes.rows([part for part in parts if part not in conditions], graph)
        named = ", ".join(condition.shown for condition in conditions)
        what = f"These take away every row together: {named}; without them there {are(rows)}"
        found.append(Reason(what, "Leave out one after the other", conditions[0].at))
    yield from found


def _advice(probes: Probes, condition: Clause, others: Sequence[Part], graph: Node | None) -> str:
    """What to write instead, where a comparison with a text fails by its language tag, datatype or capitals alone."""
    compared = comparison(condition.text, probes.written.prologue, probes.query.base)
    if compared is not None:
        variable, asked = compared
        text = Literal(asked.value)
        for alike in (f"STR(?{variable}) = {text}", f"LCASE(STR(?{variable})) = LCASE({text})"):
            for found in probes.values(variable, [*others, f"FILTER({alike})"], graph, 1):
                if isinstance(found, Literal):
                    return f"{difference(asked, found)[0]}. Compare {alike}"
        return f"Look at the values of ?{variable} without it"
    sought = _SOUGHT.search(condition.text)
    if sought is not None:
        small = f"{sought['function'].upper()}(LCASE(STR(?{sought['variable']})), LCASE({sought['text']}))"
        if probes.matches([*others, f"FILTER({small})"], graph):
            return f"Capitals count. Write {small}"
    return "Widen it, or leave it out"
